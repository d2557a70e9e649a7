package parse

import (
	"strings"
	"unicode/utf8"

	"salesflow/store/sales"
)

// Who is not in the master data yet is told by what is said of him, that nobody has dealt with him before, and named by where
// he is: a place with some characters more, up to a pause or a verb.

// firstTime reports that the message says of somebody that it is the first time, or that he is to be entered.
func (m *message) firstTime(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		if e := m.any(i, "没", "没有", "从没", "未", "从未", "之前没", "以前没"); e > 0 {
			e = m.opt(m.opt(e, "跟我们", "和我们", "跟他们", "和他们", "有"), "有")
			k := m.any(e, "接触", "打", "合作", "来往", "做", "跑", "联系", "建档", "录", "登记", "交集", "往来", "供")
			if f := m.any(m.opt(k, "交道", "货"), "过"); k > 0 && f > 0 && m.any(f, "的") < 0 && m.any(k, "过价", "过样", "过产品") < 0 {
				return true
			}
		}
		if m.any(i, "不是客户", "不是我们客户", "不是我们的客户", "还不算客户", "不在系统", "系统里没有", "系统里没", "名单里没有") > 0 {
			return true
		}
		if e := m.any(i, "第", "头", "首"); e > 0 {
			if k := m.any(m.opt(e, "一"), "次", "回", "趟", "单"); k > 0 && m.any(k, "找我们", "找我", "拿", "进", "订", "用我们", "合作", "接触", "打交道", "上门", "登门", "来", "问", "联系", "跑", "去", "拜访", "见") > 0 && !m.before(i, "不是") && !m.usedNear(from, i) {
				return true
			}
		}
		if e := m.any(i, "新商户", "新客商", "新门店", "新网点", "新开业", "算新客户", "建个档案", "建档案", "建一下档", "先建上", "先登记", "先建档", "先挂上", "先录上", "加进系统", "录进系统", "录入系统", "新签约的", "新签的客户"); e > 0 && !m.usedNear(from, i) {
			return true
		}
	}
	return false
}

// usedNear reports that a customer of ours is named between from and i.
func (m *message) usedNear(from, i int) bool {
	for _, h := range m.hits {
		if h.i >= from && h.i < i && h.ref.NewName == "" {
			return true
		}
	}
	return false
}

// placeEnd is the end of a place at i, with its 市, 县 or 区; -1 for none.
func (m *message) placeEnd(i int) int {
	e := i
	for e < len(m.r) && e < i+12 && isHan(m.r[e]) && !m.used[e] {
		e++
	}
	if e-i < 2 {
		return -1
	}
	place, rest := sales.HeadPlace(m.cut(i, e))
	if place == "" {
		return -1
	}
	return e - utf8.RuneCountInString(rest)
}

// placedName reads a name by the place that begins it, where it stands set off: 昆山凌志精工,想要样品.
func (m *message) placedName(from, to int) (name string, i, j int) {
	for i := from; i < to; i++ {
		if m.used[i] || i > from && isHan(m.r[i-1]) && !m.inTime(i-1, i) && !m.before(i, "叫", "给", "到", "去", "了", "访", "的", "识") {
			continue
		}
		p := m.placeEnd(i)
		if p < 0 || p+2 > to {
			continue
		}
		j := p
		for j < to && j-i < 14 && isHan(m.r[j]) && !(j > p+1 && (m.department(j) > j || m.titledAt(j))) && m.nameRune(j) && m.any(j, "想", "要", "新开", "新", "老板", "采购", "经理", "主任", "对接", "聊", "介绍", "那边", "负责", "也", "就", "联系", "来", "找", "问", "打", "主动", "今天", "昨天", "刚", "托", "通过", "没", "不", "算") < 0 {
			j++
		}
		if j-p < 2 || j < to && isHan(m.r[j]) && m.r[j] == '的' && m.any(j, "的老板", "的采购", "的负责", "的人") < 0 || m.noName(i, j) || m.department(p) == j || m.any(j, "有") > 0 || m.eventOrSpot(p, j) || strings.ContainsRune("人市区县镇路街边话货车里外", m.r[j-1]) || m.any(p, "那边", "这边", "出差", "客户", "市场", "分公司", "办事处", "老客户", "有", "一家", "同行", "地区", "展会", "展", "五金展") > 0 {
			continue
		}
		return m.cut(i, j), i, j
	}
	return "", 0, 0
}

// eventOrSpot reports that what stands between i and j, behind a place, is an event or somewhere to go and no customer.
func (m *message) eventOrSpot(i, j int) bool {
	return m.has(i, j, "会", "展", "节", "论坛", "峰会", "天气", "高铁", "机场", "酒店", "宾馆", "民宿", "高速", "地铁", "火车", "出差", "旅游", "同事", "朋友", "经理", "办事", "总部", "政府", "交警", "税务", "公安") && m.any(j-2, "会所") < 0 ||
		strings.ContainsRune("路街站港桥山湖江河岛寺塔园区省雪雨", m.r[j-1]) && m.any(j-2, "乐园", "幼园", "果园", "庄园", "茶园", "花园") < 0 || m.before(j, "广场", "市场", "夜市", "批发市场", "菜场", "公园", "景区")
}

// described reports that the runes from i to j describe an institution and do not name it: 临平一所民办小学, 那家五金店.
func (m *message) described(i, j int) bool {
	if strings.Contains("这家那家一家他们", m.cut(i, min(i+2, j))) {
		return true
	}
	return m.has(i, j, "一所", "一家", "一个", "一间", "那家", "这家", "那个", "这个", "某", "民办", "私立的", "几家", "有家", "有个", "新开的", "新店", "街边", "老客户", "家新")
}

// doesBusiness reports 做…的, 开…的, 搞…的 between from and to, which tells what somebody lives on.
func (m *message) doesBusiness(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] || m.any(i, "做", "开", "搞", "卖", "经营", "专做", "专门做", "干") < 0 {
			continue
		}
		for k := i + 2; k < min(to, i+10) && (isHan(m.r[k]) || m.used[k]); k++ {
			if m.r[k] == '的' && (k+1 >= len(m.r) || !isHan(m.r[k+1]) || m.any(k+1, "叫", "老板", "公司", "店", "厂") > 0) {
				return true
			}
		}
	}
	return false
}
