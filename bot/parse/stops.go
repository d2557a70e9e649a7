package parse

import (
	"slices"
	"strings"
)

// ofKind reads behind the 的 at i what somebody called so is: 叫小太阳|的托管班.
func (m *message) ofKind(i, to int) int {
	if m.at(i) != '的' {
		return -1
	}
	for e := i + 2; e <= to && e-i <= 7 && m.allHan(i+1, e) && m.free(i+1, e); e++ {
		if strings.ContainsRune("班店厂社行馆堂园院校吧屋坊铺所站城楼", m.r[e-1]) && (e == to || !isHan(m.at(e)) || m.any(e, "想", "要", "有", "的", "老板", "找", "来", "问", "打", "在", "那", "说", "主动", "联系", "加", "进", "托") > 0) {
			return e
		}
		if j := m.any(e, "公司", "超市", "机构", "中心", "工作室", "集团", "医院", "学校"); j > 0 && j <= to {
			return j
		}
	}
	return -1
}

// stopWords are all that a list of stops may hold beside names, times and people: 明天去甲和乙,后天跑丙.
var stopWords = words("然后 还有 接着 顺路 顺便 以及 拜访 走访 准备 打算 计划 安排 上门 一趟 一下 那边 这边 去 跑 到 见 看 和 跟 与 及 再 先 找 趟 我 我们 咱们 在 要 得 是 都 转 的 下 、 , : ; 。")

// stops reports a message that is only a list of stops to come, two at least: 明天上午绍二院,下午上虞中医院.
func (m *message) stops() bool {
	if len(m.hits) == 0 || len(m.times) == 0 || len(m.sums)+len(m.rates)+len(m.counts) > 0 || len(m.r) > 200 {
		return false
	}
	i := m.blank(0)
	i = m.opt(m.opt(i, "我们", "咱们", "我"), "打算", "准备", "计划")
	first := m.times[0]
	if first.i != i || !first.start.After(m.now) || first.grain < grainDay || first.form != formPoint {
		return false
	}
	unknown := 0
	for i < len(m.r) {
		if m.inTime(i, i+1) || m.r[i] == ' ' || m.used[i] {
			i++
			continue
		}
		if e := m.nextStop(i); e > 0 {
			unknown, i = unknown+1, m.orgSpan(e, len(m.r))
			continue
		}
		e := m.any(i, stopWords...)
		if e < 0 {
			if e = m.someonesAt(i, len(m.r)); e < 0 {
				return false
			}
		}
		i = e
	}
	return len(m.hits)+unknown >= 2 && len(m.hits) >= 1
}

// ownBefore reports that one of the sender's own contacts, of another customer, begins the clause that names h: 俞校长听说宁外….
func (m *message) ownBefore(h *customerHit) bool {
	c := m.clauses[m.clauseAt(h.i)]
	for _, n := range m.mentionsAt(m.blank(c.i)) {
		if n.surname == "" || n.i != m.blank(c.i) || n.j > h.i {
			continue
		}
		if slices.ContainsFunc(h.ids, func(id ID) bool { return len(m.fitting(n, id)) > 0 }) {
			return false
		}
		own := m.x.ownedBy(m.user)
		if len(own) > 2000 {
			return false
		}
		if slices.ContainsFunc(own, func(id ID) bool { return len(m.fitting(n, id)) > 0 }) {
			return true
		}
	}
	return false
}

// noName reports that the runes from i to j hold words that no institution's name has: 参观我们工厂.
func (m *message) noName(i, j int) bool {
	for k := i; k < j; k++ {
		if strings.ContainsRune("我你您他她咱们吗呢吧这那哪么俺", m.r[k]) {
			return true
		}
	}
	return m.any(i, "参观", "考察", "介绍", "看看", "安排", "邀请", "约", "请", "带", "陪", "让", "帮", "问", "催", "等") > 0
}

// knowsContact reports that the one contact of the sender's own whom the part names tells the customer.
func (m *message) knowsContact(p part) bool {
	f := Frame{}
	kept := slices.Clone(m.used)
	m.customerByContact(&f, p)
	copy(m.used, kept)
	return f.Customer.ID != 0
}

// calledSo is fitting where the person alone has to tell the customer: a 主任 is not called 王总, and who sets us to work of
// our own house is one of us.
func (m *message) calledSo(n mention, customer ID) []Contact {
	fits := m.fitting(n, customer)
	if n.title != "总" || n.given != "" {
		return fits
	}
	if m.has(n.j, len(m.r), "周报", "日报", "月报", "报销", "考勤", "例会", "总结", "述职", "团建", "汇报") {
		return nil
	}
	return slices.DeleteFunc(fits, func(c Contact) bool {
		return c.Title != "" && !strings.ContainsAny(c.Title, "总董板") && !strings.Contains(c.Title, "经理") && !strings.Contains(c.Title, "采购")
	})
}

// purposeBehind is the end of the clause at i when it only says what a stop is for: ,|聊生化仪.
func (m *message) purposeBehind(i int) int {
	c := m.clauses[m.clauseAt(i)]
	if c.i < i-1 || c.j > i+16 || slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i >= i && h.i < c.j }) || m.nextStop(m.blank(i)) > 0 || m.any(m.blank(i), "聊", "谈", "讲", "看", "送", "演示", "介绍", "签", "对", "催", "问", "了解", "培训", "装", "修", "收", "拜访", "交") < 0 {
		return -1
	}
	for k := i; k < c.j; k++ {
		if m.inTime(k, k+1) {
			return -1
		}
	}
	return c.j
}
