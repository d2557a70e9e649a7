package parse

import (
	"regexp"
	"slices"
	"strings"
)

// entryVerbs are verbs of handing over that are no to-do by themselves but are in a list of them.
var entryVerbs = words("传 拍 转 快递 捎 递 贴 摆 铺 盘 核 印 打 画")

// eventIn reports one of some words for what takes place at the customer's, and not for a thing called after it: 招标参数, 促销排期.
func (m *message) eventIn(c clause, ws ...string) bool {
	for i := c.i; i < c.j; i++ {
		e := m.any(i, ws...)
		if e < 0 || m.used[i] || e > c.j {
			continue
		}
		if m.any(e, paperNouns...) > 0 || m.any(e, "排期", "员", "台", "品", "物料", "海报", "公告", "档期", "事宜", "细节", "的事") > 0 {
			continue
		}
		return true
	}
	return false
}

// endsEntry reports that the 、 at i parts two entries of a list that have a day each: 试吃台周六摆好|、海报后天送.
func (m *message) endsEntry(start, i int) bool {
	dated := func(from, to int) bool {
		for k := from; k < to; k++ {
			if e := m.dayAt(k); e > 0 && e < to && m.at(e) != '、' {
				return true
			}
		}
		return false
	}
	j := i + 1
	for j < len(m.r) && !strings.ContainsRune("、,;。\n", m.r[j]) {
		j++
	}
	return j-i > 4 && dated(start, i) && dated(i+1, j)
}

// afterResult is where between i and j an entry ends with the way something is moved: 海报送过去|促销员; 0 for nowhere.
func (m *message) afterResult(i, j int) int {
	for k := i + 1; k+3 < j+1; k++ {
		e := m.any(k, "过去", "过来", "出去", "回去", "上去", "给他", "给她", "到位", "到店", "送到")
		if e > 0 && j-e >= 2 && j-e <= 6 && !m.used[k] && !m.has(e, j, "了", "的", "说", "和", "跟", "给") {
			return e
		}
	}
	return 0
}

var listHeadPattern = regexp.MustCompile(`^[0-9一两二三四五六几](?:(?:个|件|桩|样|条|项)(?:事情|事儿|事|活儿|活)|样|项[ ,:]|条[ ,:])[ ,:]*`)

// withoutHead cuts off of a to-do how many of them follow: 两个事|海报送过去.
func withoutHead(what string) string {
	if rest := what[len(listHeadPattern.FindString(what)):]; len([]rune(rest)) >= 2 {
		return rest
	}
	return what
}

// fetched reports an order to bring to-dos or sums: 待办给我调一下,后天的.
func (m *message) fetched() bool {
	if len(m.hits) > 0 || len(m.prods) > 0 || len(m.r) > 24 {
		return false
	}
	i := m.find(0, len(m.r), "待办", "任务", "日程", "行程", "回款", "到账", "业绩", "合同额", "签单")
	if i < 0 {
		return false
	}
	for k := 0; k+1 < len(m.r); k++ {
		if !strings.ContainsRune("调拉列查翻导找看报发念理汇捋", m.r[k]) || m.used[k] {
			continue
		}
		if m.any(k+1, "一下", "下", "出来", "给我", "一遍", "一份", "个单子", "来看", "一列", "一看", "一查") > 0 && m.any(k+1, "下周", "下月", "下午", "下个", "下礼拜", "下星期") < 0 && !slices.Contains([]rune{'了', '过', '没'}, m.at(k-1)) {
			return true
		}
	}
	return false
}

// nothingLeft reports that somebody says there is nothing of what might be asked for: 也没啥要跟的.
func (m *message) nothingLeft() bool {
	if m.has(0, len(m.r), "?", "吗") {
		return false
	}
	for i := range m.r {
		if e := m.any(i, "没啥", "没什么", "没有什么", "没有啥"); e > 0 && !m.before(i, "有") && m.any(e, "要", "可", "好", "需要", "得", "该") > 0 {
			return true
		}
	}
	return false
}

// entryThing reports an entry of a list whose thing stands before its day: 试吃台|周六|摆好.
func (m *message) entryThing(c clause, at timeHit) bool {
	before, behind := m.plain(clause{i: c.i, j: at.i}), m.plain(clause{i: at.j, j: c.j})
	return before >= 2 && before <= 6 && behind >= 1 && behind <= 4 && !m.verbIn(clause{i: c.i, j: at.i}, ourVerbs) &&
		(m.before(c.j, resultWords...) || m.any(m.blank(at.j), entryVerbs...) > 0) &&
		!m.has(c.i, c.j, "他", "她", "是", "有", "能", "会", "就", "在", "不", "没", "了", "过", "都", "才", "用完", "卖完", "看好", "到货", "放假", "上班")
}

// purposeOf reports a clause that says what is done at the meeting of the clause before, which tells it already.
func (m *message) purposeOf(k int) bool {
	if k == 0 {
		return false
	}
	p, ok := m.promise(k-1, m.clauses[k-1], KindPromise, "")
	what := m.whatOf(m.clauses[k], timeHit{})
	return ok && what != "" && strings.HasSuffix(p.What, ","+what)
}

// listLead reports the head of a list of to-dos, that tells nothing else: 奚部长布置的:.
func (m *message) listLead(k int) bool {
	c := m.clauses[k]
	if m.at(c.j) != ':' || k+1 >= len(m.clauses) || m.plain(c) > 8 || c.tense == TensePast || m.has(c.i, c.j, opinionWords...) && !m.has(c.i, c.j, "要做", "要办") || m.has(c.i, c.j, "聊", "谈", "见", "嫌", "回", "达成", "一致", "开会") {
		return false
	}
	_, _, dated := m.dueIn(k+1, m.clauses[k+1])
	return dated
}

// meets reports an appointment by its hour and a verb of meeting before a name: 后天三点|在上虞中医院会朱主任.
func (m *message) meets(c clause, at timeHit) bool {
	e := m.any(m.blank(at.j), "在", "到", "去", "跟", "和", "会", "见", "约", "找")
	return at.grain == grainClock && e > 0 && m.hitOrPerson(clause{i: e, j: c.j}) && m.has(m.blank(at.j), c.j, "会", "见", "找", "约", "碰", "跟", "和")
}
