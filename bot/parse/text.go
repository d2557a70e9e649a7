package parse

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRunes bounds the work on one message; what is behind it is not read.
const maxRunes = 4000

// text is a message made uniform: half width, simplified where dates and amounts need it, lower case kept, control
// characters and emoji as blanks. Each rune knows where it came from.
type text struct {
	orig string
	r    []rune
	off  []int // byte offset in orig of each rune, and of the end
	// prose says that a Chinese comma beside ASCII digits parts clauses, as in 单价310，150盏, not thousands.
	prose bool
	// numbers are those read already, by where they begin; nil while the runes may still change.
	numbers map[numberAt]numberRead
}

// newText reads at most maxRunes runes. squeeze drops the blanks that do not part two ASCII words, as in 五 天.
func newText(s string, squeeze bool) text {
	t := text{orig: s, r: make([]rune, 0, min(len(s), maxRunes)), off: make([]int, 0, min(len(s), maxRunes)+1)}
	end := len(s)
	for i, c := range s {
		if len(t.r) == maxRunes {
			end = i
			break
		}
		t.r = append(t.r, plainRune(c))
		t.off = append(t.off, i)
	}
	t.off = append(t.off, end)
	if squeeze {
		t = t.squeezed()
	}
	return t
}

func (t *text) squeezed() text {
	out := text{orig: t.orig}
	for i, c := range t.r {
		if c == ' ' {
			next := i + 1
			for next < len(t.r) && t.r[next] == ' ' {
				next++
			}
			if len(out.r) == 0 || next == len(t.r) || out.r[len(out.r)-1] == ' ' || !isWord(out.r[len(out.r)-1]) || !isWord(t.r[next]) {
				continue
			}
		}
		out.r = append(out.r, c)
		out.off = append(out.off, t.off[i])
	}
	out.off = append(out.off, t.off[len(t.off)-1])
	return out
}

// why is the reason made of the runes from i to j.
func (t *text) why(i, j int) Why {
	if i < 0 || j > len(t.r) || i >= j {
		return Why{}
	}
	for i < j && t.r[i] == ' ' {
		i++
	}
	start := t.off[i]
	end := t.off[j-1]
	_, n := utf8.DecodeRuneInString(t.orig[end:])
	end += n
	return Why{Start: start, End: end, Text: t.orig[start:end]}
}

// str is the uniform text from i to j.
func (t *text) str(i, j int) string { return string(t.r[i:j]) }

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isWord(c rune) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isHan(c rune) bool {
	if c >= hanFirst && c < hanFirst+hanCount {
		return true
	}
	return c > 0x2e7f && unicode.Is(unicode.Han, c)
}

var plainRunes = pairs("，,。。、、；;：:？?！!（(）)【[】]“\"”\"‘'’'～~〜~－-–-—-―-−-﹣-‐-·.•.％%￥¥＋+○零〇零◯零",
	"這这個个後后點点號号週周禮礼鐘钟兩两萬万億亿間间時时幾几聖圣誕诞國国慶庆節节勞劳動动婦妇兒儿軍军師师黨党臘腊農农曆历歷历陽阳陰阴陸陆開开來来過过內内當当雙双產产費费權权護护際际從从現现價价圓圆塊块錢钱買买賣卖隻只將将還还負负貳贰參叁叄叁擺摆會会見见報报單单樣样機机訂订貨货車车請请說说電电話话設设備备醫医療疗業业務务購购聯联係系級级經经理理長长員员東东廠厂興兴華华紹绍寧宁蘇苏無无錫锡揚扬徐徐鎮镇極极處处關关於于與与為为應应該该嗎吗麼么們们對对題题給给讓让應应夠够貴贵個个禮礼歲岁滿满結结應应驚惊蟄蛰穀谷處处霜霜種种",
	"聽听尋寻晝昼學学園园銀银優优質质簽签沒没裡里裏里發发數数據据歸归線线傳传達达變变辦办協协議议標标準准確确認认識识術术師师資资訊讯網网紙纸連连鎖锁錯错誤误讀读寫写談谈論论證证調调試试驗验運运輸输遲迟約约統统計计總总維维續续願愿類类風风飛飞飯饭館馆馬马鮮鲜鹽盐麗丽龍龙倉仓備备償偿儲储劃划劑剂勢势務务勝胜員员啟启嘗尝嚴严團团場场壓压壞坏奪夺奮奋孫孙寶宝實实審审專专導导屆届層层屬属島岛帳帐帶带幣币幫帮庫库廣广廳厅張张強强彈弹彙汇徑径態态慣惯慮虑懷怀戰战戶户拋抛掃扫採采換换損损擔担擇择擴扩攤摊敗败敘叙斷断晉晋書书條条構构樓楼橋桥檔档檢检歐欧歡欢殘残氣气決决況况減减測测湯汤溫温滅灭滬沪漢汉漲涨潔洁潤润灣湾煙烟熱热營营爭争牆墙獎奖獨独獲获環环畢毕畫画異异盤盘監监盡尽盧卢眾众礎础稅税穩稳窮穷競竞筆笔範范築筑簡简糧粮紅红納纳純纯細细終终組组絕绝綜综綠绿綱纲緊紧編编緩缓練练縣县縮缩績绩織织繳缴罰罚羅罗習习聲声職职腦脑膚肤臨临舉举舊旧艱艰藝艺藥药蘭兰虛虚號号補补裝装製制複复見见規规視视親亲覺觉覽览觀观討讨託托訪访許许訴诉評评詞词詢询詳详語语誠诚課课諮咨謝谢譜谱財财貢贡販贩責责貿贸賀贺賓宾賞赏賠赔賬账贈赠贏赢趙赵跡迹蹤踪軌轨軟软較较載载輔辅輛辆輕轻輪轮轉转違违遠远適适選选遺遗郵邮鄉乡鄭郑釋释鈔钞鈞钧鈴铃銅铜銷销鋁铝鋒锋鋪铺鋼钢錄录錦锦鍋锅鍵键鏡镜鐵铁門门閉闭閱阅闆板隊队階阶陳陈險险隨随隱隐雖虽雜杂難难靈灵靜静響响頁页項项順顺須须預预領领頭头頻频額额顏颜顧顾顯显養养餘余駐驻體体髮发鬥斗魚鱼鳥鸟麥麦黃黄齊齐齡龄復复衛卫區区單单參参婁娄", "啦了喽了咗了嘅的俾给畀给佢他唔不搵找冇没哋们喺在嚟来睇看攞拿嗰那啲些嘢货嬲怒", "￡£")

func pairs(groups ...string) map[rune]rune {
	m := map[rune]rune{}
	for _, g := range groups {
		var from rune
		for i, c := range []rune(g) {
			if i%2 == 0 {
				from = c
			} else {
				m[from] = c
			}
		}
	}
	return m
}

const (
	hanFirst = 0x4e00
	hanCount = 0x5200
)

// plainHan is plainRunes for the Chinese characters of every day, as an array for speed.
var plainHan = func() *[hanCount]uint16 {
	var t [hanCount]uint16
	for i := range t {
		t[i] = uint16(hanFirst + i)
	}
	for from, to := range plainRunes {
		if from >= hanFirst && from < hanFirst+hanCount {
			t[from-hanFirst] = uint16(to)
		}
	}
	return &t
}()

// plainRune is the uniform form of one rune.
func plainRune(c rune) rune {
	switch {
	case c < 0x80:
		if c < ' ' || c == 0x7f {
			if c == '\n' || c == '\r' {
				return '\n'
			}
			return ' '
		}
		return c
	case c >= 0xff01 && c <= 0xff5e:
		if p, ok := plainRunes[c]; ok {
			return p
		}
		return c - 0xfee0
	case c >= 0x2460 && c <= 0x2473: // ①
		return ','
	case c == utf8.RuneError, c == 0x3000, c == 0xa0:
		return ' '
	}
	if c >= hanFirst && c < hanFirst+hanCount {
		return rune(plainHan[c-hanFirst])
	}
	if p, ok := plainRunes[c]; ok {
		return p
	}
	if !unicode.IsLetter(c) && !unicode.IsNumber(c) && !unicode.IsPunct(c) && c != '¥' && c != '€' && c != '£' {
		return ' ' // emoji, marks, control and format characters
	}
	return c
}

// at is the rune at i, 0 outside.
func (t *text) at(i int) rune {
	if i < 0 || i >= len(t.r) {
		return 0
	}
	return t.r[i]
}

// lit returns the position after w when w stands at i, else -1.
func (t *text) lit(i int, w string) int { return t.any(i, w) }

// any returns the position after the first of ws that stands at i, else -1. List longer words first.
func (t *text) any(i int, ws ...string) int {
	if i < 0 || i >= len(t.r) {
		return -1
	}
	// Most words fail at their first character. Nearly all are Chinese, three bytes of UTF-8 of which the last differs most.
	c := t.r[i]
	if c >= 0x800 && c < 0x10000 {
		b0, b1, b2 := byte(0xe0|c>>12), byte(0x80|c>>6&0x3f), byte(0x80|c&0x3f)
		for _, w := range ws {
			if len(w) >= 3 && w[2] == b2 && w[1] == b1 && w[0] == b0 {
				if j := t.tail(i+1, w[3:]); j >= 0 {
					return j
				}
			}
		}
		return -1
	}
	if c < 0x80 {
		for _, w := range ws {
			if len(w) > 0 && w[0] == byte(c) {
				if j := t.tail(i+1, w[1:]); j >= 0 {
					return j
				}
			}
		}
		return -1
	}
	for _, w := range ws {
		if j := t.tail(i, w); j >= 0 {
			return j
		}
	}
	return -1
}

// tail is lit without a look at i.
func (t *text) tail(i int, w string) int {
	for len(w) >= 3 && w[0] >= 0xe0 && w[0] < 0xf0 { // Chinese, decoded by hand
		if i >= len(t.r) || t.r[i] != rune(w[0]&0xf)<<12|rune(w[1]&0x3f)<<6|rune(w[2]&0x3f) {
			return -1
		}
		i, w = i+1, w[3:]
	}
	for _, c := range w {
		if i >= len(t.r) || t.r[i] != c {
			return -1
		}
		i++
	}
	return i
}

// runeSet is a set of characters that may also claim to hold one that it does not: it knows their last ten bits.
type runeSet [16]uint64

func (s *runeSet) add(c rune) { s[c>>6&15] |= 1 << (c & 63) }

// join adds the members of o.
func (s *runeSet) join(o *runeSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *runeSet) has(c rune) bool { return s[c>>6&15]&(1<<(c&63)) != 0 }

// within reports whether w may stand in a text of these characters, by its first two.
func (s *runeSet) within(w string) bool {
	if len(w) >= 3 && w[0] >= 0xe0 && w[0] < 0xf0 { // Chinese, decoded by hand
		if s[w[1]&15]&(1<<(w[2]&63)) == 0 {
			return false
		}
		return len(w) < 6 || w[3] < 0xe0 || w[3] >= 0xf0 || s[w[4]&15]&(1<<(w[5]&63)) != 0
	}
	c, _ := utf8.DecodeRuneInString(w)
	return s.has(c)
}

// pairSet is a set of neighbouring Chinese characters that may also claim to hold a pair that it does not.
type pairSet [64]uint64

func pairBit(a, b uint32) uint32 { return (a*37 ^ b) & 4095 }

func (s *pairSet) add(a, b rune) {
	k := pairBit(uint32(a)&4095, uint32(b)&4095)
	s[k>>6] |= 1 << (k & 63)
}

// pairOf is the place of a word's first two characters in a pairSet; false when they are not Chinese.
func pairOf(w string) (uint32, bool) {
	if len(w) < 6 || w[0] < 0xe0 || w[0] >= 0xf0 || w[3] < 0xe0 || w[3] >= 0xf0 {
		return 0, false
	}
	return pairBit(uint32(w[1]&63)<<6|uint32(w[2]&63), uint32(w[4]&63)<<6|uint32(w[5]&63)), true
}

// firstRunes are the characters words begin with.
func firstRunes(ws ...string) *runeSet {
	s := &runeSet{}
	for _, w := range ws {
		c, _ := utf8.DecodeRuneInString(w)
		s.add(c)
	}
	return s
}

// opt is any, or i when none stands there.
func (t *text) opt(i int, ws ...string) int {
	if j := t.any(i, ws...); j >= 0 {
		return j
	}
	return i
}

// before reports whether one of ws ends at i.
func (t *text) before(i int, ws ...string) bool {
	if i <= 0 || i > len(t.r) {
		return false
	}
	last := string(t.r[i-1])
	for _, w := range ws {
		if !strings.HasSuffix(w, last) {
			continue
		}
		n := utf8.RuneCountInString(w)
		if i-n >= 0 && t.lit(i-n, w) == i {
			return true
		}
	}
	return false
}

// blank skips blanks.
func (t *text) blank(i int) int {
	for i < len(t.r) && t.r[i] == ' ' {
		i++
	}
	return i
}

// word lists split at blanks keep long vocabularies readable.
func words(s string) []string { return strings.Fields(s) }
