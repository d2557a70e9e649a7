package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Filing is something filed beside visits with the names its card shows.
type Filing struct {
	Filing   sales.Filing
	Customer string
	Contact  string
	Products []string
	Author   string
	Handler  string
	Promises []sales.Todo
	// Told are those of the service who got it.
	Told []string
	// Group is true for a card that a group sees; Masked hides what only the author may read; Others says that the reader
	// is not the author.
	Group, Masked, Others bool
	// Changes are what was corrected, newest last.
	Changes []string
	Today   sales.Day
	Now     time.Time
}

// FilingKey names a filing's card: its author's, the group's, or the service's.
func FilingKey(id sales.ID, who string) string { return "filing:" + id.String() + "/" + who }

// FilingHead is what a filing is in a few words: "投诉(故障)", "售后(维修)", "样品".
func FilingHead(f sales.Filing) string {
	if t := sales.TopicName(f.Kind, f.Topic); t != "" && f.Topic != "other" {
		return f.Kind.Name() + "(" + t + ")"
	}
	return f.Kind.Name()
}

// FilingCard is the card of a filing as its author, or the group it was filed in, sees it.
func FilingCard(v Filing) cards.Card {
	f := v.Filing
	who := "own"
	if v.Group {
		who = "group"
	}
	c := cards.Card{Key: FilingKey(f.ID, who), Title: filingTitle(f), Status: v.Customer, Level: cards.OK, Fields: filingFields(v), Note: filingNote(v)}
	if f.State == sales.FilingUndone {
		c.Level, c.Note, c.Closed = cards.Plain, "", "已撤销 · "+sales.FormatTime(v.Now, v.Now)
		return c
	}
	if f.Pending() && f.Kind.ForService() {
		c.Level = cards.Warn
	}
	c.Buttons = append(sampleButtons(f, v.Customer), filingButton(f, "修改", "filing.edit", "修改 "+editHint(f.Kind)))
	if f.State != sales.FilingClosed && f.State != sales.FilingAnswered {
		undo := filingButton(f, "撤销", "filing.undo", "撤销")
		undo.Style = cards.Danger
		c.Buttons = append(c.Buttons, undo)
	}
	return c
}

func filingTitle(f sales.Filing) string {
	switch f.State {
	case sales.FilingUndone:
		return f.Kind.Name() + "已撤销"
	case sales.FilingFiled, sales.FilingOpen:
		return FilingHead(f) + "已记录"
	}
	return FilingHead(f) + sales.FilingStateName(f.State)
}

func editHint(k sales.FilingKind) string {
	switch k {
	case sales.FilingExpense, sales.FilingCompetitor:
		return "金额改成50"
	case sales.FilingSample:
		return "数量改成3盒"
	}
	return "内容改成要说的话"
}

func filingButton(f sales.Filing, text, verb, typed string, arg ...string) cards.Button {
	return cards.Button{Text: text, Typed: typed, Action: cards.Action{
		Verb: verb, Record: int64(f.ID), Version: f.Version, Arg: strings.Join(arg, ","),
	}}
}

// sampleButtons are the next steps of a sample.
func sampleButtons(f sales.Filing, customer string) []cards.Button {
	if f.Kind != sales.FilingSample {
		return nil
	}
	var out []cards.Button
	put := func(text, state, sentiment, typed string) {
		out = append(out, filingButton(f, text, "filing.sample", "样品 "+customer+" "+typed, strings.TrimSuffix(state+","+sentiment, ",")))
	}
	switch f.State {
	case sales.FilingRequested:
		put("已寄出", sales.FilingSent, "", "样品已寄出")
	case sales.FilingSent:
		put("已送达", sales.FilingDelivered, "", "样品已送达")
	case sales.FilingDelivered:
		put("反馈好", sales.FilingAnswered, sales.SentimentGood, "样品反馈很好")
		put("反馈一般", sales.FilingAnswered, sales.SentimentFair, "样品反馈一般")
		put("反馈不好", sales.FilingAnswered, sales.SentimentBad, "样品反馈不好")
	}
	if len(out) > 0 {
		out[0].Style = cards.Primary
	}
	return out
}

// SampleAsk is the card that asks what came of a delivered sample.
func SampleAsk(v Filing) cards.Card {
	c := FilingCard(v)
	c.Title, c.Level = "样品有反馈了吗", cards.Warn
	days := v.Today.Sub(v.Filing.DeliveredOn)
	c.Note = fmt.Sprintf("送达 %d 天了。问一句,点一下就记。", days)
	c.Buttons = append(sampleButtons(v.Filing, v.Customer), filingButton(v.Filing, "还没有", "filing.sample", "样品 "+v.Customer, sales.FilingDelivered))
	return c
}

func filingFields(v Filing) []cards.Field {
	f := v.Filing
	var promises []string
	for _, t := range v.Promises {
		promises = append(promises, Promise(t, v.Today))
	}
	list := listed(
		cards.Field{Name: "联系人", Value: v.Contact}, cards.Field{Name: "竞品", Value: f.Party}, cards.Field{Name: amountLabel(f.Kind), Value: filingAmount(v)},
		cards.Field{Name: productLabel(v), Value: strings.TrimSpace(strings.Join(v.Products, "、") + " " + f.Quantity)},
		cards.Field{Name: textLabel(f.Kind), Value: filingText(v)}, cards.Field{Name: "反馈", Value: sales.SentimentName(f.Sentiment)},
		cards.Field{Name: "人数", Value: peopleText(f.People)}, cards.Field{Name: "进度", Value: sampleWay(f)}, cards.Field{Name: "单号", Value: f.Tracking}, cards.Field{Name: "承诺", Value: joined(promises...)},
		cards.Field{Name: "处理", Value: handling(v)}, cards.Field{Name: "结果", Value: clip(f.Result, 100)},
	)
	return list[:min(len(list), cards.MaxFields)]
}

// productLabel is what stands before products and how many: 数量 where no product is known.
func productLabel(v Filing) string {
	if len(v.Products) == 0 {
		return "数量"
	}
	return "产品"
}

func amountLabel(k sales.FilingKind) string {
	if k == sales.FilingCompetitor {
		return "竞品价"
	}
	return "金额"
}

func textLabel(k sales.FilingKind) string {
	if k == sales.FilingExpense {
		return "事由"
	}
	return "内容"
}

func peopleText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d 人", n)
}

// filingAmount is the amount in full; a group does not see it.
func filingAmount(v Filing) string {
	f := v.Filing
	switch {
	case f.Amount == 0:
		return ""
	case v.Group:
		return "有,详情请单聊我"
	case f.Kind == sales.FilingExpense:
		return f.Amount.String()
	}
	return f.Amount.Short()
}

func filingText(v Filing) string {
	f := v.Filing
	switch {
	case f.Text == "":
		return ""
	case v.Masked:
		return "只有本人看得到"
	case v.Group && (f.Kind == sales.FilingCompetitor || f.Kind == sales.FilingExpense):
		return "有,详情请单聊我"
	}
	return clip(f.Text, 100)
}

// sampleWay is where a sample has been: "3月12日 寄出 → 3月14日 送达".
func sampleWay(f sales.Filing) string {
	if f.Kind != sales.FilingSample {
		return ""
	}
	date := func(d sales.Day) string { return strings.Fields(d.Chinese())[0] }
	parts := []string{"申领 " + date(f.Day)}
	if !f.SentOn.IsZero() {
		parts = append(parts, "寄出 "+date(f.SentOn))
	}
	if !f.DeliveredOn.IsZero() {
		parts = append(parts, "送达 "+date(f.DeliveredOn))
	}
	return strings.Join(parts, " → ")
}

func handling(v Filing) string {
	f := v.Filing
	switch {
	case !f.Kind.ForService():
		return ""
	case f.State == sales.FilingOpen && len(v.Told) > 0:
		return "已转给 " + strings.Join(v.Told, "、") + ",等受理"
	case f.State == sales.FilingOpen:
		return "等受理"
	case v.Handler == "":
		return ""
	}
	return v.Handler + " " + sales.FormatTime(f.HandledAt.Time, v.Now) + " 受理"
}

func filingNote(v Filing) string {
	f := v.Filing
	parts := slices.Clone(v.Changes)
	switch {
	case len(parts) > 0:
	case f.Kind == sales.FilingSample && f.State == sales.FilingDelivered:
		parts = append(parts, "7 天没有反馈会提醒你。")
	case f.Kind == sales.FilingCompetitor && !v.Group:
		parts = append(parts, "内容只有你看得到。")
	case f.Kind.ForService() && f.State == sales.FilingOpen:
		parts = append(parts, "受理和办结都会告诉你。")
	}
	return sentences(parts...)
}

// FilingForService is a complaint or request as the service sees it.
func FilingForService(v Filing) cards.Card {
	f := v.Filing
	v.Told = nil
	c := cards.Card{
		Key: FilingKey(f.ID, "service"), Title: FilingHead(f), Status: v.Customer, Level: cards.Warn,
		Fields: append([]cards.Field{{Name: "谁记的", Value: v.Author + " " + sales.FormatTime(f.FiledAt.Time, v.Now)}}, filingFields(v)...),
	}
	c.Fields = c.Fields[:min(len(c.Fields), cards.MaxFields)]
	if f.Urgent {
		c.Level, c.Title = cards.Alert, "加急 "+c.Title
	}
	switch f.State {
	case sales.FilingOpen:
		take := filingButton(f, "受理", "filing.accept", "受理 "+v.Customer)
		take.Style = cards.Primary
		c.Note, c.Buttons = "受理后归你办,其他人就不用管了。", []cards.Button{take}
	case sales.FilingAccepted:
		end := filingButton(f, "办结", "filing.close", "办结 "+v.Customer+" 怎么处理的")
		end.Style = cards.Primary
		c.Level, c.Note, c.Buttons = cards.Plain, "办完点 办结,写一句怎么处理的。", []cards.Button{end}
	case sales.FilingClosed:
		c.Level, c.Closed = cards.OK, "已办结 · "+v.Handler+" "+sales.FormatTime(f.ClosedAt.Time, v.Now)
	default:
		c.Level, c.Closed = cards.Plain, "已被"+v.Author+"撤销,不用处理"
	}
	return c
}

// FilingLine is one filing of a list.
func FilingLine(v Filing) string {
	f := v.Filing
	parts := []string{f.Day.Chinese()}
	if v.Others {
		parts = append(parts, v.Author)
	}
	parts = append(parts, v.Customer)
	if f.Kind == sales.FilingExpense {
		parts = append(parts, sales.TopicName(f.Kind, f.Topic))
	} else if t := sales.TopicName(f.Kind, f.Topic); t != "" && f.Topic != "other" {
		parts = append(parts, t)
	}
	if !v.Masked {
		parts = append(parts, f.Party, filingAmount(v), strings.Join(v.Products, "、"), clip(filingText(v), 24), sales.SentimentName(f.Sentiment))
	} else {
		parts = append(parts, "已记 1 条")
	}
	if f.State != sales.FilingFiled {
		state := sales.FilingStateName(f.State)
		if f.State == sales.FilingAccepted {
			state = v.Handler + "已受理"
		}
		if f.Pending() && f.Kind.ForService() {
			state += " " + sales.Waited(v.Now.Sub(f.FiledAt.Time))
		}
		parts = append(parts, state)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// Filings is a list of filings of one kind.
type Filings struct {
	Key, Title string
	Kind       sales.FilingKind
	Customer   sales.ID
	// Name is the customer's, empty for a list of all.
	Name  string
	Lines []string
	More  bool
}

// FilingList is a list with a button to file another.
func FilingList(v Filings) cards.Card {
	c := cards.Card{Key: v.Key, Title: v.Title, Status: fmt.Sprintf("%d 条", len(v.Lines))}
	if v.More {
		c.Status = "最近 " + c.Status
	}
	if len(v.Lines) == 0 {
		c.Status, c.Note = "没有", "要记就发:"+strings.TrimSpace(v.Kind.Name()+" "+orName(v.Name))+" 加一句话,或点下面。"
	}
	for i, l := range v.Lines {
		v.Lines[i] = fmt.Sprintf("%d. %s", i+1, l)
	}
	if len(v.Lines) > 0 {
		c.Note = strings.Join(v.Lines, "\n")
	}
	c.Buttons = []cards.Button{{
		Text: "记一条" + v.Kind.Name(), Style: cards.Primary, Typed: strings.TrimSpace(v.Kind.Name()+" "+orName(v.Name)) + " …",
		Action: cards.Action{Verb: "filing.new", Record: int64(v.Customer), Arg: string(v.Kind)},
	}}
	return c
}

func orName(s string) string {
	if s == "" {
		return "客户"
	}
	return s
}

// Expenses is what was spent in a time.
type Expenses struct {
	From, To sales.Day
	Sums     []sales.ExpenseSum
	Me       sales.PersonID
	Customer func(sales.ID) string
	Person   func(sales.PersonID) string
}

// maxExpenseLines bounds each part of the sum of expenses.
const maxExpenseLines = 15

// ExpenseText is what was spent: the total, by person where there are several, by customer and by category.
func ExpenseText(v Expenses) string {
	span := v.From.Chinese()
	if v.From != v.To {
		span += " 到 " + v.To.Chinese()
	}
	if len(v.Sums) == 0 {
		return "费用 " + span + ":没有。记一笔就发:费用 客户 打车45"
	}
	var total sales.Money
	count := 0
	people, customers, topics := map[string]sales.Money{}, map[string]sales.Money{}, map[string]sales.Money{}
	for _, s := range v.Sums {
		total, count = total+s.Amount, count+s.Count
		people[v.Person(s.PersonID)] += s.Amount
		name := v.Customer(s.CustomerID)
		if name == "" {
			name = "不归客户"
		}
		customers[name] += s.Amount
		topic := sales.TopicName(sales.FilingExpense, s.Topic)
		if topic == "" {
			topic = "其他"
		}
		topics[topic] += s.Amount
	}
	lines := []string{fmt.Sprintf("**费用 %s**:%d 笔 %s", span, count, total)}
	if len(people) > 1 {
		lines = append(lines, "按人:"+sumList(people))
	}
	lines = append(lines, "按客户:"+sumList(customers), "按类别:"+sumList(topics))
	return strings.Join(lines, "\n")
}

func sumList(m map[string]sales.Money) string {
	type row struct {
		name  string
		money sales.Money
	}
	var rows []row
	for n, x := range m {
		rows = append(rows, row{n, x})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.money, a.money), cmp.Compare(a.name, b.name))
	})
	var parts []string
	for i, r := range rows {
		if i == maxExpenseLines {
			parts = append(parts, fmt.Sprintf("另 %d 项", len(rows)-i))
			break
		}
		parts = append(parts, r.name+" "+r.money.String())
	}
	return strings.Join(parts, "、")
}
