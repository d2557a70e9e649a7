package handlers_test

import (
	"testing"
	"time"

	"salesflow/handlers"
	"salesflow/store/sales"
)

func TestValuesOfCustomFieldsAreReadAndShown(t *testing.T) {
	t.Parallel()
	r := handlers.CustomReader{
		Org: sales.NewOrg(1, people, nil, nil), Now: time.Date(2026, 3, 11, 10, 0, 0, 0, sales.Shanghai),
		Book: &handlers.Book{Products: map[sales.ID]sales.Product{7: {ID: 7, Name: "低速离心机"}}},
	}
	for _, x := range []struct {
		name, text, want string
		field            sales.CustomField
	}{
		{"数字带单位", "600张", "600张", sales.CustomField{Type: sales.CustomNumber, Unit: "张"}},
		{"数字有小数", "12.5", "12.5", sales.CustomField{Type: sales.CustomNumber}},
		{"数字带万", "1.2万", "12000", sales.CustomField{Type: sales.CustomNumber}},
		{"数字太大", "601", "", sales.CustomField{Type: sales.CustomNumber, Max: 600}},
		{"不是数字", "很多", "", sales.CustomField{Type: sales.CustomNumber}},
		{"不是数", "NaN", "", sales.CustomField{Type: sales.CustomNumber}},
		{"百分比", "35%", "35%", sales.CustomField{Type: sales.CustomPercent, Max: 100}},
		{"百分比超了", "百分之120", "", sales.CustomField{Type: sales.CustomPercent, Max: 100}},
		{"金额", "48万", "48万", sales.CustomField{Type: sales.CustomMoney}},
		{"金额超了", "5000", "", sales.CustomField{Type: sales.CustomMoney, Max: 4999}},
		{"日期", "2025-03-05", "2025-03-05", sales.CustomField{Type: sales.CustomDate}},
		{"是", "有", "是", sales.CustomField{Type: sales.CustomBool}},
		{"否", "没有", "否", sales.CustomField{Type: sales.CustomBool}},
		{"是否没看懂", "大概", "", sales.CustomField{Type: sales.CustomBool}},
		{"选项", "财政", "财政", sales.CustomField{Type: sales.CustomChoice, Options: []string{"财政", "自筹"}}},
		{"选项序号", "2", "自筹", sales.CustomField{Type: sales.CustomChoice, Options: []string{"财政", "自筹"}}},
		{"选项有两个像", "资金", "", sales.CustomField{Type: sales.CustomChoice, Options: []string{"财政资金", "自筹资金"}}},
		{"同事", "@李强", "李强", sales.CustomField{Type: sales.CustomPerson}},
		{"没有这个同事", "张三丰", "", sales.CustomField{Type: sales.CustomPerson}},
		{"产品", "离心机", "低速离心机", sales.CustomField{Type: sales.CustomProduct}},
		{"文字太长", "一二三四五六", "", sales.CustomField{Type: sales.CustomText, Max: 5}},
		{"文字空着", "  ", "", sales.CustomField{Type: sales.CustomText}},
	} {
		x.field.Name = "字段"
		v, err := r.Read(x.field, x.text)
		if (err != nil) != (x.want == "") {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		if err != nil && sales.KindOf(err) != sales.Invalid {
			t.Errorf("%s: %v is no message for a person", x.name, err)
		}
		if got := r.Show(x.field, v); err == nil && got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}
