package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// absentAt reports that whoever is named before i was not there: 马主任不在, 潘经理出差了.
func (m *message) absentAt(i int) bool {
	k := m.any(m.opt(m.blank(i), "今天", "刚好", "正好", "又", "也", "都"), "不在乎", "不在意", "不在考虑")
	return k < 0 && m.any(m.opt(m.blank(i), "今天", "刚好", "正好", "又", "也", "都"), "不在", "没在", "没空", "没见到", "没见着", "没碰到", "没碰上", "出差", "请假", "休假", "开会去", "在开会", "在手术", "外出") > 0
}

// nameSpot reports that a name stands where people put one: right behind the customer's name, or behind 见了, 跟, 找. Its
// surname must be written right.
func (m *message) nameSpot(i int, name string) bool {
	r := []rune(name)
	if len(r) != 2 || m.at(i) != r[0] {
		return false
	}
	return i > 0 && m.used[i-1] && !m.isProduct(i-1) || m.before(i, "见了", "见到", "找", "跟", "和", "拜访", "拜访了", "约了", "约")
}

// arrivals tell of somebody who has just come.
var arrivals = words("刚调来 新调来 刚来 新来的 刚上任 新上任 刚入职 刚接手 新接手 调过来 刚到任 刚换来")

// justCome reads a title with a full name and the news that he is new: 饮料主管池明刚调来.
func (m *message) justCome(from, to int) ContactRef {
	at := m.find(from, to, arrivals...)
	for i := max(from, at-8); at >= 0 && i < at; i++ {
		if m.used[i] {
			continue
		}
		e, title, typo := m.titleAt(i)
		if e < 0 || e-i < 2 || typo || e > at {
			continue
		}
		s := m.surnameAt(e)
		if s < 0 || at-s < 1 || at-s > 2 || !m.allHan(e, at) || !m.free(e, at) {
			continue
		}
		m.mark(i, at)
		return ContactRef{NewName: m.cut(e, at), NewTitle: title, Why: m.why(i, at)}
	}
	return ContactRef{}
}

// reachedAt reads somebody unknown by a familiar name whose telephone number is given: 仓库的小倪,电话….
func (m *message) reachedAt(from, to int) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] || m.any(i, "小", "老") < 0 || m.surnameAt(i+1) < 0 || i+2 > to || !m.free(i, i+2) || m.any(i, "老板", "老师", "老客", "小样", "小伙", "小姑", "小时", "小区", "老是", "老的", "小的") > 0 {
			continue
		}
		if i > from && isHan(m.r[i-1]) && !m.used[i-1] && !m.before(i, "的", "是", "叫", "找", "给", "跟", "和", "库", "部", "科", "处", "室", "了", "系") {
			continue
		}
		m.mark(i, i+2)
		return ContactRef{NewName: m.cut(i, i+2), NewTitle: m.tradeBefore(i), Why: m.why(i, i+2)}
	}
	return ContactRef{}
}

// ownerBehind is the person after whom a shop is called, where its name is said as a person's: 老张粮油 … 老张说.
func (m *message) ownerBehind(p part, customer CustomerRef) ContactRef {
	for _, h := range m.hits {
		if customer.ID == 0 || h.i < p.i || h.i >= p.j || h.j-h.i != 2 || m.any(h.i, "老", "小") < 0 || h.ref.ID != customer.ID || m.any(h.j, speakers...) < 0 && !m.verbSoon(h.j) {
			continue
		}
		if ref, ok := m.known(mention{i: h.i, j: h.j, surname: m.cut(h.i+1, h.j), young: true}, []ID{customer.ID}); ok {
			return ref
		}
	}
	return ContactRef{}
}

// fullName reads behind rune i what somebody of a surname is called in full: 叫黄少华.
func (m *message) fullName(i, to int, surname string) (name string, from, end int) {
	for k := i; k < to; k++ {
		e := m.any(k, "叫", "名叫", "全名", "名字是")
		s := m.lit(m.opt(e, ":"), surname)
		if e < 0 || s < 0 || m.used[k] {
			continue
		}
		for n := 2; n >= 1; n-- {
			if s+n <= to && m.allHan(s, s+n) && m.free(s, s+n) && (s+n == to || !isHan(m.at(s+n))) {
				return m.cut(m.opt(e, ":"), s+n), k, s + n
			}
		}
	}
	return "", 0, 0
}

// titleOfSurname is the title with which a surname is spoken of between runes from and to: 换成黄主任了.
func (m *message) titleOfSurname(from, to int, surname string) string {
	for k := from; k < to; k++ {
		if s := m.lit(k, surname); s > 0 {
			if e, title, typo := m.titleAt(s); e > s+1 && e <= to && !typo {
				return title
			}
		}
	}
	return ""
}

// replaced is the title of whoever has been replaced before rune i: 采购换人了,新来的叫….
func (m *message) replaced(from, i int) string {
	for k := from; k < i; k++ {
		if e, title, typo := m.titleAt(k); e > k+1 && !typo && m.any(e, "换人", "换了人", "换了个人", "换了", "调走", "走了", "离职", "退休", "退了", "退下", "高升", "升了", "辞职", "辞了", "不干了", "跳槽", "休产假", "转岗", "调去", "调到", "调岗", "调离", "也换", "那边换", "又换") > 0 || e > k+1 && !typo && m.before(k, "换", "换了", "换掉", "换了个") {
			return title
		}
	}
	return ""
}

// kinAt reads somebody unknown by whose he is: 喻老板|女儿喻小敏. i is behind the one who is known.
func (m *message) kinAt(i, to int) ContactRef {
	j := m.any(m.opt(i, "的"), "女儿", "儿子", "老婆", "爱人", "老公", "弟弟", "哥哥", "妹妹", "姐姐", "侄子", "侄女", "女婿", "徒弟", "学生", "助理", "秘书", "搭档", "副手", "表弟", "表哥", "堂弟", "姐夫", "妹夫", "小舅子", "丈夫", "妻子", "爸爸", "妈妈", "父亲", "母亲")
	if k := m.any(i, "的"); j < 0 && k > 0 {
		j = m.any(k, callings...)
	}
	if j < 0 {
		return ContactRef{}
	}
	j = m.opt(j, "叫", "是")
	if m.any(j, "小", "老") > 0 && m.surnameAt(j+1) > 0 && j+2 <= to && m.free(j, j+2) && m.any(j, "老师", "老板") < 0 {
		m.mark(j, j+2)
		return ContactRef{NewName: m.cut(j, j+2), NewTitle: m.opened(i, j), Why: m.why(j, j+2)}
	}
	if e := m.nameThen(j, to); e > 0 {
		m.mark(j, e)
		return ContactRef{NewName: m.cut(j, e), NewTitle: m.opened(i, j), Why: m.why(j, e)}
	}
	for _, n := range m.mentionsAt(j) { // 他老婆蔡姐
		if n.i == j && n.surname != "" && n.given == "" && n.j <= to && m.free(n.i, n.j) && m.isNew(n) {
			m.mark(n.i, n.j)
			return m.newContact(n)
		}
	}
	s := m.surnameAt(j)
	for n := 2; s > 0 && n >= 1; n-- {
		if s+n <= to && m.allHan(s, s+n) && m.free(j, s+n) && (s+n == to || !isHan(m.at(s+n)) || m.any(s+n, "现", "在", "管", "接", "说", "来", "负责", "对接") > 0) {
			m.mark(j, s+n)
			return ContactRef{NewName: m.cut(j, s+n), Why: m.why(j, s+n)}
		}
	}
	return ContactRef{}
}

// roles are said before a name to tell what somebody does: 仓管老柳, 采购小丁.
var roles = words("技术顾问 顾问 设备专员 专员 实验员 科员 采购 仓管 库管 司机 会计 出纳 财务 文员 前台 技术员 质检 操作工 师傅 店员 导购 护士 药师 助理 秘书 业务 主管 收货的 收货 门卫 化验员 理货员 跟单 品控 设备员 干事 科员")

// withRole reads somebody unknown by his trade and a familiar name: 仓管老柳.
func (m *message) withRole(from, to int) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		j := m.any(i, roles...)
		if j < 0 {
			if e, _, typo := m.titleAt(i); e > i+1 && !typo {
				j = e
			}
		}
		if j < 0 && (m.before(i, newPosts...) || m.before(i, "新来", "刚来", "新调来的", "刚调来的")) {
			if e := m.department(i); e > i {
				j = e
			}
		}
		if j < 0 || j+2 > to || m.any(j, "小", "老") < 0 || m.any(j, "老板", "老师", "老客", "老的", "小的", "小样", "小伙", "小姑") > 0 || m.surnameAt(j+1) < 0 || !m.free(i, j+2) {
			continue
		}
		if e, _, _ := m.titleAt(j + 1); e > 0 || m.foreign(j, j+2) {
			continue
		}
		m.mark(i, j+2)
		return ContactRef{NewName: m.cut(j, j+2), NewTitle: strings.TrimRight(m.cut(i, j), "的 "), Why: m.why(i, j+2)}
	}
	return ContactRef{}
}

// worries are what people fear about a purchase, told by the topic of the fear.
var worries = []struct {
	kind  ObjectionType
	words []string
}{
	{ObjectDelivery, words("耽误 赶不上 来不及 到不了 交不了 交不出 交期 工期 排期 货期 拖 等太久 误了 开学 断货 供不上 供货 跟不上趟 晚")},
	{ObjectService, words("没人管 没人修 售后 维修 响应 服务 配件 不会用 培训 找不到人 没人来")},
	{ObjectQuality, words("坏 不耐 质量 不准 精度 寿命 不稳 稳定 返修 故障 不结实 漏 生锈 碎 裂 变质 过期 兼容 不牢 掉漆 用不住 出问题 效果")},
	{ObjectBudget, words("批不下 预算 经费 没钱 超支")},
	{ObjectPrice, words("贵 涨价 价格 成本")},
}

// worried finds a fear in the clause and what it is about.
func (m *message) worried(c clause) (ObjectionType, int) {
	at := m.find(c.i, c.j, "担心", "生怕", "就怕", "怕", "顾虑", "不放心", "担忧", "犹豫")
	if at < 0 || m.denied(at) || m.any(at, "恐怕", "怕是") > 0 || m.before(at, "可", "哪", "恐") || m.before(at, "我", "我们", "我有点", "我就") {
		return "", -1
	}
	for _, w := range worries {
		if k := m.find(at, c.j, w.words...); k >= 0 {
			return w.kind, at
		}
	}
	return "", -1
}

// supposed reports that the sum or rate at i is part of a condition or a wish: 如果能降到1500一台就要, 要是便宜五个点.
func (m *message) supposed(c clause, i int) bool {
	if k := m.clauseAt(i); k > 0 && m.hypothetical(k) && !m.condition(c) && !m.has(c.i, i, "报价", "报了", "合同", "预算") {
		return true
	}
	for k := c.i; k < i; k++ {
		if k = m.find(k, i, "如果", "要是", "假如", "倘若", "假设", "若是", "万一", "除非"); k < 0 {
			return false
		}
		if !m.has(k, i, "报价", "报了", "合同", "预算") {
			return true
		}
	}
	return false
}

// inheritDay gives the frames behind the first the day the message opens with: 今天跑了两家,先去的…然后又去了….
func (m *message) inheritDay(parts []part, frames []Frame) {
	if len(parts) < 2 || parts[0].hit == nil || frames[0].When.IsZero() || !frames[0].When.Start.Before(midnight(m.now).AddDate(0, 0, 1)) {
		return
	}
	first := slices.IndexFunc(m.times, func(t timeHit) bool { return t.i < parts[0].hit.i })
	if first < 0 {
		return
	}
	several := m.at(m.times[first].j) == ':' || m.times[first].clause < m.clauseAt(parts[0].hit.i) && m.has(m.times[first].j, parts[0].hit.i, ":", "\n") || m.has(0, parts[0].hit.i, "两", "三", "四", "几", "2", "3", "4")
	for k := 1; k < len(frames); k++ {
		if frames[k].Kind == KindPayment && frames[k].When.IsZero() && frames[0].Kind == KindPayment && m.headed(parts[k].i, parts[k].j) {
			frames[k].When = frames[0].When
		}
		if frames[k].Kind == KindVisit && frames[k].When.IsZero() && frames[0].Kind == KindVisit && (several || parts[k].apart || m.has(parts[k].i, parts[k].hit.i, "后来", "然后", "接着", "又去", "又跑", "再去", "随后", "之后", "完了", "又到", "顺路", "顺道")) {
			frames[k].When = frames[0].When
			frames[k].When.Start = midnight(frames[0].When.Start)
			frames[k].When.HasTime = false
		}
	}
}

// tradeBefore is the trade or title of whom the name at i is said to be: 新来的采购叫|小卜.
func (m *message) tradeBefore(i int) string {
	for i > 0 && strings.ContainsRune("叫是: ", m.r[i-1]) {
		i--
	}
	for _, w := range trades {
		if m.before(i, w) {
			return w
		}
	}
	return ""
}

// opened is the trade that stands between i and j: 的|助理|叫.
func (m *message) opened(i, j int) string {
	for _, w := range []string{"助理", "秘书"} {
		if m.has(i, j, w) {
			return w
		}
	}
	return ""
}

// trades are what people may be said to be, in two characters and more.
var trades = slices.DeleteFunc(slices.Concat(roles, titles), func(w string) bool { return utf8.RuneCountInString(w) < 2 })
