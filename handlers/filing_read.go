package handlers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// pieceVisit is the kind of a piece that is a visit; the others are kinds of filings and of actions.
const pieceVisit = "visit"

// piece is one record that a message reports of one customer.
type piece struct {
	kind  string
	text  string
	facts facts
	// said is what is read of a filing, at when it was said.
	said said
	at   time.Time
}

// said is what a message says of a filing beside what every record has.
type said struct {
	topic, party, sentiment, quantity, tracking string
	sample                                      parse.SampleAction
	people                                      int
	urgent                                      bool
	amount                                      sales.Money
}

// isFiling reports whether a piece becomes a filing.
func (p piece) isFiling() bool { return sales.FilingKind(p.kind).Name() != "" }

// marks of clauses that report something with a record of its own. Words that only promise or wish it are not among them.
// No form matches a clause without one of its stems: looking for these costs a tenth.
var clauseMarks = []struct {
	kind  sales.FilingKind
	stems []string
	form  *regexp.Regexp
}{
	{sales.FilingTraining, []string{"培训"}, regexp.MustCompile(`培训(的)?(反馈|效果|结果)|培训(完|了|结束|做完)|(做|办|搞)了.{0,6}培训`)},
	{sales.FilingComplaint, []string{"投诉", "客诉"}, regexp.MustCompile(`投诉|客诉`)},
	{sales.FilingSample, []string{"样品", "样机", "试用", "试剂样"}, regexp.MustCompile(`(?:申请|申领|领|借)了?.{0,10}试用|试剂样.{0,8}试用|(样品|样机|试用装|试剂样).{0,8}(已寄|寄出|寄了|寄走|已发|发出|发了|送到|送达|已送|收到|到了|签收|反馈|试用|申领|申请|测试结果)|(申领|申请|领|收到|签收|寄出|寄了|已寄)了?.{0,6}(样品|样机|试用装)|(?:^|[^不没别])要(?:\d+.{1,2}|[一二两三四五六七八九十]+[^,，。;；的看等])?[A-Za-z0-9]{0,12}(样品|样机|试用装)`)},
	{sales.FilingExpense, []string{"打车", "打的", "停车", "费", "加油", "饭钱", "住宿", "住酒店", "票", "高铁", "动车", "买礼品", "请", "招待", "报销", "吃饭", "喝"}, regexp.MustCompile(`(打车|打的|停车|过路费|高速费|油费|加油|餐费|饭钱|招待费|住宿|住酒店|高铁票?|火车票|机票|动车票?|快递费|打印费|礼品费|买礼品)[^,，。;；]{0,14}?\d|(请|招待|跟|和|陪)[^,，。;；]{1,8}(吃饭|喝茶|喝酒|吃了)[^,，。;；]{0,6}\d|报销[^,，。;；]{0,10}\d`)},
	{sales.FilingCompetitor, []string{"竞品", "对手", "友商"}, regexp.MustCompile(`竞品|竞争对手|对手|友商`)},
	{sales.FilingAfterSales, []string{"报修", "售后", "维修", "检修", "安装调试", "装机", "保养", "校准", "巡检", "上门"}, regexp.MustCompile(`报修|走售后|售后(处理|单|请求|需求)|(要|需要|申请|安排)(维修|检修|安装调试|装机|保养|校准|巡检|上门)|^售后`)},
}

// turnsBack are the words with which a clause leaves what was reported before it.
var turnsBack = regexp.MustCompile(`^(另外|还|此外|顺便|同时|然后|介绍|演示|讲了|嫌|要报价|预算)`)

func clauseKind(s string) sales.FilingKind {
	for _, m := range clauseMarks {
		if slices.ContainsFunc(m.stems, func(stem string) bool { return strings.Contains(s, stem) }) && m.form.MatchString(s) {
			return m.kind
		}
	}
	return ""
}

// frameKinds are the kinds of frames with a record of their own.
var frameKinds = map[parse.Kind]sales.FilingKind{
	parse.KindComplaint: sales.FilingComplaint, parse.KindSample: sales.FilingSample, parse.KindCompetitor: sales.FilingCompetitor,
	parse.KindTraining: sales.FilingTraining, parse.KindAfterSales: sales.FilingAfterSales, parse.KindExpense: sales.FilingExpense,
}

// segment is a run of clauses about one thing.
type segment struct {
	kind sales.FilingKind
	text string
}

// segments cuts a text into what reports different things. Clauses after a comma go on with what was spoken of, unless
// they say that something else begins.
func segments(text string) []segment {
	var out []segment
	put := func(kind sales.FilingKind, clause, sep string) {
		if n := len(out); n > 0 && out[n-1].kind == kind {
			out[n-1].text += sep + clause
			return
		}
		out = append(out, segment{kind, clause})
	}
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。；;\n", r) }) {
		now := sales.FilingKind("")
		for _, clause := range strings.FieldsFunc(sentence, func(r rune) bool { return strings.ContainsRune(",，", r) }) {
			clause = strings.TrimSpace(clause)
			kind := clauseKind(clause)
			switch {
			case clause == "":
				continue
			case kind != "":
				now = kind
			case turnsBack.MatchString(clause) || now == sales.FilingCompetitor || now == sales.FilingExpense:
				now = ""
			}
			put(now, clause, ",")
		}
	}
	return out
}

// piecesOf cuts what was said of one customer into the records it becomes. forced is the kind that a command names.
func (a *App) piecesOf(t bot.Turn, book *Book, d visitDraft, f facts) []piece {
	if d.Kind != "" {
		p := piece{kind: d.Kind, text: d.body(), facts: f, at: d.At}
		if d.Kind == string(sales.FilingExpense) {
			return expensePieces(p)
		}
		p.said = readSaid(book, p)
		return []piece{p}
	}
	words := f.words()
	whole := singleKind(f)
	if whole == "" && clauseKind(words) == "" {
		return []piece{{kind: pieceVisit, text: d.Text, facts: f}}
	}
	segs := segments(words)
	if len(segs) == 1 && segs[0].kind == "" || len(segs) == 0 {
		segs = []segment{{whole, words}}
		if len(f.frames) == 1 && (len(d.Parts) == 0 || len(d.Parts) == 1 && d.Parts[0] == 0) { // beside what was spent nothing was understood, and yet it was told
			words = strings.TrimPrefix(d.Text, "拜访 ")
		}
		if beside := spentBeside(words); whole == sales.FilingExpense && beside != nil && (strings.HasPrefix(d.Text, "拜访") || metSomebody.MatchString(words)) {
			segs = beside
		}
	}
	return a.joinSegments(t, book, d, f, segs, strings.HasPrefix(d.Text, "拜访"))
}

// reSpentHere is a clause that says what was spent.
var reSpentHere = regexp.MustCompile(`(?:花了?|用了|花掉)\s*\d|\d\s*(?:元|块)`)

// spentBeside parts what was spent from the visit that is told of with it; nil where there is only one of them.
func spentBeside(words string) []segment {
	var told, spent []string
	for _, clause := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(",，。;；\n", r) }) {
		switch clause = strings.TrimSpace(clause); {
		case clause == "":
		case reSpentHere.MatchString(clause):
			spent = append(spent, clause)
		default:
			told = append(told, clause)
		}
	}
	if len(told) == 0 || len(spent) == 0 {
		return nil
	}
	return []segment{{"", strings.Join(told, ",")}, {sales.FilingExpense, strings.Join(spent, ",")}}
}

// singleKind is the kind of filing that all frames report, empty when they do not agree.
func singleKind(f facts) sales.FilingKind {
	kind := sales.FilingKind("")
	for i, g := range f.frames {
		k := frameKinds[g.Kind]
		if k == "" || i > 0 && k != kind {
			return ""
		}
		kind = k
	}
	return kind
}

// joinSegments makes pieces of segments: one visit of all that is no filing, and the filings. What a competitor does is
// told of in the visit too.
func (a *App) joinSegments(t bot.Turn, book *Book, d visitDraft, f facts, segs []segment, visited bool) []piece {
	var visit []string
	var filed []piece
	for _, s := range segs {
		if s.kind == "" || s.kind == sales.FilingCompetitor && len(segs) > 1 {
			visit = append(visit, s.text)
		}
		if s.kind == "" {
			continue
		}
		p := piece{kind: string(s.kind), text: s.text, facts: a.again(t, book, d, f, s.text)}
		if s.kind == sales.FilingExpense {
			filed = append(filed, spentOn(expensePieces(p), d.Text, book.Customer(sales.ID(f.customer.ID)))...)
			continue
		}
		p.said = readSaid(book, p)
		filed = append(filed, p)
	}
	if len(filed) == 0 {
		return []piece{{kind: pieceVisit, text: d.Text, facts: f}}
	}
	v := f
	if len(filed) > 0 && len(visit) < len(segs) {
		v = a.again(t, book, d, f, strings.Join(visit, ";"))
		v.frames = nil
	}
	if len(visit) > 0 && (visited || !v.empty() || metSomebody.MatchString(strings.Join(visit, ""))) {
		return append([]piece{{kind: pieceVisit, text: d.Text, facts: v}}, filed...)
	}
	if len(visit) > 0 { // a few words more about the first thing reported
		filed[0].text = strings.TrimSpace(strings.Join(visit, ",") + "," + filed[0].text)
	}
	return filed
}

var metSomebody = regexp.MustCompile(`拜访|去了|见了|见到|聊了|介绍|演示|跑了|走访`)

// again understands a part of what was said of a customer by itself.
func (a *App) again(t bot.Turn, book *Book, d visitDraft, f facts, text string) facts {
	name := book.Customer(sales.ID(f.customer.ID))
	in := parse.Input{Text: strings.TrimSpace(name + " " + text), Now: d.At.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	out := facts{customer: f.customer, contact: f.contact, spoken: f.spoken}
	for _, g := range book.Parser.Parse(in).Frames {
		if g.Kind != parse.KindQuery && g.Kind != parse.KindCorrection {
			out.add(g)
		}
	}
	if len(f.contact.Candidates) > 0 && out.contact.ID != 0 {
		out.contact = f.contact
	}
	out.whys = []string{text}
	out.sane(t, book.Parser.Calendar)
	return out
}

var (
	reUrgent   = regexp.MustCompile(`急|马上|停机|立刻|赶紧|今天就`)
	rePeople   = regexp.MustCompile(`(\d{1,4})\s*(?:个)?(?:人|位|名)`)
	reTracking = regexp.MustCompile(`(?i)\b(SF|JD|YT|ZTO|STO|EMS|DPK)?\d{10,18}\b`)
	reGood     = regexp.MustCompile(`不错|很好|挺好|满意|好评|合格|通过|达标|认可|效果好|反馈好|都好`)
	reBad      = regexp.MustCompile(`不好|不满意|不行|太差|不合格|没通过|不达标|听不懂|没听懂|效果差|反馈差|太快|太难`)
	reFair     = regexp.MustCompile(`一般|还行|还可以|凑合|马马虎虎`)
	reParty    = regexp.MustCompile(`^[,，\s:：]*(?:是|的)?\s*([\p{Han}A-Za-z][\p{Han}A-Za-z0-9]{1,7}?)(?:报价|报了|报|降价|降到|降了|降|给|价格|的|便宜|送|在|也|进场|中标|卖|出|推|派|上门|搞|做|又|已|,|，|。|\s|\d|$)`)
	reSampleIn = regexp.MustCompile(`送到|送达|收到|签收|已到|到了`)
	reNotYet   = regexp.MustCompile(`(没|未)(有)?(收到|送到|送达|到)`)
	reSentOut  = regexp.MustCompile(`已寄|寄出|寄了|寄走|已发|发出|发了`)
)

var topicWords = []struct {
	kind  sales.FilingKind
	topic string
	form  *regexp.Regexp
}{
	{sales.FilingComplaint, "shortage", regexp.MustCompile(`少发|少货|缺货|少了|漏发|缺件|短缺`)},
	{sales.FilingComplaint, "late_delivery", regexp.MustCompile(`延期|晚到|没到货|还没到|迟|拖|延误|交期`)},
	{sales.FilingComplaint, "damage", regexp.MustCompile(`破损|碎|压坏|磕|摔`)},
	{sales.FilingComplaint, "service", regexp.MustCompile(`服务|态度|没人管|联系不上|不回`)},
	{sales.FilingComplaint, "quality", regexp.MustCompile(`质量|不准|不合格|精度`)},
	{sales.FilingComplaint, "fault", regexp.MustCompile(`故障|坏|报错|死机|停机|开不了|不工作|报警|异响|漏`)},
	{sales.FilingAfterSales, "install", regexp.MustCompile(`安装|装机|调试`)},
	{sales.FilingAfterSales, "maintain", regexp.MustCompile(`保养|校准|巡检|维护`)},
	{sales.FilingAfterSales, "train", regexp.MustCompile(`培训`)},
	{sales.FilingAfterSales, "return", regexp.MustCompile(`退货|退机`)},
	{sales.FilingAfterSales, "replace", regexp.MustCompile(`换货|更换|换件|换一`)},
	{sales.FilingAfterSales, "accessory", regexp.MustCompile(`配件|耗材|补件|试剂`)},
	{sales.FilingAfterSales, "repair", regexp.MustCompile(`修|坏|报错|故障|停机|报警|开不了`)},
	{sales.FilingAfterSales, "advice", regexp.MustCompile(`咨询|不会用|怎么用|请教`)},
	{sales.FilingExpense, "transport", regexp.MustCompile(`打车|打的|停车|过路|高速|油|高铁|火车|机票|动车|地铁|公交|交通|出租`)},
	{sales.FilingExpense, "meal", regexp.MustCompile(`餐|饭|招待|请|酒|茶|咖啡|宴|吃`)},
	{sales.FilingExpense, "lodging", regexp.MustCompile(`住宿|酒店|宾馆|住`)},
	{sales.FilingExpense, "gift", regexp.MustCompile(`礼品|礼物|果篮|伴手`)},
	{sales.FilingExpense, "material", regexp.MustCompile(`物料|打印|快递|资料|样册|复印`)},
	{sales.FilingExpense, "event", regexp.MustCompile(`会务|展会|会议|场地|培训`)},
}

func topicOf(kind sales.FilingKind, text string) string {
	for _, w := range topicWords {
		if w.kind == kind && w.form.MatchString(text) {
			return w.topic
		}
	}
	return ""
}

func sentimentOf(text string) string {
	switch { // the bad ones first: 不满意 holds 满意
	case reBad.MatchString(text):
		return sales.SentimentBad
	case reGood.MatchString(text):
		return sales.SentimentGood
	case reFair.MatchString(text):
		return sales.SentimentFair
	}
	return ""
}

// readSaid reads what a piece says of its filing: from the frames where they know it, else from the words.
func readSaid(book *Book, p piece) said {
	kind := sales.FilingKind(p.kind)
	text := p.facts.without(book, p.text)
	s := said{topic: topicOf(kind, text), urgent: reUrgent.MatchString(text)}
	for _, g := range p.facts.frames {
		s.fromFrame(kind, g)
	}
	if s.sentiment == "" {
		s.sentiment = sentimentOf(text)
	}
	switch kind {
	case sales.FilingCompetitor:
		s.party, s.amount = partyOf(s.party, text), p.facts.rivalPrice()
	case sales.FilingTraining:
		if m := rePeople.FindStringSubmatch(text); m != nil && s.people == 0 {
			s.people, _ = strconv.Atoi(m[1])
		}
		if oddCount(reHeads, text, maxTaught) != "" { // it is asked for
			s.people = 0
		}
	case sales.FilingSample:
		s.readSample(p, text)
	}
	return s
}

func (s *said) fromFrame(kind sales.FilingKind, g parse.Frame) {
	if kind == sales.FilingComplaint && g.Issue != "" && s.topic != "service" { // it knows more words than topicWords
		s.topic = string(g.Issue)
	}
	if g.Service != nil {
		s.urgent = s.urgent || g.Service.Urgent
		if kind == sales.FilingAfterSales && g.Service.What != "" {
			s.topic = string(g.Service.What)
		}
	}
	if g.Training != nil {
		s.people = g.Training.People
	}
	if g.Sample != "" {
		s.sample = g.Sample
	}
	if g.Sentiment != "" {
		s.sentiment = string(g.Sentiment)
	}
	if g.Tracking.Value != "" {
		s.tracking = g.Tracking.Value
	}
	if g.Competitor.Name != "" {
		s.party = g.Competitor.Name
	}
}

func (s *said) readSample(p piece, text string) {
	if s.tracking == "" {
		s.tracking = reTracking.FindString(text)
	}
	if len(p.facts.quantities) > 0 && oddCount(reCounted, text, maxSampled) == "" {
		s.quantity = quantityText(p.facts.quantities[0])
	}
	switch { // the words first: 送达 is more than what the frame calls sent
	case reNotYet.MatchString(text):
		s.sample = parse.SampleSent
	case strings.Contains(text, "反馈") || strings.Contains(text, "试用") && s.sentiment != "":
		s.sample = parse.SampleFeedback
	case reSampleIn.MatchString(text):
		s.sample = parse.SampleDelivered
	case reSentOut.MatchString(text) || s.tracking != "":
		s.sample = parse.SampleSent
	case s.sample == "":
		s.sample = parse.SampleRequested
	}
}

// reOffers is the verb of an offer with the beginning of its sum, where a name might stand.
var reOffers = regexp.MustCompile(`^(?:报|降|给|卖|开)[价了到]?[0-9一二两三四五六七八九十]`)

var rivalWords = regexp.MustCompile(`竞争对手|竞品|友商|对手`)

// partyOf is the competitor's name: the known one, else the word behind the one for competitors, else the first word.
func partyOf(known, text string) string {
	if known != "" {
		return known
	}
	rest, rival := text, ""
	if at := rivalWords.FindStringIndex(text); at != nil {
		rest, rival = text[at[1]:], text[at[0]:at[1]]
	}
	m := reParty.FindStringSubmatch(rest)
	if m != nil && reOffers.MatchString(m[1]) { // 对手报110万: nobody is named
		return rival
	}
	if m == nil || strings.HasSuffix(m[1], "了") || slices.Contains([]string{"报价", "价格", "今天", "昨天", "降价", "那边", "他们", "又来", "也来", "最近", "已经", "正在"}, m[1]) {
		return ""
	}
	return m[1]
}

// rivalPrice is the amount that is a competitor's, else the first that is known exactly.
func (f facts) rivalPrice() sales.Money {
	for _, role := range []parse.Role{parse.RoleCompetitorPrice, ""} {
		for _, m := range f.amounts {
			if v, ok := exactYuan(m); ok && (role == "" || m.Role == role) {
				return v
			}
		}
	}
	return 0
}

// without is a text without the names of customer and contact.
func (f facts) without(book *Book, text string) string {
	for _, w := range []string{f.customer.Why.Text, f.spoken, book.Customer(sales.ID(f.customer.ID)), f.contact.Why.Text} {
		if w == "" {
			continue
		}
		for _, lead := range []string{"给", "在", "去", "到", "跟", "和", "与", "向"} { // 在 绍兴市立 报了105万
			text = strings.ReplaceAll(text, lead+w, " ")
		}
		text = strings.ReplaceAll(text, w, " ")
	}
	return afterName(bare(strings.Join(strings.Fields(text), " ")))
}

// afterName is what is said behind a name that was taken out, without the word that joined them: 的离心机坏了.
func afterName(s string) string {
	for _, w := range []string{"那边的", "这边的", "他们的", "那边", "的"} {
		rest, ok := strings.CutPrefix(s, w)
		if ok && rest != "" && !strings.HasPrefix(s, "的确") && !strings.HasPrefix(s, "的士") && !strings.HasPrefix(s, "的话") {
			return bare(rest)
		}
	}
	return s
}
