package parse

import (
	"slices"
	"strings"
)

// What is said and taken back in one breath: 五十箱,不是五十,是八十箱; 讲的发光仪,不对,是生化仪; 一百二十箱是上回的.

// denies reports that between the values that end at i and begin at j the first is denied: 不是五十是, 不是这个数,是.
func (m *message) denies(i, j int) bool {
	if j-i < 3 || j-i > 14 {
		return false
	}
	for i < j && (strings.ContainsRune(" ,.。;…", m.r[i]) || m.any(i, "哦", "啊", "呃", "那个") > 0) {
		i++
	}
	return m.any(i, "不是", "不对") > 0 && m.before(m.unblank(j), "是", "是要", "应该是", "是说") && !m.before(m.unblank(j), "不是", "而不是", "还是", "可是", "要是", "但是", "总是", "就是")
}

// shouldBe reports that a time is set right by the next one: 周二,哦应该是|周三.
func (m *message) shouldBe(i, j int) bool {
	for i < j && strings.ContainsRune(" ,.。;…", m.r[i]) {
		i++
	}
	return i < j && m.opt(m.any(i, "应该是", "该是", "记错了是", "更正"), "是", ",") == j
}

// takeBack removes the values that are taken back.
func (m *message) takeBack() {
	for k := 0; k+1 < len(m.counts); k++ {
		a, b := m.counts[k], m.counts[k+1]
		if m.saidTwice(a, b) || a.q.Unit == b.q.Unit && m.denies(a.j, b.i) {
			m.counts[k+1].clause = a.clause
			m.counts = slices.Delete(m.counts, k, k+1)
			k--
		}
	}
	for k := 0; k+1 < len(m.prods); k++ {
		if a, b := m.prods[k], m.prods[k+1]; m.misspoken(a.j, b.i) || m.denies(a.j, b.i) && b.i-a.j <= 5 {
			m.prods = slices.Delete(m.prods, k, k+1)
			k--
		}
	}
	for k := 0; k+1 < len(m.sums); k++ {
		if a, b := m.sums[k], m.sums[k+1]; m.denies(a.j, b.i) && m.before(m.unblank(b.i), "是") && m.clauseAt(a.i) <= m.clauseAt(b.i) && !m.perUnit(a) {
			m.sums[k+1].i, m.sums[k+1].clause = a.i, a.clause
			m.sums = slices.Delete(m.sums, k, k+1)
			k--
		}
	}
}

// ofBefore reports that what ends at i is said to be an earlier thing's: 一百二十箱|是上回的.
func (m *message) ofBefore(i int) bool {
	e := m.any(m.blank(i), "是", "那是")
	return e > 0 && m.any(e, "上回", "上次", "上个月", "上批", "之前", "以前", "去年", "别家", "人家", "旧的", "原来", "老的") > 0
}

// idiomSum reports a sum that only says "nothing at all": 一分钱不追加, 一毛钱也不让.
func (m *message) idiomSum(s sumHit) bool {
	if m.at(s.i) != '一' || s.v == nil || s.v.Cmp(ratInt(1)) > 0 {
		return false
	}
	return m.any(m.blank(s.j), "不", "没", "都", "也", "钱不", "钱都", "钱也", "钱没", "未", "别", "甭", "休想", "拿不", "批不") > 0 || m.before(s.i, "不差", "没有", "不让", "不少", "拿不出", "不掏", "没花", "没掏", "不花", "不降", "不给", "没让")
}

// letsOut reports that what leaks at i is a word and no liquid: 漏了点风, 漏出句口风.
func (m *message) letsOut(i int) bool {
	e := m.any(i, "漏", "透")
	if e < 0 {
		return false
	}
	for k := e; k > 0; {
		e, k = k, m.any(k, "了", "出", "个", "点", "些", "一点", "一句", "句", "过", "来", "的")
	}
	return m.any(e, "口风", "风声", "风", "底", "消息", "信", "话", "嘴") > 0
}

// newcomers are the verbs with which somebody new is come by or entered.
var newcomers = words("挖 扫 找 碰 遇 认识 接触 开发 发展 拓展 拓 陌拜 地推 建 录 登记 报备 加 增 添 新增 新加 新建 结识 搭上 谈 跑 摸 搜 捡 认 联系 对接 介绍 发掘 撞 探")

// newcomer reports that somebody new was come by or entered.
func (m *message) newcomer(from, to int) bool { return m.newcomerEnd(from, to) > 0 }

// newcomerEnd is the end of a verb of coming by somebody with the measure word and the noun, -1 for none: 挖到一家新店, 新加一个客户,
// 新增意向客户, 又开发一客户.
func (m *message) newcomerEnd(from, to int) int {
	for i := from; i < to; i++ {
		e := m.any(i, newcomers...)
		if e < 0 || m.used[i] || m.denied(i) {
			continue
		}
		if k := m.any(m.opt(e, "一个", "个", "一位", "了个", "了一个"), "意向客户", "潜在客户", "准客户", "新客户", "新户", "意向户"); k > 0 {
			return k
		}
		for k := e; k > 0; {
			e, k = k, m.any(k, "了", "到", "上", "着", "出", "过", "下", "起", "一", "1")
		}
		if k := m.any(e, "客户", "单位"); m.before(e, "一", "1") && k > 0 {
			return k
		}
		if e = m.any(e, "个", "家", "所", "位", "间", "户"); e < 0 {
			continue
		}
		for k := e; k <= min(e+5, to-1); k++ {
			if end := m.any(k, newNouns...); end > 0 {
				if m.has(i, k, "给", "跟", "帮", "老客户", "的客户") {
					break
				}
				return end
			}
		}
	}
	return -1
}

// newNouns are what such a verb comes by.
var newNouns = words("诊所 小店 小厂 五金店 粮油店 模具厂 加工厂 小超市 培训班 幼儿园 客户 单位 新户 新店 新厂 新公司 新学校 新医院 新诊所 新企业 门店 商户 终端 网点 企业 新超市 新园 新机构 机构 大户 散户 农户 种植户 养殖户 潜在 意向户")

// boundWords are the characters of surnames that are part of a word, with what then stands before or behind them.
var boundWords = map[rune]struct{ front, behind []string }{
	'方': {words("我 贵 对 乙 甲 校 院 厂 双 各 三 官 地 多 资 买 卖 店 客 警 敌 东 西 南 北 己 供 需 施工 双"), nil},
	'管': {words("主 保 掌 监 接 托 分 共 只"), words("采购 仓 设备 财务 后勤 技术 生产 质量 库 钱 账 事 销售 理 检验 信息 总务 工程 货 物资 后厨 运营")},
	'车': {nil, words("间 队 辆")},
	'班': {nil, words("主任 长 组")},
	'国': {words("全 中 外 本"), nil},
	'高': {nil, words("级")},
	'安': {words("公 保"), words("装 全 保")},
	'应': {nil, words("用 急 收")},
	'项': {nil, words("目")},
	'党': {nil, words("委 支")},
	'纪': {nil, words("委 检")},
	'常': {nil, words("务 驻 委")},
	'水': {nil, words("电 务 利")},
	'金': {words("现 资 基 奖 租"), words("融")},
	'关': {words("有 相 机 公 海"), words("键")},
	'支': {nil, words("部 队 行 书")},
	'单': {nil, words("位")},
	'文': {nil, words("员 秘")},
	'房': {nil, words("产 东")},
	'农': {nil, words("艺 业 技 场")},
	'连': {nil, words("锁")},
	'门': {nil, words("诊 店")},
	'宣': {nil, words("传")},
	'储': {nil, words("备 运")},
	'司': {words("我 贵 公 上"), words("机 法")},
	'计': {words("会 统 设 预 估 共 合 总 累 生"), words("划 算 量 价 费 提 时 件")},
	'占': {words("抢 霸"), words("用 领 据 地 比")},
	'晋': {nil, words("级 升")},
	'养': {nil, words("护 殖 老")},
	'施': {nil, words("工")},
	'经': {nil, words("营")},
}

// boundSurname reports that the surname at i is part of a word: 我方工程师, 主管经理, 车间主任.
func (m *message) boundSurname(i int) bool {
	w, ok := boundWords[m.at(i)]
	return ok && (m.before(i, w.front...) || m.any(i+1, w.behind...) > 0)
}

// surnameMisheard finds the contact right behind the customer's name whose surname is written as another that sounds the same:
// 神主任 for 沈主任.
func (m *message) surnameMisheard(from, to int, customer ID) (ContactRef, bool) {
	for _, h := range m.hits {
		if customer == 0 || h.i < from || h.i >= to || h.ref.ID != customer {
			continue
		}
		i := m.blank(m.opt(m.blank(h.j), "的", "那边的", "那边", "这边"))
		e, _, typo := m.titleAt(i + 1)
		if e < 0 || typo || !m.free(i, e) || i >= len(m.r) || !isHan(m.r[i]) || strings.ContainsRune("总老小大新副正那这我你他前后", m.r[i]) {
			continue
		}
		var fits []Contact
		for _, c := range m.x.ContactsOf(customer) {
			s := []rune(c.Name)
			if len(s) > 1 && s[0] != m.r[i] && soundOf(s[0]) == m.heard[i] && len(m.fitting(mention{surname: string(s[0]), title: m.titleWord(i + 1)}, customer)) > 0 {
				fits = append(fits, c)
			}
		}
		if len(fits) == 1 {
			m.mark(i, e)
			return ContactRef{ID: fits[0].ID, Why: m.why(i, e)}, true
		}
	}
	return ContactRef{}, false
}

// inCharge is what the person named at i is said to look after: 管采购的是|谭经理.
func (m *message) inCharge(i int) string {
	k := m.back(i, "是", "的", "人", "叫", "现在", "为")
	if k == i {
		return ""
	}
	for _, list := range [][]string{leadTitles, departments} {
		for _, w := range list {
			if n := len([]rune(w)); m.before(k, w) && m.before(k-n, "管", "负责", "分管", "主管", "搞", "跑", "对接", "抓") {
				return w
			}
		}
	}
	return ""
}

// calledLater is how somebody of a surname is spoken of behind rune i: 姓翟,翟科长.
func (m *message) calledLater(i, to int, surname string) (string, int, int) {
	for k := i; k < to; k++ {
		if s := m.lit(k, surname); s > 0 && !m.used[k] {
			if e, title, typo := m.titleAt(s); e > 0 && !typo && e <= to && title != "" {
				return surname + title, k, e
			}
		}
	}
	return "", 0, 0
}
