package parse

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func parseOne(t *testing.T, text string, user ID) (Frame, *Ask) {
	t.Helper()
	r := testParser().Parse(Input{Text: text, Now: testNow, User: user})
	if len(r.Frames) != 1 {
		t.Fatalf("%q: %d frames: %+v", text, len(r.Frames), r.Frames)
	}
	return r.Frames[0], r.Ask
}

func TestVisitInOneMessage(t *testing.T) {
	t.Parallel()
	f, ask := parseOne(t, "拜访 湖滨市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样", 10)
	if f.Kind != KindVisit || f.Customer.ID != 101 || f.Contact.ID != 201 || ask != nil {
		t.Fatalf("kind %s, customer %+v, contact %+v, ask %+v", f.Kind, f.Customer, f.Contact, ask)
	}
	if len(f.Products) != 1 || f.Products[0].ID != 301 || f.Products[0].Why.Text != "生化分析仪" {
		t.Errorf("products %+v", f.Products)
	}
	if len(f.Objections) != 1 || f.Objections[0].Type != ObjectPrice || f.Objections[0].Percent != "30" {
		t.Errorf("objections %+v", f.Objections)
	}
	if len(f.Promises) != 1 {
		t.Fatalf("promises %+v", f.Promises)
	}
	p := f.Promises[0]
	if p.Who != PartyUs || p.What != "寄样" || p.Due.Start.Format(time.DateOnly) != "2026-03-17" || p.Due.HasTime || p.Due.Why.Text != "下周二前" {
		t.Errorf("promise %+v", p)
	}
}

func TestAnObjectionIsSaidWithoutWhatWasDone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"拜访湖滨市立医院王主任 聊了生化分析仪 嫌贵 下周二前寄样":      "嫌贵",
		"拜访 湖滨市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样": "嫌贵30%",
		"去了湖滨市立医院,价格 还是太贵":                   "价格 还是太贵",
	} {
		f, _ := parseOne(t, text, 10)
		if len(f.Objections) != 1 || f.Objections[0].Text != want {
			t.Errorf("%q: objections %+v, want %q", text, f.Objections, want)
		}
	}
}

func TestWhichCustomer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		user       ID
		want       ID
		assumed    bool
		candidates []ID
		newName    string
	}{
		{"全名", "去了江州宏远机械有限公司", 11, 103, false, nil, ""},
		{"去掉公司后缀", "去了江州宏远机械", 11, 103, false, nil, ""},
		{"别名", "宏远罗总要两台离心机", 11, 103, false, nil, ""},
		{"同音错字", "拜访湖宾市立医院", 11, 101, false, nil, ""},
		{"漏一个字", "拜访江州市立医", 10, 102, false, nil, ""},
		{"两家都像,都不是自己的", "市立医院想看离心机", 99, 0, false, []ID{101, 102}, ""},
		{"两家都像,一家是自己的", "市立医院想看离心机", 10, 101, true, nil, ""},
		{"联系人认得出", "市立医院孟科长想看离心机", 99, 102, true, nil, ""},
		{"第一和第二不是错字,要确认是不是新客户", "湖滨第二中学张校长想看离心机", 99, 0, false, nil, "湖滨第二中学"},
		{"简称", "湖滨一中要3台离心机", 99, 104, false, nil, ""},
		{"合同带出客户", "#回款 HT2026-018 12万 到账", 99, 101, false, nil, ""},
		{"新客户", "今天陌拜了一家白石锐锋五金厂,老板姓龚,想要离心机", 10, 0, false, nil, "白石锐锋五金厂"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := testParser().Parse(Input{Text: c.text, Now: testNow, User: c.user})
			var got CustomerRef
			if len(r.Frames) > 0 {
				got = r.Frames[0].Customer
			}
			if got.ID != c.want || got.Assumed != c.assumed || !slices.Equal(got.Candidates, c.candidates) || got.NewName != c.newName {
				t.Errorf("%q: %+v", c.text, got)
			}
			if len(c.candidates) > 0 && (r.Ask == nil || r.Ask.Field != AskCustomer) {
				t.Errorf("not asked which customer: %+v", r.Ask)
			}
			if got.Fuzzy && got.NewName != "" && (r.Ask == nil || r.Ask.How != AskConfirm) {
				t.Errorf("not asked whether %s is new: %+v", got.NewName, r.Ask)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want Kind
	}{
		{"红星超市今天打款3万", KindPayment},
		{"给红星超市报价纯奶52一箱,100箱", KindQuote},
		{"答应红星超市谭店长周五前送200箱纯奶", KindPromise},
		{"红星超市纯奶有5箱胀包,要求换货", KindComplaint},
		{"华瑞给红星超市报45一箱", KindCompetitor},
		{"给红星超市寄了2箱纯奶样品", KindSample},
		{"跟红星超市谭店长聊了纯奶,没投诉", KindVisit},
		{"红星超市问能不能寄样", KindVisit},
		{"我这周有哪些待办", KindQuery},
		{"李强上个月回款多少", KindQuery},
	} {
		if f, _ := parseOne(t, c.text, 10); f.Kind != c.want {
			t.Errorf("%q is %s, want %s", c.text, f.Kind, c.want)
		}
	}
}

func TestNothingInvented(t *testing.T) {
	t.Parallel()
	f, _ := parseOne(t, "湖滨市立医院301室王主任13812340000说BS-800用了3年,HT2026-018的86寸屏也还行,今天没谈价格,不用寄样", 10)
	if len(f.Amounts) > 0 || len(f.Promises) > 0 || len(f.Quantities) > 0 {
		t.Errorf("amounts %+v, promises %+v, quantities %+v", f.Amounts, f.Promises, f.Quantities)
	}
	if f.Phone.Value != "13812340000" || f.Contract.ID != 401 {
		t.Errorf("phone %q, contract %+v", f.Phone.Value, f.Contract)
	}
	for _, text := range []string{"你好", "收到", "哈哈哈", "", "   ", "12345", "。。。", "🎉🎉"} {
		if r := testParser().Parse(Input{Text: text, Now: testNow, User: 10}); len(r.Frames) > 0 || r.Ask != nil {
			t.Errorf("%q gives %+v", text, r)
		}
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	ctx := Context{Records: []Record{{ID: "r1", Kind: KindPromise, Customer: 101, Amounts: []int64{16000000}}}}
	parse := func(text string, ctx Context) Result {
		return testParser().Parse(Input{Text: text, Now: testNow, User: 10, Context: ctx})
	}
	c := func(text string) *Correction {
		r := parse(text, ctx)
		if len(r.Frames) != 1 || r.Frames[0].Correction == nil {
			t.Fatalf("%q is not a correction: %+v", text, r)
		}
		return r.Frames[0].Correction
	}
	if x := c("刚才那条金额改成18万"); x.Record != "r1" || x.Field != FieldAmount || x.Amount.Value != 18000000 {
		t.Errorf("amount: %+v", x)
	}
	if x := c("联系人改成王芸"); x.Field != FieldContact || x.Contact.ID != 202 {
		t.Errorf("contact: %+v", x)
	}
	if x := c("日期改到下周三"); x.Field != FieldDue || x.Due.Start.Format(time.DateOnly) != "2026-03-18" {
		t.Errorf("due: %+v", x)
	}
	if x := c("上一条客户搞错了,是江州市立医院不是湖滨市立医院"); x.Field != FieldCustomer || x.Customer.ID != 102 {
		t.Errorf("customer: %+v", x)
	}
	if x := c("上一条作废"); x.Field != FieldRecord || !x.Withdraw {
		t.Errorf("withdrawn: %+v", x)
	}
	if r := parse("刚才那条金额改成18万", Context{}); r.Ask == nil || r.Ask.Field != AskRecord {
		t.Errorf("no record in the context, but asked %+v", r.Ask)
	}
}

func TestIndexChanges(t *testing.T) {
	t.Parallel()
	base := NewIndex(testMaster())
	more := base.With(Master{Customers: []Customer{{ID: 120, Name: "青田石材厂", Owners: []ID{10}}}, Contacts: []Contact{{ID: 220, Customer: 120, Name: "阮明", Title: "厂长"}}})
	less := more.With(Master{Customers: []Customer{{ID: 101, Deleted: true}, {ID: 103, Name: "江州致远机械有限公司", City: "江州"}}})
	find := func(x *Index, text string) CustomerRef {
		r := Parser{Index: x}.Parse(Input{Text: text, Now: testNow, User: 99})
		if len(r.Frames) == 0 {
			return CustomerRef{}
		}
		return r.Frames[0].Customer
	}
	if got := find(base, "去了青田石材厂看离心机"); got.ID != 0 {
		t.Errorf("base knows what was added later: %+v", got)
	}
	if got := find(more, "去了青田石材厂,阮厂长要离心机"); got.ID != 120 {
		t.Errorf("added customer: %+v", got)
	}
	if got := find(less, "去了青田石材厂看离心机"); got.ID != 120 {
		t.Errorf("second change lost the first: %+v", got)
	}
	if got := find(less, "市立医院想看离心机"); got.ID != 102 {
		t.Errorf("with one of two deleted: %+v", got)
	}
	if got := find(less, "去了江州致远机械"); got.ID != 103 {
		t.Errorf("renamed customer: %+v", got)
	}
	if got := find(less, "去了江州宏远机械有限公司看离心机"); got.ID == 103 {
		t.Errorf("old name still stands: %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"拜访 湖滨市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样", "1e9999", "1897年3月5日", "九九九九九九九九九九亿亿亿", "-0.0.0.0万", "百分之", "半半半天前后内",
		"第99999999周", "99999999999年后", "农历十三月四十", "差60分0点", "\x00\xff\xfe", "👨‍👩‍👧‍👦要3套", strings.Repeat("上下", 500), strings.Repeat("9", 500), strings.Repeat("万", 300),
		"2月30日到2月31日之前之后", "从到至-~", "刚才那条改成改成", "#回款", "0年0月0日0时0分", "一万亿亿万亿亿", "两千零零零零五万零", "?", "？！", "?,?", "报", "报 ", "我给的", "第一周三前给方案,第二", "１２３４５６７８９０１２３４５６７８９０１２３４５６７８９０元", "过去99999999个世纪",
	} {
		f.Add(s)
	}
	p := testParser()
	f.Fuzz(func(t *testing.T, s string) {
		in := Input{Text: s, Now: testNow, User: 10, Context: Context{Records: []Record{{ID: "r", Customer: 101}}}}
		p.Parse(in)
		p.Deal(in)
		p.NewCustomer(in)
		Date(s, testNow, TenseUnknown, nil)
		Moment(s, testNow, TensePast, nil)
		Period(s, testNow, TenseFuture, nil)
		Duration(s)
		Money(s)
		Number(s)
		Percent(s)
	})
}

// A text of nothing but marks has no thought in it, and no question either.
func TestMarksAlone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"?", "？", "？！", "??", "吗?", "?,?", "。？", "!", "；", ":", "\n?", ",", " "} {
		in := Input{Text: s, Now: testNow, User: 10}
		for _, f := range testParser().Parse(in).Frames {
			if f.Query != nil {
				t.Errorf("%q asks for %v", s, f.Query.What)
			}
		}
	}
}

func TestLongMessage(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"湖滨市立医院王主任下周二前寄样128万30%,", "一二三四五六七八九十百千万亿", "上上上下下下周周周", "1,2.3-4/5:6 ", "到至到至3月5日"} {
		start := time.Now()
		testParser().Parse(Input{Text: strings.Repeat(s, 20000/len(s)), Now: testNow, User: 10})
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("20 kB of %q took %v", s, d)
		}
	}
}

func TestSeveralCustomers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		want     []ID
		products []ID
	}{
		{"上午去湖滨市立医院见王主任谈生化仪，下午红星超市谭店长要20箱纯奶", []ID{101, 106}, []ID{301, 303}},
		{"宏远和红星超市都要纯奶，宏远20箱，红星超市30箱", []ID{103, 106}, []ID{303, 303}},
		{"红星超市要纯奶，跟宏远一样的", []ID{106}, []ID{303}},
	} {
		r := testParser().Parse(Input{Text: c.text, Now: testNow, User: 10})
		var got, products []ID
		for _, f := range r.Frames {
			got = append(got, f.Customer.ID)
			if len(f.Products) == 1 {
				products = append(products, f.Products[0].ID)
			}
		}
		if !slices.Equal(got, c.want) || !slices.Equal(products, c.products) {
			t.Errorf("%q: customers %v, products %v", c.text, got, products)
		}
	}
}

// TestAPauseBeforeTheUnitEndsNowhere: a blank or an emoji between a figure and its unit once kept the reading going for ever.
func TestAPauseBeforeTheUnitEndsNowhere(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"六😀角螺栓什么时候到", "五 毛", "拜访湖滨市立医院,三 角 两 分"} {
		testParser().Parse(Input{Text: s, Now: testNow, User: 10})
		Money(s)
	}
}

// TestAgreementBehindATodo holds that somebody who agrees behind a to-do, by whichever verb, neither breaks nor adds anything.
func TestAgreementBehindATodo(t *testing.T) {
	t.Parallel()
	p := Parser{Index: NewIndex(demoMaster(t)), Calendar: testCalendar{}}
	for _, s := range []string{"绍兴市立明天寄样,王主任应了这个事", "绍兴市立明天寄样,王主任应了", "绍兴市立明天寄样,已跟王主任拍胸脯"} {
		got := p.Parse(Input{Text: s, Now: testNow, User: 1})
		if len(got.Frames) != 1 || len(got.Frames[0].Promises) != 1 {
			t.Errorf("%s: %+v, want one frame with one to-do", s, got.Frames)
		}
	}
}

// A name that has an address in it is read as a whole.
func TestALongNewNameIsReadWhole(t *testing.T) {
	t.Parallel()
	p := Parser{Index: NewIndex(testMaster())}
	const name = "绍兴市越城区斗门街道三江村工业园区东区第三排十八号门面康泽针纺织品进出口贸易有限公司"
	for _, text := range []string{
		"拜访 " + name + " 王总 介绍离心机",
		"去了" + name + ",见了王总",
		"今天上午拜访了" + name + ",王总嫌贵",
		"新客户 " + name + ",王总想要两台离心机",
	} {
		res := p.Parse(Input{Text: text, Now: testNow, User: 1})
		if len(res.Frames) == 0 || res.Frames[0].Customer.NewName != name {
			t.Errorf("%s is read as %+v", text, res.Frames)
		}
	}
	// A sentence without pauses is not taken for a name.
	text := "下次开会之前要准备竞品资料顺便问问绍兴康泽针纺织品贸易有限公司"
	for _, f := range p.Parse(Input{Text: text, Now: testNow, User: 1}).Frames {
		if len([]rune(f.Customer.NewName)) > 20 {
			t.Errorf("%s is read as %q", text, f.Customer.NewName)
		}
	}
}
