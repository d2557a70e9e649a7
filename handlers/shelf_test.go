package handlers

import (
	"context"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/sales"
)

// Whoever writes two things one after the other answers for each: nothing has to be said again.
func TestADraftThatMadeWayComesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "拜访 云岭康复医院，李院长想要生化分析仪")
	expect(t, d.say(zhoumin, "拜访 白塔康复中心，介绍血球分析仪"), "上一条先放着", "云岭康复医院", "\"白塔康复中心\"是新客户吗?")
	// A command in between takes nothing away.
	expect(t, d.say(zhoumin, "新客户 义乌锐锋物资行 13812340000 批发"), "客户已建 · 义乌锐锋物资行", "接着上一条:", "云岭康复医院")
	r := d.say(zhoumin, "是")
	expect(t, r, "云岭康复医院的联系电话")
	r = d.say(zhoumin, "0575-88001234")
	expect(t, r, "客户已建 · 云岭康复医院", "拜访已记录 · 云岭康复医院", "接着上一条:", "\"白塔康复中心\"是新客户吗?")
	expect(t, d.say(zhoumin, "算了"), "没记")
	if v := d.visits(zhoumin); len(v) != 1 {
		t.Errorf("%d visits", len(v))
	}
	without(t, d.say(zhoumin, "待办"), "接着")
}

// What waits for the same new customer is filed with it.
func TestAllThatWaitsForANewCustomerIsFiledWithIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "拜访 云岭康复医院，李院长想要生化分析仪")
	d.say(zhoumin, "投诉 云岭康复医院 离心机异响")
	d.say(zhoumin, "拜访 云岭康复医院，嫌贵，下周二寄样")
	r := d.say(zhoumin, "新客户 云岭康复医院 0575-88001234")
	said := words(r)
	if n := strings.Count(said, "已记录"); n != 3 {
		t.Errorf("%d records in:\n%s", n, said)
	}
	if v := d.visits(zhoumin); len(v) != 2 {
		t.Errorf("%d visits", len(v))
	}
	c, _ := d.customer("云岭康复医院")
	for _, v := range d.visits(zhoumin) {
		if v.CustomerID != c.ID {
			t.Errorf("a visit at %v", v.CustomerID)
		}
	}
}

// A draft that was taken back does not come back.
func TestADraftTakenBackStaysAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "拜访 云岭康复医院，李院长想要生化分析仪")
	expect(t, d.say(zhoumin, "撤销"), "没记")
	without(t, d.say(zhoumin, "绍兴市立医院 王主任嫌贵，下周二前寄样"), "云岭")
	d.say(zhoumin, "拜访 云岭康复医院，李院长想要生化分析仪")
	for range 6 { // the shelf is bounded, and what does not fit is told
		d.say(zhoumin, "拜访 白塔康复中心，介绍血球分析仪")
	}
	r := d.say(zhoumin, "拜访 白塔康复中心，介绍血球分析仪")
	expect(t, r, "先放下了", "要记就再发一次")
	for range 12 {
		d.say(zhoumin, "算了")
	}
	without(t, d.say(zhoumin, "算了"), "接着")
	if v := d.visits(zhoumin); len(v) != 1 {
		t.Errorf("%d visits", len(v))
	}
}

// The phone may come with the contact and the industry, before the question or as its answer.
func TestTheDetailsOfANewCustomerComeInOneLine(t *testing.T) {
	t.Parallel()
	for _, answers := range [][]string{
		{"13600005555 批发"},
		{"是的", "13600005555 批发"},
		{"是的", "沈洁 13600005555", "批发"},
		{"是的", "批发", "13600005555"},
		{"是的", "电话13600005555 批发 联系人沈洁"},
	} {
		d := newDesk(t)
		expect(t, d.say(zhoumin, "拜访 云岭康养中心，想要生化分析仪"), "是新客户吗")
		var r bot.Reply
		for _, a := range answers {
			r = d.say(zhoumin, a)
		}
		expect(t, r, "客户已建 · 云岭康养中心", "13600005555", "批发", "拜访已记录 · 云岭康养中心")
		_, contacts := d.customer("云岭康养中心")
		if named := strings.Contains(strings.Join(answers, ""), "沈洁"); named != (len(contacts) == 1 && contacts[0].Name == "沈洁") {
			t.Errorf("%q: contacts %+v", answers, contacts)
		}
	}
	d := newDesk(t)
	expect(t, d.say(zhoumin, "新客户 嘉兴市妇幼保健院 沈洁 13711112222"), "客户已建 · 嘉兴市妇幼保健院", "行业 医疗", "联系人 沈洁")
	expect(t, d.say(zhoumin, "新客户 永康石化 金属 13711112223 其他"), "行业 金属")
	d.say(zhoumin, "新客户 云岭康养中心")
	expect(t, d.say(zhoumin, "没有"), "没有联系电话建不了", "取消")
	expect(t, d.say(zhoumin, "等会儿再说"), "没有联系电话建不了")
	expect(t, d.say(zhoumin, "哈哈"), "没看懂")
	expect(t, d.say(zhoumin, "取消"), "不建了")
}

// putContact adds a contact to the store and to the index of names.
func (d *desk) putContact(c sales.Contact) {
	d.t.Helper()
	c.Version = 1
	d.do(func(_ context.Context, tx *store.Tx) error { tx.CreateContact(c); return nil })
	d.book.Contacts = d.book.Contacts.With(map[sales.ID]sales.Contact{c.ID: c})
	d.book.index()
}

// A person whom the last customer does not have is not made one of theirs without a question.
func TestANamesakeOfAnotherCustomerIsAskedAbout(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.putCustomer(sales.Customer{ID: 1009, Name: "杭州第一中学", OwnerID: zhoumin})
	d.putContact(sales.Contact{ID: 2009, CustomerID: 1009, Name: "赵海", Title: "主任"})
	expect(t, d.say(zhoumin, "绍兴市立医院嫌贵，下周二前寄样"), "拜访已记录 · 绍兴市立医院")
	r := d.say(zhoumin, "赵主任那边说生化分析仪嫌贵")
	without(t, r, "拜访已记录 · 绍兴市立医院")
	d.say(zhoumin, "算了")
	// Nobody has such a contact: it may be anybody's.
	r = d.say(zhoumin, "刚跟钱院长通了电话 他嫌生化分析仪贵")
	expect(t, r, "绍兴市立医院吗?")
	expect(t, d.say(zhoumin, "是"), "拜访已记录 · 绍兴市立医院", "钱院长")
	// Who points to the customer means it.
	expect(t, d.say(zhoumin, "那家的孙科长也嫌生化分析仪贵"), "拜访已记录 · 绍兴市立医院", "孙科长")
	// Without any talk before, a person with a title is somebody's.
	d = newDesk(t)
	expect(t, d.say(zhoumin, "李主任让我下周二前报价"), "是哪家")
	expect(t, d.say(zhoumin, "绍兴市立医院"), "拜访已记录 · 绍兴市立医院", "报价", "3月17日")
}

// Another place is not the customer that was made a moment ago.
func TestAnotherPlaceIsNotTheCustomerJustMade(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "新客户 嘉兴市妇幼保健院 13711112222"), "客户已建")
	r := d.say(zhoumin, "上虞人民医院 联系人 王建国 13612345678 检验科主任 要生化分析仪")
	expect(t, r, "上虞人民医院")
	without(t, r, "拜访已记录")
	d = newDesk(t)
	d.say(zhoumin, "新客户 嘉兴市妇幼保健院 13711112222")
	without(t, d.say(zhoumin, "明天上午去二院送生化分析仪样品"), "拜访已记录 · 嘉兴市妇幼保健院")
	for text, want := range map[string]bool{
		"医院这边要两台": false, "去了嘉兴妇保院": false, "他们医院要两台": false, "妇幼保健院要两台": false,
		"去二院送样品": true, "上虞人民医院要两台": true, "宁波大学那边要": true,
	} {
		if got := elsewhere(text, "嘉兴市妇幼保健院"); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// What was spent says for what beside the sum; other news is not the kind of an expense.
func TestAnExpenseIsNotAskedForWhatWasSaid(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "今天跟绍兴市立医院王主任吃饭 花了420 聊到下半年的量"), "费用(招待)已记录", "¥420.00", "事由 跟王主任吃饭")
	expect(t, d.say(zhoumin, "费用 绍兴市立医院 420元"), "是哪类费用")
	r := d.say(zhoumin, "绍兴市立那边王主任换人了 现在是刘主任 13711114444")
	without(t, r, "费用已记录")
}
