package parse

import (
	"strings"
	"unicode/utf8"
)

// measured are what numbers without a unit of money measure, right before them: 门诊1万2, 粉丝涨到2万.
var measured = words("门诊 门诊量 急诊 急诊量 日门诊 年门诊 床位 病床 接诊 手术 手术量 检验量 标本 标本量 样本量 测试量 住院量 住院 人流 人流量 客流 客流量 车流 学生 师生 在校生 在校 生源 员工 职工 人数 总人数 人口 居民 户数 会员 会员数 粉丝 粉丝量 关注 日活 用户 阅读 阅读量 播放 播放量 浏览量 点击 点赞 下载 下载量 产能 年产 月产 日产 面积 占地 里程 公里数 公里 转速 寿命 次数 步数 走了 人次 样本 编号 尾号 工号 学号 床号 单号 门牌 邮编 分机 版本 型号 序列号 批号 代码 验证码 密码 像素 流明 色温 功率 容量 分数 总分 排名 名次 海拔 距离")

// measures reports that the number at i says how many of something there are and is no money.
func (m *message) measures(i int) bool {
	i = m.back(i, "大概", "大约", "差不多", "将近", "超过", "涨到", "有", "是", "在", "到", "约", "近", "超", "了", "达", "达到", "就有", "都有", "共", "为", ":", " ", "一年", "每年", "全年", "一天", "每天", "一个月", "每月")
	return m.before(i, measured...)
}

// houses blanks the numbers of houses, that are no days: 解放路28号, 577弄12号.
func (m *message) houses(t *text) {
	if !m.runes.has('号') {
		return
	}
	for i := 1; i+1 < len(t.r); i++ {
		if !isDigit(t.r[i]) || isDigit(t.r[i-1]) || !strings.ContainsRune("路街道巷弄", t.r[i-1]) {
			continue
		}
		j := t.skipNumber(i)
		if t.at(j) == '-' && isDigit(t.at(j+1)) {
			j = t.skipNumber(j + 1)
		}
		if e := t.any(j, "弄", "号弄", "巷"); e > 0 && isDigit(t.at(e)) {
			j = t.skipNumber(e)
		}
		if t.at(j) != '号' || t.r[i-1] == '道' && !t.before(i, "大道") || t.before(i, "一路", "顺路", "半路", "线路", "思路") {
			continue
		}
		for k := i; k <= j; k++ {
			t.r[k] = '□'
		}
	}
}

// worksOn reports that what is counted up to i are the customer's own machines: 8台机床.
func (m *message) worksOn(i int) bool {
	return m.any(i, "机床", "车床", "冲床", "铣床", "磨床", "加工中心", "注塑机", "压铸机", "CNC", "cnc", "设备", "机器", "电脑", "空调", "旧", "老", "国产", "进口", "电梯", "救护", "服务器", "叉车", "货车") > 0
}

// turnover reports a count of what is used or sold in a time and not ordered: 每天走6箱, 一个月用20桶.
func (m *message) turnover(h countHit) bool {
	k := m.back(h.i, "大概", "大约", "差不多", "能", "要", "也就", "才", "就", "约", "得")
	if !m.before(k, "走", "卖", "用", "出", "消耗", "用掉", "动销", "跑") {
		return false
	}
	c := m.clauses[h.clause]
	return m.has(c.i, k, "每天", "每店", "每日", "每月", "每周", "一天", "一个月", "一周", "一个礼拜", "一个星期", "天天", "日均", "月均", "每个月", "每个礼拜")
}

// likeListed reports that the sum is near the list price of the only product that is named and several of it are wanted: 500只,86块.
func (m *message) likeListed(s sumHit) bool {
	if s.v == nil || len(m.sums) > 3 || len(m.counts) != 1 || m.counts[0].q.Value == "1" || len(m.prods) == 0 {
		return false
	}
	for _, p := range m.prods[1:] {
		if p.ref.ID != m.prods[0].ref.ID {
			return false
		}
	}
	q, ok := m.x.Product(m.prods[0].ref.ID)
	if !ok || q.ListPrice <= 0 || q.Unit != m.counts[0].q.Unit {
		return false
	}
	fen := mul(s.v, ratInt(100))
	return fen.Cmp(ratInt(q.ListPrice*6/10)) >= 0 && fen.Cmp(ratInt(q.ListPrice*13/10)) <= 0
}

// misheardUnit is the end of a unit written as another character of its sound, behind a number and before no other word, where a
// product sold in it is named: 三百相 for 三百箱.
func (m *message) misheardUnit(i int) (string, int) {
	c := m.at(i)
	if !isHan(c) || i+1 < len(m.r) && isHan(m.r[i+1]) {
		return "", -1
	}
	for _, p := range m.prods {
		if q, ok := m.x.Product(p.ref.ID); ok && utf8.RuneCountInString(q.Unit) == 1 && sound(q.Unit) == sound(string(c)) && m.clauseAt(p.i) == m.clauseAt(i) {
			return q.Unit, i + 1
		}
	}
	return "", -1
}

// sheetFollows reports a product right behind that is counted in 块: 3块平板, not 8500块离心机款.
func (m *message) sheetFollows(j int) bool {
	for _, p := range m.prods {
		if p.i >= j && p.i <= j+1 {
			q, ok := m.x.Product(p.ref.ID)
			return ok && (q.Unit == "块" || strings.ContainsAny(m.cut(p.i, p.j), "板屏表砖片")) && m.any(p.j, "款", "的款", "钱") < 0
		}
	}
	return false
}

// specOf reports that what could be a sum is a part of the name of the product behind it: 40W|护眼灯.
func (m *message) specOf(x money) bool {
	spec := strings.ToUpper(m.cut(x.i, x.j))
	if !strings.HasSuffix(spec, "W") && !strings.HasSuffix(spec, "K") {
		return false
	}
	for _, p := range m.prods {
		if p.i < x.j || p.i > x.j+2 {
			continue
		}
		if q, ok := m.x.Product(p.ref.ID); ok && (strings.Contains(strings.ToUpper(q.Name), spec) || strings.ContainsAny(m.cut(p.i, p.j), "灯屏")) {
			return true
		}
	}
	return false
}

// theirMachines are machines of the customer's own, behind which their number stands: CNC 8台.
var theirMachines = words("CNC cnc 机床 车床 冲床 铣床 磨床 加工中心 注塑机 压铸机 叉车 货车 救护车 电梯 空调 冰柜 冷柜 货架 收银机")

// gauged are what a weight may measure instead of goods: 压力16公斤.
var gauged = words("压力 承重 载重 净重 毛重 自重 重量 体重 耐压 拉力 扭力 吨位 容量 额定 负载")

// noOrder reports that the number of units at i says how strong, how large or how many machines of the customer's own there are.
func (m *message) noOrder(i int, unit string) bool {
	k := m.back(i, " ", "有", "是", "为", "达", "到", "大概", "约", "共", "一共")
	if m.before(k, gauged...) && strings.Contains("公斤千克吨斤克升毫升", unit) {
		return true
	}
	if (unit == "台" || unit == "辆" || unit == "部" || unit == "组" || unit == "个") && m.before(k, theirMachines...) {
		return true
	}
	if unit == "平米" || unit == "平方米" {
		for _, p := range m.prods {
			if q, ok := m.x.Product(p.ref.ID); ok && q.Unit == unit {
				return false
			}
		}
		return true
	}
	return false
}
