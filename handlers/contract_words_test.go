package handlers

import (
	"testing"
	"time"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

func TestContractWords(t *testing.T) {
	t.Parallel()
	type want struct {
		amount                              sales.Money
		prepay, payment, delivery, discount int
		customer                            sales.ID
		products                            int
		unclear                             bool
	}
	p := testBook().Parser
	for _, tc := range []struct {
		name, text string
		want       want
	}{
		{"一句话", "绍兴市立医院 生化分析仪 128万 30%预付 交期45天", want{128 * sales.Wan, 30, -1, 45, -1, shaoxing, 1, false}},
		{"余款验收后", "绍兴市立医院 128万 预付30% 余款验收后60天 45天交货", want{128 * sales.Wan, 30, 60, 45, -1, shaoxing, 0, false}},
		{"账期和折扣", "宁波市立医院 血球分析仪 92折 86.5万 账期60天", want{865000 * sales.Yuan, -1, 60, -1, 92, ningbo, 1, false}},
		{"中文数字", "宁波市立医院 一百二十万 三成预付 九五折 两个月账期", want{120 * sales.Wan, 30, 60, -1, 95, ningbo, 0, false}},
		{"写明金额的数", "绍兴市立医院 合同金额1280000 交货期 30天", want{128 * sales.Wan, -1, -1, 30, -1, shaoxing, 0, false}},
		{"光一个数", "绍兴市立医院 生化分析仪 1280000", want{128 * sales.Wan, -1, -1, -1, -1, shaoxing, 1, false}},
		{"光一个带逗号的数", "绍兴市立医院 1,280,000", want{128 * sales.Wan, -1, -1, -1, -1, shaoxing, 0, false}},
		{"全款", "绍兴市立医院 20万 全款预付", want{20 * sales.Wan, 100, 0, -1, -1, shaoxing, 0, false}},
		{"款到发货", "绍兴市立医院 20万 款到发货", want{20 * sales.Wan, 100, 0, -1, -1, shaoxing, 0, false}},
		{"货到付款", "绍兴市立医院 20万 货到付款", want{20 * sales.Wan, 0, 0, -1, -1, shaoxing, 0, false}},
		{"无预付", "绍兴市立医院 20万 无预付 验收后30天付清", want{20 * sales.Wan, 0, 30, -1, -1, shaoxing, 0, false}},
		{"月结", "绍兴市立医院 20万 不预付 月结60天", want{20 * sales.Wan, 0, 60, -1, -1, shaoxing, 0, false}},
		{"交货后付款不是交期", "绍兴市立医院 20万 交货后60天付款", want{20 * sales.Wan, -1, 60, -1, -1, shaoxing, 0, false}},
		{"全角和标点", "绍兴市立医院，生化分析仪，１２８万；预付３０％、交期：45天。", want{128 * sales.Wan, 30, -1, 45, -1, shaoxing, 1, false}},
		{"改账期", "账期改成45天", want{0, -1, 45, -1, -1, 0, 0, false}},
		{"改预付", "预付改到50%，交期缩短到20天", want{0, 50, -1, 20, -1, 0, 0, false}},
		{"改金额", "金额改为120万", want{120 * sales.Wan, -1, -1, -1, -1, 0, 0, false}},
		{"只有名字", "绍兴市立医院 生化分析仪", want{0, -1, -1, -1, -1, shaoxing, 1, false}},
		{"范围不算数", "绍兴市立医院 100到120万", want{0, -1, -1, -1, -1, shaoxing, 0, true}},
		{"大概不算数", "绍兴市立医院 大概30万", want{0, -1, -1, -1, -1, shaoxing, 0, true}},
		{"外币不算数", "绍兴市立医院 5万美元", want{0, -1, -1, -1, -1, shaoxing, 0, true}},
		{"单价和总价", "绍兴市立医院 生化分析仪 2台 每台64万 共128万", want{128 * sales.Wan, -1, -1, -1, -1, shaoxing, 1, false}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := readContract(p, parse.Input{Text: tc.text, Now: time.Date(2026, 3, 11, 10, 0, 0, 0, sales.Shanghai), User: parse.ID(zhoumin)})
			got := want{w.Amount, w.Prepay, w.Payment, w.Delivery, w.Discount, sales.ID(w.Customer.ID), len(w.Products), w.Unclear}
			if got != tc.want {
				t.Errorf("readContract(%q)\n got %+v\nwant %+v\nrest %q", tc.text, got, tc.want, w.Rest)
			}
		})
	}
}
