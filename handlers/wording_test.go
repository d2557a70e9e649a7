package handlers_test

import "testing"

// What was not understood is named, and with it the shortest way on.
func TestARefusalNamesWhatWasWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, said string
		want       []string
	}{
		{"产品不认识", "报价 绍兴市立医院 飞机 1台 5万", []string{"没认出报哪个产品", "发 产品 看有哪些"}},
		{"没有在催的事", "谁在处理 绍兴市立医院", []string{"绍兴市立医院现在没有在催的事"}},
		{"没有这种模板", "导入 火星", []string{`没有"火星"的模板`, "发 导入"}},
		{"过去的日子不能请假", "请假 昨天", []string{"日子不对:", "要今天或以后"}},
		{"过去的日子不能排", "计划 昨天 绍兴市立医院", []string{"日子不对:昨天 周二。计划要排在今天或以后"}},
		{"没有权限", "人员", []string{"人员:管理员能用,你没有这个权限。"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newBench(t)
			w.say(zhoumin, tt.said).expect(zhoumin, tt.want...)
		})
	}
}
