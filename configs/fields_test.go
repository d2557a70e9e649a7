package configs

import (
	"errors"
	"strings"
	"testing"
)

func TestMistakesInFieldsAreNamedWithTheirLine(t *testing.T) {
	t.Parallel()
	read := func(text string) (FieldFile, error) {
		c := Default()
		c.Fields.File = "fields.yaml"
		return c.ReadFields(func(string) ([]byte, error) { return []byte(text), nil })
	}
	for _, x := range []struct {
		name, text string
		line       int
		want       string
	}{
		{"对象不认识", "fields:\n  - {object: 车辆, key: a, name: 车牌, type: text}\n", 2, "no kind of record"},
		{"类型写错", "fields:\n  - {object: 客户, key: a, name: 车牌, type: txt}\n", 2, "not known"},
		{"单选没有选项", "fields:\n  - object: 客户\n    key: a\n    name: 车牌\n    type: choice\n", 2, "0 entries"},
		{"键重复", "fields:\n  - {object: 客户, key: a, name: 甲, type: text}\n  - {object: customer, key: a, name: 乙, type: text}\n", 3, "is taken by"},
		{"名字重复", "fields:\n  - {object: 客户, key: a, name: 甲, type: text}\n  - {object: 客户, key: b, name: 乙, aliases: [甲], type: text}\n", 3, "is taken by"},
		{"自带的字段", "fields:\n  - {object: 客户, key: a, name: 电话, type: text}\n", 2, "already"},
		{"角色写错", "fields:\n  - {object: 客户, key: a, name: 甲, type: text, see: [boss]}\n", 2, "not a role"},
		{"阶段只给商机", "fields:\n  - {object: 客户, key: a, name: 甲, type: text, stage: need}\n", 2, "商机"},
		{"名字带空格", "fields:\n  - {object: 客户, key: a, name: 甲 乙, type: text}\n", 2, "a space"},
		{"编号前缀被占", "records:\n  - {key: device, name: 设备档案, prefix: HT, fields: [{key: a, name: 甲, type: text}]}\n", 2, "is taken by"},
		{"档案没有字段", "records:\n  - {key: device, name: 设备档案, prefix: SB}\n", 2, "no entries"},
		{"档案键被占", "records:\n  - {key: lead, name: 设备档案, prefix: SB, fields: [{key: a, name: 甲, type: text}]}\n", 2, "is taken by"},
	} {
		_, err := read(x.text)
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		p := ps[0]
		if p.File != "fields.yaml" || p.Line != x.line || !strings.Contains(p.What+p.Fix, x.want) || p.Fix == "" {
			t.Errorf("%s: %+v, want line %d and %q", x.name, p, x.line, x.want)
		}
	}
	good, err := read("fields:\n  - {object: 设备档案, key: b, name: 乙, type: number, unit: 台}\nrecords:\n" +
		"  - {key: device, name: 设备档案, prefix: SB, customer: true, fields: [{key: a, name: 甲, type: text, required: true}]}\n")
	if err != nil || good.ObjectKey("设备档案") != "device" {
		t.Errorf("a good file: %v, %q", err, good.ObjectKey("设备档案"))
	}
}
