package parse

import (
	"slices"
	"strings"
)

// listed adds to two or more to-dos the entries of their list that hold no verb: 明天补合格证,周五技术电话会,下周一改合同.
func (m *message) listed(from, to int, found []Promise) []Promise {
	if len(found) == 0 {
		return found
	}
	alone := len(found) == 1
	for k, c := range m.clauses {
		if c.i < from || c.i >= to || c.tense == TensePast || slices.ContainsFunc(found, func(p Promise) bool { return p.Why.Start == m.why(c.i, c.j).Start }) {
			continue
		}
		due, at, ok := m.dueIn(k, c)
		n := m.plain(c)
		if alone && !m.nextEntry(k, c, found[0]) {
			continue
		}
		if !ok || m.blank(c.i) != at.i && !m.entryThing(c, at) || at.grain < grainDay || !due.Start.After(m.now) || n < 2 || n > 10 || m.declined(c) || m.conditional(c) || m.theirEvent(c) ||
			m.has(c.i, c.j, opinionWords...) || m.has(c.i, c.j, vague...) || m.sumIn(c.i, c.j) {
			continue
		}
		if what := m.whatOf(c, at); what != "" {
			found = append(found, Promise{Who: m.whoIn(c, ""), What: what, Due: due, Why: m.why(c.i, c.j)})
		}
	}
	slices.SortStableFunc(found, func(a, b Promise) int { return a.Why.Start - b.Why.Start })
	return found
}

// nextEntry reports an entry right behind the only to-do found: 本周五交第一稿,|下周五定稿.
func (m *message) nextEntry(k int, c clause, p Promise) bool {
	return k > 0 && p.Why.Start == m.why(m.clauses[k-1].i, m.clauses[k-1].j).Start && !p.Due.IsZero() && p.Who == PartyUs && m.plain(c) <= 6 &&
		!m.has(c.i, c.j, "能", "会", "应该", "可能", "有", "没", "是", "在", "来", "到", "他", "她", "放假", "上班", "值班", "不", "再", "了", "满", "完工", "休")
}

// away tells that somebody will not be there, which is no to-do: 下周出差.
func (m *message) away(what string) bool {
	return slices.ContainsFunc([]string{"出差", "请假", "休假", "外出", "度假", "放假", "休息", "出国", "调走", "调离", "离职", "退休", "辞职", "换岗", "轮岗", "休产假", "升任", "搬家", "搬迁", "搬走"}, func(w string) bool { return strings.HasPrefix(what, w) })
}

// theyTidy reports a promise of the customer's to get something done at his place: 把安装场地腾空.
func (m *message) theyTidy(i, j int) bool {
	return m.has(i, j, "把", "将") && m.done(i, j) && m.has(i, j, "场地", "位置", "机房", "房间", "条件", "费", "名单", "教室", "时间")
}

// triedOut reports a trial by its form: 试装了, 试跑过, 用了一周.
func (m *message) triedOut(from, to int) bool {
	for i := from; i+2 < to; i++ {
		if m.used[i] || m.denied(i) {
			continue
		}
		switch {
		case m.r[i] == '试' && m.before(m.back(i, "先", "再"), "可以", "安排", "想", "要", "准备", "打算", "希望", "能", "申请", "约", "同意", "来"):
		case m.r[i] == '试' && isHan(m.r[i+1]) && !m.used[i+1] && m.any(i+1, "剂", "管", "纸", "卷", "题", "点", "试") < 0 && m.any(i+2, "了", "过", "下来", "完", "反响", "反应", "效果", "结果", "感觉", "评价") > 0 || m.r[i] == '试' && m.judgedBehind(i, to):
			return m.any(i+2, "了一下再", "完再", "了再") < 0
		case m.meal(i):
		case strings.ContainsRune("用吃喝尝饮", m.r[i]) && m.any(i+1, "过") > 0 && m.any(i+2, "样品", "样", "我们的样", "咱的样", "试") > 0, strings.ContainsRune("用吃喝尝饮", m.r[i]) && m.any(i+1, "过") > 0 && m.isProduct(i+2) && m.has(i+2, min(to, i+10), "样品", "样机", "小样", "样"):
			return true
		case strings.ContainsRune("用吃喝装跑测穿开", m.r[i]) && m.any(i+1, "了") > 0 && m.has(from, to, "样品", "样机", "小样", "样件", "试用"):
			if l, ok := m.length(m.blank(i + 2)); ok && l.unit >= day {
				return true
			}
			if startsNumber(m.at(i+2)) && !m.used[i+2] && m.r[i] != '开' && m.r[i] != '装' {
				return true // 跑了50个标本
			}
		}
	}
	return false
}

// budgetWaits finds the money that has still to come: 钱得等下半年批, 经费还没拨.
func (m *message) budgetWaits(c clause) int {
	for i := c.i; i < c.j; i++ {
		e := m.any(i, "预算", "经费", "资金", "拨款", "购置费", "费用", "额度", "指标", "钱")
		if e < 0 || m.used[i] || i > 0 && m.used[i-1] && m.at(i) == '钱' || m.before(i, "多少", "价", "赚", "块", "花") || m.before(i, "的") && !m.isProduct(i-2) {
			continue
		}
		if k := m.find(e, min(c.j, e+6), "花光", "用光", "花完", "用完", "花没", "见底", "花超", "用超", "砍了", "砍掉", "被砍", "压缩", "缩减", "削减", "收紧", "冻结"); k >= 0 && !m.denied(k) {
			return i
		}
		if m.before(i, "才有", "才能有", "才会有", "才批", "才给", "才下", "等有了", "还没有", "再做", "再报", "没安排", "没列", "没列入") && m.any(e, "的") < 0 {
			return i // 明年才有预算
		}
		if m.has(e, min(c.j, e+9), "等", "没", "才", "要到", "得到") && m.has(e, c.j, "批", "拨", "下来", "到位", "落实", "够") {
			return i
		}
	}
	return -1
}

// won reads 我们中了, 项目中了, a verb of its own only where nothing else claims the 中.
func (m *message) bidWon(from, to int) int {
	for i := from; i+1 < to; i++ {
		if m.lit(i, "中了") < 0 || m.used[i] || m.denied(i) || m.before(i, "看", "选", "集", "其", "命", "相", "说", "猜", "打", "挑", "押", "没") {
			continue
		}
		if c := m.clauses[m.clauseAt(i)]; !m.rivalSaid(c) && (i+2 == c.j || m.blank(i+2) == c.j || slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i == m.blank(i+2) }) || m.any(i+2, "标") > 0) {
			return i
		}
	}
	return -1
}

// missed reports that nobody was met, by the form 没…成: 没聊成, 没见着, 没找到人, 没空见.
func (m *message) missed(from, to int) bool {
	for i := from; i+2 < to; i++ {
		if m.r[i] != '没' || m.used[i] {
			continue
		}
		k := m.opt(i+1, "能", "有")
		if e := m.any(k, "见", "聊", "碰", "遇", "找", "堵", "逮", "碰面", "碰头"); e > 0 && m.any(e, "成", "着", "上", "到人", "到他", "到她") > 0 || m.any(k, "空见", "时间见", "见我") > 0 {
			return m.any(e, "上次", "上周", "到底") < 0
		}
	}
	return false
}

// tellsPlace reports a clause that tells where something took place: 周二在苏州精工模具开的会.
func (m *message) tellsPlace(c clause) bool {
	for _, h := range m.hits {
		if h.i <= c.i || h.i >= c.j || !m.before(h.i, "在", "去", "到") {
			continue
		}
		for i := h.j + 1; i < c.j; i++ {
			if m.r[i] == '的' && !m.used[i] && !m.used[i-1] && c.j-i <= 3 && m.any(i-1, "他", "她", "们", "边", "里", "家") < 0 {
				return true
			}
		}
	}
	return false
}

// meal reports that at i somebody has eaten or drunk in company: 吃了个饭, 喝了两杯酒.
func (m *message) meal(i int) bool {
	return strings.ContainsRune("吃喝", m.r[i]) && m.has(i, min(len(m.r), i+7), "饭", "酒", "茶", "顿", "咖啡", "火锅", "烧烤", "席", "餐", "面") && m.any(i+1, "了", "过", "个", "顿") > 0
}
