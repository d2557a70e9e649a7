package handlers

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
)

// customers are all customers of that name with their contacts.
func (d *desk) customer(name string) (c sales.Customer, contacts []sales.Contact) {
	d.t.Helper()
	d.do(func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.DuplicateCustomers(ctx, "", "", name, 1)
		if err != nil || len(found) == 0 {
			return err
		}
		c = found[0]
		contacts, err = tx.ContactsByCustomer(ctx, c.ID)
		return err
	})
	return c, contacts
}

func TestANewCustomerFromOneLine(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"空格":   "新客户 义乌锐锋五金厂 13812340000 五金制造",
		"全角标点": "新客户：义乌锐锋五金厂，１３８１２３４００００；五金制造。",
		"连着写":  "xkh 义乌锐锋五金厂13812340000 五金制造",
		"写明":   "新客户 名称义乌锐锋五金厂 电话13812340000 行业五金制造",
	} {
		d := newDesk(t)
		expect(t, d.say(zhoumin, text), "客户已建 · 义乌锐锋五金厂", "13812340000", "五金制造")
		if c, _ := d.customer("义乌锐锋五金厂"); c.Name != "义乌锐锋五金厂" || c.Phone != "13812340000" || c.Industry != "五金制造" || c.OwnerID != zhoumin {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestWhatANewCustomerLacksIsAskedForOneByOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "新客户"), "全称")
	expect(t, d.say(zhoumin, "义乌锐锋物资行 联系人赵晓明"), "义乌锐锋物资行的联系电话")
	expect(t, d.say(zhoumin, "12345"), "电话")
	expect(t, d.say(zhoumin, "13812340000"), "什么行业", "[医疗]", "[制造]")
	expect(t, d.say(zhoumin, "第3个"), "客户已建", "联系人 赵晓明", "行业 制造")
	if _, contacts := d.customer("义乌锐锋物资行"); len(contacts) != 1 || contacts[0].Name != "赵晓明" {
		t.Errorf("contacts %+v", contacts)
	}
	d = newDesk(t)
	expect(t, d.say(zhoumin, "新客户 义乌锐锋五金厂 12345 制造"), "电话")
	expect(t, d.say(zhoumin, "算了。"), "不建了")
}

func TestACustomerIsFoundByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.do(func(_ context.Context, tx *store.Tx) error {
		for _, c := range testBook().Customers.All() {
			c.NameKey, c.Version = c.Name, 1
			tx.CreateCustomer(c)
		}
		return nil
	})
	for _, name := range []string{"绍兴市立医院", "绍兴市立", "绍新市立医院", "绍兴市立医院。"} {
		expect(t, d.say(zhoumin, "客户 "+name), "绍兴市立医院", "负责人 周敏")
	}
	expect(t, d.say(wangfang, "客户 市立医院"), "有几家", "绍兴市立医院", "宁波市立医院")
	expect(t, d.say(zhoumin, "客户 云岭康复中心"), "没找到客户", "云岭康复中心")
	expect(t, d.say(zhoumin, "客户 宁波市立医院"), "李强的客户")
}
