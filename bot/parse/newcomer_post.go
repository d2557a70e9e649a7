package parse

import (
	"slices"
	"strings"
)

// newArrivals announce a person, with the post right behind them.
var newArrivals = words("新来的 刚来的 新调来的 刚调来的 新招的 新上任的 新到任的 新到岗的 新换的")

// postedNewcomer reads who is new at the customer, by whatever stands between 新来的 and a familiar name or a courtesy:
// 新来的内勤|小蓝, 新来的后勤主管|温老师.
func (m *message) postedNewcomer(from, to int, ids []ID) ContactRef {
	for i := from; i < to; i++ {
		e := m.any(i, newArrivals...)
		if e < 0 || m.used[i] {
			continue
		}
		if k := m.any(e, "叫", "是"); k > 0 && m.any(k, "小", "老") > 0 {
			if j, ok := m.courtesyAt(k); ok && j <= to && m.free(k, j) && (j >= len(m.r) || !isHan(m.r[j])) {
				m.mark(k, j)
				return ContactRef{NewName: m.cut(k, j), Why: m.why(i, j)}
			}
		}
		for k := e + 2; k <= e+7 && k+2 <= to && m.allHan(e, k) && m.free(e, k+1); k++ {
			if strings.ContainsRune("的是叫说跟和给让要在了来去", m.r[k-1]) {
				break
			}
			j, ok := m.courtesyAt(k)
			if !ok || j > to || !m.free(k, j) || j < len(m.r) && isHan(m.r[j]) && m.any(j, "电话", "手机", "微信", "说", "讲", "对接", "联系", "负责", "以后", "管", "要", "想", "问") < 0 {
				continue
			}
			if slices.ContainsFunc(m.mentionsAt(k), func(n mention) bool { _, is := m.known(n, ids); return n.surname != "" && is }) {
				break
			}
			m.mark(k, j)
			return ContactRef{NewName: m.cut(k, j), NewTitle: m.cut(e, k), Why: m.why(i, j)}
		}
	}
	return ContactRef{}
}

// courtesyAt is the end of a familiar name at i, or of a surname with a courtesy that is no post: 小蓝, 温老师, 裴姐.
func (m *message) courtesyAt(i int) (int, bool) {
	if m.any(i, "小", "老") > 0 && m.any(i, "老师", "老板", "小姐") < 0 {
		return i + 2, m.surnameAt(i+1) > 0
	}
	s := m.surnameAt(i)
	if s < 0 {
		return -1, false
	}
	j := m.any(s, "老师", "师傅", "女士", "先生", "小姐", "姐", "哥", "工", "总")
	return j, j > 0
}

// postBehind is a post that is all of the clause behind i: 新联系人:柯工,|技术员.
func (m *message) postBehind(i int) string {
	k := i
	for k < len(m.r) && strings.ContainsRune(" ,;:", m.r[k]) {
		k++
	}
	j := k
	for j < len(m.r) && isHan(m.r[j]) && !m.used[j] {
		j++
	}
	if k == i || j-k < 2 || j-k > 6 || m.inTime(k, j) || m.has(k, j, "以后", "往后", "今后", "电话", "手机", "微信", "负责", "找", "联系", "说") {
		return ""
	}
	if m.any(j-1, "员", "师", "长", "任", "管", "监", "工", "购", "理", "务", "勤", "事") < 0 || m.any(j-2, "人员", "经理", "主管", "助理", "总监", "财务", "商务", "业务", "总务", "教务", "后勤", "内勤", "干事", "采购") < 0 && strings.ContainsRune("理监购务勤事", m.r[j-1]) {
		return ""
	}
	return m.cut(k, j)
}

// spelledTogether reports that the 和 at i is part of a name that begins with its town and ends as an institution's: 桐乡|和安|医院.
func (m *message) spelledTogether(i int) bool {
	if m.used[i] || i < 2 || !m.allHan(i-2, i) || i > 2 && isHan(m.r[i-3]) && !(i > 3 && !isHan(m.r[i-4]) && m.at(i-1) == '市') || m.any(i-2, "我们", "他们", "咱们", "你们") > 0 {
		return false
	}
	for n := 1; n <= 2; n++ {
		if m.allHan(i, i+1+n) && m.any(i+1+n, orgEndings...) > 0 && m.any(i+1, orgEndings...) < 0 {
			return true
		}
	}
	return false
}

// postOfNew gives somebody new who is named as the one to turn to the post that stands alone behind his name.
func (m *message) postOfNew(ref *ContactRef, p part) {
	if ref.NewName == "" || ref.NewTitle != "" {
		return
	}
	for i := p.i; i < p.j; i++ {
		if e := m.lit(i, ref.NewName); e > 0 && m.before(m.back(i, ":", " ", "是", "叫"), "联系人", "对接人", "负责人", "经办人") {
			ref.NewTitle = m.postBehind(e)
			return
		}
	}
}
