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
		case c == '未' && found && m.before(i, "都", "仲", "还"):
			m.r[i] = '没'
		case c == '话' && found && m.before(i, "他", "她", "总", "工", "姐", "生", "板", "任", "长", "理") && m.any(i+1, "费", "题", "说", "术") < 0:
			m.r[i] = '说'
		}
	}
}
