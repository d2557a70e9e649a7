package parse

import "strings"

// The words of a notice that a post has gone to somebody else: 新任主任为夏雨桐, 采购负责人变更为杜鹃, 科长一职由方毅接任.
var (
	handedTo  = words("变更为 更换为 调整为 更换成 变更成 调整成 换成 改成 改为 换为 已换成 已改为 现为 为 系 是 叫")
	takeOvers = words("担任 接任 接替 出任 继任 接手 接管 负责 主持 兼任 顶替 对接 担纲 接")
	postTails = words("一职 的职务 职务 一岗 岗位 的岗位 的位置 位置 工作 人选 的工作")
	newPosts  = words("新任 现任 继任 接任 新来的 新的 新上任的 新上任 上任 新 现 任")
	posts     = words("采购负责人 业务负责人 项目负责人 对接负责人 负责人 联系人 对接人 经办人")
)

// appointed reads whom a post has gone to, between runes from and to, at a customer.
func (m *message) appointed(from, to int, customer ID) ContactRef {
	for i := from + 2; i < to; i++ {
		if m.used[i] {
			continue
		}
		if m.r[i] == '归' {
			name, j := m.nameBefore(i+1, to, []string{"管", "负责", "对接", "接手"})
			if dept, at := m.fieldEnding(from, m.back(i, "现在", "以后", "今后", "往后", "现", "都", "也", "改", "就", " ", "的事", "这块", "这一块")); name != "" && dept != "" {
				return m.holder(name, dept, at, j, customer)
			}
			continue
		}
		if m.r[i] == '由' {
			k := m.back(i, "现", "改", "已", "目前", "后", "将", "转", "暂", "暂时", "先", "临时", " ")
			if title, _ := m.postEnding(from, m.withoutTail(k)); title != "" || m.before(m.withoutTail(k), "采购") {
				if title == "" {
					title = "采购"
				}
				if ref := m.deputy(i+1, to, title); ref.NewName != "" {
					return ref
				}
			}
			title, at := m.postEnding(from, m.withoutTail(k))
			at1 := i + 1
			if e, w, typo := m.titleAt(i + 1); e > 0 && !typo && len([]rune(w)) > 1 {
				at1 = e // 由副主任叶澜主持工作
				if title == "" {
					title = w
				}
			}
			if name, j := m.nameBefore(at1, to, takeOvers); title != "" && name != "" {
				return m.holder(name, title, at, j, customer)
			}
			continue
		}
		e := m.any(i, handedTo...)
		if e < 0 {
			continue
		}
		title, at := m.postEnding(from, m.withoutTail(i))
		if title == "" || e-i == 1 && !m.before(at, newPosts...) && !m.has(at, i, newPosts...) {
			continue
		}
		if name, j := m.nameBefore(m.opt(e, "是", ":"), to, nil); name != "" {
			return m.holder(name, title, at, j, customer)
		}
	}
	return ContactRef{}
}

// withoutTail steps back over 一职 and the like, that end at i.
func (m *message) withoutTail(i int) int {
	for _, w := range postTails {
		if m.before(i, w) {
			return i - len([]rune(w))
		}
	}
	return i
}

// postEnding is the post that ends at i, with its department, and where it begins.
func (m *message) postEnding(from, i int) (string, int) {
	at, title := -1, ""
	for k := max(from, i-6); k < i-1 && at < 0; k++ {
		if m.used[k] {
			continue
		}
		if m.any(k, posts...) == i {
			at, title = k, m.cut(k, i)
		} else if e, w, typo := m.titleAt(k); e == i && !typo {
			at, title = k, w
		}
	}
	if at < 0 {
		return "", 0
	}
	if w := "采购"; m.before(at, w) {
		at, title = at-2, w+title
	}
	k := at
	if m.before(at, newPosts...) {
		k = m.back(at, append([]string{"的"}, newPosts...)...)
	}
	for n := 5; n >= 2; n-- {
		if k-n >= from && !m.used[k-n] && m.department(k-n) == k {
			return strings.TrimRight(m.cut(k-n, k), "的 ") + title, k - n
		}
	}
	return title, at
}

// nameBefore is the full name at i, with one of ws or, without any, a pause or the person's telephone behind it.
func (m *message) nameBefore(i, to int, ws []string) (string, int) {
	s := m.surnameAt(i)
	if s > 0 && ws != nil && s+1 < to && m.allHan(i, s+1) && m.free(i, s+1) && m.any(s+1, "对接", "接替", "接手", "接管", "接任", "负责", "担任", "主持", "出任") > 0 {
		return m.cut(i, s+1), s + 1 // 邬婷|对接
	}
	for n := 2; s > 0 && n >= 1; n-- {
		j := s + n
		if j > to || !m.allHan(i, j) || !m.free(i, j) || m.any(s, "人", "啥", "谁", "什么", "哪") > 0 {
			continue
		}
		ends := j == to || j < to && !isHan(m.r[j]) || m.any(j, "电话", "手机", "微信", "联系", "以后", "今后", "往后", "先生", "女士", "老师", "同志", "了") > 0
		if ws != nil {
			ends = m.any(j, ws...) > 0
		}
		if ends {
			return m.cut(i, j), j
		}
	}
	return "", 0
}

// holder is a contact of the customer by that name, or a new one.
func (m *message) holder(name, title string, i, j int, customer ID) ContactRef {
	m.mark(i, j)
	for _, c := range m.x.ContactsOf(customer) {
		if c.Name == name {
			return ContactRef{ID: c.ID, Why: m.why(i, j)}
		}
	}
	return ContactRef{NewName: name, NewTitle: strings.TrimSpace(title), Why: m.why(i, j)}
}

// ofOffice reports that the 任 at i is part of 新任, 前任, 担任 and the like and nobody's surname.
func (m *message) ofOffice(i int) bool {
	return m.at(i) == '任' && m.before(i, "新", "现", "原", "前", "担", "责", "历", "继", "接", "兼", "上", "离", "就", "到", "主", "委", "出", "连", "留", "聘", "转", "调", "赴", "升", "胜", "信", "常", "后")
}

// fieldEnding is the department or post that ends at i.
func (m *message) fieldEnding(from, i int) (string, int) {
	for n := 5; n >= 2; n-- {
		if i-n >= from && !m.used[i-n] && m.department(i-n) == i {
			return m.cut(i-n, i), i - n
		}
	}
	return m.postEnding(from, i)
}

// isNew reports whether an unknown person is certain enough to be entered: a surname with a title.
func (m *message) isNew(n mention) bool {
	if m.before(n.i, "听", "据", "听说", "据说") && m.any(n.j, "说", "讲", "透露", "提") > 0 {
		return false // who told it need not be the customer's
	}
	return n.given == "" && n.title != "" && !n.young && !n.typo && !m.notPerson(n) && !m.foreign(n.i, n.j)
}
