package parse

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Somebody unknown is often named in full right behind what he is, or right before his telephone number, or with what he is
// to do from now on. What is not set off by a pause must be followed by what people do, and must not begin with a character
// that begins a word as well.

// wordly are surnames with which common words begin: 安排, 应该, 方便, 高兴. A name with one of them needs a pause behind it.
const wordly = "安应常满单全向于和都后能相连关解别查容须高方万强盛时明平计支终隆利路通石水金黄花白双文齐古邓项党纪门宣储司养施经车班国管代包成钱谷年阴戴汤游习权乐商景干封寻农印从那幸随陆续来行宿怀曲温充红荣简饶空沙养丰巢保尚贺马毛房池尤居衡步广东欧利相谈顾倒喻富雷原周"

// doings are what those do who are named: 章丽|想试.
var doings = words("现在 现 目前 代 暂代 说 讲 想 要 问 约 让 叫 来 过来 过目 打 发 加了 找 催 给我 给了 在 把 对 跟 也 都 还 会 能 接 签 看了 看过 试 负责 管 带 递 拿 送 嫌 答应 同意 反馈 反映 透露 觉得 已 刚 今天 昨天 表示 提 去 出 请 托 收 回 电话 手机 微信 调 升 没 不 要求 希望 担心 认为 介绍 主动 联系")

// callings are what people are said to be beside the titles.
var callings = words("管理员 技师长 药师长 督导 导购 采购员 业务员 保管员 仓管员 检验员 质检员 化验员 安全员 技术员 设备员 教研员 内勤 文员 干事 摊主 合伙人 股东 研究员 技师 药师 护师 检验师 班主任 组长 店主 掌门 牵头人 经办人 经办 负责人 对接人 联系人 接班人 秘书 助理 同事 副手 跟单 品控 调度 档案员 库管 仓管 司机 会计 出纳 文秘 客服")

// nameThen is the end of a full name at i that is set off behind, or followed by what he does; -1 for none.
func (m *message) nameThen(i, to int) int {
	s := m.surnameAt(i)
	if s < 0 || s >= to {
		return -1
	}
	if e, _, _ := m.titleAt(s); e > 0 {
		return -1
	}
	for j := s + 1; j <= min(s+2, to) && m.allHan(i, j) && m.free(i, j); j++ {
		if strings.ContainsRune("的了着过在去到给跟和与把被让是有个家说讲这那我你他她您不没也都就还会能可要想问来约叫催找嫌看", m.r[j-1]) || m.inTime(j-1, j) {
			return -1
		}
		if e, _, _ := m.titleAt(j); e > 0 {
			return -1
		}
		if j == to || !isHan(m.r[j]) {
			return j
		}
		if !strings.ContainsRune(wordly, m.r[i]) && (m.used[j] || m.inTime(j, j+1) || m.any(j, doings...) > 0) {
			return j
		}
	}
	return -1
}

// apposed reads somebody unknown by what he is and his full name: 器械科副科长楼晨, 门店督导 靳芸.
func (m *message) apposed(from, to int, ids []ID) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		e := m.any(i, callings...)
		if k, title, typo := m.titleAt(i); k > e && !typo && utf8.RuneCountInString(title) >= 2 && !slices.Contains([]string{"先生", "女士", "小姐", "老师"}, title) {
			e = k
		}
		if e < 0 || e >= to || !m.free(i, e) || i > from && !m.used[i-1] && isSurname(m.r[i-1]) && m.fieldStart(i) == i {
			continue
		}
		k := m.blank(m.opt(e, "叫", "是", ":"))
		j := m.nameThen(k, to)
		if j < 0 || k == e && m.any(e, "说", "那", "在") > 0 || m.foreign(i, j) {
			continue
		}
		name := m.cut(k, j)
		for _, id := range ids {
			for _, c := range m.x.ContactsOf(id) {
				if c.Name == name || sound(c.Name) == sound(name) {
					return ContactRef{ID: c.ID, Why: m.why(k, j)}
				}
			}
		}
		start := m.fieldStart(i)
		title := strings.TrimRight(m.cut(start, i), " 的") + m.cut(i, e)
		m.mark(start, j)
		return ContactRef{NewName: name, NewTitle: title, Why: m.why(start, j)}
	}
	return ContactRef{}
}

// fieldStart is where the department that ends at i begins, i when none does.
func (m *message) fieldStart(i int) int {
	for n := 5; n >= 2; n-- {
		if i-n >= 0 && m.free(i-n, i) && m.department(i-n) == i {
			return i - n
		}
	}
	return i
}

// phoneOwner reads whom the telephone number belongs to: who is named right before it, if nobody knows him.
func (m *message) phoneOwner(from, to int, ids []ID) ContactRef {
	p := m.phoneAt(from, to)
	if p < 0 {
		return ContactRef{}
	}
	k := m.back(p, "电话给我了", "电话给了我", "电话发我了", "微信给我了", "电话", "手机号", "手机", "微信", "号码", "联系方式", "是", ":", ",", " ", "(", "的", "、", "/", "同号", "他", "她")
	for i := max(from, k-7); i < k; i++ {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.i < i || n.j != k || n.surname == "" || !m.free(n.i, n.j) {
				continue
			}
			if ref, ok := m.known(n, ids); ok {
				return ref
			}
			if w := m.tradeBefore(n.i); n.young && (w != "" || n.dept != "" || m.before(n.i, "的", "是", "叫", "找", "给")) {
				m.mark(n.i, n.j)
				return ContactRef{NewName: "" + m.cut(n.j-2, n.j), NewTitle: cmp.Or(w, n.dept), Why: m.why(n.i, n.j)}
			}
			if m.isNew(n) {
				m.mark(n.i, n.j)
				return m.newContact(n)
			}
		}
	}
	return m.namedBeforePhone(from, k, ids)
}

// namedBeforePhone reads a full name that stands set off right before a telephone number, with or without a title on either side:
// 护士长,倪虹,180…; 倪虹 护士长 180….
func (m *message) namedBeforePhone(from, k int, ids []ID) ContactRef {
	title := ""
	for _, w := range trades {
		if n := utf8.RuneCountInString(w); m.before(k, w) && k-n > from && strings.ContainsRune(" ,:、", m.at(k-n-1)) {
			title, k = w, m.back(k-n, " ", ",", ":", "、")
			break
		}
	}
	for n := 3; n >= 2; n-- {
		i := k - n
		if i < from || !m.allHan(i, k) || !m.free(i, k) || m.surnameAt(i) != i+1 || m.inTime(i, k) {
			continue
		}
		before := m.tradeBefore(m.back(i, ",", " ", ":", "、"))
		if before == "" {
			if before, _ = m.fieldEnding(from, i); before == "" {
				before, _ = m.fieldEnding(from, m.back(i, ",", " ", ":", "、"))
			}
		}
		set := i == from || !isHan(m.r[i-1]) || m.used[i-1] || m.before(i, "叫", "是", "找")
		if !set && (before == "" || !m.before(i, before)) || title == "" && before == "" && !m.before(m.back(i, ":", " ", ","), "联系人", "对接人", "负责人") ||
			strings.ContainsAny(m.cut(i, k), "电话机号微信的了是在我你他她们总工姐哥") {
			continue
		}
		if e, _, _ := m.titleAt(i + 1); e > 0 {
			continue
		}
		name := m.cut(i, k)
		for _, id := range ids {
			for _, c := range m.x.ContactsOf(id) {
				if c.Name == name {
					return ContactRef{ID: c.ID, Why: m.why(i, k)}
				}
			}
		}
		m.mark(i, k)
		return ContactRef{NewName: name, NewTitle: strings.TrimSpace(cmp.Or(title, before)), Why: m.why(i, k)}
	}
	return ContactRef{}
}

// phoneAt is where the telephone number of the message begins, -1 when it is not between runes from and to.
func (m *message) phoneAt(from, to int) int {
	if m.phone.Value == "" {
		return -1
	}
	for i := from; i < to; i++ {
		if m.off[i] == m.phone.Why.Start {
			return i
		}
	}
	return -1
}

// charges are what somebody is said to do for us from now on.
var charges = words("对接 负责对接 负责跟 负责这 负责对账 接手 接替 接管 对我们 专门管 专门负责 跟进这 牵头")

// charged reads somebody unknown who is said to deal with us from now on, whoever says so: 后勤廖老师会跟我对接, 以后找涂姐.
func (m *message) charged(from, to int, ids []ID) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.surname == "" || n.given != "" || n.i > i+5 || n.j > to || !m.free(n.i, n.j) || !m.isNew(n) {
				continue
			}
			if _, ok := m.known(n, ids); ok {
				continue
			}
			k := m.opt(m.opt(m.blank(n.j), "以后", "来", "会", "负责", "现在"), "跟我们", "跟我", "和我们", "和我", "跟", "来")
			behind := m.any(m.blank(k), charges...) > 0 || m.any(n.j, "负责", "对接", "管", "接手") > 0
			before := m.cuedBy(n.i, "以后找", "具体找", "直接找", "后面找", "后续找", "往后找", "今后找", "让我找", "叫我找", "要找", "得找", "去找", "改找", "可以找", "我找", "以后联系", "直接联系", "具体联系", "后续联系", "让我联系", "叫我联系", "让我加", "转给了", "交给了", "以后归", "以后由", "引见了", "引荐了", "介绍了", "推荐了")
			if !behind && !before {
				continue
			}
			if behind {
				m.mark(n.i, n.j)
			}
			return m.newContact(n)
		}
	}
	return ContactRef{}
}

// cuedBy reports that one of the cues stands before the person named at i, nothing but where he works between them: 直接联系|设备处的裘处长.
func (m *message) cuedBy(i int, cues ...string) bool {
	for p := i; p >= 0 && p >= i-9; p-- {
		if m.before(p, cues...) {
			return m.workplace(p, i)
		}
	}
	return false
}

// workplace reports that the runes from i to j only say where at the customer's somebody works: 他们总部的, 设备处, nothing.
func (m *message) workplace(i, j int) bool {
	for k := m.any(i, "了", "他们", "她们", "院里", "校里", "厂里", "店里", "公司", "一位", "一个", "位", "个", "的", "那边", " "); k > 0 && k <= j; k = m.any(i, "了", "他们", "她们", "院里", "校里", "厂里", "店里", "公司", "一位", "一个", "位", "个", "的", "那边", " ") {
		i = k
	}
	j = m.back(j, "的", "那边", "新来", "这边", " ")
	if i >= j || m.department(i) >= j {
		return true
	}
	return j-i <= 5 && m.allHan(i, j) && m.free(i, j) && strings.ContainsRune("科处部室组办心线院店厂教务间校库所区", m.r[j-1])
}

// skipWorkplace is behind the words at i that say where somebody works before his name: 总部的|裴总监; i when there are none.
func (m *message) skipWorkplace(i, to int) int {
	for e := i + 2; e <= min(i+6, to-1); e++ {
		if m.isSurnameAt(e) && m.workplace(i, e) && m.free(i, e) {
			for _, n := range m.mentionsAt(e) {
				if n.surname != "" && n.i == e && m.isNew(n) {
					return e
				}
			}
		}
	}
	return i
}

func (m *message) isSurnameAt(i int) bool { return m.surnameAt(i) > 0 }

// chargeBehind is what the person named before i is said to look after: 佟丽|的姑娘管采购.
func (m *message) chargeBehind(i int) string {
	k := m.opt(i, "的姑娘", "的小姑娘", "的小伙子", "的小伙", "的人", "的女的", "的男的", "的")
	k = m.opt(m.opt(k, "在", "来", "现在", "专门"), "在")
	if k = m.any(k, "管", "负责", "分管", "主管", "做"); k < 0 {
		return ""
	}
	for _, list := range [][]string{leadTitles, departments} {
		for _, w := range list {
			if m.lit(k, w) > 0 {
				return w
			}
		}
	}
	return ""
}

// nicknamed reads somebody unknown by where he works and a familiar name, right behind the customer's name: 温岭泵业|仓库老诸收的货.
func (m *message) nicknamed(from, to int, customer ID) ContactRef {
	for _, h := range m.hits {
		if customer == 0 || h.i < from || h.j >= to || h.ref.ID != customer {
			continue
		}
		s := m.opt(h.j, "那边的", "那边", "的", "他们")
		for e := s + 2; e <= s+5 && e+2 <= to; e++ {
			if m.any(e, "老", "小") < 0 || !m.allHan(s, e+2) || !m.free(s, e+2) || m.surnameAt(e+1) < 0 || strings.ContainsRune(wordly, m.r[e+1]) {
				continue
			}
			if m.inTime(s, e) || strings.ContainsAny(m.cut(s, e), "说讲问让叫找跟和给把被是有要想来去在到了着过的不没也都就还会能约催请对比嫌看买卖用") || m.any(e, "老板", "老师", "老客", "老款", "老样", "小时", "小批", "小包") > 0 {
				break
			}
			if e+2 < to && isHan(m.r[e+2]) && m.any(e+2, doings...) < 0 || m.foreign(e, e+2) {
				break
			}
			m.mark(s, e+2)
			return ContactRef{NewName: m.cut(e, e+2), NewTitle: m.cut(s, e), Why: m.why(s, e+2)}
		}
	}
	return ContactRef{}
}

// surnamed reads whom a title with 姓 right behind it names: 执行园长姓温. Whom the customer has by that name and title is known.
func (m *message) surnamed(from, to int, ids []ID) ContactRef {
	for i := from + 2; i+1 < to; i++ {
		if m.r[i] != '姓' || m.used[i] || m.surnameAt(i+1) < 0 || m.any(i+1, "名", "什么", "啥") > 0 {
			continue
		}
		k := m.back(i, " ", ",")
		for _, w := range titles {
			if n := utf8.RuneCountInString(w); n < 2 || !m.before(k, w) || isSurname(m.at(k-n-1)) && !m.used[k-n-1] && m.fieldStart(k-n) == k-n {
				continue
			}
			if ref, ok := m.known(mention{i: i, j: m.surnameAt(i + 1), surname: m.cut(i+1, m.surnameAt(i+1)), title: w}, ids); ok {
				return ref
			}
			return m.introduced(max(from, i-8), to)
		}
	}
	return ContactRef{}
}
