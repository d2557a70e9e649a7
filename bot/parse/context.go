package parse

var backWordsOf = words("那边 那家 这家 他家 她家 他们家 他们那 同上 再加一条 再补一条 补充 补一条 还有一个 还有一条 上面那家 刚才那家 那个客户 这个客户 那家医院 那家店 那家学校 那家厂 那家公司 他 她 他们 同一家 接着说 继续 另外")

// RefersBack reports that a text may point to what was said before: 那边, 同上, 他说, 刚才那条. Only then does Context.Records
// make a difference.
func RefersBack(s string) bool {
	return pointsBack.in(s)
}

// pointsBack are words by which a text may go on from, or mend, what was said before.
var pointsBack = newPhrases(words("改 撤 第一条 第二条 那笔 那单 写高 写低 填大 填小 别存 更新 订正 修正 联系人写 联系人填 提早 错 岔 反了 混了 重了 漏了 删 刚才 刚刚 刚发 刚录 刚记 刚报 刚那 上一 上条 上面 前面 那条 这条 不是 不算 取消 作废 作数 作准 误 手滑 手抖 张冠李戴 乌龙 清掉 抹掉 去掉 拿掉 拿下来 划掉 忽略 无视 当我没 当没 别记 别录 测试 实际 为准 核对 核了 顺延 推后 推迟 延期 提前 往后 名下 又 后来 还要 还问 还说 再要 多要 刚那 刚这"), backWordsOf, fieldWords)

// earlier is the customer of the conversation: of the code scanned, the card replied to, the open draft, or of the last
// record where the words point back to it.
func (m *message) earlier(p part) CustomerRef {
	inferred := func(id ID, r Rule) CustomerRef { return CustomerRef{ID: id, Inferred: true, Why: Why{Rule: r}} }
	if r := m.ctx.Reply; r != nil && r.Customer != 0 {
		return inferred(r.Customer, RuleReply)
	}
	if m.ctx.Scanned != 0 {
		return inferred(m.ctx.Scanned, RuleScanned)
	}
	if d := m.ctx.Draft; d != nil && d.Customer.ID != 0 {
		return inferred(d.Customer.ID, RuleDraft)
	}
	if n := len(m.ctx.Records); n > 0 && m.ctx.Records[n-1].Customer != 0 {
		if i := m.find(p.i, p.j, backWordsOf...); i >= 0 {
			ref := inferred(m.ctx.Records[n-1].Customer, RuleLast)
			why := m.why(i, m.any(i, backWordsOf...))
			why.Rule = RuleLast
			ref.Why = why
			return ref
		}
		if i, j := m.goesOn(p, m.ctx.Records[n-1].Customer); j > 0 {
			ref := inferred(m.ctx.Records[n-1].Customer, RuleLast)
			ref.Why = m.why(i, j)
			ref.Why.Rule = RuleLast
			return ref
		}
	}
	return CustomerRef{}
}

// earlierContact is the person meant by 他 or 她: the contact of the record the message goes on from.
func (m *message) earlierContact(p part, customer CustomerRef) ContactRef {
	if !customer.Inferred || customer.ID == 0 {
		return ContactRef{}
	}
	r := m.ctx.Reply
	if n := len(m.ctx.Records); r == nil && n > 0 {
		r = &m.ctx.Records[n-1]
	}
	if r == nil || r.Contact == 0 || r.Customer != customer.ID {
		return ContactRef{}
	}
	for i := p.i; i < p.j; i++ {
		if i = m.find(i, p.j, "他", "她"); i < 0 {
			break
		}
		if m.any(i, "他们", "她们", "他家", "她家") < 0 && !m.before(i, "其") {
			why := m.why(i, i+1)
			why.Rule = RuleLast
			return ContactRef{ID: r.Contact, Why: why}
		}
	}
	return ContactRef{}
}

// goesOn finds somebody of the last record's customer, by his title alone, who goes on at the beginning of the message: 主任后来又说,
// 店长又来电话.
func (m *message) goesOn(p part, customer ID) (i, j int) {
	c := m.clauses[m.clauseAt(p.i)]
	s := m.opt(m.blank(p.i), "刚才", "刚刚", "刚", "对了", "然后", "后来", "另外")
	for _, n := range m.mentionsAt(s) {
		if n.surname == "" && n.i == m.blank(s) && len(m.fitting(n, customer)) == 1 && m.has(n.j, c.j, "又", "后来", "还要", "还说", "还问", "还想", "再要", "多要", "补充") {
			return n.i, n.j
		}
	}
	return 0, 0
}
