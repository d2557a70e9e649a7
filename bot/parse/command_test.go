package parse

import (
	"slices"
	"testing"
	"time"
)

var testNow = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// testMaster is a small company: 10 and 11 are our people, 1xx customers, 2xx contacts, 3xx products.
func testMaster() Master {
	return Master{
		People: []Person{{ID: 10, Name: "周敏"}, {ID: 11, Name: "李强"}},
		Customers: []Customer{
			{ID: 101, Name: "湖滨市立医院", Aliases: []string{"湖滨市立"}, City: "湖滨", Owners: []ID{10}},
			{ID: 102, Name: "江州市立医院", City: "江州", Owners: []ID{11}},
			{ID: 103, Name: "江州宏远机械有限公司", Aliases: []string{"宏远"}, City: "江州", Owners: []ID{10}},
			{ID: 104, Name: "湖滨第一中学", City: "湖滨", Owners: []ID{11}},
			{ID: 105, Name: "江州第一中学", City: "江州", Owners: []ID{10}},
			{ID: 106, Name: "红星连锁超市", Aliases: []string{"红星超市"}, City: "江州", Owners: []ID{10}},
		},
		Contacts: []Contact{
			{ID: 201, Customer: 101, Name: "王建新", Title: "检验科主任"},
			{ID: 202, Customer: 101, Name: "王芸", Title: "采购"},
			{ID: 203, Customer: 102, Name: "孟涛", Title: "设备科长"},
			{ID: 204, Customer: 103, Name: "罗海", Title: "总经理"},
			{ID: 205, Customer: 106, Name: "谭丽", Title: "店长"},
		},
		Products: []Product{
			{ID: 301, Name: "全自动生化分析仪", Model: "BS-800", Aliases: []string{"生化仪"}, Unit: "台", ListPrice: 48000000},
			{ID: 302, Name: "台式离心机", Aliases: []string{"离心机"}, Unit: "台"},
			{ID: 303, Name: "纯牛奶1L", Aliases: []string{"纯奶"}, Unit: "箱"},
		},
		Contracts:   []Contract{{ID: 401, No: "HT2026-018", Customer: 101, Amount: 128000000}},
		Competitors: []Competitor{{ID: 501, Name: "华瑞"}},
	}
}

func testParser() Parser { return Parser{Index: NewIndex(testMaster())} }

func TestSuggest(t *testing.T) {
	t.Parallel()
	known := []string{"拜访", "商机", "推进", "漏斗", "提交合同", "待办", "撤销", "修改", "帮助", "日报", "报价"}
	for _, c := range []struct{ word, want string }{
		{"拜访", "拜访"},
		{"bf", "拜访"},
		{"ld", "漏斗"},
		{"/漏斗", "漏斗"},
		{"/ld", "漏斗"},
		{"败访", "拜访"},
		{"漏头", "漏斗"},
		{"baifang", "拜访"},
		{"tjht", "提交合同"},
		{"提交合铜", "提交合同"},
		{"提合同", "提交合同"},
		{"天气", ""},
		{"", ""},
		{"zzz", ""},
	} {
		got, ok := Suggest(c.word, known)
		if got != c.want && ok || ok != (c.want != "") {
			t.Errorf("Suggest(%q) = %q, %v, want %q", c.word, got, ok, c.want)
		}
	}
}

func TestContractSubmission(t *testing.T) {
	t.Parallel()
	d := testParser().Deal(Input{Text: "湖滨市立医院 生化分析仪 128万 30%预付 余款验收后60天 交期45天 九二折 需要原厂培训", Now: testNow, User: 10})
	if d.Customer.ID != 101 || len(d.Products) != 1 || d.Products[0].ID != 301 {
		t.Fatalf("customer %v, products %v", d.Customer, d.Products)
	}
	if d.Amount.Value != 128000000 || d.Prepay.Percent != "30" || d.Discount.Percent != "92" {
		t.Errorf("amount %d, prepay %q, discount %q", d.Amount.Value, d.Prepay.Percent, d.Discount.Percent)
	}
	if d.TermDays.N != 60 || d.TermAfter != "验收" || d.DeliveryDays.N != 45 {
		t.Errorf("terms %d after %q, delivery %d", d.TermDays.N, d.TermAfter, d.DeliveryDays.N)
	}
	if d.Notes != "需要原厂培训" {
		t.Errorf("notes %q", d.Notes)
	}
}

func TestDealCommands(t *testing.T) {
	t.Parallel()
	p := testParser()
	d := p.Deal(Input{Text: "湖滨市立医院 生化分析仪 50万 下月底签", Now: testNow, User: 10})
	if d.Customer.ID != 101 || d.Amount.Value != 50000000 || d.Close.Start.Format(time.DateOnly) != "2026-04-30" {
		t.Errorf("opportunity: %v %d %v", d.Customer, d.Amount.Value, d.Close.Start)
	}
	if d = p.Deal(Input{Text: "湖滨市立医院 价格谈判", Now: testNow, User: 10}); d.Stage.Stage != StageNegotiation {
		t.Errorf("advance: stage %q", d.Stage.Stage)
	}
	if d = p.Deal(Input{Text: "湖滨市立医院", Now: testNow, User: 10}); d.Stage.Stage != "" || d.Ask != nil {
		t.Errorf("advance to the next: stage %q, ask %v", d.Stage.Stage, d.Ask)
	}
	if d = p.Deal(Input{Text: "宏远 输单 原因:价格比华瑞高", Now: testNow, User: 10}); d.Stage.Stage != StageLost || d.Reason != "价格比华瑞高" {
		t.Errorf("lost: %q because %q", d.Stage.Stage, d.Reason)
	}
	d = p.Deal(Input{Text: "第一中学 离心机 3万", Now: testNow, User: 99})
	if d.Ask == nil || !slices.Equal(d.Ask.Candidates, []ID{104, 105}) {
		t.Errorf("two schools fit, but asked %v", d.Ask)
	}
}

func TestNewCustomer(t *testing.T) {
	t.Parallel()
	n := testParser().NewCustomer(Input{Text: "白石锐锋五金厂 13812340000 五金制造 91330782MA2DCXY710", Now: testNow})
	if n.Name != "白石锐锋五金厂" || n.Phone != "13812340000" || n.Industry != "五金制造" || n.USCC != "91330782MA2DCXY710" || len(n.Similar) > 0 {
		t.Errorf("got %+v", n)
	}
	if n := testParser().NewCustomer(Input{Text: "江州红远机械有限公司 13812340000 机械", Now: testNow}); !slices.Contains(n.Similar, 103) {
		t.Errorf("江州宏远机械有限公司 is not found to be similar: %+v", n)
	}
}
