package sales

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Name is a company's or institution's name taken apart for comparing.
type Name struct {
	Key     string // place, core and branch: equal keys are equal names
	Place   string // 绍兴; empty when the name says none
	Core    string // without place, legal form and branch: 市立医院
	Branch  string // 柯桥店, 杭州分公司; empty for the whole company
	own     string // the part of Core that no trade has in common: 恒达 of 恒达五金
	ordinal rune   // 二 of 第二医院
}

// Own is the part of the name that no trade has in common, 恒达 of 恒达五金; empty where there is none.
func (n Name) Own() string { return n.own }

// maxName bounds what is compared, in runes; registered names are shorter.
const maxName = 60

// DuplicateThreshold is the SimilarNames value from which two customers are shown as a possible duplicate. On names of one
// trade it lets through one wrong character, a homophone, a missing place, a left-out trade word; other towns, other
// branches and other numbers stay below.
const DuplicateThreshold = 0.75

// ParseName takes a name apart: full width becomes half width, letters small, spaces and brackets go, the legal form
// (有限公司, 股份有限公司, 集团…) is dropped, place and branch are kept apart.
func ParseName(text string) Name {
	s := strings.Trim(strings.Join(strings.Fields(halfWidth(clipHard(text, maxName))), ""), "。.,、;:·-—!?\"'")
	s, inner := cutBrackets(s)
	var n Name
	s, n.Branch = cutBranch(s)
	s = cutLegalForm(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
	place, rest := cutPlaces(s)
	if utf8.RuneCountInString(rest) < 2 { // 北京 alone is a name, not a place
		place, rest = "", s
	}
	if place == "" && inner != "" {
		place = inner
	}
	n.Place, n.Core = place, rest
	n.Key = n.Place + n.Core + n.Branch
	n.own = ownPart(n.Core)
	if m := ordinalWord.FindStringSubmatch(n.Core); m != nil {
		n.ordinal = ordinalRune([]rune(m[1] + m[2])[0])
	}
	return n
}

var ordinalWord = regexp.MustCompile(`第([一二三四五六七八九十\d])|([一二三四五六七八九十])(?:院|中|小)`)

func ordinalRune(r rune) rune {
	if r >= '1' && r <= '9' {
		return []rune("一二三四五六七八九")[r-'1']
	}
	return r
}

func clipHard(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

var bracketed = regexp.MustCompile(`[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]`)

// cutBrackets takes bracketed words out. A place in brackets is the company's place; 本部, 总部, 原… and 集团 say nothing;
// everything else stays, without its brackets.
func cutBrackets(s string) (rest, place string) {
	rest = bracketed.ReplaceAllStringFunc(s, func(word string) string {
		in := bracketed.FindStringSubmatch(word)[1]
		if p, after := cutPlaces(in); p != "" && after == "" {
			place = p
			return ""
		}
		if in == "本部" || in == "总部" || in == "集团" || in == "中国" || strings.HasPrefix(in, "原") {
			return ""
		}
		return in
	})
	return rest, place
}

var branchOf = regexp.MustCompile(
	`^(.*?公司)(.{1,10}(?:分公司|支公司|分店|店|分厂|办事处|营业部|门市部))$|` +
		`^(.{2,}(?:超市|连锁|商场|药房|百货|便利|酒店|银行|医院|中学|小学|学校|大学|学院))(.{2,8}(?:分店|店|分院|院区|校区|分行|支行))$`)

func cutBranch(s string) (rest, branch string) {
	m := branchOf.FindStringSubmatch(s)
	switch {
	case m == nil:
		return s, ""
	case m[1] != "":
		return m[1], m[2]
	}
	return m[3], m[4]
}

var legalForms = []string{
	"股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "总公司", "公司", "(有限合伙)", "有限合伙", "合伙企业",
	"个体工商户", "控股集团", "集团", "股份", "co.,ltd.", "co.,ltd", "co.ltd", "coltd", "ltd.", "ltd", "inc.", "inc",
}

func cutLegalForm(s string) string {
	for {
		short := s
		for _, form := range legalForms {
			if head := strings.TrimSuffix(short, form); utf8.RuneCountInString(head) >= 2 {
				short = head
			}
		}
		if short == s {
			return s
		}
		s = short
	}
}

// tradeWords are what names of one trade share; longer ones first where one begins with another.
var tradeWords = strings.Fields(`
职业技术 批发部 经销部 经营部 门诊部 卫生院 保健院 幼儿园 紧固件 便利店 外国语 新材料 购物中心
医院 人民 中心 市立 妇幼 骨科 口腔 肿瘤 眼科 中医 体检 诊所 疾控 中学 小学 实验 学院 职业 技术 大学 学校 培训 附属 师范 科技 商贸 贸易 食品
粮油 批发 经销 便利 连锁 超市 购物 商行 生活 配送 机电 机械 工具 五金 阀门 泵业 模具 铝业 装备 电气 配件 实业 工业 制造 设备 仪器 仪表 电子
信息 网络 软件 投资 管理 咨询 服务 物流 建筑 建材 装饰 工程 医疗 医药 药业 器械 生物 环保 能源 材料 化工 纺织 服饰 餐饮 酒店 传媒 文化 广告
教育 农业 国际 中国 发展 厂 第一 第二 第三 第四 第五 第六`)

// ownPart is a core without trade words.
func ownPart(core string) string {
	own := ""
	for core != "" {
		cut := 0
		for _, w := range tradeWords {
			if strings.HasPrefix(core, w) {
				cut = len(w)
				break
			}
		}
		if cut == 0 {
			_, cut = utf8.DecodeRuneInString(core)
			own += core[:cut]
		}
		core = core[cut:]
	}
	if utf8.RuneCountInString(own) < 2 { // 院, 厂, 部 tell nothing
		return ""
	}
	return own
}

// SimilarNames says how alike two names are, from 0 to 1; see DuplicateThreshold. 1 is the same name but for its writing.
func SimilarNames(a, b string) float64 { return ParseName(a).Similar(ParseName(b)) }

// Similar says how alike two names are, from 0 to 1: the Dice coefficient of their character pairs, the part that is not
// trade words counting more, homophones nearly as good as equal characters. Different places, branches or numbers keep
// it below DuplicateThreshold, as does one name without anything of its own.
func (n Name) Similar(m Name) float64 {
	if n.Core == "" || m.Core == "" {
		return 0
	}
	limit := 1.0
	lower := func(to float64) { limit = min(limit, to) }
	if n.Place != "" && m.Place != "" && n.Place != m.Place {
		lower(0.6)
	}
	if n.Branch != m.Branch {
		lower(0.7)
	}
	if n.ordinal != m.ordinal {
		lower(0.5)
	}
	if (n.own == "" || m.own == "") && n.Place != m.Place { // 人民医院 of where?
		lower(0.6)
	}
	if n.Key == m.Key {
		return 1
	}
	score := alike(n.Core, m.Core)
	if n.own != "" && m.own != "" {
		score = max(0.4*score+0.6*alike(n.own, m.own), contained(n, m), slip(n, m))
	}
	return min(score, limit)
}

// slip scores two names that differ in one character which nobody would tell them apart by: 绍兴云岭康复 and 绍兴云领康夏. Short
// names, and characters that count or point (东, 二, A), are meant to differ.
func slip(n, m Name) float64 {
	a, b := []rune(n.own), []rune(m.own)
	if n.Place != m.Place || len(a) < 3 || len(a) != len(b) || len([]rune(n.Core)) != len([]rune(m.Core)) {
		return 0
	}
	differ := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		if strings.ContainsRune(telling, a[i]) || strings.ContainsRune(telling, b[i]) {
			return 0
		}
		differ++
	}
	switch {
	case differ == 1:
		return 0.8
	case differ == 2 && swapped(a, b):
		return 0.85
	}
	return 0
}

// telling are characters that tell one of a family of names from another.
const telling = "东南西北中上下左右前后内外新老大小一二三四五六七八九十甲乙丙丁0123456789abcdefghijklmnopqrstuvwxyz"

// swapped reports whether two words are the same but for two neighbours that changed places.
func swapped(a, b []rune) bool {
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i]
		}
	}
	return false
}

// contained scores a name that is a shorter form of the other: 恒达 of 恒达五金.
func contained(n, m Name) float64 {
	if n.own == m.own && (strings.Contains(n.Core, m.Core) || strings.Contains(m.Core, n.Core)) {
		return 0.85
	}
	return 0
}

// alike is the better of the likeness of two words as written and, a little less worth, as spoken.
func alike(a, b string) float64 {
	if a == b {
		return 1
	}
	written := dice(strings.Split(a, ""), strings.Split(b, ""))
	spokenA, spokenB := syllables(a), syllables(b)
	spoken := 0.9 * dice(spokenA, spokenB)
	return max(written, spoken)
}

// syllables is a text in pinyin without tones, other signs standing for themselves. Of several readings the first is
// taken on both sides.
func syllables(s string) []string {
	args := pinyin.NewArgs()
	var out []string
	for _, r := range s {
		if same, ok := looksLike[r]; ok {
			r = same
		}
		if p := pinyin.SinglePinyin(r, args); len(p) > 0 {
			out = append(out, p[0])
		} else {
			out = append(out, string(r))
		}
	}
	return out
}

// looksLike are characters that are mistaken for others of another sound, by shape: each group counts as its first.
var looksLike = func() map[rune]rune {
	m := map[rune]rune{}
	for _, group := range strings.Fields(`恒桓垣 末未 己已巳 土士 日曰 玉王 今令 治冶 鸟乌 师帅 千干于 巨臣 龙尤 析折拆 泽译 斯期 夏复 隆降 科料
		铭洺名各 博傅 宁字 瑞端 辰晨唇 钧钓 锐税 凯剀 晟晨 泓弘 翔翎 戊戌戍 天夭 茶荼 兑兖 侯候 赢嬴羸 徽微 暖暧 栋拣 祥样 桥挢`) {
		first := []rune(group)[0]
		for _, r := range group {
			if _, ok := m[r]; !ok {
				m[r] = first
			}
		}
	}
	return m
}()

// dice is twice the number of shared neighbouring pairs over the number of all pairs. Texts of one sign are a pair of
// themselves.
func dice(a, b []string) float64 {
	pa, pb := pairs(a), pairs(b)
	total := len(pa) + len(pb)
	if total == 0 {
		return 0
	}
	count := map[string]int{}
	for _, p := range pa {
		count[p]++
	}
	shared := 0
	for _, p := range pb {
		if count[p] > 0 {
			count[p]--
			shared++
		}
	}
	return 2 * float64(shared) / float64(total)
}

func pairs(s []string) []string {
	if len(s) == 1 {
		return s
	}
	var out []string
	for i := 1; i < len(s); i++ {
		out = append(out, s[i-1]+" "+s[i])
	}
	return out
}
