package parse

import (
	"slices"
	"strings"
)

// part is the piece of a message about one customer.
type part struct {
	i, j  int
	hit   *customerHit
	apart bool // told apart by its people from one that is named in the same breath
}

// parts cuts the message where another customer comes up: at the beginning of that customer's clause.
func (m *message) partsOf() []part {
	var out []part
	for k := range m.hits {
		h := &m.hits[k]
		if len(out) > 0 && sameRef(out[len(out)-1].hit.ref, h.ref) || len(out) > 0 && m.mere(h) || m.aside(k) || m.heads(k) || len(m.hits) == 1 && m.ownBefore(h) && m.mere(h) {
			continue
		}
		if n := len(out); n > 0 && m.takenBack(out[n-1].hit.j, h.i) {
			out[n-1].hit = h
			continue
		}
		start := 0
		if len(out) > 0 {
			start = h.i
			c := m.clauses[m.clauseAt(h.i)]
			if c.i > out[len(out)-1].hit.i {
				start = c.i
			}
			out[len(out)-1].j = start
		}
		out = append(out, part{i: start, j: len(m.r), hit: h})
	}
	if len(out) == 0 {
		out = []part{{j: len(m.r)}}
	}
	if told := m.byPeople(out); told != nil {
		return told
	}
	return out
}

// takenBack reports that between two names the first is taken back: 海纳…不对,海天机电.
func (m *message) takenBack(i, j int) bool {
	for i < j && strings.ContainsRune(" ,.。;…", m.r[i]) {
		i++
	}
	if k := m.any(i, "那边", "这边"); k > 0 {
		for i = k; i < j && strings.ContainsRune(" ,.。;", m.r[i]); {
			i++
		}
	}
	if m.at(i) == '不' && (!isHan(m.at(i+1)) || m.any(i+1, "是") > 0) && i+1 < j { // 啊不,是…
		i++
		for i < j && (strings.ContainsRune(" ,.。;…", m.r[i]) || m.any(i, "应该是", "是") > 0) {
			i = max(i+1, m.any(i, "应该是", "是"))
		}
		return i == j
	}
	e := m.any(i, "更正", "不对不对", "不对", "不是", "哦不", "错了", "说错了", "我说错了")
	if e < 0 {
		return false
	}
	for e < j && (strings.ContainsRune(" ,.。;…", m.r[e]) || m.any(e, "应该是", "是") > 0) {
		e = max(e+1, m.any(e, "应该是", "是"))
	}
	return e == j
}

// mere reports a customer who is only compared with: 和恒大一样, 恒大也在用.
func (m *message) mere(h *customerHit) bool {
	if m.before(h.i, "听说", "据说", "知道", "看见", "看到", "看", "听") && m.ownBefore(h) {
		return true
	}
	return m.any(h.j, "也在用", "也用", "那种", "一样", "同款", "介绍的", "介绍来", "推荐") > 0 || m.before(h.i, "像", "参考", "和", "跟", "比") && m.any(h.j, "一样", "同样", "那样", "差不多") > 0
}

func sameRef(a, b CustomerRef) bool {
	return a.ID == b.ID && slices.Equal(a.Candidates, b.Candidates) && a.NewName == b.NewName
}

// frame reads one part.
func (m *message) frame(p part) Frame {
	f := Frame{Why: m.why(p.i, p.j)}
	m.who(&f, p)
	kind := m.kindOf(p.i, p.j)
	f.Kind = kind
	for _, h := range m.prods {
		if h.i >= p.i && h.i < p.j && !h.past && !slices.ContainsFunc(f.Products, func(r ProductRef) bool { return r.ID == h.ref.ID }) {
			f.Products = append(f.Products, h.ref)
		}
	}
	m.pastProducts(&f, p)
	for _, h := range m.papers {
		if h.i >= p.i && h.i < p.j && f.Contract.No == "" {
			f.Contract = h.ref
		}
	}
	m.contractByNumber(&f, p)
	f.Amounts = m.amounts(p.i, p.j, kind)
	m.quantities(&f, p)
	if kind == KindQuote {
		f.Amounts = total(f.Amounts, f.Quantities, m.discount(p.i, p.j).Percent != "" && !m.netPrice(p))
	}
	f.Promises = m.promises(p.i, p.j, kind)
	f.Objections = m.objections(p.i, p.j)
	f.Needs = m.needs(p.i, p.j)
	f.Discount = m.discount(p.i, p.j)
	f.Stage = m.stage(p.i, p.j, kind, f.Customer.NewName != "")
	f.When = m.when(p, kind)
	if m.phone.Value != "" && m.phone.Why.Start >= m.off[p.i] {
		f.Phone = m.phone
	}
	for _, r := range m.rivals {
		if r.i >= p.i && r.i < p.j && f.Competitor.Name == "" {
			f.Competitor = r.ref
		}
	}
	for _, h := range m.company {
		if h.i >= p.i && h.i < p.j {
			f.Companions = append(f.Companions, h.ref)
		}
	}
	f.Hearsay = m.has(p.i, p.j, hearsayWords...)
	m.byKind(&f, p)
	return f
}

// byKind fills what only some kinds have.
func (m *message) byKind(f *Frame, p part) {
	switch f.Kind {
	case KindPayment:
		f.Payment = m.paymentStatus(p, f.When)
		if f.When.IsZero() && f.Payment == PaymentReceived && m.has(p.i, p.j, "刚", "今天", "刚刚") {
			f.When = When{Start: midnight(m.now)}
		}
	case KindComplaint:
		if f.Issue = m.issue(p.i, p.j); f.Issue == "" {
			f.Issue = m.issueByProduct(f)
			if len(f.Quantities) == 1 && f.Quantities[0].Of == OfDamage {
				f.Issue = IssueDamage
			}
		}
		if len(f.Quantities) > 1 && f.Quantities[0].Of == OfShortage && f.Issue == IssueDamage {
			f.Issue = IssueShortage // 缺3箱,另外有2箱破包
		}
		f.Service = m.service(p.i, p.j)
	case KindSample:
		f.Sample, f.Tracking = m.sampleAction(p.i, p.j), m.track
		if f.Sample == SampleFeedback {
			f.Sentiment = m.sentiment(p.i, p.j)
		}
	case KindAfterSales:
		f.Service = m.service(p.i, p.j)
		if f.Service == nil {
			f.Service = &Service{What: ServiceAdvice, Text: f.Why.Text, Why: f.Why}
		}
	case KindTraining:
		f.Training, f.Sentiment = m.training(f, p), m.sentiment(p.i, p.j)
	case KindVisit, KindPromise:
		f.NotMet = f.Kind == KindVisit && m.notMet(p.i, p.j)
		f.Actions = m.actions(f, p)
	}
	if f.Tracking.Value == "" && f.Kind != KindSample {
		f.Tracking = m.track
	}
}

// who fills customer and contact.
func (m *message) who(f *Frame, p part) {
	switch {
	case p.hit != nil:
		f.Customer = p.hit.ref
	default:
		f.Customer = m.unnamedCustomer(p)
	}
	if f.Contact = m.contact(p.i, p.j, f.Customer); matterNamed(f.Contact.NewName) {
		f.Contact = ContactRef{}
	}
	m.postOfNew(&f.Contact, p)
	if f.Contact.ID == 0 && f.Contact.NewName == "" && len(f.Contact.Candidates) == 0 {
		f.Contact = m.earlierContact(p, f.Customer)
	}
	if f.Contact.ID == 0 && f.Contact.NewName == "" && len(f.Contact.Candidates) == 0 {
		f.Contact = m.ownerBehind(p, f.Customer)
	}
	if f.Customer.ID == 0 && f.Customer.NewName == "" && len(f.Customer.Candidates) == 0 {
		m.customerByContact(f, p)
	}
}

// unnamedCustomer is the customer of the contract named, a new one, or the one of the conversation.
func (m *message) unnamedCustomer(p part) CustomerRef {
	for _, h := range m.papers {
		if h.i >= p.i && h.i < p.j && h.of != 0 {
			why := h.ref.Why
			why.Rule = RuleContract
			return CustomerRef{ID: h.of, Inferred: true, Why: why}
		}
	}
	if ref := m.bySerial(p); ref.ID != 0 {
		return ref
	}
	if name, i, j, sure := m.newCustomer(p.i, p.j); name != "" && (sure || m.before(i, "拜访", "拜访了", "去", "去了", "到", "到了", "从", "跑", "跑了", "走访") || !m.knowsContact(p)) {
		m.mark(i, j)
		why := m.why(i, j)
		why.Rule = RuleNew
		return CustomerRef{NewName: name, Fuzzy: !sure, Why: why}
	}
	if name, i, j, sure := m.unknownPlace(p.i, p.j); name != "" && m.earlier(p).ID == 0 {
		m.mark(i, j)
		why := m.why(i, j)
		why.Rule = RuleNew
		return CustomerRef{NewName: name, Fuzzy: !sure, Why: why}
	}
	return m.earlier(p)
}

// customerByContact finds the customer through a contact of the sender's own customers who is named in full or is the
// only one of that surname and title.
func (m *message) customerByContact(f *Frame, p part) {
	own := m.x.ownedBy(m.user)
	if len(own) == 0 || len(own) > 2000 {
		return
	}
	var found []Contact
	var span [2]int
	for i := p.i; i < p.j; i++ {
		if m.used[i] {
			continue
		}
		for _, n := range m.mentionsAt(i) {
			if n.surname == "" || n.i != i || !m.free(n.i, n.j) || len(found) > 0 || m.addressed(n) {
				continue
			}
			for _, id := range own {
				found = append(found, m.calledSo(n, id)...)
			}
			span = [2]int{n.i, n.j}
		}
	}
	if len(found) == 0 {
		found, span = m.ownContact(p, own)
	}
	switch {
	case len(found) == 1:
		why := m.why(span[0], span[1])
		m.mark(span[0], span[1])
		why.Rule = RuleContact
		f.Customer = CustomerRef{ID: found[0].Customer, Inferred: true, Why: why}
		f.Contact = ContactRef{ID: found[0].ID, Why: why}
		if ref := m.kinAt(span[1], p.j); ref.NewName != "" {
			f.Contact = ref
		} else if ref := m.brought(span[1], p.j, []ID{found[0].Customer}); ref.NewName != "" {
			f.Contact = ref
		} else if ref := m.helperNamed(span[1], p.j); ref.NewName != "" {
			f.Contact = ref
		}
	case len(found) > 1 && len(found) <= 6:
		var ids []ID
		for _, c := range found {
			ids = append(ids, c.Customer)
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > 1 {
			f.Customer = CustomerRef{Candidates: ids, Why: m.why(span[0], span[1])}
			return
		}
		why := m.why(span[0], span[1])
		why.Rule = RuleContact
		f.Customer, f.Contact = CustomerRef{ID: ids[0], Inferred: true, Why: why}, ContactRef{Why: m.why(span[0], span[1])}
		for _, c := range found {
			f.Contact.Candidates = append(f.Contact.Candidates, c.ID)
		}
	}
}

var newCues = words("朋友介绍 同学介绍 同行介绍 熟人介绍 客户介绍 老客户介绍 亲戚介绍 介绍的一家 一家新 新认识的 介绍了一家 没合作过 首次拜访 第一次拜访 首次 初次 第一次来 头回去 头一回 头一次 头次 第一回 首回 第一趟 头一趟 路过一家 认识了 刚接触 开发了 新谈了 陌拜 新客户 建档 建个档 新开 新开发 新认识 展会认识 展会上认识 新拓 新增客户 新接触 第一次去 首次拜访 转介绍 加了微信 新找到 新谈 刚认识 扫街 建个客户 新建客户 新建一个客户 加个客户 录个客户 登记个客户 报备个客户 报备客户 有个新 有家新 有一家新 来了个新 来个新 找过来 找上门 找上来 主动找来 没建档 没录过 新跑 新来的客户 新单位 认识了一家 认识一家 结识一家 结识了 接触一家 接触了一家 碰到一家 碰见一家 碰上一家 遇到一家 遇见一家 遇上一家 找到一家 聊了一家 跑了一家 去了一家 来了一家 找到一家 发现一家 碰到一家 谈了一家 首访 初访 展会 新线索 新增线索 销售线索 线索: 网上留言 官网留言 展位 名片")

// newCustomer reads the name of an institution that the master data does not hold. sure: the message says it is new.
func (m *message) newCustomer(from, to int) (name string, i, j int, sure bool) {
	sure = m.has(from, to, newCues...) || m.cameUpon(from, to) || m.newcomer(from, to) || m.namesNew(from, to) || m.firstTime(from, to)
	best := 0
	for e := from; e < to; e++ {
		end := m.orgEnd(e, sure)
		if end < 0 || end > to || !m.free(e, end) {
			continue
		}
		if d := m.department(max(from, e-2)); d == end {
			continue // 信息中心 is a part of a customer
		}
		if k := m.any(end, "股份有限公司", "有限责任公司", "有限公司", "公司", "厂", "店", "中心"); k > 0 {
			end = k
		}
		start := e
		for start > from && isHan(m.r[start-1]) && m.nameRune(start-1) && e-start < longName {
			start--
		}
		if e-start > shortName && start > from && isHan(m.r[start-1]) && !m.inTime(start-1, start) && !m.before(start, "去", "去了", "到", "到了", "见了", "跑了", "拜访了") {
			start = e - shortName // a sentence without pauses
		}
		for cut := true; cut; {
			cut = false
			for _, w := range nameLeads {
				if k := m.lit(start, w); k > 0 && k < end && !(w == "新" && m.placeEnd(start) > 0) {
					start, cut = k, true
				}
			}
		}
		start = m.trimLeads(start, end)
		if m.any(end, "博览会", "展览", "展会", "展", "市场", "行业", "协会", "大道", "路", "交易会", "产业", "城", "街", "之都", "商会", "工会", "论坛", "大会", "年会", "比赛", "节") > 0 && m.any(end, "城店", "展厅") < 0 {
			continue // 永康五金|博览会
		}
		if n := end - start; n > best && n >= 4 && (sure || n >= 5) && !m.described(start, end) && !m.noName(start, end) {
			name, i, j, best = m.cut(start, end), start, end, n
		}
	}
	if name == "" && sure {
		if name, i, j = m.nameAfterCue(from, to); name == "" {
			name, i, j = m.placedName(from, to)
		}
	}
	if name != "" && !sure && !m.has(from, i, "拜访", "去", "见", "跟", "给", "和") {
		return "", 0, 0, false
	}
	return name, i, j, sure
}

// shortName is how long a name is before its kind, longName how long when an address is part of it and a pause or where one
// went stands before it.
const shortName, longName = 14, 44

// cameUpon reads 搜到一家, 问到一家, 跑了一家: one that was not there before.
func (m *message) cameUpon(from, to int) bool {
	for i := from + 2; i < to; i++ {
		if m.any(i, "一家", "家新", "个新客户", "一个新客户") > 0 && m.before(i, "到", "着", "了") && isHan(m.r[i-2]) && !m.before(i, "选了", "定了", "签了", "给了", "换了", "对比了", "比了") {
			return true
		}
	}
	return false
}

// findNewNames enters institutions that are not known and stand in a sentence of their own beside known ones, so that
// their news is not taken for the others'.
func (m *message) findNewNames() {
	if len(m.hits) == 0 || len(m.clauses) < 2 {
		return
	}
	var fresh []customerHit
	for k, c := range m.clauses {
		if slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i >= c.i && h.i < c.j }) {
			continue
		}
		from := c.i
		cued := m.has(c.i, c.j, newCues...)
		if !cued && k > 0 && m.introducedBefore(m.clauses[k-1]) && m.placeEnd(m.blank(c.i)) > 0 {
			if name, i, j := m.placedName(c.i, c.j); name != "" {
				why := m.why(i, j)
				why.Rule = RuleNew
				fresh = append(fresh, customerHit{i: i, j: j, ref: CustomerRef{NewName: name, Why: why}})
				m.mark(i, j)
				continue
			}
		}
		if !cued && k > 0 && m.has(m.clauses[k-1].i, m.clauses[k-1].j, "新客户", "一家", "新开发", "陌拜") {
			from, cued = m.clauses[k-1].i, true
		}
		went := m.has(c.i, c.j, "去了", "拜访了", "拜访", "到了", "跑了", "见了", "走访了", "又去") && m.has(c.i, c.j, "医院", "学校", "中学", "小学", "有限公司", "公司", "超市", "幼儿园", "学院", "厂")
		if !cued && !went {
			continue
		}
		name, i, j, sure := m.newCustomer(max(from, c.i), c.j)
		if name == "" || !sure && (j-i < 6 || !m.before(i, "去了", "拜访了", "拜访", "到了", "跑了", "见了", "走访了", "又去")) {
			continue
		}
		why := m.why(i, j)
		why.Rule = RuleNew
		fresh = append(fresh, customerHit{i: i, j: j, ref: CustomerRef{NewName: name, Fuzzy: !sure, Why: why}})
		m.mark(i, j)
	}
	if len(fresh) > 0 {
		m.hits = append(m.hits, fresh...)
		slices.SortFunc(m.hits, func(a, b customerHit) int { return a.i - b.i })
	}
}

// orgEnd reads the last word of an institution's name; where the message says that it is new, also a line of business.
func (m *message) orgEnd(i int, sure bool) int {
	if j := m.any(i, orgEndings...); j > 0 {
		return j
	}
	if !sure {
		return -1
	}
	if j := m.any(i, shortOrgs...); j > 0 && (j == len(m.r) || !isHan(m.r[j])) {
		return j
	}
	if j := m.any(i, lineEndings...); j > 0 && (j == len(m.r) || !isHan(m.r[j]) || m.any(j, "的", "想", "要", "有", "做", "在", "老板", "采购", "那边", "这家", "说", "了") > 0) {
		return j
	}
	return -1
}

var lineEndings = words("护理院 养老院 敬老院 福利院 康复院 保健院 书院 精密 电器 塑料 塑业 化工 纺织 服饰 包装 印刷 建材 汽配 汽修 农场 合作社 餐厅 饭店 酒楼 茶楼 食堂 宾馆 民宿 便利 生鲜 果业 乳业 烘焙 母婴 药业 药店 口腔 体检 书店 教育 培训 学堂 图书馆 政府 能源 光电 机床 轴承 锻造 铸造 重工 物流 供应链 工贸 股份 国际 健康 医疗 医药 器械 检测 零食 副食 批发 量贩 杂货铺 小卖部 粮油 水果 大药房 连锁 工坊 工作室 事务所 站 院 园 所 坊 馆 社 行 铺 部 城 堂 校")

// nameAfterCue takes the words behind 一家, 新客户, 认识了 up to the next pause as a name: 认识了一家 昆山宏博精密.
func (m *message) nameAfterCue(from, to int) (name string, i, j int) {
	if name, i, j := m.calledOrg(from, to); name != "" {
		return name, i, j
	}
	if e := m.newcomerEnd(from, to); e > 0 {
		for e < to && (strings.ContainsRune(" :,", m.r[e]) || m.any(e, "叫", "是") > 0) {
			e++
		}
		end := e
		for end < to && isHan(m.r[end]) && m.nameRune(end) {
			end++
		}
		if n := end - e; n >= 4 && n <= 14 && (end >= to || !isHan(m.r[end])) && !m.noName(e, end) && m.any(e, "今天", "昨天", "上午", "下午", "他们", "想", "要") < 0 {
			return m.cut(e, end), e, end
		}
	}
	for k := from; k < to; k++ {
		e := m.any(k, "一家", "一家", "新客户", "新单位", "首次拜访", "第一次拜访", "陌拜了", "陌拜", "新开发了", "新开发", "开发了", "认识了", "新谈了", "朋友介绍的", "同学介绍的", "同行介绍的", "熟人介绍的", "客户介绍的", "介绍的", "介绍来的", "引荐了", "名片", "线索", "客户")
		if e < 0 {
			continue
		}
		e = m.opt(e, "一家", "叫", "是", "了")
		for e < to && strings.ContainsRune(" :,", m.r[e]) {
			e++
		}
		end := e
		for end < to && (isHan(m.r[end]) && m.nameRune(end) || isWord(m.r[end])) && m.any(end, "想", "要", "做", "老板", "采购", "经理", "主任", "对", "聊", "介绍", "那边", "负责", "也", "就", "联系") < 0 {
			end++
		}
		if n := end - e; n >= 4 && n <= 16 && isHan(m.r[e]) && !m.noName(e, end) && m.any(e, "名单", "资料", "信息", "情况") < 0 && m.any(e, "今天", "昨天", "上午", "下午", "他们", "说", "来") < 0 {
			return m.cut(e, end), e, end
		}
	}
	return "", 0, 0
}

// calledOrg reads the name of a business behind 叫: 开面包房的,叫麦香坊.
func (m *message) calledOrg(from, to int) (name string, i, j int) {
	for k := from; k < to; k++ {
		e := m.any(k, "名字叫", "店名叫", "店名", "名叫", "公司叫", "单位叫", "叫做", "叫")
		if e < 0 || m.used[k] || m.before(k, "采购", "老板", "经理", "主任", "负责人", "新来的", "对接人", "联系人", "姑娘", "小伙子") {
			continue
		}
		end := e
		for end < to && isHan(m.r[end]) && (m.nameRune(end) || end == e && m.r[end] == '和') && end-e < 16 {
			end++
		}
		if end-e >= 2 && m.before(k, "店", "厂", "公司", "超市", "幼儿园", "学校", "医院", "诊所", "馆", "坊", "机构", "作坊", "商行", "铺", "餐厅", "饭店") && (end == to || !isHan(m.at(end))) {
			return m.cut(e, end), e, end
		}
		if j := m.ofKind(end, to); j > 0 && end-e >= 2 {
			return m.cut(e, end) + m.cut(end+1, j), e, j
		}
		if n := end - e; n >= 2 && n <= 12 && (end == to || !isHan(m.at(end))) && strings.ContainsAny(m.cut(k, e), "名店公单学字") {
			return m.cut(e, end), e, end // 店名鲜多多
		} else if n >= 2 && n <= 6 && m.before(m.back(k, ",", " ", "店", "名", "它", "他们"), "的") && m.doesBusiness(from, k) && (end == to || !isHan(m.at(end))) {
			return m.cut(e, end), e, end
		} else if n >= 4 || n >= 3 && strings.ContainsRune("坊店铺行社馆堂园厂院校吧屋居阁轩庄", m.r[end-1]) {
			return m.cut(e, end), e, end
		}
	}
	return "", 0, 0
}

func (m *message) nameRune(i int) bool {
	if m.r[i] == '和' && !m.used[i] && (m.any(i-1, "仁和", "万和", "平和", "太和", "永和", "中和", "安和", "祥和", "顺和", "义和", "德和", "润和", "协和", "泰和", "民和", "家和", "人和", "惠和") > 0 || m.spelledTogether(i) || m.any(i, "和平", "和美", "和谐", "和顺", "和兴", "和润", "和泰", "和睦", "和信") > 0) {
		return true
	}
	return !m.used[i] && !m.inTime(i, i+1) && !strings.ContainsRune("了的着过在去到给跟和与把被让是有个家说", m.r[i])
}

var nameLeads = words("公司叫 店名叫 单位叫 学校叫 店名 店叫 厂叫 头一次跑 头一次去 头一次 头一回 头一趟 头次 头回 第一回 第一趟 初次 首访 趟 一趟 了趟 名叫 名字叫 叫做 叫 是一家 有一家 有家 是 展会上认识 展会认识 展会上 展会 认识了 首次 第一次 去 见 今天 昨天 上午 下午 刚刚 刚 拜访 陌拜 新客户 客户 一家 认识 新开发 新开 新增 走访 扫街 建档 开发 新 跑")

// ownedBy lists a person's customers.
func (x *Index) ownedBy(person ID) []ID {
	if person == 0 {
		return nil
	}
	var out []ID
	lost := goneCustomers
	for _, t := range x.tables() {
		for _, id := range t.owned[person] {
			if x.holds(t, lost, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
