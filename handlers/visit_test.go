package handlers

import (
	"context"
	"strings"
	"testing"
	"time"

	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// visits are a person's visits, the newest first, the undone ones included.
func (d *desk) visits(p sales.PersonID) (out []sales.Visit) {
	d.t.Helper()
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.VisitsOf(ctx, p, 50)
		return err
	})
	return out
}

func (d *desk) todos(p sales.PersonID) (out []sales.Todo) {
	d.t.Helper()
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.OpenTodos(ctx, p, 50)
		return err
	})
	return out
}

func (d *desk) contacts(customer sales.ID) (out []sales.Contact) {
	d.t.Helper()
	d.do(func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.ContactsByCustomer(ctx, customer)
		return err
	})
	return out
}

func TestAVisitShowsEverythingThatWasSaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"一句话", "拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样", []string{"联系人 王主任(新联系人)", "产品 全自动生化分析仪", "异议", "30%", "承诺 寄样 → 3月17日 周二(6天后)"}},
		{"几个金额各是什么", "绍兴市立医院 报价128万，他们预算只有100万，对手报110万", []string{"金额 报价 128万,预算 100万,竞品价 110万"}},
		{"范围用原话", "绍兴市立医院 预算45-50万，下周寄样", []string{"金额 预算 45-50万", "3月22日 周日"}},
		{"以内用原话", "绍兴市立医院 预算50万以内", []string{"金额 预算 50万以内"}},
		{"大概", "绍兴市立医院 预算大概30万", []string{"金额 预算 约30万"}},
		{"外币用原话", "绍兴市立医院 报价五万美元", []string{"五万美元"}},
		{"没见到", "拜访 绍兴市立医院 王主任 不在，没见到人", []string{"联系人 王主任(新联系人),没见到人"}},
		{"回款", "绍兴市立医院 到账12.5万,下周二前寄样", []string{"金额 回款 12.5万"}},
		{"指令词不是需求", "拜访 绍兴市立医院 想看生化分析仪,周五前报价", []string{"需求 想看生化分析仪"}},
		{"数量和折扣", "绍兴市立医院 要200台生化分析仪 打九五折", []string{"产品 全自动生化分析仪 200 台", "95 折"}},
		{"客户的承诺", "绍兴市立医院 王主任答应下周五前签回合同", []string{"承诺 等客户签回合同 → 3月20日 周五"}},
		{"月初是月初最后一天", "绍兴市立医院 月初给报价", []string{"承诺 给报价 → 4月10日 周五"}},
		{"一个月内", "绍兴市立医院 5月到6月之间交货", []string{"交货 → 6月30日"}},
		{"三个承诺", "绍兴市立医院 王主任 生化分析仪嫌贵，预算100万，想要培训，周五前发报价，下周二前寄样，下周四演示", []string{"发报价 → ", "寄样 → ", "演示 → ", "预算 100万", "培训"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			r := d.say(zhoumin, tt.text)
			expect(t, r, append([]string{"拜访已记录 · 绍兴市立医院"}, tt.want...)...)
			if n := len(cardOf(t, r).Fields); n > cards.MaxFields {
				t.Errorf("%d fields", n)
			}
			if v := d.visits(zhoumin); len(v) != 1 || !strings.Contains(tt.text, v[0].Text) {
				t.Errorf("rows %+v", v)
			}
		})
	}
}

func TestARangeIsNoFigure(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "绍兴市立医院 预算45-50万")
	if v := d.visits(zhoumin)[0]; v.Amount != 0 || v.AmountRole != "budget" {
		t.Errorf("row %+v", v)
	}
	r := d.sayIn(zhoumin, "g1", "绍兴市立医院 预算45-50万")
	expect(t, r, "预算 有,详情请单聊我")
	without(t, r, "45", "50")
}

func TestThePhoneOfAContact(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "绍兴市立医院 王主任 电话13812345678 要报价单"), "联系人 王主任(新联系人) 13812345678")
	if c := d.contacts(shaoxing); len(c) != 1 || c[0].Phone != "13812345678" {
		t.Fatalf("contacts %+v", c)
	}
	expect(t, d.say(zhoumin, "绍兴市立医院 王主任 换号了，电话 139-1234-5678，要报价单"), "13912345678(电话已更新)")
	if c := d.contacts(shaoxing); len(c) != 1 || c[0].Phone != "13912345678" || c[0].Version != 2 {
		t.Errorf("contacts %+v", c)
	}
	r := d.sayIn(zhoumin, "g1", "绍兴市立医院 王主任 电话13912345678 要报价单")
	expect(t, r, "139****5678")
	without(t, r, "13912345678", "已更新")
}

func TestSeveralCustomersInOneMessage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.say(zhoumin, "绍兴市立医院嫌贵30%，下周二寄样；宁波市立医院要报价，周五前发；绍兴市立医院还想看血球分析仪")
	expect(t, r, "拜访已记录 · 绍兴市立医院", "拜访已记录 · 宁波市立医院", "血球分析仪", "3月17日", "3月13日")
	if v := d.visits(zhoumin); len(v) != 2 {
		t.Errorf("%d visits", len(v))
	}
}

func TestUnclearCustomersAreAskedAboutOneByOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.putCustomer(sales.Customer{ID: 1003, Name: "绍兴中心医院", OwnerID: zhoumin})
	d.putCustomer(sales.Customer{ID: 1004, Name: "宁波中心医院", OwnerID: liqiang})
	d.putCustomer(sales.Customer{ID: 1009, Name: "杭州第一中学", OwnerID: wangfang})
	r := d.say(wangfang, "市立医院嫌贵，想要血球分析仪；杭州第一中学要报价，周五前发；中心医院想看生化分析仪，下周二演示")
	expect(t, r, "拜访已记录 · 杭州第一中学", "是哪家\"市立医院\"?", "还有没说清的,一条一条来:中心医院想看生化分析仪")
	r = d.say(wangfang, "2")
	expect(t, r, "拜访已记录 · 宁波市立医院", "异议 嫌贵\n", "血球分析仪", "是哪家\"中心医院\"?")
	expect(t, d.say(wangfang, "绍兴中心"), "拜访已记录 · 绍兴中心医院", "生化分析仪", "3月17日")
	if v := d.visits(wangfang); len(v) != 3 {
		t.Errorf("%d visits: %+v", len(v), v)
	}
	d.say(wangfang, "市立医院嫌贵；中心医院想看生化分析仪")
	expect(t, d.say(wangfang, "撤销"), "刚才那条没记")
	if v := d.visits(wangfang); len(v) != 3 {
		t.Errorf("%d visits after 撤销", len(v))
	}
}

func TestAGuessedNewCustomerIsConfirmed(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"拜访 云岭康复医院，李院长想要生化分析仪", "拜访了云岭康复医院，李院长想要生化分析仪", "今天拜访云岭康复医院，李院长想要生化分析仪"} {
		d := newDesk(t)
		r := d.say(zhoumin, text)
		expect(t, r, "\"云岭康复医院\"是新客户吗?", "[新建客户][不是]")
		expect(t, d.say(zhoumin, "是的。"), "云岭康复医院的联系电话", "新建 云岭康复医院")
		expect(t, d.say(zhoumin, "0575-88001234"), "客户已建 · 云岭康复医院", "行业 医疗", "行业按名字记的", "拜访已记录 · 云岭康复医院", "李院长(新联系人)", "生化分析仪")
	}
	d := newDesk(t)
	expect(t, d.say(zhoumin, "新客户云岭康复医院 李院长想要生化分析仪"), "客户里还没有\"云岭康复医院\",新建吗?")
	expect(t, d.say(zhoumin, "不是"), "那是哪家")
	expect(t, d.say(zhoumin, "云岭康养中心 0575-88001234 医疗"), "客户里没有\"云岭康养中心\",新建吗?")
	expect(t, d.say(zhoumin, "新建"), "客户已建 · 云岭康养中心", "拜访已记录 · 云岭康养中心")
}

func TestADraftStaysWhenOtherNewsComesIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(wangfang, "拜访 市立医院 介绍血球分析仪，周五前发报价"), "是哪家\"市立医院\"?", "都不是")
	// News of a customer that was not offered is news, and the question stays.
	d.putCustomer(sales.Customer{ID: 1009, Name: "杭州第一中学", OwnerID: wangfang})
	expect(t, d.say(wangfang, "杭州第一中学 校长想要生化分析仪，下周三演示"), "拜访已记录 · 杭州第一中学")
	expect(t, d.say(wangfang, "宁波市立医院。"), "拜访已记录 · 宁波市立医院", "3月13日", "已选 宁波市立医院")
	if v := d.visits(wangfang); len(v) != 2 {
		t.Errorf("%d visits", len(v))
	}
	// An answer may say more about what was offered.
	d.say(wangfang, "拜访 市立医院 介绍血球分析仪")
	expect(t, d.say(wangfang, "绍兴市立医院，嫌贵，下周二寄样"), "拜访已记录 · 绍兴市立医院", "血球分析仪", "异议", "寄样")
}

func TestTheContentIsAskedForOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, text := range []string{"拜访 绍兴市立医院", "今天去了绍兴市立医院", "拜访 绍兴市立医院 王主任"} {
		expect(t, d.say(zhoumin, text), "聊了什么")
		expect(t, d.say(zhoumin, "还行"), "拜访已记录 · 绍兴市立医院")
	}
	expect(t, d.say(zhoumin, "绍兴市立医院王主任聊得不错"), "拜访已记录")
	d.say(zhoumin, "拜访 绍兴市立医院 王主任")
	expect(t, d.say(zhoumin, "宁波市立医院要报价，周五前发"), "拜访已记录 · 宁波市立医院")
	expect(t, d.say(zhoumin, "没见到人"), "拜访已记录 · 绍兴市立医院", "没见到人")
	d.say(zhoumin, "拜访 绍兴市立医院")
	expect(t, d.say(zhoumin, "拜访 宁波市立医院"), "上一条先放着,这条问完接着问:拜访 绍兴市立医院", "去了宁波市立医院,聊了什么")
	expect(t, d.say(zhoumin, "介绍了新方案"), "拜访已记录 · 宁波市立医院", "接着上一条:拜访 绍兴市立医院", "去了绍兴市立医院,聊了什么")
	expect(t, d.say(zhoumin, "没见到人"), "拜访已记录 · 绍兴市立医院")
	without(t, d.say(zhoumin, "待办"), "接着")
}

func TestADraftIsCorrected(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, correction string
		want             []string
	}{
		{"不是甲,是乙", "不是王主任，是李主任", []string{"联系人 李主任"}},
		{"是乙不是甲", "是李主任，不是王主任。", []string{"联系人 李主任"}},
		{"改成", "把周五改成下周三", []string{"3月18日 周三"}},
		{"金额", "金额改成18万", []string{"18万"}},
		{"指令", "修改 金额改成18万", []string{"18万"}},
		{"指令换人", "xg 王主任改成李主任", []string{"联系人 李主任"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.say(wangfang, "拜访 市立医院 王主任 介绍血球分析仪，报价20万，周五前发报价")
			expect(t, d.say(wangfang, tt.correction), "是哪家\"市立医院\"?")
			expect(t, d.say(wangfang, "绍兴市立"), append([]string{"拜访已记录 · 绍兴市立医院"}, tt.want...)...)
		})
	}
	d := newDesk(t)
	d.say(wangfang, "拜访 市立医院 王主任 介绍血球分析仪")
	expect(t, d.say(wangfang, "修改"), "还没记", "改哪里")
	expect(t, d.say(wangfang, "不是市立医院，是绍兴市立医院"), "拜访已记录 · 绍兴市立医院")
}

func TestUndoMeansTheDraftFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "绍兴市立医院 嫌贵，下周二寄样")
	d.say(zhoumin, "拜访 宁波市立医院")
	expect(t, d.say(zhoumin, "撤销"), "刚才那条没记")
	if v := d.visits(zhoumin); v[0].State != sales.VisitFiled {
		t.Error("the visit before was undone")
	}
	expect(t, d.say(zhoumin, "撤销"), "已撤销:绍兴市立医院的拜访", "1 条待办")
	d.say(zhoumin, "绍兴市立医院 嫌贵，下周二寄样")
	d.put(zhoumin, shaoxing, "", sales.Wan, sales.StageProposal, 2)
	d.say(zhoumin, "推进 绍兴市立医院")
	expect(t, d.say(zhoumin, "撤销"), "推进已撤销")
	expect(t, d.say(zhoumin, "撤销"), "已撤销:绍兴市立医院的拜访")
}

func TestACorrectionKeepsOldAndNew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "绍兴市立医院 王主任 预算45-50万，下周二寄样")
	for _, tt := range []struct {
		say  string
		want []string
	}{
		{"修改 金额改成48万", []string{"已改:绍兴市立医院 金额 45-50万 → 48万。", "金额 预算 48万"}},
		{"刚才那条日期改到下周四", []string{"日期 3月17日 周二 → 3月19日 周四"}},
		{"不是王主任，是李主任", []string{"联系人 王主任 → 李主任"}},
		{"修改 客户改成宁波市立医院", []string{"客户 绍兴市立医院 → 宁波市立医院", "联系人 李主任", "face 拜访已记录 · 宁波市立医院"}},
		{"修改 天气改成晴天", []string{"没看懂要改什么"}},
	} {
		expect(t, d.say(zhoumin, tt.say), tt.want...)
	}
	v := d.visits(zhoumin)[0]
	if todos := d.todos(zhoumin); len(todos) != 1 || todos[0].CustomerID != ningbo || todos[0].DueOn.String() != "2026-03-19" {
		t.Errorf("to-dos %+v", todos)
	}
	if c := d.contacts(ningbo); v.CustomerID != ningbo || v.Amount != 48*sales.Wan || len(c) > 1 {
		t.Errorf("visit %+v contacts %+v", v, c)
	}
}

func TestEveryFieldCanBeExplained(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "为什么"), "最近没有记过", "为什么催我")
	d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	d.say(zhoumin, "拜访 绍兴市立 王主任 生化分析仪，嫌贵30%，下周二前寄样，预算100万，对手报110万")
	d.clock.Advance(5 * time.Minute)
	d.say(zhoumin, "修改 金额改成90万")
	r := d.say(zhoumin, "wsm")
	expect(t, r, "绍兴市立医院这条拜访", "客户 ← \"绍兴市立\"", "联系人 ← \"王主任\"", "产品 ← \"生化分析仪\"", "异议 ← \"", "承诺 ← \"", "日期 ← \"下周二前\"",
		"竞品价 ← \"110万\"", "金额 ← \"90万\"", "商机 ← 绍兴市立医院在跟的那一单,听你说的像是到了价格谈判", "原话:拜访 绍兴市立 王主任",
		"周敏 今天 10:00 记下", "周敏 今天 10:05 改 金额 100万 → 90万")
	r = d.say(zhoumin, "为什么 金额？")
	expect(t, r, "金额 ← \"90万\"")
	without(t, r, "联系人 ←")
	r = d.sayIn(zhoumin, "g1", "为什么")
	expect(t, r, "详情请单聊我")
	without(t, r, "90万")
	expect(t, d.say(zhoumin, "为什么催我"), "规则")
	without(t, d.say(zhoumin, "为什么 漏斗掉了"), "来由")
	d.say(zhoumin, "撤销")
	expect(t, d.say(zhoumin, "为什么"), "绍兴市立医院这条竞品", "竞品 ← \"对手\"", "金额 ← \"110万\"") // it stands by itself
	d.say(zhoumin, "撤销")
	expect(t, d.say(zhoumin, "为什么"), "最近没有记过")
}

// putCustomer adds a customer to the store and to the index of names.
func (d *desk) putCustomer(c sales.Customer) {
	d.t.Helper()
	c.NameKey, c.Version = c.Name, 1
	d.do(func(_ context.Context, tx *store.Tx) error { tx.CreateCustomer(c); return nil })
	d.book.Customers = d.book.Customers.With(map[sales.ID]sales.Customer{c.ID: c})
	d.book.index()
}

func TestNewsIsNoAnswerToAnyQuestion(t *testing.T) {
	t.Parallel()
	const news = "绍兴市立医院 王主任嫌贵，下周二前寄样"
	for _, tt := range []struct{ question, answer, want string }{
		{"新客户 义乌锐锋物资行", "13812340000", "什么行业"},
		{"商机 绍兴市立医院 血球分析仪", "50万", "商机已建"},
		{"推进", "绍兴市立医院", "没有在跟的商机"},
		{"拜访 绍兴市立医院", "介绍了新方案", "拜访已记录"},
	} {
		d := newDesk(t)
		d.say(zhoumin, tt.question)
		expect(t, d.say(zhoumin, news), "拜访已记录 · 绍兴市立医院", "嫌贵", "寄样")
		if tt.want != "拜访已记录" { // the news is about that very customer: it is the answer
			expect(t, d.say(zhoumin, tt.answer), tt.want)
		}
	}
}

func TestANewCustomersNewsIsNotTheKnownOnes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.say(zhoumin, "拜访了云岭康复医院，李院长想要生化分析仪；去了绍兴市立医院，嫌贵，下周二寄样；又拜访了白塔康复医院，想要血球分析仪")
	expect(t, r, "拜访已记录 · 绍兴市立医院\n异议 嫌贵\n承诺 寄样", "\"云岭康复医院\"是新客户吗?", "还有没说清的,一条一条来:又拜访了白塔康复医院")
	expect(t, d.say(zhoumin, "是"), "云岭康复医院的联系电话")
	expect(t, d.say(zhoumin, "0575-88001234"), "拜访已记录 · 云岭康复医院", "李院长", "全自动生化分析仪", "\"白塔康复医院\"是新客户吗?")
	expect(t, d.say(zhoumin, "撤销"), "刚才那条没记")
	if v := d.visits(zhoumin); len(v) != 2 {
		t.Errorf("%d visits", len(v))
	}
}
