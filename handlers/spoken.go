package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// colloquial takes what people say as they would to a colleague and what is a command in other words. It stands behind commands and
// open questions and before the understanding of news, so that a question is never filed as a visit.
type colloquial struct {
	*App
	router *bot.Router[Tx]
}

// maxSpoken is how long such a sentence is at most, in characters: whoever writes more tells something.
const maxSpoken = 40

// orSpoken does what a text says in other words, else next.
func (s colloquial) orSpoken(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		text := bare(t.Text)
		if utf8.RuneCountInString(text) > maxSpoken || strings.Contains(text, "\n") {
			return next(ctx, t, tx)
		}
		if reply, ok, err := s.paperTalk(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		if reply, ok := s.leaveIt(text); ok {
			return reply, nil
		}
		if reply, ok, err := s.ofTodo(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := s.followUp(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := s.nthTalk(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := s.allBack(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		book, err := s.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		if reply, ok, err := s.planTalk(ctx, t, tx, book, text); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := s.awayTalk(ctx, t, tx, text); ok || err != nil {
			return reply, err
		}
		if reply, ok, err := s.customerTalk(ctx, t, tx, book, text); ok || err != nil {
			return reply, err
		}
		for _, w := range slices.Concat(otherWords, recordWords) {
			m := w.re.FindStringSubmatch(text)
			if m == nil {
				continue
			}
			if command := w.command(spokenTurn{s.App, t, book}, m[1:]); command != "" {
				return s.as(ctx, t, tx, command)
			}
		}
		return next(ctx, t, tx)
	}
}

// as goes on as if a command had been typed.
func (s colloquial) as(ctx context.Context, t bot.Turn, tx Tx, command string) (bot.Reply, error) {
	t.Event.Text = command
	return s.router.Dispatch(ctx, t, tx)
}

// spokenTurn is what the meaning of other words may hang on.
type spokenTurn struct {
	*App
	bot.Turn
	book *Book
}

// customer is the one customer a text names and nothing else; "" when it is none.
func (t spokenTurn) customer(text string) string {
	id, rest, _ := t.customerIn(t.Turn, t.book, text)
	if id == 0 || bare(rest) != "" {
		return ""
	}
	return t.book.Customer(id)
}

// colleague is the one colleague a text names; "" when it is none.
func (t spokenTurn) colleague(text string) string {
	if list := t.Org.ByName(strings.TrimLeft(bare(text), "@")); len(list) == 1 {
		return list[0].Name
	}
	return ""
}

func (t spokenTurn) leads() bool { return leads(t.Turn) }

type otherWord struct {
	re      *regexp.Regexp
	command func(t spokenTurn, m []string) string
}

// otherWords are commands in other words. The command is "" where the words were meant differently.
var otherWords = []otherWord{
	{regexp.MustCompile(`^(?:帮我|麻烦|帮忙)?(?:把|将)(.{2,20}?)(?:转|分|交|派|分配)?给(.{2,6}?)(?:吧|了|来跟|跟|负责)?$`), func(t spokenTurn, m []string) string {
		if c, p := t.customer(m[0]), t.colleague(m[1]); c != "" && p != "" {
			return "分配 " + c + " " + p
		}
		return ""
	}},
	{regexp.MustCompile(`^(?:怎么|为什么|为啥|干嘛|咋)(?:又|老|总|一直|还|老是|总是)*(?:推|催|提醒)(?:我|这个|给我|这条)?.{0,3}$`), func(spokenTurn, []string) string { return "为什么催我" }},
	{regexp.MustCompile(`^(?:刚才|刚刚|上次|今天)?(?:那次|那条|这次|那个|那家)?(.{2,4}?)(?:今天|刚才|上午|下午)?(?:也|也一起|一起|陪我|陪我一起|跟我一起|和我一起|跟我|和我)(?:去|在|来|参加)(?:场)?(?:的|了)*$`), func(t spokenTurn, m []string) string {
		if p := t.colleague(m[0]); p != "" {
			return "陪访 " + p
		}
		return ""
	}},
	{regexp.MustCompile(`^我?(本月|这个?月|上个?月|今年|本周|这周|上周)我?(?:一共|总共)?陪访(?:了)?(?:几次|多少次?|几家|哪几家|情况|记录)?.{0,2}$`), func(_ spokenTurn, m []string) string {
		return "我的陪访 " + m[0]
	}},
	{regexp.MustCompile(`^我?(今天|明天|后天|下周|本周|这周)(?:要|得|该)?(?:去|跑|拜访)(?:几家|哪几家|哪些|哪里|哪儿|哪|谁).{0,3}$`), func(t spokenTurn, m []string) string {
		if !t.Person.Has(sales.RoleRep) {
			return ""
		}
		return "计划 " + strings.Replace(m[0], "这周", "本周", 1)
	}},
	{regexp.MustCompile(`^(?:帮我|帮忙|给我)?(?:看看|看下|看一下|查下|查一下|查查|查)?(.{2,20}?)(?:现在)?(?:还|总共|一共)?欠(?:了)?(?:我们|咱们)?(?:多少(?:钱|款|货款)?|钱吗?|款吗?).{0,2}$`), func(t spokenTurn, m []string) string {
		if c := t.customer(m[0]); c != "" {
			return "已开票未回款 " + c
		}
		return ""
	}},
	{regexp.MustCompile(`^(?:帮我|给我)?(?:看看|看下|看一下|查下|查一下|查查)(.{2,20}?)(?:的)?(?:情况|怎么样了?|进展)?$`), func(t spokenTurn, m []string) string {
		if c := t.customer(m[0]); c != "" {
			return "客户 " + c
		}
		return ""
	}},
	{regexp.MustCompile(`^我?(今天|明天|后天|下?周[一二三四五六日天]|\d{1,2}[号日])?(上午|下午)?我?(?:要|想|得)?请(个|半天)?假(?:一下|了)?$`), func(_ spokenTurn, m []string) string {
		if m[0]+m[1] == "" || m[1] == "" && m[2] == "半天" { // which half is asked about
			return ""
		}
		return "请假 " + orElse(m[0], "今天") + m[1]
	}},
	{regexp.MustCompile(`^不是\s*[0-9０-９.,]+\s*[万千百元块亿wW]*[,，\s]*(?:而|应该)?是\s*([0-9０-９.,]+\s*[万千百元块亿wW]*)(?:吧|了)?$`), func(t spokenTurn, m []string) string {
		if ref, ok := lastFiled(t.Turn); !ok || ref.Kind != "visit" && ref.Kind != "filing" {
			return ""
		}
		return "修改 金额改成" + m[0]
	}},
	{regexp.MustCompile(`^(?:刚才|刚刚)那(?:条|个|次)(?:再)?(?:加上?|补上?)(?:个|一下)?(?:预算|金额|报价)(?:是|大概|大约|差不多|在)*\s*([0-9０-９.,]+\s*[万千百元块亿wW]*)(?:左右|吧)?$`), func(t spokenTurn, m []string) string {
		for _, ref := range t.Dialogue.Last {
			if ref.Kind == "visit" || ref.Kind == "filing" {
				return "修改 金额改成" + m[0]
			}
		}
		return ""
	}},
	{regexp.MustCompile(`^(?:给我|帮我|发我|看看)?(.{2,20}?)(?:的)?二维码(?:发我|给我|看看)?$`), func(t spokenTurn, m []string) string {
		if c := t.customer(m[0]); c != "" {
			return "二维码 " + c
		}
		return ""
	}},
	{regexp.MustCompile(`^(?:我的|那个|这个)?合同(?:现在)?(?:到哪了|在谁那里?|谁在审|批了没有?|批了吗|审到哪了|怎么样了)$`), func(spokenTurn, []string) string { return "合同" }},
	{regexp.MustCompile(`^(?:今天|现在)?(?:有)?(?:啥|什么|哪些|几个)?(?:东西|单子)?(?:要|等|需要|轮到)我(?:批|审|审批|处理|签)(?:的|了)?.{0,4}$`), func(spokenTurn, []string) string { return "审批" }},
	{regexp.MustCompile(`^(?:谁的?|哪些|哪个|哪几个)(?:单子?|商机)(?:都)?(?:卡住了?|没动|停了|不动了?|卡着)$|^谁(?:今天|昨天)?(?:还)?没(?:拜访|报|交|交日报)$`), func(t spokenTurn, _ []string) string {
		if !t.leads() {
			return ""
		}
		return "晨报"
	}},
	{regexp.MustCompile(`^(上个?月|本月|这个月|上周|本周|这周|今年)(?:赢了?|签了?|成了?|丢了?|输了?)(?:几单|多少单|多少|几个).{0,2}$`), func(_ spokenTurn, m []string) string {
		return "漏斗 " + strings.NewReplacer("上个月", "上月", "这个月", "本月", "这周", "本周").Replace(m[0])
	}},
	{regexp.MustCompile(`^(.{2,6}?)(?:的)?(?:业绩|今天干(?:嘛|啥|什么)了?|最近怎么样|怎么样|单子)$`), func(t spokenTurn, m []string) string {
		if p := t.colleague(m[0]); p != "" && t.leads() {
			return "漏斗 " + p
		}
		if t.leads() && len(t.Org.InRegion(m[0])) > 0 {
			return "漏斗 " + m[0]
		}
		return ""
	}},
	{regexp.MustCompile(`^(?:怎么|如何|咋)(?:记|录|报|填|发|用|改|建|提)?(拜访|客户|费用|样品|投诉|竞品|合同|报价|商机|日报|计划|导入|线索|撤销|修改)(?:啊|呢|的)?$`), func(_ spokenTurn, m []string) string {
		return "帮助 " + m[0]
	}},
	{regexp.MustCompile(`^(?:提交|交了|交日报|日报交了|就这样提交|提交吧)$`), func(t spokenTurn, _ []string) string {
		if !t.Person.Has(sales.RoleRep) {
			return ""
		}
		return "日报 提交"
	}},
	{regexp.MustCompile(`^(?:刚刚|刚才|上一|上面)?(?:那|这)?(?:一)?(?:条|个|笔)?(?:写错了|记错了|错了|不对)$`), func(t spokenTurn, _ []string) string {
		if ref, ok := lastFiled(t.Turn); !ok || ref.Kind == "plan" {
			return ""
		}
		return "修改"
	}},
}

// The follow-ups to what was filed a moment ago.
var (
	// reAmountAgain corrects an amount without naming a record: 不对 26万, 是36万不是38万, 那个金额大概28万吧.
	reAmountAgain = regexp.MustCompile(`^(?:不对|错了|不是|搞错了|哦不|刚才)?[,，\s]*(?:(?:那个|这个)?(?:金额|价格|总价|报价)|应该)?(?:是|为|应该是)?(?:大概|大约|差不多)?\s*([0-9０-９.,]+\s*(?:万|千|百|元|块|亿|w|W|k|K)*)(?:\s*[,，]?\s*不是\S+)?(?:吧|了|哈)?$`)
	rePhoneAgain  = regexp.MustCompile(`^(?:改个?|改一下|换个?|更正)?(?:电话|手机|号码)(?:写错了|记错了|错了|不对)?[,，:\s]*(?:应该是|改成|改为|是|换成)?[,，:\s]*([+0-9０-９()（）\-－\s转]{7,30})$`)
	reFieldAgain  = regexp.MustCompile(`^(?:刚才那条)?(?:的)?(?:人数|反馈|单号|竞品|对手|类别|数量|问题|内容|事由|产品|客户|日期)(?:改成|改为|换成|应该是|更正为)\s*\S`)
	rePlanAgain   = regexp.MustCompile(`^(?:不去了|去不了|去不成了?|来不及)?[,，\s]*(?:改到|改成|改为|改|换到|换成|挪到|推到)\s*(.{2,12}?)(?:去|再去|吧)?$`)
	rePlanOff     = regexp.MustCompile(`^(?:不去了|去不了了?|去不成了?|不跑了|取消吧)$`)
)

// lastFiled is what the person filed last, when that was a moment ago.
func lastFiled(t bot.Turn) (sales.Ref, bool) {
	for _, ref := range t.Dialogue.Last {
		switch ref.Kind {
		case "visit", "filing", "plan", "customer":
			return ref, t.Now.Sub(ref.At.Time) <= shortFor
		}
	}
	return sales.Ref{}, false
}

// followUp takes a few words that change what was filed a moment ago. ok is false when they are none.
func (s colloquial) followUp(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	ref, ok := lastFiled(t)
	if !ok {
		return bot.Reply{}, false, nil
	}
	switch ref.Kind {
	case "filing":
		if reply, ok, err := s.afterSample(ctx, t, tx, text, ref); ok || err != nil {
			return reply, ok, err
		}
		if reFieldAgain.MatchString(text) {
			reply, err := s.changeRecord(ctx, t, tx, "edit", text, ref)
			return reply, true, err
		}
		return s.amountAgain(ctx, t, tx, text, ref)
	case "visit":
		if reply, ok, err := s.afterCheckIn(ctx, t, tx, text); ok || err != nil {
			return reply, ok, err
		}
		return s.amountAgain(ctx, t, tx, text, ref)
	case "plan":
		return s.planAgain(ctx, t, tx, text, ref)
	case "customer":
		c, err := tx.CustomerByID(ctx, ref.ID)
		if m := rePhoneAgain.FindStringSubmatch(text); err == nil && m != nil && c.CreatedBy == t.Person.ID && c.CreatedAt.Equal(ref.At.Time) {
			reply, err := s.as(ctx, t, tx, "补资料 "+c.Name+" 电话 "+strings.TrimSpace(m[1]))
			return reply, true, err
		}
		return bot.Reply{}, false, ignoreMissing(err)
	}
	return bot.Reply{}, false, nil
}

// amountAgain changes the amount of what was filed last. An amount without a word that says so is asked about: it may be
// the beginning of something else.
func (s colloquial) amountAgain(ctx context.Context, t bot.Turn, tx Tx, text string, ref sales.Ref) (bot.Reply, bool, error) {
	m := reAmountAgain.FindStringSubmatch(text)
	if m == nil {
		return bot.Reply{}, false, nil
	}
	amount, err := sales.ParseMoney(m[1])
	if err != nil || amount <= 0 {
		return bot.Reply{}, false, nil //nolint:nilerr // no amount: others may know what to do with it
	}
	if strings.TrimSpace(text) == strings.TrimSpace(m[1]) { // nothing but the amount
		if !strings.ContainsAny(m[1], "万千百元块亿wWkK") {
			return bot.Reply{}, false, nil
		}
		where, err := s.refName(ctx, tx, ref)
		if err != nil || where == "" {
			return bot.Reply{}, false, err
		}
		return bot.ShowCard(view.PickOne(view.Pick{
			Key: pickKey(t, "amount"), Question: strings.TrimSpace(m[1]) + " 记成刚才" + where + "的金额?",
			Options: []view.PickOption{
				{Text: "记成金额", Action: action("spoken.amount", ref.ID, 0, ref.Kind, strings.ReplaceAll(strings.TrimSpace(m[1]), ",", ""))}, {Text: "不是", Action: action("spoken.amount", ref.ID, 0, "no")},
			},
		})), true, nil
	}
	if ref.Kind == "visit" && !strings.ContainsAny(text, "万千百元块亿wWkK价额") {
		return bot.Reply{}, false, nil // 大概30 may be anything
	}
	reply, err := s.changeRecord(ctx, t, tx, "edit", "金额改成"+strings.TrimSpace(m[1]), ref)
	return reply, true, err
}

// TapAmount takes the amount that was asked about.
func (s colloquial) TapAmount(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	kind, amount, _ := strings.Cut(t.Action.Arg, ",")
	if kind != "visit" && kind != "filing" {
		return closePick(t, bot.Reply{}), nil
	}
	reply, err := s.changeRecord(ctx, t, tx, "edit", "金额改成"+amount, sales.Ref{Kind: kind, ID: sales.ID(t.Action.Record)})
	return closePick(t, reply), err
}

// planAgain moves or drops the visit that was planned last.
func (s colloquial) planAgain(ctx context.Context, t bot.Turn, tx Tx, text string, ref sales.Ref) (bot.Reply, bool, error) {
	off, m := rePlanOff.MatchString(text), rePlanAgain.FindStringSubmatch(text)
	if !off && m == nil {
		return bot.Reply{}, false, nil
	}
	p, err := tx.PlanByID(ctx, ref.ID)
	if err != nil || p.PersonID != t.Person.ID {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	if off {
		reply, err := s.undoPlan(ctx, t, tx, p)
		return reply, true, err
	}
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, true, err
	}
	reply, err := s.as(ctx, t, tx, "改计划 "+book.Customer(p.CustomerID)+" "+m[1])
	return reply, true, err
}

// refName is what a record filed a moment ago is called: " 绍兴市立医院 这次拜访".
func (s colloquial) refName(ctx context.Context, tx Tx, ref sales.Ref) (string, error) {
	book, err := s.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	switch ref.Kind {
	case "visit":
		v, err := tx.VisitByID(ctx, ref.ID)
		if err != nil || v.State != sales.VisitFiled {
			return "", ignoreMissing(err)
		}
		return " " + book.Customer(v.CustomerID) + " 这次拜访", nil
	case "filing":
		f, err := tx.FilingByID(ctx, ref.ID)
		if err != nil || f.State == sales.FilingUndone {
			return "", ignoreMissing(err)
		}
		return " " + strings.TrimSpace(book.Customer(f.CustomerID)+" 这条"+f.Kind.Name()), nil
	}
	return "", nil
}

// notAName reports whether a text that stands where a customer's name is wanted is surely none: a question, an order, a link.
func notAName(s string) bool {
	return isQuestion(s) || reNotName.MatchString(bare(s))
}

var reNotName = regexp.MustCompile(`https?://|怎么|什么|为啥|为什么|多少|哪[家个里些]|^(?:催|把|帮我|给我|看看|看下|看一下|查|改成|改为|不对|应该是|发我|提醒)`)

// tells reports whether words that stand where a customer's name may stand tell something instead: 反馈说挺好, 中午请王建国吃饭.
func tells(s string) bool { return reTells.MatchString(s) }

var reTells = regexp.MustCompile(`改成|改为|单号|反馈|寄了|寄出|收到|到账|吃饭|打车|停车|样品寄|不去|没去|去不了|说|讲|我|他|她|你|答应|准备|见了|聊了|介绍了`)
