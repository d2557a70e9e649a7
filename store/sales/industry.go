package sales

import "strings"

// industrySigns are parts of names that leave no doubt about the line of business. The more special ones stand first: a
// 医学院 teaches.
var industrySigns = []struct {
	industry string
	signs    []string
}{
	{"教育", []string{"大学", "学院", "中学", "小学", "学校", "幼儿园", "职校", "技校", "教育集团"}},
	{"医疗", []string{"医院", "卫生院", "卫生服务", "保健院", "诊所", "门诊部", "体检中心", "疾控中心", "血站"}},
	{"快消", []string{"超市", "便利店", "食品", "粮油", "饮料", "乳业"}},
	{"制造", []string{"五金", "机械", "紧固件", "模具", "制造", "精密", "机电", "铸造"}},
}

// IndustryOf is the industry that a customer's name tells, empty where it leaves a doubt.
func IndustryOf(name string) string {
	for _, s := range industrySigns {
		for _, sign := range s.signs {
			if strings.Contains(name, sign) {
				return s.industry
			}
		}
	}
	return ""
}
