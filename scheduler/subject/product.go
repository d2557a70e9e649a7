package subject

import "salesflow/store/sales"

// product is 产品.
func product() *Object {
	return &Object{
		Key: "product", Name: "产品", Subject: "product", Table: "products",
		Fields: []Field{
			text("name", "名称", "name"),
			text("line", "产品线", "line"),
			money("price", "标准价", "list_price"),
			text("cert", "注册证号", "cert_no"),
			date("cert_until", "注册证到期日", "cert_until", "注册证有效期"),
			someone("owner", "负责人", "owner_id"),
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
			date("until", "到期日", "until", "有效期"),
		},
		People: []Person{{Key: "customer_owner", Name: "客户负责人", Via: "customer"}, {Key: "owner", Name: "负责人", Column: "created_by"}},
		Filed:  true, Verbs: []string{"authorisation.put"}, At: "created_at", By: map[string]string{"customer": "customer_id"},
		Title: func(r *Record) string { return join(r.Show("customer"), "授权书", r.Show("no")) },
	}
}
