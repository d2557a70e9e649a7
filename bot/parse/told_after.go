package parse

import "strings"

// A day that is said without a mark of its tense is past where what is told next could only be known afterwards: 周一带周凯到绍兴
// 实小,花主任嫌贵.

// reportedNext reports that clause k goes to a customer on a day of its own and that the next clause tells what was said there.
func (m *message) reportedNext(k int, s stretch) bool {
	c := m.clauses[k]
	if k+1 >= len(m.clauses) || c.tense != TenseUnknown || s.form != formPoint || !s.start.After(m.now) || !(s.weekday || s.monthDay || s.noDay || s.grain == grainPart) {
		return false
	}
	if m.any(s.i, "下", "明", "后", "大后") > 0 && m.any(s.i, "下午", "后面") < 0 || m.pledgeIn(c) != "" || !m.has(c.i, c.j, "到", "去", "拜访", "见", "跑", "陪", "带", "走访", "找", "来") ||
		m.has(c.i, c.j, "约", "计划", "打算", "准备", "要", "想", "会", "再", "安排", "定", "帮", "送", "寄", "给") {
		return false
	}
	next := m.clauses[k+1]
	if _, at, dated := m.dueIn(k+1, next); dated && at.i <= next.i+2 {
		return false
	}
	return m.has(next.i, next.j, "嫌", "说", "讲", "觉得", "表示", "反馈", "提出", "透露", "感兴趣", "认可", "满意", "反映", "要求", "问") && m.personFirst(next)
}

// wasDone reports a clause that tells what was done by a verb and 的 before its object or its end: 5号跟赵主任吃的饭, 12月28号签的常拓.
func (m *message) wasDone(c clause) bool {
	for i := c.i + 1; i < c.j; i++ {
		if m.r[i] != '的' || m.used[i] || m.used[i-1] || !strings.ContainsRune("吃喝开见碰打聊签巡装跑谈办陪", m.r[i-1]) {
			continue
		}
		if e := m.any(i+1, "饭", "会", "面", "头", "天", "电话", "酒", "茶", "字"); e > 0 && e == c.j || i+1 == c.j || m.used[i+1] && !m.isProduct(i+1) && m.any(i-1, "要", "能") < 0 {
			return !m.has(c.i, i, "要", "想", "准备", "打算", "前", "得")
		}
	}
	return false
}

// personFirst reports that a clause begins with somebody of the customer's.
func (m *message) personFirst(c clause) bool {
	i := m.blank(c.i)
	if m.nameAt(i) || m.any(i, "他", "她", "对方", "客户", "人家") > 0 {
		return true
	}
	for _, n := range m.mentionsAt(i) {
		if n.i == i && n.title != "" {
			return true
		}
	}
	return false
}

// verdictAt reads a judgement that stands right behind the word for a sample: 采血管样品不行, 小样挺好.
func (m *message) verdictAt(from, to int) bool {
	for i := from; i < to; i++ {
		e := m.any(i, "样品", "样机", "小样", "样件", "试用装", "试用机")
		if e < 0 || m.used[i] {
			continue
		}
		for k := e; k > 0; {
			e, k = k, m.any(k, "都", "还", "很", "挺", "蛮", "太", "有点", "真", "实在", "整体", "总体", " ")
		}
		j := m.any(e, "不行", "不好", "不合格", "不达标", "不理想", "不错", "可以", "挺好", "行", "好用", "好", "合格", "达标", "没问题", "OK", "ok", "过关", "不过关", "差", "一般", "满意", "不满意")
		if j > 0 && (j >= to || !isHan(m.at(j)) || m.any(j, "的", "了") > 0 && (j+1 >= to || !isHan(m.at(j+1)))) {
			return true
		}
	}
	return false
}

// titleRun is the Chinese word of two to five characters that ends at i and is somebody's post by its last character: 理事长|姓程.
func (m *message) titleRun(from, i int) string {
	if i <= from || !strings.ContainsRune("长员师理任管监事人板东书计纳导主工总", m.at(i-1)) {
		return ""
	}
	k := i
	for k > from && k > i-5 && isHan(m.r[k-1]) && !m.used[k-1] && !strings.ContainsRune("的是了个位家那这,在有跟和与他她们", m.r[k-1]) {
		k--
	}
	if i-k < 2 {
		return ""
	}
	return m.cut(k, i)
}

// namedInstead removes a customer who is only named to say that he is not meant: 不是恒达哈,是恒大那家.
func (m *message) namedInstead() {
	if len(m.ctx.Records) > 0 || m.ctx.Reply != nil || len(m.hits) < 2 {
		return
	}
	a, b := m.hits[0], m.hits[1]
	if m.before(a.i, "不是", "可不是") && m.before(m.unblank(b.i), "是") && !m.before(m.unblank(b.i), "不是") && b.i-a.j <= 6 && m.plain(clause{i: 0, j: a.i}) <= 4 {
		m.hits = m.hits[1:]
	}
}

// reportedTo reports that the person named from i to j is one of ours to whom the message is addressed: 报告孙总,….
func (m *message) reportedTo(i, j int) bool {
	return m.before(i, "报告", "汇报", "请示", "禀报", "回禀", "报告给", "抄送", "致", "向", "回") && i <= 6 && (j >= len(m.r) || !isHan(m.r[j]) || m.any(j, "汇报", "报告", "请示") > 0)
}

// leaksOf reports that what leaks is a machine, which is a fault of it and no damage on the way: 尿机进样口漏液.
func (m *message) leaksOf(from, to int) bool {
	i := m.find(from, to, "漏液", "漏油", "渗液", "漏水", "漏气", "滴液", "漏了一地", "漏一地", "水漏", "漏了水", "滴水")
	if i < 0 {
		return false
	}
	for _, p := range m.prods {
		if q, ok := m.x.Product(p.ref.ID); ok && p.i >= from && p.i < to && (q.Unit == "台" || q.Unit == "套" || q.Unit == "把") {
			return true
		}
	}
	return false
}
