package parse

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// message is one message while it is being read.
type message struct {
	text
	x       *Index
	now     time.Time
	user    ID
	ctx     Context
	cal     Calendar
	s       string // the uniform text
	byteAt  []int  // byte offset in s of each rune
	heard   []rune // the sound of each rune
	runes   runeSet
	pairs   pairSet
	used    []bool // runes that belong to a name, a number of something, a literal
	clauses []clause
	hits    []customerHit
	prods   []productHit
	rivals  []rivalHit
	papers  []contractHit
	phone   Text
	track   Text
	times   []timeHit
	sums    []sumHit
	rates   []rateHit
	counts  []countHit
	company []companionHit
	unclear []Unclear
}

// clause is a part of a message with one thought.
type clause struct {
	i, j  int
	tense Tense
}

type customerHit struct {
	i, j int
	ref  CustomerRef
	ids  []ID // all that fit
	how  how
}

type productHit struct {
	i, j int
	ref  ProductRef
	past bool // 上次的: not what this message is about
}

type rivalHit struct {
	i, j int
	ref  CompetitorRef
}

type contractHit struct {
	i, j int
	ref  ContractRef
	of   ID // its customer
}

type timeHit struct {
	stretch
	clause int
}

type sumHit struct {
	money
	amount Amount
	clause int
}

type rateHit struct {
	percentage
	clause int
}

type countHit struct {
	i, j   int
	q      Quantity
	clause int
}

func (p Parser) newMessage(in Input) *message {
	m := &message{text: newText(in.Text, false), x: p.Index, now: in.Now, user: in.User, ctx: in.Context, cal: p.Calendar}
	m.prose = true
	m.commonWords()
	m.levelFinals()
	m.english()
	m.dropFillers()
	m.used = make([]bool, len(m.r))
	var b strings.Builder
	m.byteAt = make([]int, 0, len(m.r)+1)
	b.Grow(3 * len(m.r))
	m.heard = make([]rune, 0, len(m.r))
	var last rune
	for _, c := range m.r {
		m.byteAt = append(m.byteAt, b.Len())
		b.WriteRune(c)
		m.heard = append(m.heard, soundOf(c))
		m.runes.add(c)
		m.pairs.add(last, c)
		last = c
	}
	m.byteAt = append(m.byteAt, b.Len())
	m.s = b.String()
	return m
}

// dropFillers blanks what transcripts of speech are full of.
func (m *message) dropFillers() {
	for i, c := range m.r {
		switch c {
		case '嗯', '呃', '唉', '哎', '噢', '哦', '啊', '呀', '嘛', '哈':
			if c != '嘛' || m.at(i-1) != '干' {
				m.r[i] = ' '
			}
		}
	}
	for i := range m.r {
		if j := m.any(i, "那个 "); j > 0 && i == m.blank(0) {
			m.r[i], m.r[i+1] = ' ', ' '
		}
		if j := m.any(i, "就是说", "那个那个", "这个这个", "怎么说呢", "让我跟你说一声", "让我跟你说", "我跟你说一声", "我跟你说", "跟你说一声", "跟你说个事", "跟你说下", "跟你讲一声", "跟你汇报一下", "跟您汇报一下", "跟领导汇报一下", "跟你报备一下"); j > 0 {
			for k := i; k < j; k++ {
				m.r[k] = ' '
			}
		}
	}
	m.asides()
	m.fractions()
	m.listMarks()
	m.numbered()
	m.spaced()
	m.ordinals()
	for i := 0; i+1 < len(m.r); i++ { // enumerations: 1明天发参数 2周五前报价
		if c := m.r[i]; c >= '1' && c <= '9' && (i == 0 || strings.ContainsRune(" :,;\n", m.r[i-1])) {
			j := i + 1
			if strings.ContainsRune(".,、)", m.r[j]) && !isDigit(m.at(j+1)) {
				m.r[i], m.r[j] = ',', ' '
			} else if isHan(m.r[j]) && m.any(j, "明", "后", "今", "下", "本", "这", "周五", "周一", "周二", "周三", "周四", "先", "寄", "发", "送", "报") > 0 {
				m.r[i] = ','
			}
		}
	}
}

// from is the uniform text from rune i on.
func (m *message) from(i int) string { return m.s[m.byteAt[i]:] }

func (m *message) cut(i, j int) string { return m.s[m.byteAt[i]:m.byteAt[j]] }

func (m *message) mark(i, j int) {
	for k := i; k < j; k++ {
		m.used[k] = true
	}
}

func (m *message) free(i, j int) bool {
	for k := i; k < j; k++ {
		if m.used[k] {
			return false
		}
	}
	return true
}

// rest is the text with all names taken out, for reading times and numbers.
func (m *message) rest() text {
	t := m.text
	t.r = append([]rune(nil), m.r...)
	partedDays(t.r)
	t.numbers = map[numberAt]numberRead{}
	for i, u := range m.used {
		if u {
			t.r[i] = '□'
		}
	}
	return t
}

var (
	phonePattern    = regexp.MustCompile(`(?:^|[^0-9A-Za-z])(1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?:$|[^0-9])`)
	trackPattern    = regexp.MustCompile(`(?i)(?:^|[^A-Za-z0-9])((?:SF|YT|ZTO|STO|JD|JDV|EMS|DB|DPK|YD|JT)[A-Z]{0,2}\d{8,18})`)
	carriers        = words("单号 运单 快递号 物流号 顺丰 中通 圆通 韵达 申通 邮政 京东 德邦 极兔")
	trackWords      = regexp.MustCompile(`(?:` + strings.Join(carriers, "|") + `)[^0-9A-Za-z]{0,4}([A-Za-z]{0,4}\d{8,18})`)
	contractPattern = regexp.MustCompile(`(?i)(?:^|[^A-Za-z0-9])((?:HT|XS|CG|SO|XSHT|CT|PO)[- ]?(?:19|20)\d{2}[- ]?\d{2,6})`)
	linkPattern     = regexp.MustCompile(`https?://[^ \x{3000}-\x{ffff}]+`)
	roomPattern     = regexp.MustCompile(`\d+(?:室|房|楼|层|栋|幢|号楼|单元|车间|病区|线)`)
	roomWords       = words("室 房 楼 层 栋 幢 单元 车间 病区 线")
)

// literals reads telephone numbers, tracking and contract numbers, rooms and codes, and takes them out.
func (m *message) literals() {
	if m.runes.has(':') && m.runes.has('/') {
		m.eachMatch(linkPattern, func(i, j int) {})
	}
	digits := m.digits()
	if digits == 0 {
		return
	}
	if digits >= 6 { // the shortest of these
		m.numbersWithNames()
	}
	if slices.ContainsFunc(roomWords, m.runes.within) {
		m.eachMatch(roomPattern, func(i, j int) {})
	}
}

func (m *message) digits() int {
	n := 0
	for _, c := range m.r {
		if isDigit(c) {
			n++
		}
	}
	return n
}

// numbersWithNames reads telephone numbers, contract and tracking numbers.
func (m *message) numbersWithNames() {
	digits := m.digits() // the forms are dear: they are tried only where they have room
	if digits >= 10 && m.mayHavePhone() {
		m.eachMatch(phonePattern, func(i, j int) {
			if m.phone.Value == "" {
				m.phone = Text{Value: strings.NewReplacer("-", "", " ", "").Replace(m.cut(i, j)), Why: m.why(i, j)}
			}
		})
	}
	patterns := []*regexp.Regexp{trackWords}
	if slices.ContainsFunc(m.r, isLetter) {
		if digits >= 6 && (strings.Contains(m.s, "20") || strings.Contains(m.s, "19")) {
			m.eachMatch(contractPattern, func(i, j int) { m.contract(i, j) })
		}
		patterns = []*regexp.Regexp{trackPattern, trackWords}
	}
	if !slices.ContainsFunc(carriers, m.runes.within) {
		patterns = patterns[:len(patterns)-1]
	}
	if digits < 8 {
		return
	}
	for _, p := range patterns {
		m.eachMatch(p, func(i, j int) {
			if m.track.Value == "" && !m.has(max(0, i-7), i, "订单号", "合同单号", "报价单号", "申请单号", "发票", "工单号", "采购单号") {
				m.track = Text{Value: m.cut(i, j), Why: m.why(i, j)}
			}
		})
	}
}

// eachMatch marks each free match (its first group, if any) and hands on its runes.
func (m *message) eachMatch(p *regexp.Regexp, do func(i, j int)) {
	for _, loc := range p.FindAllStringSubmatchIndex(m.s, 50) {
		a, b := loc[0], loc[1]
		if len(loc) > 2 && loc[2] >= 0 {
			a, b = loc[2], loc[3]
		}
		i := utf8.RuneCountInString(m.s[:a])
		j := i + utf8.RuneCountInString(m.s[a:b])
		if m.free(i, j) {
			do(i, j)
			m.mark(i, j)
		}
	}
}

func (m *message) contract(i, j int) {
	no := m.cut(i, j)
	ref := ContractRef{No: no, Why: m.why(i, j)}
	var of ID
	if c, ok := m.x.Contract(no); ok {
		ref.ID, ref.No, of = c.ID, c.No, c.Customer
	}
	m.papers = append(m.papers, contractHit{i, j, ref, of})
}

var connectors = words("然后 还有就是 另外 接着 顺便 同时 并且 但是 不过 他们想 他们要 他们说 她想 他想 她说 他说 对方要 对方说 对方想 客户说 客户要 下一步 以及 后面要 要求 我答应 我说 我承诺 我明天 我后天 我下周 答应他 答应她 我约了 我跟他约 我跟她约 我就约 我让")

// split cuts the message into clauses at punctuation, at connectors, and at blanks that part two thoughts.
func (m *message) split() {
	start := 0
	cut := func(i int) {
		if i > start {
			m.clauses = append(m.clauses, clause{i: start, j: i})
		}
		start = i
	}
	for i := range m.r {
		switch c := m.r[i]; {
		case c == ',' && !(isDigit(m.at(i-1)) && isDigit(m.at(i+1)) && m.thousands(max(0, i-3), i)), c == ';', c == '\n', c == '!', c == '?', c == '。':
			cut(i)
			start = i + 1
		case c == '、' && i-start >= 3 && !strings.ContainsRune("一二三四五六日天号月点年0123456789", m.r[i-1]) && (m.timeSoon(i+1) || m.endsEntry(start, i)):
			cut(i)
			start = i + 1
		case c == ':' && !(isDigit(m.at(i-1)) && isDigit(m.at(i+1))):
			cut(i)
			start = i + 1
		case i > start && m.free(i, i+1) && (m.any(i, connectors...) > 0 && !m.ledByCause(i) || m.causedUs(i) > 0) && !m.before(i, "预算", "问", "问了", "问下", "没", "不", "比", "像", "如", "超", "超出", "符合", "合") && !(m.any(i, "要求") > 0 && (m.before(i, "价", "价格", "期", "款", "技术", "参数", "招标", "质量", "采购", "规格", "工艺", "设计", "安装", "环境", "场地", "使用", "性能", "尺寸", "验收", "包装") || m.has(start, i, "把"))):
			cut(i)
		case i > start && (m.speaksAt(start, i) || m.turnsTo(start, i)):
			cut(i)
		case c == ' ' && m.parts(start, i):
			cut(i)
			start = i + 1
		}
	}
	cut(len(m.r))
	if len(m.clauses) == 0 { // nothing but marks: what looks for the clause of a place finds one
		m.clauses = []clause{{j: len(m.r)}}
	}
	for k := range m.clauses {
		m.clauses[k].tense = m.tenseOf(m.clauses[k])
	}
}

// resplit parts a clause in which people dictated one thing after the other without a pause: where a second day is named
// behind some words of their own, the second thought begins. It reports whether anything changed.
func (m *message) resplit() bool {
	var out []clause
	for k, c := range m.clauses {
		last := -1
		for n, t := range m.times {
			if t.clause != k || t.form == formRange || t.grain < grainDay && t.form == formPoint {
				continue
			}
			if last >= 0 && !sameDay(m.times[last].start, t.start) && (!m.times[last].start.After(t.start) || m.times[last].grain < grainDay && t.grain >= grainDay) {
				if at := m.thought(m.times[last].j, t.i); at > c.i {
					out = append(out, clause{i: c.i, j: at})
					c.i = at
				}
			}
			if last < 0 && (m.turnsToUs(c, t) || m.turnsAhead(c, t) || m.turnsToHim(c, t) || m.toldAhead(c, t)) {
				out = append(out, clause{i: c.i, j: t.i})
				c.i = t.i
			}
			last = n
		}
		out = append(out, c)
	}
	if len(out) == len(m.clauses) && !m.leadTimes(out) {
		return false
	}
	for k := range out {
		out[k].tense = m.tenseOf(out[k])
	}
	m.clauses, m.times = out, nil
	return true
}

// turnsToUs reports that dictated words turn, with a day to come, to what we do: …有点发臭|下周一我带工程师过来.
func (m *message) turnsToUs(c clause, t timeHit) bool {
	return t.start.After(m.now) && m.any(m.blank(t.j), ourselves...) > 0 && m.any(m.blank(t.j), "我们院", "我们厂", "我们校", "我们店") < 0 && m.plain(clause{i: c.i, j: t.i}) >= 6 &&
		m.has(c.i, t.i, "说", "讲", "聊", "谈", "反映", "反馈", "了", "嫌") && !m.before(t.i, "说", "讲", "约", "约了", "约好", "定", "定了", "要", "要求", "让", "叫", "答应", "等", "在", "是", "到", "于", "催", "问", "跟", "好", "说好", "希望", "想", "如果", "要是", "等到")
}

// thought is where between two times, from i to j, the second thought begins; 0 when there is too little between them.
func (m *message) thought(i, j int) int {
	plain := 0
	for k := i; k < j; k++ {
		if m.r[k] != ' ' {
			plain++
		}
	}
	if plain < 5 {
		if plain >= 2 && (m.verbIn(clause{i: i, j: j}, ourVerbs) || m.verbIn(clause{i: i, j: j}, theirVerbs)) && m.any(i, "和", "跟", "到", "或", "、", "前", "的") < 0 && !m.has(i, j, "到", "改", "推", "延", "挪", "不是", "或者", "还是") {
			return j // 今天发合同|明天签字
		}
		return 0
	}
	if m.before(m.unblank(j), "了", "过", "呢", "吧") {
		return j // 他开会去了|明天我再跑一趟
	}
	if e := m.afterResult(i, j); e > 0 {
		return e
	}
	at := j
	for k := j - 1; k > i+3 && k >= j-5; k-- {
		if !m.used[k] && m.any(k, "然后", "再", "又", "约", "让", "叫", "我", "他", "她", "答应", "说", "等", "最晚", "最迟", "争取", "咱") > 0 {
			at = k
		}
	}
	return at
}

// parts reports whether the blank at i ends a thought: something other than names and times stands before it. Two characters
// are enough (嫌贵) where somebody binds themselves behind it.
func (m *message) parts(from, i int) bool {
	plain := 0
	for k := from; k < i; k++ {
		if !m.used[k] && m.r[k] != ' ' {
			plain++
		}
	}
	return plain >= 3 || plain == 2 && m.any(i+1, "答应", "承诺", "保证", "约好", "说好", "讲好") > 0
}

var (
	pastWords   = words("去仔 来仔 到仔 见仔 谈仔 拿仔 送仔 了 过 刚 已 昨 上午去 来过 打过来 送过去了 到账了 收到 反馈 试用了 透露 前天 去见 签收 见的 去的 谈的 聊的 拜访的 到的 付的 打的 来的")
	futureWords = words("前 约 准备 预计 再 让 叫 答应 承诺 要 明天 后天 下周 下月 计划 安排 打算 能到 会 内 催 等 保证 定于 之内 待 争取 尽快")
)

// tenseStarts are the characters that the words of both begin with.
var tenseStarts = firstRunes(slices.Concat(pastWords, futureWords)...)

func (m *message) tenseOf(c clause) Tense {
	past, future := false, false
	for i := c.i; i < c.j; i++ {
		if m.used[i] {
			continue
		}
		if !tenseStarts.has(m.r[i]) {
			continue
		}
		if j := m.any(i, pastWords...); j > 0 && j <= c.j && m.any(i, "了解", "了吗", "过来", "过去", "过两", "过几", "过会", "通过") < 0 && !m.agreedOn(i) {
			if m.any(i, "打过来") > 0 && m.any(j, "了", "的") < 0 && m.has(max(0, c.i-24), i, "说", "讲", "答应", "承诺", "表示", "保证", "给我们", "给咱") && !m.has(c.i, i, "已", "刚", "昨", "了") {
				future = true
				continue
			}
			past = true
		}
		if j := m.any(i, futureWords...); j > 0 && j <= c.j && m.any(i, "前天", "前几天", "前两天", "前阵", "会议", "会员", "前台", "要求", "前期", "内部", "内科", "再次", "目前", "之前去", "让利", "机会", "都会", "等级", "会上", "会场", "会展") < 0 && !(m.r[i] == '会' && (i+1 >= c.j || m.at(i+1) == ' ') && !m.before(i, "不", "就", "也", "都")) && !(m.r[i] == '会' && m.before(i, "展", "览", "货", "讨", "流", "布", "例", "晨", "协", "学术", "交易", "洽谈", "座谈", "商")) {
			future = true
		}
	}
	switch {
	case past && !future, m.tellsPlace(c):
		return TensePast
	case future && !past:
		return TenseFuture
	}
	if !past && m.wasDone(c) {
		if past = true; !future {
			return TensePast
		}
	}
	if past && m.verbBeforeDate(c) {
		return TensePast
	}
	return TenseUnknown
}

// verbBeforeDate is for 周一去了…: done, whatever else the clause says.
func (m *message) verbBeforeDate(c clause) bool {
	for i := c.i; i < c.j; i++ {
		if j := m.any(i, "去了", "见了", "拜访了", "来了", "谈了", "到账了", "聊了", "跑了"); j > 0 && j <= c.j {
			return true
		}
	}
	return false
}

// clauseAt is the index of the clause that holds rune i.
func (m *message) clauseAt(i int) int {
	for k, c := range m.clauses {
		if i < c.j {
			return k
		}
	}
	return max(0, len(m.clauses)-1)
}

// has reports whether one of ws stands in runes i to j.
func (m *message) has(i, j int, ws ...string) bool { return m.find(i, j, ws...) >= 0 }

// find is the position of the first of ws in runes i to j, or -1.
func (m *message) find(i, j int, ws ...string) int {
	var buf [24]string
	some := buf[:0] // of a long list few words have their characters anywhere in the message
	for _, w := range ws {
		if k, ok := pairOf(w); ok && m.pairs[k>>6]&(1<<(k&63)) != 0 || !ok && m.runes.within(w) {
			some = append(some, w)
		}
	}
	if ws = some; len(ws) == 0 {
		return -1
	}
	for k := max(i, 0); k < j; k++ {
		if k < len(m.used) && m.used[k] {
			continue // part of a name
		}
		if e := m.any(k, ws...); e > 0 && e <= j {
			return k
		}
	}
	return -1
}
