package parse

import "strings"

// introduced reads 老板姓龚, 新来的采购林小燕, 联系人 赵晓明.
func (m *message) introduced(from, to int) ContactRef {
	for i := from; i < to; i++ {
		if j := m.any(i, "姓"); j > 0 && j < to && isHan(m.r[j]) && !m.used[j] && m.any(j, "名", "什么", "啥") < 0 {
			return m.bySurname(from, to, i, j)
		}
		j := m.any(i, "新来的叫", "新上任的", "新换的", "新到的", "新的", "换成了", "换了个", "换了", "联系人是", "联系人叫", "联系人", "对接人是", "对接人", "负责人是", "负责人", "新来的采购", "新来的", "新任", "换成", "接手的是", "叫")
		if j < 0 || j >= to || m.used[i] {
			continue
		}
		k := m.blank(m.opt(j, ":", "是", "叫"))
		k = m.opt(k, "小伙子叫", "小伙子", "小姑娘叫", "小姑娘", "姑娘叫", "年轻人叫", "女的叫", "男的叫", "一个叫", "个叫")
		title, k := m.postOf(from, i, j, k)
		if e := m.latinName(k, to); e > 0 {
			return ContactRef{NewName: m.cut(k, e), NewTitle: title, Why: m.why(k, e)}
		}
		if ref := m.calledAt(from, to, i, k, title); ref.NewName != "" {
			return ref
		}
	}
	return ContactRef{}
}

// bySurname reads the surname at j, behind the 姓 at i, with the title said of him.
func (m *message) bySurname(from, to, i, j int) ContactRef {
	end := max(m.surnameAt(j), j+1)
	title := ""
	for _, w := range titles {
		if len([]rune(w)) > 1 && m.before(i, w) {
			title = w
			break
		}
	}
	for _, w := range titles {
		if title == "" && len([]rune(w)) > 1 && m.has(max(from, i-8), i, w) {
			title = w
		}
	}
	ref := ContactRef{NewName: m.cut(j, end) + title, NewTitle: title, Why: m.why(i, end)}
	if e, w := m.titlePhrase(m.opt(end, "的")); e > 0 { // 姓贺的经理
		ref.NewName, ref.NewTitle, ref.Why = m.cut(j, end)+w, w, m.why(i, e)
	}
	if w := m.titleRun(from, i); ref.NewTitle == "" && w != "" { // 理事长姓程
		ref.NewName, ref.NewTitle = ref.NewName+w, w
	}
	if w := m.replaced(from, i); ref.NewTitle == "" && w != "" { // 采购换人了,现在是个姓屠的
		ref.NewName, ref.NewTitle = ref.NewName+w, w
	}
	if name, a, b := m.calledLater(end, to, m.cut(j, end)); name != "" && ref.NewName != name {
		ref.NewName, ref.Why = name, m.why(i, b) // 姓翟,翟科长手机…
		m.mark(a, b)
		if ref.NewTitle == "" {
			ref.NewTitle = strings.TrimPrefix(name, m.cut(j, end))
		}
	}
	if ref.NewTitle == "" {
		return ContactRef{}
	}
	return ref
}

// postOf is the post of whoever is named at k behind the words from i to j, and where his name begins.
func (m *message) postOf(from, i, j, k int) (title string, name int) {
	behind := m.back(i, "名", ",", " ")
	for _, w := range trades {
		if m.before(behind, w) {
			title = w
			break
		}
	}
	for _, w := range titles {
		if len([]rune(w)) > 1 && m.before(behind, w) {
			title = w
			break
		}
	}
	if title == "" {
		title = m.replaced(from, i)
	}
	if e, w := m.titlePhrase(k); e > 0 && e-k > 1 {
		title, k = w, m.opt(e, "叫", "是")
	} else if m.before(k, "采购") || m.before(j, "采购") && title == "" {
		title = "采购"
	}
	return title, k
}

// calledAt reads a name at k, with the title said of him.
func (m *message) calledAt(from, to, i, k int, title string) ContactRef {
	s := m.surnameAt(k)
	if s < 0 {
		return ContactRef{}
	}
	if title == "" && m.any(i, "负责人") > 0 {
		title = "负责人"
	}
	if e, w, _ := m.titleAt(s); e > 0 && e-s >= 2 && e <= to { // 换成黄主任了,叫黄少华
		if name, i, j := m.fullName(e, to, m.cut(k, s)); name != "" {
			return ContactRef{NewName: name, NewTitle: w, Why: m.why(i, j)}
		}
		return ContactRef{NewName: m.cut(k, e), NewTitle: w, Why: m.why(k, e)}
	}
	for n := 2; n >= 1; n-- {
		if strings.ContainsRune("换退修赔补送寄把给他她我你们掉了过都没不再也就去拿派改重", m.at(s)) || m.at(s+n-1) == '掉' {
			break // 叫全换掉
		}
		if m.allHan(s, s+n) && m.free(k, s+n) && s+n <= to && (s+n == to || !isHan(m.at(s+n)) || m.any(s+n, "电话", "手机", "微信", "以后", "说", "负责", "来", "管", "对接", "接手", "调", "接替", "了", "的", "在", "这个人", "号码", "加") > 0) {
			if title == "" {
				title = m.titleOfSurname(from, i, m.cut(k, s))
			}
			if title == "" {
				title = m.chargeBehind(s + n)
			}
			return ContactRef{NewName: m.cut(k, s+n), NewTitle: title, Why: m.why(k, s+n)}
		}
	}
	return ContactRef{}
}
