package configs_test

import (
	"os"
	"strings"
	"testing"

	"salesflow/configs"
)

const families = `families:
  - name: 注塑件
    fields:
      - {name: 材料, required: true}
      - {name: 交期, kind: date, means: deadline}
      - {name: 目标价, kind: money, means: unit_price, sales_only: true}
    steps:
      - {name: 技术评审, role: delivery, hours: 4}
      - {name: 采购询价, role: 采购, hours: 8, after: [技术评审]}
    agreement:
      - {title: 产品, lines: ["{客户} {材料}"]}
`

func TestProductFamiliesAreCheckedWhereTheyStand(t *testing.T) {
	t.Parallel()
	c := configs.Default()
	if list, err := c.ReadWorkFamilies(os.ReadFile); err != nil || len(list) < 2 || len(list[0].Fields) != 12 {
		t.Fatalf("the shipped families: %d, %v", len(list), err)
	}
	c.WorkOrders.File = "own.yaml"
	read := func(text string) func(string) ([]byte, error) {
		return func(string) ([]byte, error) { return []byte(text), nil }
	}
	if list, err := c.ReadWorkFamilies(read(families)); err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, tt := range []struct{ name, old, now, want string }{
		{"未知的字段类型", "kind: date", "kind: day", "own.yaml:5: families[0].fields[1].kind"},
		{"两个字段同名", "name: 目标价", "name: 材料", "own.yaml:6: families[0].fields[2].name"},
		{"步骤等一个没有的步骤", "after: [技术评审]", "after: [评审]", `"评审" is no step before this one`},
		{"没有的角色", "role: delivery", "role: delivry", "own.yaml:8: families[0].steps[0].role"},
		{"协议里的错字", "{材料}\"", "{材科}\"", "did you mean {材料}?"},
		{"协议里不放价格", "{材料}\"", "{目标价}\"", "is for sales only"},
		{"不认识的键", "hours: 4", "hour: 4", "hour"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(families, tt.old, tt.now, 1)
			if _, err := c.ReadWorkFamilies(read(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
