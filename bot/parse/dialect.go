package parse

import "strings"

// cantonese are the characters by which Cantonese as it is written in chats is known; plainRune levels them to the common
// ones, in names as in messages.
const cantonese = "咗嘅俾畀佢唔搵冇哋喺嚟睇攞嗰啲嘢嬲"

// commonWords writes the words that are Cantonese only beside others of it as the common ones: 系, 未, 话.
func (m *message) commonWords() {
	found := strings.ContainsAny(m.orig, cantonese)
	for i, c := range m.r {
		switch {
		case c == '系' && m.any(i+1, "统", "列", "主", "数", "里", "办") < 0 && !m.before(i, "联", "关", "体", "派", "院", "科", "维", "中文", "外语"):
			if found || m.before(i, "就", "都", "而家", "依家", "不", "唯") {
				m.r[i] = '是'
			}
		case c == '几' && found && m.any(i+1, "好", "正", "靓", "啱", "满意", "钟意", "顺", "稳", "抵") > 0 && m.any(i+1, "好多") < 0:
			m.r[i] = '很' // 几好 is quite good
		case m.dialect(i):
		case strings.ContainsRune("岔串拧", c) && m.before(i, "写", "记", "录", "填", "报", "搞", "弄", "说", "讲", "打") && m.any(i+1, "了") > 0:
			m.r[i] = '错' // 写岔了
		case c == '未' && found && m.before(i, "都", "仲", "还"):
			m.r[i] = '没'
		case c == '话' && found && m.before(i, "他", "她", "总", "工", "姐", "生", "板", "任", "长", "理") && m.any(i+1, "费", "题", "说", "术") < 0:
			m.r[i] = '说'
		}
	}
}

// regional are words of other parts of the country with as long a common one.
var regional = [][2]string{{"坏脱", "坏掉"}, {"弗来三", "不行了"}, {"勿来三", "不行了"}, {"落来", "下来"}, {"弗好", "不好"}, {"弗要", "不要"}, {"弗用", "不用"}, {"勿用", "不用"}, {"阿拉", "我们"}, {"辰光", "时候"}, {"事体", "事情"}, {"俺们", "我们"}, {"俺", "我"}, {"侬", "你"}, {"伊拉", "他们"}, {"啥前儿", "什么时"}, {"咱家", "我们"}, {"明朝", "明天"}, {"今朝", "今天"}, {"后日", "后天"}}

// dialect writes a regional word at i as the common one; it reports whether there is one.
func (m *message) dialect(i int) bool {
	for _, w := range regional {
		if m.lit(i, w[0]) > 0 && m.any(i, "阿拉伯", "阿拉善", "阿拉斯", "明朝的", "明朝历", "明朝那", "伊拉克") < 0 {
			copy(m.r[i:], []rune(w[1]))
			return true
		}
	}
	if m.r[i] == '伊' && m.any(i+1, "说", "讲", "要", "想", "催", "让", "对接", "联系", "送", "弄", "寄", "发", ",", "。", " ") > 0 && m.before(i, "跟", "和", "给", "对", "同", "问", "叫", "让", "拨", "帮", ",", "。", " ") || m.r[i] == '伊' && i+1 == len(m.r) && m.before(i, "跟", "和", "给", "对", "同", "问", "让", "拨", "帮") {
		m.r[i] = '他'
		return true
	}
	return false
}
