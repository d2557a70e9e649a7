package parse

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// findCustomers reads the customers named in the message: by name, by short form, by sound, by one slip.
func (m *message) findCustomers() {
	lost := goneCustomers
	names := func(t *table) nameTable { return t.customers }
	for i := 0; i < len(m.r); i++ {
		if m.used[i] || m.r[i] == ' ' || isDigit(m.r[i]) && isDigit(m.at(i-1)) {
			continue
		}
		whole, part := m.x.names(m.from(i), names, lost)
		hit, n := m.pickName(i, whole, part)
		if n == 0 {
			continue
		}
		h := customerHit{i: i, j: i + n, ids: idsOf(hit), how: bestHow(hit)}
		if h.how >= howDerived && len(h.ids) > 1 || n <= 3 {
			h = m.heardWhole(h)
		}
		m.hits = append(m.hits, h)
		m.mark(h.i, h.j)
		i = h.j - 1
	}
	if len(m.hits) == 0 {
		m.soundCustomers()
	}
	if len(m.hits) == 0 && !m.newcomer(0, len(m.r)) {
		m.typoCustomers()
	}
	for k := range m.hits {
		m.resolve(&m.hits[k])
	}
}

// pickName chooses between a whole name and a longer beginning of a name.
func (m *message) pickName(i int, whole, part nameHit) ([]nameKey, int) {
	if n := part.runes; n > whole.runes && n >= 3 && len(part.keys) <= maxPart {
		keys := slices.DeleteFunc(slices.Clone(part.keys), func(k nameKey) bool {
			c, ok := m.x.Customer(k.id)
			total := utf8.RuneCountInString(k.key)
			core := n
			if ok && c.City != "" && strings.HasPrefix(k.key, c.City) {
				core -= utf8.RuneCountInString(c.City)
			}
			return k.how > howAlias || core < 2 || n*2 < total || !ok
		})
		if ids := idsOf(keys); len(ids) > 0 && len(ids) <= 5 && !m.otherName(i+n, keys) && m.placeFits(i, keys) {
			for k := range keys {
				keys[k].how = howPart
			}
			return keys, n
		}
	}
	if whole.runes == 0 {
		return nil, 0
	}
	keys := whole.keys
	if best := bestHow(keys); best >= howDerived {
		keys = m.inPlace(i, keys)
		if m.unknownPrefix(i) {
			return nil, 0
		}
		if whole.runes == 2 && m.otherWord(i, i+2) || m.otherName(i+whole.runes, keys) {
			return nil, 0
		}
	} else {
		keys = slices.DeleteFunc(slices.Clone(keys), func(k nameKey) bool { return k.how > howAlias })
		if bestHow(keys) == howAlias && m.longerName(i, i+whole.runes, keys) {
			return nil, 0
		}
		if whole.runes <= 3 && m.otherWord(i, i+whole.runes) {
			return nil, 0
		}
	}
	if len(keys) == 0 {
		return nil, 0
	}
	return keys, whole.runes
}

var orgEndings = words("股份有限公司 有限责任公司 有限公司 医院 公司 集团 学校 小学 中学 大学 学院 幼儿园 超市 商店 酒店 工厂 银行 药房 门诊部 门诊 诊所 卫生院 便利店 批发部 经营部 商行 五金厂 机械厂 电器厂 厂 店 中心 研究所 研究院 管委会 局 商贸 科技 实业 商城 模具 机械 机电 电子 五金 食品 贸易")

// longerName reports that an alias is the middle of another institution's name: another city stands before it, or more of a name
// follows: 台州|海纳|检测技术公司.
func (m *message) longerName(i, j int, keys []nameKey) bool {
	more := false
	for n := 2; n <= 6 && !more; n++ {
		if !m.allHan(j, j+n) || m.has(j, j+n, "的", "说", "在", "去", "和", "跟", "与", "要", "想", "给", "让", "来", "那") {
			break
		}
		k := m.any(j+n, "公司", "医院", "集团", "学校", "工厂", "研究所", "研究院", "合作社", "经营部")
		more = k > 0 && !slices.ContainsFunc(keys, func(key nameKey) bool {
			c, ok := m.x.Customer(key.id)
			return ok && strings.Contains(tidyName(c.Name), m.cut(j, j+2))
		})
	}
	clash := false
	for n := 2; n <= 3 && i-n >= 0; n++ {
		place := m.cut(i-n, i)
		clash = clash || m.x.city(place) && !slices.ContainsFunc(keys, func(k nameKey) bool {
			c, ok := m.x.Customer(k.id)
			return ok && (c.City == place || strings.Contains(c.Name, place))
		})
	}
	return more && (clash || m.newcomer(0, len(m.r)) || m.has(0, i, "新客户", "新单位", "新开发", "新增")) || clash && more
}

// otherName reports that the text after a short form goes on to another institution's name: 杭州第一 小学.
func (m *message) otherName(j int, keys []nameKey) bool {
	for n := 0; n <= 3; n++ {
		for _, e := range []string{"医院", "公司", "集团", "小学", "中学", "大学", "学院", "幼儿园", "超市", "酒店", "银行", "药房", "护理院", "养老院", "诊所", "门诊", "卫生院", "卫生室", "药店", "书店", "中专", "技校", "商行", "食品", "贸易", "科技", "机械", "五金", "电子", "电器", "工贸", "厂"} {
			k := m.lit(j+n, e)
			if k < 0 || !m.allHan(j, j+n) || n > 0 && m.has(j, j+n, "的", "说", "在", "去", "和", "跟", "与", "要", "想") {
				continue
			}
			for _, key := range keys {
				c, _ := m.x.Customer(key.id)
				if strings.Contains(tidyName(c.Name), e) {
					return n > 0 && !strings.Contains(tidyName(c.Name), m.cut(j, k))
				}
			}
			return true
		}
	}
	return false
}

func (m *message) allHan(i, j int) bool {
	for k := i; k < j; k++ {
		if k >= len(m.r) || !isHan(m.r[k]) {
			return false
		}
	}
	return true
}

// placeFits checks a city right before a short form against the customers it may mean.
func (m *message) placeFits(i int, keys []nameKey) bool { return len(m.inPlace(i, keys)) > 0 }

// inPlace keeps the customers of the city that stands right before i, if one does.
func (m *message) inPlace(i int, keys []nameKey) []nameKey {
	for n := 2; n <= 4 && i-n >= 0; n++ {
		place := m.cut(i-n, i)
		if !m.x.city(strings.TrimSuffix(place, "市")) {
			continue
		}
		place = strings.TrimSuffix(place, "市")
		return slices.DeleteFunc(slices.Clone(keys), func(k nameKey) bool {
			c, ok := m.x.Customer(k.id)
			return !ok || c.City != place && !strings.Contains(c.Name, place)
		})
	}
	return keys
}

// unknownPrefix reports that the short form at i is the end of a longer name that is not known: 广陵中医院.
func (m *message) unknownPrefix(i int) bool {
	if i > 1 && m.r[i-1] == '和' && !m.used[i-1] && !m.used[i-2] && isHan(m.r[i-2]) && (i == 2 || !isHan(m.r[i-3]) || m.before(i-2, "给", "去", "到", "在", "从", "跟", "拜访", "是")) && m.any(i-2, "他", "她", "我", "你") < 0 {
		return true // 云和|中医院
	}
	if i == 0 || !isHan(m.r[i-1]) || m.used[i-1] || strings.ContainsRune("了去到在给跟和与对从访约应诺向帮让请把将为见过找的那家是看问催说叫陪同往回由午天早晚刚才户日号点月里拜跑位叫于及或替代找着又也还先再要等下上前后听道催管查清解对比记提没进出送寄发报卖换签谈聊从盯追忙顾趟次遍家个座番下边处钟半晨夜年已经正曾竟仍便即仅很太真而但同向按据由让被替为因所啊呀哦嗯各俩仨", m.r[i-1]) {
		return false
	}
	if m.before(i, "我们", "他们", "咱们", "你们", "她们") || m.productEnds(i) {
		return false
	}
	if m.before(i, "搞定", "敲定", "弄好", "拿下", "完成", "催促", "负责") {
		return false
	}
	for n := 2; n <= 4 && i-n >= 0; n++ {
		if m.x.city(strings.TrimSuffix(m.cut(i-n, i), "市")) {
			return false
		}
	}
	return true
}

// otherThings are what a short name may be the beginning of that is no customer.
var otherThings = words("路 街 大道 巷 弄 小区 花园 公寓 家园 新村 地铁站 县 镇 乡 快递 酱油 热水器 地产 房产 保险 证券 球赛 足球 电影院 百川 辰的 辰股 股票 股价 的股票 的股价 高速 大桥 水库 公园")

// otherWord reports that a two-character name at i is part of some other word.
func (m *message) otherWord(i, j int) bool {
	switch m.cut(i, j) {
	case "百惠", "美廉", "鼎力":
		return m.any(j, "相助", "支持") > 0
	case "恒大", "育才":
		return m.any(j, "地产", "集团", "路", "街", "计划") > 0
	}
	if m.at(j-1) == '中' && m.at(j) == '午' {
		return true // 一|中午
	}
	// A street, a place or a brand is called so as well: 仁爱路, 新源县, 海天酱油.
	return m.any(j, otherThings...) > 0 && m.any(j, "路过", "路演", "街坊", "快递过", "快递了", "快递给", "快递去", "快递出", "快递到", "快递一", "快递两", "县里", "区里", "村里", "镇上") < 0
}

func idsOf(keys []nameKey) []ID {
	var ids []ID
	for _, k := range keys {
		if !slices.Contains(ids, k.id) {
			ids = append(ids, k.id)
		}
	}
	slices.Sort(ids)
	return ids
}

func bestHow(keys []nameKey) how {
	best := howTypo
	for _, k := range keys {
		best = min(best, k.how)
	}
	return best
}

// soundCustomers finds names written with other characters of the same sound. Names of two characters need a known
// contact right behind them.
func (m *message) soundCustomers() {
	lost := goneCustomers
	for i := 0; i < len(m.r); i++ {
		if m.used[i] || !isHan(m.r[i]) {
			continue
		}
		whole, _ := m.x.names(string(m.heard[i:min(len(m.heard), i+24)]), func(t *table) nameTable { return t.sounds }, lost)
		if whole.runes < 2 || !m.free(i, i+whole.runes) || whole.runes <= 3 && m.otherWord(i, i+whole.runes) {
			continue
		}
		keys := whole.keys
		if whole.runes == 2 {
			end := m.opt(i+2, orgEndings...)
			if m.spokenOfAlone(i, keys) {
				m.hits = append(m.hits, customerHit{i: i, j: i + 2, ids: idsOf(keys), how: howSound})
				m.mark(i, i+2)
				i++
				continue
			}
			keys = slices.DeleteFunc(slices.Clone(keys), func(k nameKey) bool { return !m.contactBehind(i+2, k.id) && !m.contactBehind(end, k.id) })
			whole.runes = end - i
		}
		if len(keys) == 0 {
			continue
		}
		m.hits = append(m.hits, customerHit{i: i, j: i + whole.runes, ids: idsOf(keys), how: howSound})
		m.mark(i, i+whole.runes)
		i += whole.runes - 1
	}
}

// spokenOfAlone reports that two characters that sound like some customers' names stand where a customer is spoken of, at the
// beginning and with 那边 behind them: 欣源那边.
func (m *message) spokenOfAlone(i int, keys []nameKey) bool {
	if i != m.blank(0) || len(idsOf(keys)) > 5 || m.any(i+2, "那边", "那里", "那家", "这边", "这家") < 0 && !m.titleOfAny(i+2, keys) || m.any(i, "领导", "财务", "老板", "采购", "仓库", "客户", "总部", "公司", "我们", "他们", "工厂", "学校", "医院") > 0 {
		return false
	}
	return bestHow(keys) <= howAlias || m.surnameAt(i) < 0
}

// titleOfAny reports a title right at i that a contact of one of the customers has, and somebody who speaks: 心源|老板打电话说.
func (m *message) titleOfAny(i int, keys []nameKey) bool {
	e, title, typo := m.titleAt(i)
	if e < 0 || typo || len([]rune(title)) < 2 || m.any(e, "说", "讲", "打", "来", "要", "想", "问", "催", "那", "在", "让", "叫") < 0 {
		return false
	}
	return slices.ContainsFunc(keys, func(k nameKey) bool { return len(m.fitting(mention{title: title}, k.id)) > 0 })
}

// heardWhole widens an ambiguous short form to a whole name that sounds like the text: 鱼姚人民医院.
func (m *message) heardWhole(h customerHit) customerHit {
	lost := goneCustomers
	for k := 0; k <= 4 && h.i-k >= 0 && m.free(h.i-k, h.i) && isHan(m.r[h.i-k]); k++ {
		w, _ := m.x.names(sound(m.cut(h.i-k, min(len(m.r), h.j+8))), func(t *table) nameTable { return t.sounds }, lost)
		if w.runes > h.j-h.i && w.runes >= k+h.j-h.i && (w.runes > 3 || h.how >= howDerived) {
			return customerHit{i: h.i - k, j: h.i - k + w.runes, ids: idsOf(w.keys), how: howSound}
		}
	}
	return h
}

func (m *message) contactBehind(i int, customer ID) bool {
	k := m.blank(m.opt(m.blank(i), "的", "那边的", "那边", "这边"))
	for _, c := range m.x.ContactsOf(customer) {
		if utf8.RuneCountInString(c.Name) >= 2 && m.lit(k, c.Name) > 0 {
			return true
		}
	}
	for _, n := range m.mentionsAt(i) {
		if n.surname != "" && len(m.fitting(n, customer)) > 0 {
			return true
		}
	}
	return false
}

// typoCustomers finds names with one slip.
func (m *message) typoCustomers() {
	lost := goneCustomers
	var hashes []uint32
	for n := typoMost; n >= typoMin-1; n-- {
		for i := 0; i+n <= len(m.r) && i < 400; i++ {
			if !m.free(i, i+n) || !m.allHan(i, i+n) {
				continue
			}
			var ids []ID
			hashes = slips(m.r[i:i+n], hashes)
			for _, t := range m.x.tables() {
				for _, row := range t.typos.near(hashes) {
					c := t.master.Customers[row]
					if m.x.holds(t, lost, c.ID) && !slices.Contains(ids, c.ID) && m.slipOf(c, i, n) {
						ids = append(ids, c.ID)
					}
				}
			}
			if len(ids) > 0 && m.orgSpan(i, len(m.r)) <= i+n+1 {
				slices.Sort(ids)
				m.hits = append(m.hits, customerHit{i: i, j: i + n, ids: ids, how: howTypo})
				m.mark(i, i+n)
				return
			}
		}
	}
}

// slipOf reports whether the text is one slip off one of the customer's names, the city untouched.
func (m *message) slipOf(c Customer, i, n int) bool {
	s := m.cut(i, i+n)
	for _, k := range customerKeys(c, nil) {
		if utf8.RuneCountInString(k.key) >= typoMin && oneOff(s, k.key) {
			if core := strings.TrimPrefix(k.key, c.City); c.City != "" && core != k.key && utf8.RuneCountInString(core) <= 2 && utf8.RuneCountInString(s) != utf8.RuneCountInString(k.key) {
				continue // 绍兴小… is not 绍兴实小
			}
			if place := c.City + "市"; c.City != "" && strings.HasPrefix(s, place) && strings.HasPrefix(k.key, place) && utf8.RuneCountInString(k.key)-utf8.RuneCountInString(place) <= 1 && (len(s) != len(k.key) || levenshtein.ComputeDistance(spelled(s), spelled(k.key)) > 1) {
				continue // 绍兴市越城区
			}
			if len(s) > len(k.key) && strings.HasSuffix(s, k.key) && k.how > howAlias {
				continue // 验|外国语学校
			}
			if len(m.inPlace(i, []nameKey{k})) == 0 {
				continue // 余姚市|第一人民…
			}
			if utf8.RuneCountInString(s) < utf8.RuneCountInString(k.key) && (m.unknownPrefix(i) || m.before(i, "年") && !m.before(i, "今年", "明年", "去年", "前年")) {
				continue // 明|康体检 is not 康宁体检
			}
			if c.City != "" && strings.HasPrefix(k.key, c.City) && !strings.HasPrefix(s, c.City) && m.x.city(string(m.r[i:i+2])) {
				continue
			}
			return true
		}
	}
	return false
}

// resolve decides between the customers that fit: the one whose contact is named, then the sender's own, else a question.
func (m *message) resolve(h *customerHit) {
	if h.ref.NewName != "" {
		return
	}
	h.ref = CustomerRef{Fuzzy: h.how >= howSound, Why: m.why(h.i, h.j)}
	h.ref.Why.Rule = h.how.rule()
	if len(h.ids) == 1 {
		h.ref.ID = h.ids[0]
		return
	}
	if id := m.byPlaceBehind(h); id != 0 {
		h.ref.ID = id
		return
	}
	var own, known []ID
	for _, id := range h.ids {
		if m.x.owns(m.user, id) {
			own = append(own, id)
		}
		if m.contactBehind(h.j, id) {
			known = append(known, id)
		}
	}
	both := slices.DeleteFunc(slices.Clone(own), func(id ID) bool { return !slices.Contains(known, id) })
	switch {
	case len(both) == 1:
		h.ref.ID, h.ref.Assumed, h.ref.Why.Rule = both[0], true, RuleOwn
	case len(own) == 1 && len(known) == 0:
		h.ref.ID, h.ref.Assumed, h.ref.Why.Rule = own[0], true, RuleOwn
	case len(known) == 1:
		h.ref.ID, h.ref.Assumed, h.ref.Why.Rule = known[0], true, RuleContact
	default:
		if id := m.byContactAnywhere(h.ids); id != 0 {
			h.ref.ID, h.ref.Assumed, h.ref.Why.Rule = id, true, RuleContact
			return
		}
		h.ref.Candidates = h.ids
	}
}

// byPlaceBehind decides by a place right behind a short form: 华联柯桥.
func (m *message) byPlaceBehind(h *customerHit) ID {
	if !m.allHan(h.j, h.j+2) {
		return 0
	}
	var found ID
	for _, id := range h.ids {
		if c, ok := m.x.Customer(id); ok && strings.Contains(tidyName(c.Name), m.cut(h.j, h.j+2)) {
			if found != 0 {
				return 0
			}
			found = id
		}
	}
	return found
}

// byContactAnywhere decides by a person named elsewhere in the message who is known at one of the customers only.
func (m *message) byContactAnywhere(ids []ID) ID {
	var found ID
	for i := range m.r {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.i != i || n.surname == "" || m.notPerson(n) {
				continue
			}
			for _, id := range ids {
				if len(m.fitting(n, id)) == 0 || id == found {
					continue
				}
				if found != 0 {
					return 0
				}
				found = id
			}
		}
	}
	return found
}
