package parse

import (
	"slices"
	"strings"
)

// New people and new customers are brought in by few forms: somebody introduces them, they take the place of others, a post is
// named with them, or the message says outright that they are new.

// introducers are the verbs with which one person brings another.
var introducers = words("引荐 引见 推荐 介绍我认识 介绍我们认识 介绍我跟 介绍 带我见 带我认识 领我见 牵线 推了 推给我 拉我认识")

// brought reads somebody unknown who is brought by somebody at the customer's: 施敏推荐了检验科胥主任, 认识了他们药剂科的麦主任.
func (m *message) brought(from, to int, ids []ID) ContactRef {
	for i := from; i < to; i++ {
		e := m.any(i, introducers...)
		if e < 0 || m.used[i] || m.denied(i) || m.has(max(from, i-3), i, "我", "咱") && m.any(i, "介绍") > 0 && !m.before(i, "把我", "让我") {
			continue
		}
		for k := e; k > 0; {
			e, k = k, m.any(k, "了", "给我", "给", "我们", "我", "去", "找", "认识", "见", "一下", "过", "他们", "她们", "院里", "厂里", "校里", "店里", "的", "一位", "一个", "位", " ")
		}
		if e >= to {
			continue
		}
		e = m.skipWorkplace(e, to)
		for _, n := range m.mentionsAt(e) {
			if n.surname == "" || n.i > e+6 || n.j > to || !m.free(n.i, n.j) || !m.isNew(n) {
				continue
			}
			if _, known := m.known(n, ids); known {
				continue
			}
			m.mark(n.i, n.j)
			return m.newContact(n)
		}
	}
	return ContactRef{}
}

// named reads 新 with a title and a full name behind it, which is no title of somebody known: 新主任封磊.
func (m *message) named(from, to int, customer ID) ContactRef {
	for i := from; i+3 < to; i++ {
		if m.used[i] {
			continue
		}
		k := m.any(i, "多了个", "多了一个", "多了一位", "多了位", "来了个", "来了位", "来了一位", "来了一个", "新来了一位", "新来了位", "新来了个", "新来一位", "添了个", "新聘了")
		switch {
		case k > 0:
			k = m.opt(k, "新的", "新")
		case m.at(i) != '新' || m.before(i, "最", "全", "更", "崭", "创", "重"):
			continue
		default:
			k = m.opt(i+1, "任", "来的", "上任的", "的", "来")
		}
		if d := m.department(k); d > k {
			k = d
		}
		if name, title, j := m.nameWithTitle(k, to); name != "" { // 来了一位霍思远老师
			return m.holder(name, title, k, j, customer)
		}
		e, title, typo := m.titleAt(k)
		if e < 0 || typo || len([]rune(title)) < 2 {
			continue
		}
		if name, j := m.nameBefore(e, to, nil); name != "" {
			return m.holder(name, title, i+1, j, customer)
		}
	}
	return ContactRef{}
}

// nameWithTitle reads a full name with a title behind it at i.
func (m *message) nameWithTitle(i, to int) (name, title string, j int) {
	s := m.surnameAt(i)
	for n := 2; s > 0 && n >= 1; n-- {
		if e, w, typo := m.titleAt(s + n); e > 0 && !typo && e <= to && len([]rune(w)) > 1 && m.allHan(i, s+n) && m.free(i, s+n) && m.any(s, "总", "副", "主", "任", "科", "院", "部", "处", "经", "老") < 0 {
			return m.cut(i, s+n), w, e
		}
	}
	return "", "", 0
}

// deputy reads who does somebody's work, by a courtesy name behind 由: 采购工作暂由钮小姐负责.
func (m *message) deputy(i, to int, title string) ContactRef {
	for _, n := range m.mentionsAt(i) {
		if n.surname != "" && n.title != "" && n.given == "" && n.j <= to && m.free(n.i, n.j) && m.any(n.j, takeOvers...) > 0 && !m.notPerson(n) {
			ref := m.newContact(n)
			if !strictTitles[n.title] {
				ref.NewTitle = title
			}
			m.mark(n.i, n.j)
			return ref
		}
	}
	return ContactRef{}
}

// helperNamed reads somebody unknown as the helper of whoever was named before: 联系她助理小殷.
func (m *message) helperNamed(from, to int) ContactRef {
	for i := from; i < to; i++ {
		e := m.any(i, "他", "她", "他们", "她们")
		if e < 0 || m.used[i] {
			continue
		}
		if ref := m.kinAt(e, to); ref.NewName != "" && m.any(i, "他们", "她们") < 0 {
			return ref
		}
		w := m.any(m.opt(e, "的"), "助理", "秘书", "同事", "下属", "徒弟", "副手", "搭档")
		if w < 0 || w+2 > to || e-i == 1 && m.any(i, "他们", "她们") > 0 || !m.free(w, w+2) {
			continue
		}
		if j := m.nameThen(m.opt(w, "叫", "是"), to); j > 0 {
			w0 := m.opt(w, "叫", "是")
			m.mark(w0, j)
			title := m.cut(m.opt(e, "的"), w)
			if title != "助理" && title != "秘书" {
				title = ""
			}
			return ContactRef{NewName: m.cut(w0, j), NewTitle: title, Why: m.why(w0, j)}
		}
		if m.any(w, "小", "老") > 0 && m.surnameAt(w+1) > 0 {
			m.mark(w, w+2)
			title := m.cut(m.opt(e, "的"), w)
			if title == "同事" || title == "下属" || title == "搭档" {
				title = ""
			}
			return ContactRef{NewName: m.cut(w, w+2), NewTitle: title, Why: m.why(w, w+2)}
		}
	}
	return ContactRef{}
}

// standIns are the verbs of those who do somebody else's work for a time.
var standIns = words("代管 代班 代理 接手 接替 接班 顶班 顶替 暂管 值班 负责 管事 主事")

// stoodIn reads who does somebody's work by a familiar name: 代管的是小吕, and whom to turn to meanwhile: 期间找彭彬老师.
func (m *message) stoodIn(from, to int) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		if e := m.any(i, standIns...); e > 0 {
			if k := m.any(e, "的是", "的人是", "的叫"); k > 0 && m.any(k, "小", "老") > 0 && m.surnameAt(k+1) > 0 && k+2 <= to && m.free(k, k+2) && m.any(k, "老板", "老师") < 0 {
				m.mark(k, k+2)
				return ContactRef{NewName: m.cut(k, k+2), Why: m.why(k, k+2)}
			}
		}
		if e := m.any(i, "期间找", "期间联系", "以后找", "往后找", "今后找", "暂时找", "先找", "改找", "以后联系", "事找"); e > 0 {
			s := m.surnameAt(e)
			for n := 2; s > 0 && n >= 1; n-- {
				j, title, typo := m.titleAt(s + n)
				if j > 0 && !typo && j <= to && m.allHan(e, s+n) && m.free(e, s+n) {
					m.mark(e, j)
					return ContactRef{NewName: m.cut(e, s+n), NewTitle: title, Why: m.why(e, j)}
				}
			}
		}
	}
	return ContactRef{}
}

// standing reports that what is asked of us is how things are to be done from now on and no to-do: 以后直接联系她助理.
func (m *message) standing(c clause) bool {
	return m.has(c.i, c.j, "以后", "往后", "今后", "从今", "日后") && m.has(c.i, c.j, "找", "联系", "对接", "直接", "都", "跟", "发给", "打给", "归") && !m.has(c.i, c.j, "天以后", "周以后", "月以后", "节以后", "点以后")
}

// namesNew reports that the message tells of an institution as new, by a person who brought it, by a card or a chat name, or
// by the first time.
func (m *message) namesNew(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		switch {
		case m.any(i, "介绍来", "介绍过来", "引荐了", "引荐来", "推荐来", "牵线搭桥", "介绍的客户", "第一次接触", "首次接触", "头次接触", "头一次接触", "第一次联系", "首次联系", "初次接触") > 0:
			return true
		case m.any(i, "加了", "加上", "加到", "通过了") > 0 && m.has(i, min(to, i+24), "微信", "好友"):
			return true
		case m.any(i, "拿到", "收到", "换了", "要到") > 0 && m.has(i, min(to, i+8), "名片"):
			return true
		case m.any(i, "公司叫", "店名叫", "店名", "店叫", "单位叫", "学校叫", "医院叫", "厂名", "厂叫", "字号") > 0:
			return true
		case i == m.blank(0) && m.any(m.any(i, "客户", "单位", "客户名", "公司"), ":") > 0:
			return true
		case i == m.blank(0) && m.newAnnounced(i):
			return true
		case m.any(i, "牵线", "搭线", "牵的线", "拉的线", "搭的线", "介绍的线", "扫科", "扫院", "扫街", "扫楼") > 0:
			return true
		case m.any(i, "网上", "线上", "抖音", "官网", "百度", "阿里", "展会", "电话", "微信", "广告", "公众号", "小红书", "平台", "咨询", "主动", "自己") > 0 && m.has(i+2, min(to, i+8), "来的,", "来的 ", "来的:", "过来的,"):
			return true
		case m.at(i) == '新' && !m.before(i, "最", "全", "更", "重", "创") && m.any(m.opt(i+2, "了"), "个", "家", "一家", "一个") > 0 && m.any(i+1, "签", "谈", "跑", "接", "拓", "建", "进", "开", "挖", "找") > 0:
			return true
		case m.any(i, "一所", "一家", "一间", "有所", "有家") > 0 && m.has(i+4, min(to, i+20), ",叫", ",名叫", ",名字叫", " 叫"):
			return true
		case m.any(i, "介绍的,", "介绍的 ", "介绍的:", "推荐的,", "推荐的 ", "介绍来的", "个线索", "条线索", "个新线索", "当线索") > 0:
			return true
		case m.any(i, "推荐的", "介绍的", "引荐的", "转介绍的", "推过来的", "牵线的") > 0 && (m.placeEnd(m.any(i, "推荐的", "介绍的", "引荐的", "转介绍的", "推过来的", "牵线的")) > 0 || m.orgSpan(m.any(i, "推荐的", "介绍的", "引荐的", "转介绍的", "推过来的", "牵线的"), to) > 0):
			return true
		case m.any(i, "有个", "有家", "有一家", "有一个", "来了个", "冒出来个", "冒出个") > 0 && m.doesBusiness(i, to):
			return true
		case m.any(i, "有个", "有家", "有所", "有位", "来了个", "来了家", "来了一个", "冒出个", "冒出一家", "冒出来个") > 0 && m.has(i+2, min(to, i+14), "店", "厂", "公司", "学校", "医院", "诊所", "机构", "客户", "老板", "单位", "幼儿园", "超市") && m.has(i+4, min(to, i+20), "想", "要", "找", "来问", "咨询", "打听", "主动") && m.has(i, to, "叫", "名字", "店名", ":"):
			return true
		}
	}
	return false
}

// newAnnounced reports that the message opens by saying that somebody new is entered: 新增:南京凌云精密, 街边新店 小马生鲜.
func (m *message) newAnnounced(i int) bool {
	i = m.opt(i, "街边", "路边", "门口", "附近", "今天", "刚")
	e := m.any(i, "新增", "新建", "新录", "新店", "新客", "新线索", "新商机", "新门店", "新商户", "新单位")
	return e > 0 && strings.ContainsRune(": ,", m.at(m.opt(e, "客户", "登记", "录入")))
}

// trimLeads cuts off the verbs that stand before a new name: 碰巧认识|温州瓯海鲜又鲜超市.
func (m *message) trimLeads(start, end int) int {
	for k := start; k < end-4; k++ {
		if e := m.any(k, "认识", "接触", "遇到", "碰到", "碰见", "找到", "开发", "拜访", "走访", "新开", "挖到", "联系", "对接", "来自", "引荐", "介绍", "推荐"); e > 0 && end-e >= 4 {
			return m.trimLeads(m.opt(e, "了", "到", "一家", "的"), end)
		}
	}
	return start
}

// tells reports that the two words for a colour, a size and the like are said to differ from a sample or a paper: 跟样品颜色不一样.
func (m *message) differs(from, to int) bool {
	for i := from; i < to; i++ {
		e := m.any(i, "不一样", "不一致", "不符", "对不上", "有出入", "有差别", "有偏差", "差太多", "两码事", "不匹配", "不是一个")
		if e < 0 || m.used[i] || m.denied(i) && m.any(i, "不", "对不") < 0 || m.feared(i) {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		if k := m.find(c.i, i, "跟", "和", "与", "同", "比", "比起"); k >= 0 && m.has(k, i, "样", "上批", "上次", "之前", "合同", "图纸", "订单", "说明", "标签", "送货单", "宣传") {
			return true
		}
		if m.has(c.i, i, "标签", "日期", "批号", "生产日期", "保质期") && m.any(i, "对不上", "不符", "不一致") > 0 {
			return true
		}
		if m.has(c.i, i, "到货", "送来", "发来", "收到", "这批") && m.has(c.i, i, "颜色", "规格", "型号", "尺寸", "口味", "包装", "数量", "批号") {
			return true
		}
	}
	return false
}

// grudged reports that people are told to be displeased with a product of ours, for nothing of the price: 反馈平板续航只有四个小时,
// 老师意见大.
func (m *message) grudged(from, to int) bool {
	i := m.findSaid(from, to, "意见大", "意见很大", "很有意见", "怨声载道", "怨气大", "怨言", "骂声一片")
	return i >= 0 && !m.feared(i) && !m.pastTalk(i) && !m.has(from, to, "贵", "价", "付款", "回款", "预算") &&
		slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= from && p.i < to && !p.past })
}

// wrongGoods reads that another thing was sent than was ordered: 球阀发成DN40了, 送错了规格.
func (m *message) wrongGoods(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] || !strings.ContainsRune("发送给装配拿寄做贴", m.r[i]) || m.denied(i) || m.feared(i) {
			continue
		}
		if m.any(i+1, "成", "错", "混", "串", "岔") > 0 && m.any(i+1, "成本", "成功", "成套", "成品", "成交", "错峰", "成绩") < 0 && m.has(i+2, min(to, i+10), "了", "的") && m.any(i, "送成样", "做成了", "装成了") < 0 && !m.before(i, "会", "别", "要") {
			return m.any(i+1, "错", "混", "串", "岔") > 0 || !m.has(from, i, "想", "要求", "希望", "改", "能不能") && (m.has(i, to, "换", "退", "错", "不对", "怎么") || m.has(from, i, "要的", "订的", "点的"))
		}
	}
	return false
}
