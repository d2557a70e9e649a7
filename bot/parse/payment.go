package parse

import (
	"slices"
	"strings"
)

var paymentWords = words("进的账 入的账 到的账 进了账 入了账 过数 过了数 入数 入了数 找数 过账 回款 到账 到帐 打款 进账 进帐 入帐 款子 汇票 承兑 尾款 货款 首付款 首付 预付款 定金 订金 转账 结款 付款 收款 进度款 结清 入账 付清 汇款 电汇 款到 期款 质保金 余款 钱到 款项 支票 欠款 付讫 还款 还清 打到 材料款 设备款 票款 机款 的款 笔款 拨款 拨付 放款 液款 灯款 管款 款到 水单 付款凭证 打款凭证 汇款单 银行回单 缴款 转账截图 付款截图 打款截图 付款回单 打款回单")

// payVerbs are verbs of paying of one character with what they must not be part of, behind and before them.
var payVerbs = []struct {
	verb          rune
	behind, front []string
}{
	{'打', words("折 样 电话 算 听 开 印 包 交道 扰 造 招呼 磨 孔 桩 卡 广告 擦 扫 架 头 动 断 工 击 气 样品 不开 标 对 错 趟 个折 车 的车"), words("角 拍 冲 敲 一")},
	{'付', words("出 费 方式 条件 周期 比例 期限"), words("交 托 应 对 垫")},
	{'汇', words("报 总 率 集 演 编"), words("词 外")},
	{'转', words("介绍 正 达 告 换 速 起 动 型 发 产 机 运 岗 院 科 交 悠 不动 向 不"), words("好 周 中 不 运 旋 反 扭")},
	{'结', words("果 束 构 块 合 论 婚 实 尾 冰 晶 交 识"), words("总 团 凝 联 冻 打 小")},
}

// payVerb finds a verb of paying in runes i to j that is neither ours nor denied to be one: 下周三能打, 微信付了.
func (m *message) payVerb(i, j int) int {
	for k := i; k < j; k++ {
		if m.used[k] || m.inTime(k, k+1) {
			continue
		}
		for _, v := range payVerbs {
			if m.r[k] != v.verb || m.any(k+1, v.behind...) > 0 || m.before(k, v.front...) || m.before(k, "我", "我们", "咱们", "给他们", "给客户") {
				continue
			}
			if v.verb == '打' && m.rateAt(m.blank(k+1)) {
				continue // 打95折
			}
			return k
		}
	}
	return -1
}

func (m *message) rateAt(i int) bool {
	for _, r := range m.rates {
		if r.i >= i && r.i <= i+1 {
			return true
		}
	}
	return false
}

// payTerms reports that a clause tells on which terms is to be paid, not that it is.
func (m *message) payTerms(c clause) bool {
	return m.has(c.i, c.j, "付款方式", "付款条件", "付款周期", "账期", "付款比例", "付款期限", "预付比例", "货到付款", "款到发货", "款到提货", "款到交货", "带款提货", "先款后货", "款到开票", "见款发货", "分期付款", "付款要", "付款能", "付款分", "分期付", "分期打", "分期给", "验收后付", "月结", "季结", "票到付", "货到付", "见票付") || m.parted(c) || m.sharedOut(c)
}

// sharedOut reports that the clause says which share is to be paid when, and of no money that came: 预付30%, 剩下验收后付.
func (m *message) sharedOut(c clause) bool {
	if m.sumIn(c.i, c.j) || m.has(c.i, c.j, "了", "已", "到账", "到帐", "收到", "打来", "打过来", "转来", "付来", "进账") {
		return false
	}
	if m.has(c.i, c.j, "预付", "先付", "首付", "定金", "订金") && slices.ContainsFunc(m.rates, func(r rateHit) bool { return r.i >= c.i && r.i < c.j }) {
		return true
	}
	return m.has(c.i, c.j, "剩下", "余款", "其余", "余下", "尾款", "剩余") && m.has(c.i, c.j, "验收", "货到", "到货", "交货", "发货", "装完", "装好", "调试", "投产") &&
		m.has(c.i, c.j, "付", "结") && !slices.ContainsFunc(m.times, func(t timeHit) bool { return t.i >= c.i && t.i < c.j })
}

// parted reports that the clause says in how many parts is paid: 分三期付.
func (m *message) parted(c clause) bool {
	i := m.find(c.i, c.j, "分")
	if i < 0 || i > c.i+2 || !isDigit(m.at(i+1)) && !isChineseDigit(m.at(i+1)) && m.at(i+1) != '几' {
		return false
	}
	j := m.any(i+2, "期", "次", "批", "笔")
	return j > 0 && m.any(j, "付", "打", "给", "结", "走", "清", "支付") > 0 && !m.has(j, c.j, "了")
}

// paysIn reports words of payment in a clause.
func (m *message) paysIn(c clause) bool {
	if m.payTerms(c) {
		return false
	}
	for _, p := range m.prods {
		if p.i >= c.i && p.j <= c.j && m.any(p.j, "款", "的款", "的货款", "的尾款", "的首付", "全款", "的钱") > 0 && m.any(p.j, "的钱在", "的钱大概", "的钱有", "的钱不", "的钱只", "的钱最", "的钱控制", "的钱预") < 0 && m.any(p.j, "款式", "款型") < 0 {
			return true // 离心机款17000昨天到了
		}
	}
	return m.has(c.i, c.j, paymentWords...) || m.payVerb(c.i, c.j) >= 0 || m.pieceIn(c) >= 0 || m.instalment(c) >= 0
}

// pieceIn finds money that comes by the piece: 又进来一笔, 收了两笔.
func (m *message) pieceIn(c clause) int {
	for i := c.i; i < c.j; i++ {
		if e := m.any(i, "那笔", "这笔", "上笔"); e > 0 && !m.used[i] && m.any(m.opt(e, "钱", "款", "今天", "昨天", "刚刚", "刚", "已经", "也", "终于", "总算"), "到了", "来了", "进了", "收到", "收了", "到账", "入账", "打了", "付了", "转了", "结了") > 0 {
			return i
		}
		if e := m.any(i, "一笔", "两笔", "三笔", "几笔", "1笔", "2笔"); e > 0 && !m.used[i] && m.before(i, "进来", "进了", "来了", "到了", "收了", "收到", "打了", "打来", "打过来", "转来", "转了", "付了", "回了", "划来", "汇来", "汇了", "入了", "又到", "又来", "又进", "到") && m.any(e, "订单", "单子", "生意", "业务") < 0 && !m.denied(i) {
			return i
		}
	}
	return -1
}

var receivedWords = words("支票进了 汇票进了 承兑进了 钱进了 款进了 款子进了 进的账 入的账 到的账 进了账 入了账 过了数 入了数 找了数 过了账 进来 回来了 退回来 收到 到账 到帐 已收 打过来 已付 付了 刚打 已到 入账 付清 结清 清了 付过来 转过来 汇过来 打了 转了 汇了 结了 款到 到了 收了 打进来 转来 打来 打的款 付来 汇来 进账 付讫 还清 收讫 打款了 已结 到手 付完 结完 回了 查到了 查到 收着了 收着 收悉 收齐 收妥 收清 收全 交来 缴来 开来 送来 递来 已经到 已转 已进 水单 付款凭证 打款凭证 汇款单 银行回单 缴款 转账截图 付款截图 打款截图 付款回单 打款回单 截图 汇出 划出 转出 拿到 已汇 已打 已转 已划 查收 到位 已签收 付掉 打掉 转掉 已结算")

// otherMoney reports that the time at hand is not that of the money reported but of what is left, or of a bill that falls
// due: 刚转了三万,剩下的月底; 收到承兑一张,6月底到期.
func (m *message) otherMoney(p part, t timeHit) bool {
	c := m.clauses[t.clause]
	if m.any(m.blank(t.j), "到期") > 0 || m.before(t.i, "到期日", "到期日:") {
		return true
	}
	if m.sumIn(c.i, c.j) && !m.paidBefore(p, c) || !m.has(c.i, c.j, "剩", "余款", "尾款", "其余", "下一笔", "下次", "另外的", "质保金", "后面的") {
		return false
	}
	for _, s := range m.sums {
		if s.i >= p.i && s.i < c.i {
			return true
		}
	}
	return false
}

// paidBefore reports a sum in an earlier clause that has come in: 刚转了4万2,还剩….
func (m *message) paidBefore(p part, c clause) bool {
	return slices.ContainsFunc(m.clauses, func(b clause) bool {
		return b.i >= p.i && b.i < c.i && m.sumIn(b.i, b.j) && (m.findSaid(b.i, b.j, receivedWords...) >= 0 || m.has(b.i, b.j, "回款", "收款", "到款") && b.tense != TenseFuture)
	})
}

var owedWords = words("还欠 没付 未付 没结 没回款 欠款 欠我们 还剩 没打 没回 未结 未回 拖着 挂着 挂账 还差 还没付 还没打 还没结 欠着 没给钱")

// paymentIn reports news of money that came or is to come.
func (m *message) paymentIn(from, to int) bool {
	for _, s := range m.sums {
		if s.i < from || s.i >= to {
			continue
		}
		c := m.clauses[s.clause]
		if m.supposed(c, s.i) || m.idiomSum(s) {
			continue
		}
		if m.before(s.i, "预算", "单价", "便宜", "便宜了", "贵", "贵了") || m.perUnit(s) || m.has(max(c.i, s.i-6), s.i, "预算", "报价", "报了", "报到", "降到", "降了") {
			continue
		}
		if m.capitals(s) && !m.has(c.i, c.j, "报", "合同额", "合同总", "总价", "预算", "中标", "单价") {
			return true // 现金交来柒仟贰佰元整
		}
		if m.paysIn(c) || m.receiptIn(c) || m.arrives(s) || m.numberedPart(s, to) || m.has(c.i, c.j, owedWords...) && !m.has(c.i, c.j, "报过去", "报了", "报给") || m.before(s.i, "还了", "归还了", "还上了", "还来", "现款", "现金", "付现", "现付", "现结", "又到了", "又进了", "又来了", "安排", "支付", "欠的", "先安排", "给我们", "再给") {
			return true
		}
		if m.comesToUs(s, to) || m.toldAround(s, from, to) || m.comesOut(s) || m.cameIn(s) || m.oneOfParts(s) && m.has(s.j, min(to, s.j+16), "到", "收", "进", "来", "付", "打", "转", "汇", "结") {
			return true
		}
		if m.before(s.i, "剩的", "剩下的", "剩下", "余下的", "差的", "欠着的", "拖着的", "拖的", "挂着的") && m.has(s.j, c.j, "给", "付", "打", "安排", "结", "清", "汇", "转", "到") {
			return true
		}
		end := c.j
		if k := s.clause + 1; k < len(m.clauses) && m.clauses[k].j <= to && m.plain(clause{i: s.j, j: c.j}) == 0 {
			end = m.clauses[k].j
		}
		if m.before(s.i, "那笔", "这笔", "上笔", "上一笔", "那笔款") && m.any(m.opt(s.j, "的"), "单", "订单", "合同", "标", "生意", "项目", "报价", "预算", "采购", "货") < 0 &&
			m.has(s.j, end, "付", "打", "安排", "结", "清", "汇", "转", "到", "拖", "走", "处理") {
			return true // 那笔12万8鲁厂长说下周五之前安排
		}
		if m.comesNext(s, to) {
			return true
		}
		if m.has(c.i, c.j, "收到", "已收") && !m.has(from, to, "订单", "报价") && !m.has(c.i, c.j, sampleWords...) {
			return true
		}
		bare := m.plain(c)-(s.j-s.i) <= 6 && !m.has(c.i, c.j, "订单", "合同额", "总价", "报", "签")
		beside := []int{s.clause - 1, s.clause + 1}
		if m.plain(c)-(s.j-s.i) <= 1 {
			beside = append(beside, s.clause-2) // 款子这个月付不出,要拖到下月10号,6.8万
		}
		for _, k := range beside {
			if k >= 0 && k < len(m.clauses) && !m.payTerms(m.clauses[k]) && m.clauses[k].i >= from && m.clauses[k].i < to && (bare && m.paysIn(m.clauses[k]) || m.has(m.clauses[k].i, m.clauses[k].j, "回款", "到账", "尾款", "期款", "货款", "打款", "汇款", "款到") && !m.has(c.i, c.j, "预算", "总价", "订单", "签")) {
				return true
			}
		}
	}
	if !m.sumIn(from, to) && m.moneyToCome(from, to) {
		return true
	}
	return !m.sumIn(from, to) && m.says(from, to, "到账了", "打过来了", "已付清", "已结清", "结清了", "付清了", "汇票收", "收到汇票", "款到了", "已到账", "款付了", "回款到", "货款收到", "收到货款", "款子到", "尾款到", "尾款付")
}

// capitals reports a sum in the numerals of bills: 柒仟贰佰元整.
func (m *message) capitals(s sumHit) bool {
	return strings.ContainsAny(m.cut(s.i, s.j), "壹贰叁肆伍陆柒捌玖") && m.before(s.j, "整", "正", "元", "圆")
}

// moneyToCome finds money that is told to come, without how much: 货款这周能走, 剩下的货款清明后安排.
func (m *message) moneyToCome(from, to int) bool {
	for k, c := range m.clauses {
		if c.i < from || c.i >= to || m.payTerms(c) || m.commitAt(c) >= 0 || m.asksUs(c) || m.hypothetical(k) || m.has(c.i, c.j, "催", "让我", "要求", "发票", "对账", "问") {
			continue
		}
		i := m.find(c.i, c.j, "货款", "尾款", "款子", "余款", "首付", "预付款", "定金", "进度款", "质保金", "欠款", "的款", "的钱", "设备款")
		if i < 0 || !slices.ContainsFunc(m.times, func(t timeHit) bool {
			return t.clause == k && t.i > i && !t.due.IsZero() && !t.due.Before(midnight(m.now))
		}) {
			continue
		}
		if v := m.find(i, c.j, "能走", "会走", "走账", "安排", "能付", "能打", "能到", "会付", "会打", "会到", "付", "打", "汇", "转", "结", "清", "给", "到"); v >= 0 && !m.denied(v) {
			return true
		}
	}
	return false
}

// paymentStatus tells money that came from money to come. What is said to be there counts, whatever is still owed.
func (m *message) paymentStatus(p part, w When) PaymentStatus {
	has := func(ws ...string) bool { return m.has(p.i, p.j, ws...) }
	if !w.Start.IsZero() && w.Start.After(m.now) && !sameDay(w.Start, m.now) {
		return PaymentExpected
	}
	for _, c := range m.clauses {
		if c.i >= p.i && c.i < p.j && c.tense != TenseFuture && m.paidToUs(c) {
			return PaymentReceived
		}
	}
	waits := words("缓 宽限 晚点 推迟 延期 延后 预计 能到 准备 安排 打算 答应 承诺 会付 会打 要付 争取 计划 才能 还没 催 没到账 未到 等 拖 说付 要打 说打 说好 最迟 最晚 保证 付款申请 提交付款 走付款 申请付款 请款 付款流程")
	for _, c := range m.clauses {
		if c.i < p.i || c.i >= p.j || m.has(m.ofThePast(c), c.j, waits...) {
			continue
		}
		i := m.findSaid(c.i, c.j, receivedWords...)
		if i >= 0 && m.byThen(i) {
			return PaymentExpected
		}
		if i >= 0 && !(m.any(i, "收到") > 0 && m.has(c.i, c.j, "发票", "账单", "对账", "通知", "函")) {
			return PaymentReceived
		}
	}
	for _, c := range m.clauses {
		if c.i >= p.i && c.i < p.j && m.receiptIn(c) && !m.has(c.i, c.j, waits...) {
			return PaymentReceived
		}
	}
	if i := m.find(p.i, p.j, "给了张", "给了一张", "开了张", "开了一张", "给了我们", "交了张", "拿来一张", "拿来张", "给来", "带来一张", "给我们开了"); i >= 0 && !m.denied(i) && m.has(i, p.j, "承兑", "支票", "汇票", "本票", "现金") {
		return PaymentReceived
	}
	if i := m.find(p.i, p.j, accounts...); i >= 0 && m.has(max(p.i, i-8), i, "到了", "进了", "已经到", "已到", "打到") || i >= 0 && m.has(max(p.i, i-6), i, "到", "进") && m.any(m.any(i, accounts...), "了") > 0 {
		return PaymentReceived
	}
	if m.arrivedAlone(p) {
		return PaymentReceived
	}
	if m.headed(p.i, p.j) && !m.has(0, m.hits[0].i, "要", "会", "预计", "应", "该", "待", "催", "下周", "明天", "计划") {
		return PaymentReceived
	}
	if m.paysLater(p) || m.willPay(p) {
		return PaymentExpected
	}
	switch {
	case has("走完流程", "走流程", "在走流程", "流程要", "流程大概", "流程还", "等审批", "在审批", "排款", "收到后", "开票后", "验收后", "到票后", "内转", "内付", "内打", "工作日内"), has(waits...) || has(owedWords...) || has("欠", "能付", "能打", "下周付", "会转", "给不了"):
		return PaymentExpected
	case !w.Start.IsZero() && !w.Start.After(m.now), has("回款", "打款", "收款", "付款", "付", "转账", "汇款", "电汇"):
		return PaymentReceived
	}
	return ""
}

// byThen reports that the word of payment at i is to hold by some time: 暑假结束前|付清.
func (m *message) byThen(i int) bool {
	for k := i; k > 0; {
		b := m.back(k, "一次性", "全部", "全额", "全", "都", "就", "把款", "款", "给我们", "给咱们", "一起", " ")
		if b == k {
			return m.before(k, "前", "之前", "以前", "之内", "以内") && !m.before(k, "目前", "提前", "日前", "此前", "前前")
		}
		k = b
	}
	return false
}

// comesToUs reports a sum that is told to come, by words for our account or for the way it takes: 周五走账, 下周一到我们账上.
func (m *message) comesToUs(s sumHit, to int) bool {
	c := m.clauses[s.clause]
	end := c.j
	if k := s.clause + 1; k < len(m.clauses) && m.clauses[k].j <= to && m.plain(clause{i: s.j, j: c.j}) <= 1 {
		end = m.clauses[k].j
	}
	if m.has(c.i, c.j, "预算", "报价", "单价", "总价", "合同额", "便宜", "嫌") {
		return false
	}
	if m.plain(clause{i: c.i, j: c.j})-(s.j-s.i) <= 2 {
		for k := s.clause + 1; k <= s.clause+2 && k < len(m.clauses) && m.clauses[k].j <= to; k++ {
			if b := m.clauses[k]; m.before(b.j, "能到", "会到", "到账", "能下来", "能打", "能付", "走完") && !m.denied(b.j-2) && slices.ContainsFunc(m.times, func(t timeHit) bool { return t.clause == k && !t.due.IsZero() }) {
				return true // 金华一中的9.6万,国库流程在走,2月初能到
			}
		}
	}
	i := m.find(s.j, end, "走账", "走款", "到我们账", "到咱账", "到咱们账", "到账上", "上账", "打给我们", "转给我们", "汇给我们", "付给我们", "打给咱", "转给咱")
	if i < 0 {
		i = m.find(c.i, s.i, "给我们转", "给我们打", "给我们汇", "给我们付", "给咱转", "给咱打", "给咱们转", "给咱们打")
	}
	return i >= 0 && !m.denied(i)
}

// ofThePast is where a clause goes on behind what only tells how long the money was owed: 把拖了俩月的|8600块清了.
func (m *message) ofThePast(c clause) int {
	for _, s := range m.sums {
		if s.i >= c.i && s.i < c.j && m.before(s.i, "的") && m.has(c.i, s.i, "拖", "欠", "压") && m.has(s.j, c.j, "清了", "结了", "付了", "打了", "转了", "汇了", "还了", "清完", "结清", "付清") {
			return s.i
		}
	}
	return c.i
}

// paidToUs reads a verb of paying with us and the sum behind it: 微信转我八千六.
func (m *message) paidToUs(c clause) bool {
	for _, s := range m.sums {
		if s.i < c.i || s.i >= c.j {
			continue
		}
		i := m.back(s.i, "我们", "咱们", "咱", "我", "给")
		if v := m.payVerb(max(c.i, i-1), i); i < s.i && v >= 0 && !m.has(c.i, v, "会", "要", "能", "再", "说", "准备", "答应", "先", "让", "等", "前") {
			return true
		}
	}
	return false
}

// paysLater reports a verb of paying beside a day to come in a clause of p: 合计2900,月底结.
func (m *message) paysLater(p part) bool {
	for _, t := range m.times {
		if t.i < p.i || t.j > p.j || t.due.IsZero() || !t.start.After(m.now) && !t.due.After(m.now) || t.form == formLast {
			continue
		}
		if v := m.payVerb(t.j, m.clauses[t.clause].j); v >= 0 && v <= t.j+3 && m.any(v+1, "了", "过", "完", "好", "掉", "清了") < 0 {
			return true
		}
	}
	return false
}

// instalment finds a part of a price by its name: 头款, 首批款, 二期款, 灯款.
func (m *message) instalment(c clause) int {
	for i := c.i + 1; i < c.j; i++ {
		if m.r[i] == '款' && !m.used[i] && strings.ContainsRune("头尾首期末货余欠票料度全半批笔节程", m.r[i-1]) && m.any(i, "款式", "款型", "款待") < 0 {
			return i
		}
	}
	return -1
}

// headed reports a sum of a list whose head says that money came: 昨天到账两笔,甲12万5,乙3万8.
func (m *message) headed(from, to int) bool {
	if len(m.hits) < 2 || !m.sumIn(from, to) || m.sumIn(0, m.hits[0].i) {
		return false
	}
	head := clause{i: 0, j: m.hits[0].i}
	return m.plain(head) >= 3 && m.has(0, head.j, "到账", "到帐", "回款", "收款", "进账", "打款", "收到", "收了", "进了", "来了") && m.has(0, head.j, "笔", "家", ":", "回款", "如下", "分别") && !m.has(from, to, "预算", "报价", "单价", "合同额", "订单", "欠")
}

// willPay finds 就, 再 or 才 before a verb of paying that has no result: 开学后就结, 验收完再付.
func (m *message) willPay(p part) bool {
	for i := p.i; i < p.j; i++ {
		if m.used[i] || !strings.ContainsRune("就再才", m.r[i]) {
			continue
		}
		if v := m.payVerb(i+1, min(p.j, i+3)); v >= 0 && m.any(v+1, "了", "过了", "完了", "掉了", "清了") < 0 {
			return true
		}
	}
	return false
}

// paidIn reports that nothing but a time stands between the number that ends at i and a verb of paying: 96000|这个月底结清.
func (m *message) paidIn(i int) bool {
	k := m.blank(i)
	if m.at(k) == ',' {
		k = m.blank(k + 1)
	}
	if !m.inTime(k, k+1) {
		return false
	}
	for m.inTime(k, k+1) || m.at(k) == ' ' || m.any(k, "能", "会", "就", "可以", "要", "再", "前") > 0 {
		k++
	}
	return m.any(k, "到账", "进账", "入账", "结清", "付清", "打过来", "转过来", "汇过来", "付过来", "打款", "付款", "汇款", "打给", "转给", "汇给", "付给", "到的", "进的", "打来的", "付的", "转的", "到了") > 0
}

// numberedPart reports a sum that is a numbered part of a price and on its way: 第二期20万,下周走流程.
func (m *message) numberedPart(s sumHit, to int) bool {
	i := m.back(s.i, "的", "款", "还有", "是", ":", " ")
	for _, w := range []string{"期", "笔"} {
		if m.before(i, w) && i >= 3 && (m.at(i-3) == '第' || m.any(i-2, "首", "一", "二", "三", "末", "尾", "头", "两", "1", "2", "3") > 0) && m.at(i-2) != '几' {
			return m.has(s.j, min(to, s.j+24), "到", "付", "打", "结", "走流程", "走账", "安排", "批", "转", "汇", "流程") && !m.has(max(0, i-8), i, "订单", "采购", "合同")
		}
	}
	return false
}
