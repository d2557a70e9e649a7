package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// statementPage is how many lines of a statement one message shows.
const statementPage = 12

var (
	rePage = regexp.MustCompile(`第?\s*(\d{1,4})\s*页`)
	// statementVerbs are what can be written behind a customer or a month.
	statementVerbs = map[string]string{
		"发出": "send", "发送": "send", "现在就发": "send", "重出": "again", "重新出": "again", "明细": "lines", "文件": "file", "不发": "hold", "还是发": "unhold", "清单": "list",
		"没回": "open", "有出入": "disputed", "待发": "ready", "没邮箱": "unmailed", "名单": "names", "全部": "names",
	}
)

// cutStatementVerb cuts what is to be done and a page, counted from 0, off the end of a text.
func cutStatementVerb(text string) (rest, verb string, page int) {
	rest = text
	if m := rePage.FindStringSubmatchIndex(rest); m != nil {
		n, _ := strconv.Atoi(rest[m[2]:m[3]])
		page = max(n-1, 0)
		rest = rest[:m[0]] + " " + rest[m[1]:]
	}
	words := strings.Fields(bare(rest))
	if len(words) == 0 {
		return "", "", page
	}
	if v, ok := statementVerbs[words[len(words)-1]]; ok {
		return strings.Join(words[:len(words)-1], " "), v, page
	}
	return strings.Join(words, " "), "", page
}

// sendsStatements reports whether a person may send the statements of all customers.
func sendsStatements(t bot.Turn) bool {
	return t.Person.Has(sales.RoleFinance, sales.RoleDirector, sales.RoleGM)
}

// oneStatement makes, shows, sends or keeps back the statement of one customer.
func (a *App) oneStatement(ctx context.Context, t bot.Turn, tx Tx, book *Book, c sales.Customer, month sales.Day, verb string, page int) (bot.Reply, error) {
	s, err := tx.StatementOf(ctx, c.ID, month)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	}
	none := err != nil
	switch {
	case verb == "lines":
		if none {
			s = sales.Statement{CustomerID: c.ID, MonthOn: month}
		}
		return a.statementLines(ctx, t, tx, s, c.Name, page)
	case none && (verb == "file" || verb == "hold" || verb == "unhold"):
		return bot.Text("还没出过这份对账单。先发:对账单 " + c.Name + " " + monthWord(month)), nil
	case verb == "file":
		a.statementJob(t, tx, s, c.Name, "")
		return bot.Text("在做对账单,马上发你。"), nil
	case verb == "hold" || verb == "unhold":
		return a.holdStatement(t, tx, book, s, verb == "hold")
	case verb == "" && !none && sendsStatements(t) && (s.State == sales.StatementReady || s.State == sales.StatementHeld):
		return bot.ShowCard(view.StatementCard(view.Statement{Statement: s, Customer: c.Name, Sends: true, Now: t.Now})), nil
	case verb == "" && !none && (s.State == sales.StatementConfirmed || s.State == sales.StatementDisputed):
		return a.answeredStatement(ctx, t, tx, c, s)
	}
	return a.makeStatement(ctx, t, tx, book, c, month)
}

// answeredStatement shows a statement the customer has answered. Making it anew would throw the answer away, so that is asked for.
func (a *App) answeredStatement(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, s sales.Statement) (bot.Reply, error) {
	now := s
	if err := fillStatement(ctx, tx, &now); err != nil {
		return bot.Reply{}, err
	}
	text := "客户已经答复过了,数没变。"
	if now.Closing != s.Closing || now.Opening != s.Opening || now.Invoiced != s.Invoiced || now.Received != s.Received {
		text = "客户答复以后账变了,现在期末 " + now.Closing.String() + "。"
	}
	audit(tx, t, "statement.read", "statement", s.ID)
	reply := bot.ShowCard(view.StatementCard(view.Statement{Statement: s, Customer: c.Name, Now: t.Now}))
	reply.Say = append(reply.Say, bot.Say{Slot: "again", Out: bot.Outgoing{
		Text: text + "要重出一份让客户再确认,发:对账单 " + c.Name + " " + monthWord(s.MonthOn) + " 重出(原来的答复作废)",
	}})
	return reply, nil
}

// statementLines lists the rows behind the figures of a statement, as they are now.
func (a *App) statementLines(ctx context.Context, t bot.Turn, tx Tx, s sales.Statement, customer string, page int) (bot.Reply, error) {
	if err := fillStatement(ctx, tx, &s); err != nil {
		return bot.Reply{}, err
	}
	invoices, err := tx.InvoicesOfMonth(ctx, s.CustomerID, s.MonthOn, s.LastDay())
	if err != nil {
		return bot.Reply{}, err
	}
	payments, err := tx.PaymentsBetween(ctx, s.CustomerID, s.MonthOn, s.LastDay())
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "statement.rows", "customer", s.CustomerID, sales.Change{Field: "月", New: s.Month()})
	lines := sales.StatementLines(s.Opening, invoices, payments)
	text := view.StatementRows(view.Statement{Statement: s, Customer: customer, Now: t.Now}, lines, page, statementPage)
	return bot.Reply{Say: []bot.Say{{To: alone(t), Slot: "lines", Out: bot.Outgoing{Text: text}}}}, nil
}

// TapStatementLines lists the rows behind a statement.
func (a *App) TapStatementLines(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, book, err := a.tappedStatement(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.statementLines(ctx, t, tx, s, book.Customer(s.CustomerID), 0)
}

// TapStatementSend sends one statement that was made with all of its month.
func (a *App) TapStatementSend(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, book, err := a.tappedStatement(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	again := s.State == sales.StatementSent && s.MailTrouble != ""
	if s.Version != t.Action.Version || s.State != sales.StatementReady && s.State != sales.StatementHeld && !again {
		return a.staleStatement(t, book, s), nil
	}
	return a.makeStatement(ctx, t, tx, book, book.Customers.Of(s.CustomerID), s.MonthOn)
}

func (a *App) staleStatement(t bot.Turn, book *Book, s sales.Statement) bot.Reply {
	reply := bot.Text("这份对账单刚才变了,现在是" + s.StateName() + "。没有改动。")
	reply.Faces = []view.Face{view.StatementCard(view.Statement{Statement: s, Customer: book.Customer(s.CustomerID), Sends: sendsStatements(t), Now: t.Now})}
	return reply
}

// TapStatementHold keeps a statement back, or has it sent after all.
func (a *App) TapStatementHold(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, book, err := a.tappedStatement(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if s.Version != t.Action.Version {
		return a.staleStatement(t, book, s), nil
	}
	return a.holdStatement(t, tx, book, s, s.State == sales.StatementReady)
}

func (a *App) holdStatement(t bot.Turn, tx Tx, book *Book, s sales.Statement, hold bool) (bot.Reply, error) {
	customer := book.Customer(s.CustomerID)
	from, to := sales.StatementReady, sales.StatementHeld
	if !hold {
		from, to = to, from
	}
	switch {
	case !sendsStatements(t):
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "发不发由财务、总监来定。")
	case s.State == to:
		return bot.Text(customer + " " + s.Month() + "对账单已经是" + s.StateName() + "。"), nil
	case s.State != from:
		return bot.Text(customer + " " + s.Month() + "对账单" + s.StateName() + ",已经发过了。"), nil
	}
	s.State = to
	tx.PutStatement(s)
	verb := map[bool]string{true: "statement.held", false: "statement.unheld"}[hold]
	audit(tx, t, verb, "statement", s.ID)
	emit(tx, t, verb, "statement", s.ID)
	s.Version++
	card := view.StatementCard(view.Statement{Statement: s, Customer: customer, Sends: true, Now: t.Now})
	if t.Event.Kind == bot.Tapped {
		return bot.Reply{Faces: []view.Face{card}}, nil
	}
	return bot.ShowCard(card), nil
}

// statementsOf shows the statements of a month, sends them, or has them listed in a file.
func (a *App) statementsOf(ctx context.Context, t bot.Turn, tx Tx, month sales.Day, verb string, page int) (bot.Reply, error) {
	switch verb {
	case "send":
		r, err := tx.StatementRunOf(ctx, month)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.sendStatements(ctx, t, tx, r)
	case "list", "file":
		return a.statementsFile(t, tx, month), nil
	case "lines", "hold", "unhold":
		return bot.Text("哪家的?例:对账单 绍兴市立医院 " + monthWord(month) + " 明细"), nil
	}
	v, n, err := a.readStatements(ctx, t, tx, month, verb, page)
	if err != nil {
		return bot.Reply{}, err
	}
	if n == 0 {
		return bot.Text(sales.MonthName(month) + "还没有对账单。给一家出:对账单 绍兴市立医院 " + monthWord(month) + "。每月第一个工作日,上月有往来的自动出好等财务发。"), nil
	}
	if verb != "" || page > 0 {
		return bot.Text(view.StatementsText(v)), nil
	}
	return bot.ShowCard(view.StatementsCard(v)), nil
}

// statementSides are the states that a side of a month's statements shows; unmailed is of those without an address.
var statementSides = map[string][]string{
	"": nil, "ready": {sales.StatementReady}, "open": {sales.StatementSent}, "disputed": {sales.StatementDisputed},
	"unmailed": {sales.StatementReady, sales.StatementSent},
}

// readStatements reads a page of a month's statements, of those the person may see; n counts all of them.
func (a *App) readStatements(ctx context.Context, t bot.Turn, tx Tx, month sales.Day, what string, page int) (v view.Statements, n int64, err error) {
	states, ok := statementSides[what]
	if !ok {
		what = ""
	}
	scope := cashScope(t)
	v = view.Statements{Person: t.Person.ID, Month: month, What: what, Sends: sendsStatements(t), Name: t.Org.Name, Today: t.Today}
	if v.Run, err = tx.StatementRunOf(ctx, month); err != nil {
		return v, 0, err
	}
	if v.Sums, err = tx.StatementSums(ctx, scope, month); err != nil {
		return v, 0, err
	}
	for _, s := range v.Sums {
		n += s.Count
		switch {
		case what == "unmailed" && (s.State == sales.StatementReady || s.State == sales.StatementSent):
			v.Of += s.Unmailed
		case what == "" || len(states) > 0 && s.State == states[0] && what != "unmailed":
			v.Of += s.Count
		}
	}
	v.Page = min(max(page, 0), int(max(v.Of-1, 0))/view.StatementsShown)
	v.Rows, err = tx.StatementList(ctx, scope, month, states, what == "unmailed", v.Page*view.StatementsShown, view.StatementsShown)
	audit(tx, t, "statement.list", "person", sales.ID(t.Person.ID), sales.Change{Field: "月", New: month.String()[:7]})
	return v, n, err
}

// TapStatements lists one side of a month's statements.
func (a *App) TapStatements(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	part := strings.Split(t.Action.Arg, ",")
	month, err := sales.ParseDay(part[0] + "-01")
	if err != nil || len(part) != 3 || t.InGroup() {
		return bot.Text("这个按钮已失效。发 对账单 重新看。"), nil
	}
	page, _ := strconv.Atoi(part[2])
	v, _, err := a.readStatements(ctx, t, tx, month, part[1], page)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Slot: "names", Out: bot.Outgoing{Text: view.StatementsText(v)}}}}, nil
}

// TapSendStatements sends everything of a month that is ready.
func (a *App) TapSendStatements(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	r, err := tx.StatementRunByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if r.Version != t.Action.Version {
		v, _, err := a.readStatements(ctx, t, tx, r.MonthOn, "", 0)
		reply := a.turned(t, view.StatementsCard(v))
		reply.Say = append(reply.Say, bot.Say{Slot: "stale", Out: bot.Outgoing{Text: "这批对账单刚才有人动过,没有再发。"}})
		return reply, err
	}
	return a.sendStatements(ctx, t, tx, r)
}

// sendStatements has what is ready of a month sent, part by part, from now on.
func (a *App) sendStatements(ctx context.Context, t bot.Turn, tx Tx, r sales.StatementRun) (bot.Reply, error) {
	if !sendsStatements(t) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "整批对账单由财务、总监来发。给自己的客户出一份:对账单 客户 "+monthWord(r.MonthOn))
	}
	sums, err := tx.StatementSums(ctx, sales.Scope{All: true}, r.MonthOn)
	if err != nil {
		return bot.Reply{}, err
	}
	ready := int64(0)
	for _, s := range sums {
		if s.State == sales.StatementReady {
			ready = s.Count
		}
	}
	switch {
	case r.State == sales.RunSending:
		return bot.Text(t.Org.Name(r.SentBy) + "已经在发了,发完告诉" + map[bool]string{true: "你", false: "他"}[r.SentBy == t.Person.ID] + "。"), nil
	case r.Version == 0 || ready == 0 || r.State != sales.RunReady:
		return bot.Text(r.Month() + "没有待发的对账单。发 对账单 " + monthWord(r.MonthOn) + " 看到哪了。"), nil
	}
	r.State, r.AfterID, r.SentBy, r.SentAt = sales.RunSending, 0, t.Person.ID, sales.At(t.Now)
	r.Sent, r.Mailed, r.Changed = 0, 0, 0
	tx.PutStatementRun(r)
	r.Version++
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueStatements, SubjectKind: "statement_run", SubjectID: r.ID, Slot: r.Part(), DueAt: sales.At(t.Now), State: sales.DuePending,
	})
	audit(tx, t, "statement_run.send", "statement_run", r.ID, sales.Change{Field: "份数", New: strconv.FormatInt(ready, 10)})
	emit(tx, t, "statement_run.send", "statement_run", r.ID)
	list, err := tx.StatementList(ctx, sales.Scope{All: true}, r.MonthOn, nil, false, 0, view.StatementsShown)
	if err != nil {
		return bot.Reply{}, err
	}
	card := view.StatementsCard(view.Statements{
		Person: t.Person.ID, Month: r.MonthOn, Run: r, Sums: sums, Rows: list, Sends: true, Name: t.Org.Name, Today: t.Today,
	})
	if t.Event.Kind == bot.Tapped {
		return a.turned(t, card), nil
	}
	return bot.ShowCard(card), nil
}

// TapStatementsFile has a month's statements listed in a file.
func (a *App) TapStatementsFile(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	month, err := sales.ParseDay(t.Action.Arg + "-01")
	if err != nil || t.InGroup() {
		return bot.Text("这个按钮已失效。发 对账单 重新看。"), nil
	}
	return a.statementsFile(t, tx, month), nil
}

func (a *App) statementsFile(t bot.Turn, tx Tx, month sales.Day) bot.Reply {
	s := sales.Statement{MonthOn: month}
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetStatements, State: sales.SheetMaking, PersonID: t.Person.ID, Name: s.Month() + "对账单清单",
		Choice: month.String()[:7], CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
	audit(tx, t, "statement.export", "person", sales.ID(t.Person.ID), sales.Change{Field: "月", New: s.Month()})
	return bot.Text("在做清单,马上发你。")
}
