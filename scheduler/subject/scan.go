package subject

// scan is 扫码: somebody scanned a customer's code.
func scan() *Object {
	return &Object{
		Key: "scan", Name: "扫码", Subject: "scan", Table: "scans",
		Fields: []Field{ofCustomer(), someone("person", "记录人", "person_id", "销售"), moment("at", "日期", "scanned_at")},
		People: owners("person_id"),
		Filed:  true, Verbs: []string{"scan.created"}, At: "scanned_at", By: map[string]string{"customer": "customer_id", "person": "person_id"},
		Title: func(r *Record) string { return join(r.Show("customer"), "扫码") },
		Open:  func(r *Record) string { return "客户 " + r.Show("customer") },
	}
}

// picture is 照片. It is counted for who sent it, since it is there before it is known what it belongs to.
func picture() *Object {
	return &Object{
		Key: "picture", Name: "照片", Aliases: []string{"图片"}, Subject: "picture",
		Table:  "(SELECT file_id AS id, customer_id, person_id, sent_at FROM media WHERE kind = 'picture') pictures",
		Fields: []Field{ofCustomer(), someone("person", "记录人", "person_id", "销售"), moment("at", "日期", "sent_at")},
		People: owners("person_id"),
		Filed:  true, Verbs: []string{"picture.sent"}, At: "sent_at", By: map[string]string{"person": "person_id"},
		Title: func(r *Record) string { return join(r.Show("person"), "的照片") },
	}
}
