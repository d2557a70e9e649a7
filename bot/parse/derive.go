package parse

import (
	"strings"
	"unicode/utf8"
)

// legal endings carry no name: 有限公司.
var legalEndings = words("股份有限公司 有限责任公司 有限公司 集团公司 总公司 分公司 公司 集团 总店 旗舰店")

// lineWords say what a business is in; names are often said without them.
var lineWords = words("连锁便利 食品批发部 粮油经销 果品配送 连锁 便利店 便利 超市 商贸 贸易 食品 批发部 批发 经销部 经销 配送 购物中心 商场 五金厂 五金 工具 机电 阀门 泵业 机械 铝业 装备 电气 配件 紧固件 模具 实业 科技 电子 工贸 制造 设备 器材 医疗 药房 大药房 生活超市 生活 粮油 体检中心 门诊部 培训学校 幼儿园 工业 化工 建材 服饰 纺织 物流 厂")

// shortenings are the usual short forms of institutions.
var shortenings = [][2]string{
	{"第一人民医院", "一院"},
	{"第二人民医院", "二院"},
	{"第三人民医院", "三院"},
	{"第四人民医院", "四院"},
	{"第一医院", "一院"},
	{"第二医院", "二院"},
	{"第三医院", "三院"},
	{"人民医院", "人医"},
	{"人民医院", "人民"},
	{"中医医院", "中医院"},
	{"中医院", "中医"},
	{"妇幼保健院", "妇幼"},
	{"妇幼保健院", "妇保"},
	{"妇幼保健院", "妇保院"},
	{"妇幼保健院", "妇幼院"},
	{"市立医院", "市立"},
	{"中心医院", "中心"},
	{"肿瘤医院", "肿瘤"},
	{"口腔医院", "口腔"},
	{"骨科医院", "骨科"},
	{"疾控中心", "疾控"},
	{"疾病预防控制中心", "疾控"},
	{"体检中心", "体检"},
	{"卫生院", "卫生院"},
	{"实验小学", "实小"},
	{"实验中学", "实中"},
	{"实验学校", "实验"},
	{"第一中学", "一中"},
	{"第二中学", "二中"},
	{"第三中学", "三中"},
	{"高级中学", "高中"},
	{"职业技术学院", "职院"},
	{"职业技术学院", "职技院"},
	{"科技职业学院", "科职院"},
	{"职业学院", "职院"},
	{"外国语学校", "外国语"},
	{"外国语学校", "外校"},
	{"师范附属", "师附"},
	{"附属中学", "附中"},
	{"附属小学", "附小"},
	{"附属医院", "附院"},
	{"附属", "附"},
	{"中等专业学校", "中专"},
	{"培训学校", "培训"},
	{"医院", ""},
	{"幼儿园", "幼"},
}

// tooPlain are short forms that mean something else on their own.
var tooPlain = wordSet("中心 人民 科技 骨科 口腔 肿瘤 电子 实验 第一 第二 第三 职业 技术 师范 高中 中医 生活 培训 体检 卫生 机电 五金 工具 食品 医院 学校 小学 中学 学院 超市 商贸 公司 集团 设备 工业 医疗 器材 物流 总部 分店 外校 连锁 便利 配件 机械 绍兴 永康 人民医 大学 家具 建设 银行 中国 国际 华东 光明 中专 门诊 附属 采购 科室 客户 附中 附小 质量 保健 检验 城南 城北 城东 城西 新区 开发区 第一人民")

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words(s) {
		m[w] = true
	}
	return m
}

// customerKeys are all forms of a customer's names, the derived ones included.
func customerKeys(c Customer, keys []nameKey) []nameKey {
	name := tidyName(c.Name)
	keys = append(keys, nameKey{name, c.ID, howName})
	seen := map[string]bool{name: true}
	put := func(s string, h how) {
		n := utf8.RuneCountInString(s)
		if seen[s] || n < 2 || n == 2 && h == howDerived && tooPlain[s] || h == howDerived && (s == c.City || tooPlain[s]) {
			return
		}
		seen[s] = true
		keys = append(keys, nameKey{s, c.ID, h})
	}
	for _, a := range c.Aliases {
		put(tidyName(a), howAlias)
	}
	forms := []string{name}
	for _, a := range c.Aliases {
		forms = append(forms, tidyName(a))
	}
	for _, f := range forms {
		for _, g := range shortForms(f, c.City) {
			put(g, howDerived)
		}
	}
	return keys
}

// tidyName levels width and drops blanks and bracketed remarks' brackets.
func tidyName(s string) string {
	if tidy(s) {
		return s
	}
	t := newText(s, true)
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '(' || c == ')' {
			return -1
		}
		return c
	}, string(t.r))
}

// tidy reports that a name is as tidyName leaves it.
func tidy(s string) bool {
	for _, c := range s {
		if c == ' ' || c == '(' || c == ')' || plainRune(c) != c {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= maxRunes
}

// branchName is the place of a branch: 柯桥店 of 华联超市柯桥店.
func branchName(name string) (string, bool) {
	for _, w := range []string{"超市", "便利店", "药房", "便利", "商场", "医院", "集团", "公司", "银行", "酒店", "学校"} {
		i := strings.LastIndex(name, w)
		if i <= 0 {
			continue
		}
		s := name[i+len(w):]
		n := utf8.RuneCountInString(s)
		for _, e := range []string{"店", "分店", "院区", "分院", "校区", "分行", "厂区"} {
			if n >= 3 && n <= 6 && strings.HasSuffix(s, e) {
				return s, true
			}
		}
	}
	return "", false
}

// shortForms drops the legal ending, the city, the line of business, and shortens institutions.
func shortForms(name, city string) []string {
	out := make([]string, 0, 12)
	base := name
	for _, e := range legalEndings {
		if s := strings.TrimSuffix(base, e); s != base && utf8.RuneCountInString(s) >= 2 {
			base = s
			out = append(out, base)
			break
		}
	}
	bare := strings.TrimPrefix(base, city)
	if city != "" && bare != base {
		if rest := strings.TrimPrefix(bare, "市"); rest != bare && !strings.HasPrefix(rest, "立") { // 绍兴市第一医院, not 绍兴市立医院
			out = append(out, bare)
			bare = rest
		}
		if utf8.RuneCountInString(bare) >= 2 {
			out = append(out, bare)
		}
	} else {
		bare = ""
	}
	for _, f := range []string{base, bare} {
		if f == "" {
			continue
		}
		for _, w := range lineWords {
			if i := strings.Index(f, w); i > 0 {
				s := f[:i] + f[i+len(w):]
				if n := utf8.RuneCountInString(f[:i]); n >= 2 && f[:i] != city {
					out = append(out, f[:i])
				}
				if n := utf8.RuneCountInString(s); n >= 2 && s != city && (n > 2 || city == "" || !strings.HasPrefix(city, s)) {
					out = append(out, s)
				}
				break
			}
		}
		if name, ok := branchName(f); ok {
			out = append(out, name)
		}
		for _, p := range shortenings {
			if i := strings.Index(f, p[0]); i >= 0 && i+len(p[0]) == len(f) || i > 0 && p[0] == "附属" {
				short := f[:i] + p[1] + f[i+len(p[0]):]
				out = append(out, short)
				if f == bare && i == 0 && utf8.RuneCountInString(p[1]) >= 2 { // 绍二院
					_, n := utf8.DecodeRuneInString(city)
					out = append(out, city[:n]+short)
				}
			}
		}
	}
	return out
}
