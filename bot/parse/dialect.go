package parse

// dialect levels Cantonese as it is written in chats to the common words: 换咗, 俾佢, 唔要.
var dialect = map[rune]rune{
	'咗': '了', '嘅': '的', '俾': '给', '畀': '给', '佢': '他', '唔': '不', '搵': '找', '冇': '没', '哋': '们', '喺': '在', '嚟': '来', '睇': '看',
	'攞': '拿', '嗰': '那', '啲': '些', '嘢': '货', '咁': '这', '噉': '这', '嬲': '怒', '冧': '垮', '嘥': '费',
}

// commonWords writes the dialect's words of a message as the common ones.
func (m *message) commonWords() {
	found := false
	for i, c := range m.r {
		if p, ok := dialect[c]; ok {
			m.r[i], found = p, true
		}
	}
	for i, c := range m.r {
		switch {
		case c == '系' && m.any(i+1, "统", "列", "主", "数", "里", "办") < 0 && !m.before(i, "联", "关", "体", "派", "院", "科", "维", "中文", "外语"):
			if found || m.before(i, "就", "都", "而家", "依家", "不", "唯") {
				m.r[i] = '是'
			}
		case c == '未' && found && i > 0 && (m.r[i-1] == '都' || m.r[i-1] == '仲' || m.r[i-1] == '还'):
			m.r[i] = '没'
		case c == '话' && found && m.before(i, "他", "她", "总", "工", "姐", "生", "板", "任", "长", "理") && m.any(i+1, "费", "题", "说", "术") < 0:
			m.r[i] = '说'
		}
	}
}
