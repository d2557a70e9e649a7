package parse

import (
	"testing"
	"time"
)

func dayOnly(t time.Time) string { return t.Format(time.DateOnly) }

func TestPlan(t *testing.T) {
	t.Parallel()
	p := testParser().Plan(Input{Text: "明天 上午 湖滨市立 谈生化仪 下午 红星超市 周五 9点半 宏远 罗总 下午 白石锐锋五金厂", Now: testNow, User: 10})
	type stop struct {
		day      string
		part     DayPart
		customer ID
		name     string
	}
	want := []stop{{"2026-03-12", PartMorning, 101, ""}, {"2026-03-12", PartAfternoon, 106, ""}, {"2026-03-13", PartMorning, 103, ""}, {"2026-03-13", PartAfternoon, 0, "白石锐锋五金厂"}}
	if len(p.Items) != len(want) {
		t.Fatalf("%d items: %+v", len(p.Items), p.Items)
	}
	for i, w := range want {
		it := p.Items[i]
		if got := (stop{dayOnly(it.Day), it.Part, it.Customer.ID, it.Customer.NewName}); got != w {
			t.Errorf("item %d is %+v, want %+v", i, got, w)
		}
	}
	if p.Items[0].Purpose != "谈生化仪" || !p.Items[2].HasTime || p.Items[2].Day.Hour() != 9 {
		t.Errorf("purpose %q, time %v", p.Items[0].Purpose, p.Items[2].Day)
	}
	r := testParser().Parse(Input{Text: "计划 明天 上午 湖滨市立 下午 红星超市", Now: testNow, User: 10})
	if len(r.Frames) != 1 || r.Frames[0].Kind != KindPlan || len(r.Frames[0].Plan) != 2 {
		t.Errorf("plan as a message: %+v", r.Frames)
	}
	if p := testParser().Plan(Input{Text: "明天 市立医院", Now: testNow, User: 99}); p.Ask == nil || len(p.Ask.Candidates) != 2 {
		t.Errorf("two hospitals fit, but asked %+v", p.Ask)
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		kind     AbsenceKind
		from, to string
		part     DayPart
		place    string
	}{
		{"请假 明天到周五", AbsenceLeave, "2026-03-12", "2026-03-13", "", ""},
		{"周三出差杭州", AbsenceTrip, "2026-03-18", "2026-03-18", "", "杭州"},
		{"下周一到下周三去苏州出差", AbsenceTrip, "2026-03-16", "2026-03-18", "", "苏州"},
		{"明天下午请半天假", AbsenceLeave, "2026-03-12", "2026-03-12", PartAfternoon, ""},
		{"下周二起请三天假", AbsenceLeave, "2026-03-17", "2026-03-19", "", ""},
		{"3月20号调休", AbsenceLeave, "2026-03-20", "2026-03-20", "", ""},
	} {
		l, ok := testParser().Leave(Input{Text: c.text, Now: testNow, User: 10})
		if !ok || l.Kind != c.kind || dayOnly(l.From) != c.from || dayOnly(l.To) != c.to || l.FromPart != c.part || l.Place != c.place {
			t.Errorf("%q: %v %+v", c.text, ok, l)
		}
	}
	for _, text := range []string{"湖滨市立医院王主任出差了,下周再去", "王主任明天请假", "没请假", "你好"} {
		if l, ok := testParser().Leave(Input{Text: text, Now: testNow, User: 10}); ok {
			t.Errorf("%q is no absence of ours: %+v", text, l)
		}
	}
}

func TestExpenses(t *testing.T) {
	t.Parallel()
	r := testParser().Expenses(Input{Text: "打车45 停车20 请湖滨市立王主任吃饭360元", Now: testNow, User: 10})
	if len(r.Frames) != 3 {
		t.Fatalf("%d frames: %+v", len(r.Frames), r.Frames)
	}
	for i, want := range []struct {
		c ExpenseCategory
		v int64
	}{{ExpenseTransport, 4500}, {ExpenseTransport, 2000}, {ExpenseMeal, 36000}} {
		if e := r.Frames[i].Expense; e.Category != want.c || e.Amount.Value != want.v {
			t.Errorf("expense %d: %+v", i, e)
		}
	}
	if r.Frames[2].Customer.ID != 101 {
		t.Errorf("customer %+v", r.Frames[2].Customer)
	}
	if f, _ := parseOne(t, "昨天请红星超市谭店长吃饭花了280元", 10); f.Kind != KindExpense || f.Customer.ID != 106 || f.When.IsZero() {
		t.Errorf("as a message: %+v", f)
	}
	if f, _ := parseOne(t, "红星超市谭店长打的款到了3万8", 10); f.Kind != KindPayment {
		t.Errorf("打的款 is %s", f.Kind)
	}
}

func TestCompanionsAndActions(t *testing.T) {
	t.Parallel()
	m := testMaster()
	m.People = append(m.People, Person{ID: 31, Name: "王芳"})
	p := Parser{Index: NewIndex(m)}
	for _, c := range []struct {
		text string
		want ID
	}{
		{"和王芳一起拜访湖滨市立医院王主任,演示了生化分析仪", 31},
		{"拜访湖滨市立医院王主任,李强陪同,演示了生化分析仪", 11},
		{"带了工程师小李去红星超市看离心机", 11},
		{"和王主任一起看了生化仪,湖滨市立医院", 0},
	} {
		r := p.Parse(Input{Text: c.text, Now: testNow, User: 10})
		var got ID
		if len(r.Frames) > 0 && len(r.Frames[0].Companions) > 0 {
			got = r.Frames[0].Companions[0].ID
		}
		if got != c.want {
			t.Errorf("%q: companion %d, want %d", c.text, got, c.want)
		}
	}
	f, _ := parseOne(t, "已到现场签到,湖滨市立医院王主任,给他们演示了生化分析仪,嫌贵30%,约好下周二下午再谈", 10)
	seen := map[Action]bool{}
	for _, a := range f.Actions {
		seen[a.Action] = true
	}
	for _, a := range []Action{ActionCheckIn, ActionDemo, ActionObjection, ActionAppointment, ActionPromise} {
		if !seen[a] {
			t.Errorf("%s is missing in %+v", a.Name(), f.Actions)
		}
	}
}

func TestDaysThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"湖滨市立医院王主任答应2月30日前付款3万", "红星超市谭店长说13月5日要货", "湖滨市立医院2026-02-30签合同", "湖滨市立医院王主任1897年3月5日签合同"} {
		r := testParser().Parse(Input{Text: text, Now: testNow, User: 10})
		if len(r.Unclear) != 1 || r.Unclear[0].Reason == "" || r.Unclear[0].Why.Text == "" || r.Unclear[0].Frame != 0 {
			t.Errorf("%q: unclear %+v", text, r.Unclear)
		}
		for _, f := range r.Frames {
			if !f.When.IsZero() || len(f.Promises) > 0 && !f.Promises[0].Due.IsZero() {
				t.Errorf("%q still has a day: %+v", text, f)
			}
		}
	}
	if r := testParser().Parse(Input{Text: "湖滨市立医院王主任答应3月20日前付款3万,2月29日见的", Now: testNow, User: 10}); len(r.Unclear) > 0 {
		t.Errorf("unclear %+v", r.Unclear)
	}
}

func TestContextCarriesOn(t *testing.T) {
	t.Parallel()
	ctx := Context{Records: []Record{{ID: "r1", Kind: KindVisit, Customer: 101, Contact: 201}}}
	parse := func(text string, ctx Context) Frame {
		r := testParser().Parse(Input{Text: text, Now: testNow, User: 10, Context: ctx})
		if len(r.Frames) == 0 {
			return Frame{}
		}
		return r.Frames[0]
	}
	if f := parse("那边还要2台离心机,答应他周五送样", ctx); f.Customer.ID != 101 || f.Customer.Why.Rule != RuleLast || f.Contact.ID != 201 {
		t.Errorf("last record: %+v %+v", f.Customer, f.Contact)
	}
	if f := parse("还要2台离心机,周五送样", Context{Scanned: 106}); f.Customer.ID != 106 || f.Customer.Why.Rule != RuleScanned {
		t.Errorf("scanned: %+v", f.Customer)
	}
	if f := parse("周五送2台离心机样机", Context{Draft: &Frame{Customer: CustomerRef{ID: 103}}}); f.Customer.ID != 103 || f.Customer.Why.Rule != RuleDraft {
		t.Errorf("draft: %+v", f.Customer)
	}
	if f := parse("周五送2台离心机样机", Context{Reply: &Record{Customer: 104}, Scanned: 106}); f.Customer.ID != 104 {
		t.Errorf("the card replied to comes first: %+v", f.Customer)
	}
	if f := parse("周五送2台离心机样机", ctx); f.Customer.ID != 0 {
		t.Errorf("nothing points back, but the customer is %+v", f.Customer)
	}
}

func TestANewCustomerBesideAKnownOne(t *testing.T) {
	t.Parallel()
	r := testParser().Parse(Input{Text: "上午去湖滨市立医院见王主任谈生化仪,下午陌拜了一家新客户白石锐锋五金厂,要2台离心机", Now: testNow, User: 10})
	if len(r.Frames) != 2 || r.Frames[0].Customer.ID != 101 || r.Frames[1].Customer.NewName != "白石锐锋五金厂" {
		t.Fatalf("frames %+v", r.Frames)
	}
	if len(r.Frames[0].Products) != 1 || r.Frames[0].Products[0].ID != 301 || len(r.Frames[1].Quantities) != 1 {
		t.Errorf("their news is mixed up: %+v", r.Frames)
	}
	if n := testParser().NewCustomer(Input{Text: "白石锐锋五金厂 13812340000 五金制造 出口为主 月结", Now: testNow}); n.Industry != "五金制造" || n.Notes != "出口为主 月结" {
		t.Errorf("words behind the industry: %+v", n)
	}
}

func TestEveryFieldSaysWhy(t *testing.T) {
	t.Parallel()
	f, _ := parseOne(t, "拜访 湖滨市立 王主任 介绍生化分析仪,嫌贵12.5%,预算50万,下周二前寄样", 10)
	for name, w := range map[string]Why{
		"customer": f.Customer.Why, "contact": f.Contact.Why, "product": f.Products[0].Why, "amount": f.Amounts[0].Why,
		"objection": f.Objections[0].Why, "promise": f.Promises[0].Why, "due": f.Promises[0].Due.Why,
	} {
		if w.Text == "" {
			t.Errorf("%s has no words", name)
		}
	}
	if f.Customer.Why.Rule.Text() == "" || f.Objections[0].Percent != "12.5" {
		t.Errorf("rule %q, percent %q", f.Customer.Why.Rule, f.Objections[0].Percent)
	}
}
