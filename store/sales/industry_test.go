package sales_test

import (
	"testing"

	"salesflow/store/sales"
)

func TestAnIndustryIsReadFromANameOnlyWhereItIsPlain(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"绍兴第二医院": "医疗", "嘉兴市妇幼保健院": "医疗", "温州医科大学": "教育", "杭州第一中学": "教育", "永康恒达五金": "制造",
		"乐街坊便利店": "快消", "绍兴医疗器械有限公司": "", "云岭康养中心": "", "": "",
	} {
		if got := sales.IndustryOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
