package parse

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// specPart is a size or model inside a product's name: 250ml, 86寸, DN50.
var specPart = regexp.MustCompile(`[A-Za-z]*\d+(\.\d+)?(ml|ML|L|l|g|G|kg|KG|寸|W|w|mm|cm|m|英寸|米|公斤|克|升|毫升)?$`)

// productModifiers are said or left out at will before a product's name.
var productModifiers = words("全自动 半自动 自动 低速 高速 一次性 鲜榨 智能 便携式 便携 台式 新款 不锈钢 六角 化学 医用 学生 高钙")

// plainProductParts are too common to stand for a product.
var plainProductParts = wordSet("教室 实验 学生 化学 分析 分析仪 主机 智慧 一次 全自动 自动 高速 低速 仪器 设备 系统 检测 测试 电子 智能 牛奶 平台 材料 服务 标准 专用 软件 耗材 试剂")

// productKeys are all forms of a product's names.
func productKeys(p Product) []nameKey {
	seen := map[string]bool{}
	var keys []nameKey
	put := func(s string, h how) {
		s = tidyName(s)
		if s == "" || seen[s] || utf8.RuneCountInString(s) < 2 || h >= howDerived && plainProductParts[s] {
			return
		}
		seen[s] = true
		keys = append(keys, nameKey{strings.ToUpper(s), p.ID, h})
	}
	put(p.Name, howName)
	for _, a := range p.Aliases {
		put(a, howAlias)
	}
	if p.Model != "" {
		put(p.Model, howAlias)
		put(strings.ReplaceAll(p.Model, "-", ""), howAlias)
	}
	forms := append([]string{p.Name}, p.Aliases...)
	for _, f := range forms {
		f = tidyName(f)
		bare := specPart.ReplaceAllString(f, "")
		put(bare, howDerived)
		for _, m := range productModifiers {
			if s := strings.TrimPrefix(bare, m); s != bare {
				put(s, howDerived)
			}
		}
		r := []rune(bare)
		for n := 3; n < len(r); n++ { // ends of the name
			put(string(r[len(r)-n:]), howPart)
		}
		if len(r) == 3 && strings.ContainsRune("仪机管液灯阀台器", r[2]) {
			put(string(r[:2]), howPart)
		}
		for n := 4; n < len(r); n++ {
			put(string(r[:n]), howPart)
		}
	}
	return keys
}
