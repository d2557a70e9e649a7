package subject

import (
	"fmt"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// told is a field of a table that tells of no changes; events do, under a name.
func told(f Field, as string) Field {
	f.Tells = as
	return f
}

// left is how far the day of another field is away, in words: 还有 30 天到期.
func left(key, name, date string) Field {
	f := text(key, name, "''")
	f.Needs = []string{date}
	f.Derive = func(r *Record) rules.Value {
		until := r.Field(date)
		v := rules.Value{Type: rules.Text, None: until.None || r.day.IsZero()}
		if v.None {
			return v
		}
		switch days := until.Day.Sub(r.day); {
		case days > 0:
			v.S = fmt.Sprintf("还有 %d 天到期(%s)", days, until.Day)
		case days == 0:
			v.S = "今天到期"
		default:
			v.S = fmt.Sprintf("已过期 %d 天(%s)", -days, until.Day)
		}
		return v
	}
	return f
}

// product is 产品.
func product() *Object {
	return &Object{
		Key: "product", Name: "产品", Subject: "product", Table: "products",
		Fields: []Field{
			traced(text("name", "名称", "name"), "名称"),
			traced(text("line", "产品线", "line"), "产品线"),
			traced(money("price", "标准价", "list_price"), "标准价"),
			traced(text("cert", "注册证号", "cert_no"), "注册证号"),
			traced(told(date("cert_until", "注册证到期日", "cert_until", "注册证有效期"), sales.TellsCertUntil), "有效期"),
			left("cert_left", "注册证还剩", "cert_until"),
			traced(someone("owner", "负责人", "owner_id"), "负责人"),
		},
		People: []Person{{Key: "owner", Name: "负责人", Column: "owner_id"}},
		Title:  func(r *Record) string { return r.Field("name").S },
		Open:   func(r *Record) string { return "产品 " + r.Field("name").S },
	}
}

// authorisation is 授权书.
func authorisation() *Object {
	return &Object{
		Key: "authorisation", Name: "授权书", Subject: "authorisation", Table: "authorisations",
		Fields: []Field{
			states("状态", "state", options(sales.AuthorisationValid, "有效", sales.AuthorisationRevoked, "已作废")),
			text("no", "编号", "no"),
			ofCustomer(),
			ref("product", "产品", "product_id", "product"),
			date("until", "到期日", "until", "有效期"),
			left("left", "还剩", "until"),
		},
		People: []Person{{Key: "customer_owner", Name: "客户负责人", Via: "customer"}, {Key: "owner", Name: "负责人", Column: "created_by"}},
		Filed:  true, Verbs: []string{"authorisation.put"}, At: "created_at", By: map[string]string{"customer": "customer_id"},
		Title: func(r *Record) string { return join(r.Show("customer"), "授权书", r.Show("no")) },
	}
}
