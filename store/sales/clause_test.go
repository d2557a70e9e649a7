package sales

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckTerms(t *testing.T) {
	t.Parallel()
	good := ContractTerms{
		Amount: 128 * Wan, PrepayPercent: Percents(30), PaymentDays: 45, DeliveryDays: 45, DiscountPercent: Percents(92), Owed: 0,
	}
	limits := ClauseLimits{
		MaxPaymentDays: 45, MinPrepayPercent: Percents(30), MaxDeliveryDays: 45, FloorDiscountPercent: Percents(90),
		CreditLimit: 100 * Wan, BlockCredit: true,
	}
	for _, tt := range []struct {
		name   string
		change func(*ContractTerms, *ClauseLimits)
		want   []string
	}{
		{"每条都在制度内", func(*ContractTerms, *ClauseLimits) {}, nil},
		{"账期超", func(c *ContractTerms, _ *ClauseLimits) { c.PaymentDays = 60 }, []string{"余款验收后 60 天 ⚠ 制度上限 45 天"}},
		{"全额账期超", func(c *ContractTerms, l *ClauseLimits) {
			c.PaymentDays, c.PrepayPercent, l.MinPrepayPercent, l.CreditLimit = 60, 0, 0, 0
		}, []string{"验收后 60 天 ⚠ 制度上限 45 天"}},
		{"预付不足", func(c *ContractTerms, _ *ClauseLimits) { c.PrepayPercent = Percents(25) }, []string{"25% 预付 ⚠ 制度至少 30%"}},
		{"没有预付", func(c *ContractTerms, l *ClauseLimits) { c.PrepayPercent, l.CreditLimit = 0, 0 }, []string{"无预付 ⚠ 制度至少 30%"}},
		{"交期超", func(c *ContractTerms, _ *ClauseLimits) { c.DeliveryDays = 46 }, []string{"46 天 ⚠ 制度上限 45 天"}},
		{"低于底价", func(c *ContractTerms, _ *ClauseLimits) { c.DiscountPercent = 8950 }, []string{"标准价 89.5 折 ⚠ 底价 90 折"}},
		{"不按标准价", func(c *ContractTerms, _ *ClauseLimits) { c.DiscountPercent = 0 }, nil},
		{"超授信", func(c *ContractTerms, _ *ClauseLimits) { c.Owed = 30 * Wan }, []string{"已欠 30万 ⚠ 授信 100万,签后超 19.6万"}},
		{"正好用完授信", func(c *ContractTerms, _ *ClauseLimits) { c.Owed = 104_000 * Yuan }, nil},
		{"没有制度", func(c *ContractTerms, l *ClauseLimits) { *c, *l = ContractTerms{PaymentDays: 999}, ClauseLimits{} }, nil},
		{"全都超,按卡片顺序", func(c *ContractTerms, _ *ClauseLimits) {
			*c = ContractTerms{Amount: 200 * Wan, PaymentDays: 90, DeliveryDays: 60, DiscountPercent: Percents(80)}
		}, []string{
			"标准价 80 折 ⚠ 底价 90 折", "无预付 ⚠ 制度至少 30%", "验收后 90 天 ⚠ 制度上限 45 天", "60 天 ⚠ 制度上限 45 天",
			"已欠 0元 ⚠ 授信 100万,签后超 100万",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, l := good, limits
			tt.change(&c, &l)
			var got []string
			for _, f := range CheckTerms(c, l) {
				got = append(got, f.Sentence())
				if f.Block != (f.Clause == ClauseCredit) {
					t.Errorf("%s blocks: %v", f.Clause, f.Block)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPaymentText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		terms ContractTerms
		want  string
	}{
		{ContractTerms{PrepayPercent: Percents(30), PaymentDays: 60}, "30% 预付,余款验收后 60 天"},
		{ContractTerms{PrepayPercent: 3350, PaymentDays: 60}, "33.5% 预付,余款验收后 60 天"},
		{ContractTerms{PaymentDays: 30}, "验收后 30 天"},
		{ContractTerms{PrepayPercent: Percents(30)}, "30% 预付,余款验收即付"},
		{ContractTerms{PrepayPercent: Percents(100)}, "全款预付"},
	} {
		if got := tt.terms.PaymentText(); got != tt.want {
			t.Errorf("%+v reads %q, want %q", tt.terms, got, tt.want)
		}
	}
}
