package sales

import "testing"

func TestSimilarNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rule string
		a, b string
		same bool
	}{
		{"legal form", "绍兴恒达五金有限公司", "绍兴恒达五金", true},
		{"legal form", "绍兴恒达五金股份有限公司", "绍兴恒达五金有限责任公司", true},
		{"legal form", "温岭泵业集团", "温岭泵业集团有限公司", true},
		{"full width, case, spaces", "ＡＢＣ 科技 有限公司", "abc科技", true},
		{"brackets", "海天机电（宁波）有限公司", "宁波海天机电有限公司", true},
		{"brackets", "绍兴市立医院(本部)", "绍兴市立医院", true},
		{"brackets", "绍兴新和商贸(原老和商行)", "绍兴新和商贸", true},
		{"place with 市", "绍兴市恒达五金有限公司", "绍兴恒达五金有限公司", true},
		{"place with 市", "绍兴市市立医院", "绍兴市立医院", true},
		{"province before it", "浙江省绍兴市恒达五金有限公司", "绍兴恒达五金", true},
		{"place left out", "恒达五金", "永康恒达五金有限公司", true},
		{"trade left out", "恒达", "恒达五金", true},
		{"trade left out", "海天", "宁波海天机电", true},
		{"alias", "家家福", "家家福连锁便利", true},
		{"other trade word", "宁波海天机电", "宁波海天机械", true},
		{"homophone", "鑫源食品批发部", "新源食品批发部", true},
		{"homophone", "永康恒达五金", "永康恒大五金", true},
		{"homophone", "启明星幼儿园", "启明兴幼儿园", true},
		{"homophone", "诸暨职业技术学院", "诸暨职业计数学院", true},
		{"one more character", "大润和购物中心", "大润和购物中心店", true},
		{"same branch", "华联超市绍兴店", "华联超市 绍兴店", true},

		{"other place", "绍兴市立医院", "宁波市立医院", false},
		{"other place", "绍兴第二医院", "金华第二医院", false},
		{"other place", "苏州仁爱医院", "无锡仁爱医院", false},
		{"other place", "绍兴实验小学", "杭州实验小学", false},
		{"other place", "海天机电（宁波）有限公司", "海天机电（台州）有限公司", false},
		{"other number", "杭州第一人民医院", "杭州第二人民医院", false},
		{"other number", "金华一中", "金华二中", false},
		{"other branch", "华联超市绍兴店", "华联超市柯桥店", false},
		{"branch and whole", "浙江华联商贸有限公司", "浙江华联商贸有限公司绍兴分公司", false},
		{"nothing of its own", "人民医院", "诸暨人民医院", false},
		{"nothing of its own", "妇幼保健院", "湖州妇幼保健院", false},
		{"other trade of like sound", "鑫源食品批发部", "新源粮油经销", false},
		{"other company", "恒大紧固件", "永康恒达五金", false},
		{"other company", "宁波海天机电", "青岛海纳装备", false},
		{"other company", "宁波康宁医院", "杭州康宁体检中心", false},
		{"other kind", "诸暨人民医院", "诸暨职业技术学院", false},
		{"nothing", "", "恒达五金", false},
		{"signs only", "()", "()", false},
	} {
		got := SimilarNames(tt.a, tt.b)
		if back := SimilarNames(tt.b, tt.a); back != got {
			t.Errorf("%s: SimilarNames(%q, %q) is %.2f, the other way %.2f", tt.rule, tt.a, tt.b, got, back)
		}
		if (got >= DuplicateThreshold) != tt.same || got < 0 || got > 1 {
			t.Errorf("%s: SimilarNames(%q, %q) = %.2f, want same %v", tt.rule, tt.a, tt.b, got, tt.same)
		}
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, key, place, core, branch string }{
		{"浙江省绍兴市恒达五金有限公司", "绍兴恒达五金", "绍兴", "恒达五金", ""},
		{"绍兴市立医院", "绍兴市立医院", "绍兴", "市立医院", ""},
		{"华联超市柯桥店", "华联超市柯桥店", "", "华联超市", "柯桥店"},
		{"美廉便利店", "美廉便利店", "", "美廉便利店", ""},
		{"浙江华联商贸有限公司绍兴分公司", "浙江华联商贸绍兴分公司", "浙江", "华联商贸", "绍兴分公司"},
		{"广西壮族自治区桂林市三金药业股份有限公司", "桂林三金药业", "桂林", "三金药业", ""},
		{"集团公司", "集团", "", "集团", ""},
		{"北京", "北京", "", "北京", ""},
		{"A.B.C. Co., Ltd.", "abc", "", "abc", ""},
	} {
		n := ParseName(tt.text)
		if n.Key != tt.key || n.Place != tt.place || n.Core != tt.core || n.Branch != tt.branch {
			t.Errorf("ParseName(%q) = %+v, want %q %q %q %q", tt.text, n, tt.key, tt.place, tt.core, tt.branch)
		}
	}
}
