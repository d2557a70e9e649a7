package handlers

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// StatementTx reads and writes statements.
type StatementTx interface {
	// PutStatement writes a statement: new with Version 0, else over the version it was read at.
	PutStatement(s sales.Statement)
	StatementByID(ctx context.Context, id sales.ID) (sales.Statement, error)
	StatementOf(ctx context.Context, customer sales.ID, month sales.Day) (sales.Statement, error)
	// StatementFigures computes what statements of customers are made of, from one day to another, both included.
	StatementFigures(ctx context.Context, from, to sales.Day, customers ...sales.ID) (map[sales.ID]sales.StatementFigures, error)
	// StatementRunOf reads the batch of a month; one that was never begun has Version 0.
	StatementRunOf(ctx context.Context, month sales.Day) (sales.StatementRun, error)
	StatementRunByID(ctx context.Context, id sales.ID) (sales.StatementRun, error)
	PutStatementRun(r sales.StatementRun)
	// StatementSums counts a month's statements by state, StatementList lists some of them, of customers of people in scope.
	StatementSums(ctx context.Context, scope sales.Scope, month sales.Day) ([]sales.StatementSum, error)
	StatementList(ctx context.Context, scope sales.Scope, month sales.Day, states []string, unmailed bool, from, limit int) ([]sales.StatementRow, error)
}

// statementFor is how long a customer can answer a statement by its link.
const statementFor = 30 * 24 * time.Hour

func (a *App) registerStatement(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "对账单", Aliases: []string{"dzd", "月结单"}, Summary: "给客户出月度对账单,看谁回了", Usage: "对账单 绍兴市立医院 2月 / 对账单 2月 / 对账单 2月 没回",
		Detail: "PDF 和 Excel 发你,带一个客户点开就能确认的链接(30 天有效);开票资料 里有邮箱的,同一份也发到客户邮箱。客户口头回的你来记:对账单 绍兴市立医院 2月 一致,或 对账单 绍兴市立医院 2月 对方 17.5万。" +
			"差异超过 5% 会告诉财务。逐笔看:对账单 绍兴市立医院 2月 明细。每月第一个工作日,上月有往来的客户自动出好,财务看过一次发出;只写月份看全部发到哪了、谁回了。",
		Rank: map[sales.Role]int{sales.RoleFinance: 8}, Handle: a.Statement,
	})
	r.Action("statement.same", a.TapStatement)
	r.Action("statement.file", a.TapStatementFile)
	r.Action("statement.lines", a.TapStatementLines)
	r.Action("statement.send", a.TapStatementSend)
	r.Action("statement.hold", a.TapStatementHold)
	r.Action("statements.show", a.TapStatements)
	r.Action("statements.send", a.TapSendStatements)
	r.Action("statements.file", a.TapStatementsFile)
}

var reTheirs = regexp.MustCompile(`(?:对方|客户说|客户账上|他们)(?:说|是|写|账上)*\s*(.+)$`)

// Statement makes a customer's statement of a month (对账单), or takes what the customer answered.
func (a *App) Statement(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("对账单单聊我:金额不放群里。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	text := narrow(cutRunes(t.Args, maxCashText))
	if why := badMonth(text); why != "" {
		return bot.Text(why + "例:对账单 绍兴市立医院 2月"), nil
	}
	month, rest := cutMonth(text, t.Today)
	theirs := ""
	if m := reTheirs.FindStringSubmatchIndex(rest); m != nil {
		theirs, rest = rest[m[2]:m[3]], rest[:m[0]]
	}
	rest, verb, page := cutStatementVerb(rest)
	same := strings.Contains(rest, "一致") || strings.Contains(rest, "没问题") || strings.Contains(rest, "无误")
	rest = bare(strings.NewReplacer("一致", "", "没问题", "", "无误", "", "确认", "").Replace(rest))
	if rest == "" && theirs == "" && !same {
		return a.statementsOf(ctx, t, tx, month, verb, page)
	}
	if rest == "" {
		return bot.Text("哪家的对账单?例:对账单 绍兴市立医院 2月 一致"), nil
	}
	id, _, why := a.customerIn(t, book, rest)
	if id == 0 {
		return bot.Text(why), nil
	}
	c := book.Customers.Of(id)
	if !cashScope(t).Covers(c.OwnerID) && !a.works(t, book, c) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+orElse(t.Org.Name(c.OwnerID), "公海")+"的客户,他、他的上级和财务能出对账单。")
	}
	if month.After(t.Today) {
		return bot.Text("这个月还没到。发 对账单 " + c.Name + " 上月"), nil
	}
	if theirs != "" || same {
		s, err := tx.StatementOf(ctx, id, month)
		if sales.KindOf(err) == sales.NotFound {
			return bot.Text("还没出过这份对账单。先发:对账单 " + c.Name + " " + strings.TrimSpace(monthWord(month))), nil
		}
		if err != nil {
			return bot.Reply{}, err
		}
		said := s.Closing
		if theirs != "" {
			amount, we := strings.CutPrefix(strings.Replace(strings.TrimSpace(theirs), "负", "-", 1), "-")
			w := readCash(t, book.Parser.Calendar, amount, parse.TensePast)
			if w.amount == 0 && strings.Trim(bare(amount), "0.元") != "" {
				return bot.Text("对方的数没看懂:" + quoted(bare(theirs), "") + "。回 17.5万 这样的数就行,是我们欠对方的写 -17.5万。"), nil
			}
			if said = w.amount; we { // what we owe the customer is negative
				said = -said
			}
		}
		return a.answerStatement(t, tx, book, s, said)
	}
	return a.oneStatement(ctx, t, tx, book, c, month, verb, page)
}

// makeStatement computes a statement anew, keeps it with a fresh link, and has its file made.
func (a *App) makeStatement(ctx context.Context, t bot.Turn, tx Tx, book *Book, c sales.Customer, month sales.Day) (bot.Reply, error) {
	s, err := tx.StatementOf(ctx, c.ID, month)
	if sales.KindOf(err) == sales.NotFound {
		s = sales.Statement{
			ID: tx.NewID(), CustomerID: c.ID, MonthOn: month, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
		}
	} else if err != nil {
		return bot.Reply{}, err
	}
	if err := fillStatement(ctx, tx, &s); err != nil {
		return bot.Reply{}, err
	}
	s.OwnerID, s.State, s.Theirs, s.Difference, s.AnsweredBy, s.AnsweredAt = c.OwnerID, sales.StatementSent, 0, 0, "", sales.Instant{}
	s.CreatedBy, s.SentAt, s.MailedTo, s.MailTrouble, s.SourceEventID = t.Person.ID, sales.At(t.Now), "", "", t.Event.ID
	s.AlteredAt, s.AlteredOpening, s.AlteredInvoiced, s.AlteredReceived = sales.Instant{}, 0, 0, 0
	link := ""
	if a.Settings.PublicURL != "" {
		b, err := a.Secret(32)
		if err != nil {
			return bot.Reply{}, fmt.Errorf("make statement token: %w", err)
		}
		token := base64.RawURLEncoding.EncodeToString(b)
		s.TokenHash, s.TokenUntil = UploadHash(token), sales.At(t.Now.Add(statementFor))
		link = strings.TrimRight(a.Settings.PublicURL, "/") + "/s/" + token
	}
	if a.Settings.Cash.Mail && link != "" {
		b, err := tx.BillingOf(ctx, c.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		s.MailedTo = b.Mail
	}
	tx.PutStatement(s)
	k := a.cashier(t)
	k.audit(tx, "statement.make", "statement", s.ID, sales.Change{Field: "期末", New: s.Closing.String()})
	k.emit(tx, "statement.issued", "statement", s.ID, cashEvent{Customer: s.CustomerID, Owner: s.OwnerID, Amount: s.Closing})
	s.Version++
	a.statementJob(t, tx, s, c.Name, link)
	card := view.StatementCard(view.Statement{Statement: s, Customer: c.Name, Now: t.Now})
	reply := bot.ShowCard(card)
	if t.Event.Kind == bot.Tapped {
		reply = bot.Reply{Faces: []view.Face{card}}
	}
	if link != "" {
		reply.Say = append(reply.Say, bot.Say{Slot: "link", Out: bot.Outgoing{Text: "把这个链接转给" + c.Name + ",点开就能确认(30 天有效):\n" + link}})
	}
	return reply, nil
}

// fillStatement computes a statement's figures from what is stored.
func fillStatement(ctx context.Context, tx Tx, s *sales.Statement) error {
	f, err := tx.StatementFigures(ctx, s.MonthOn, s.LastDay(), s.CustomerID)
	if err == nil {
		s.Take(f[s.CustomerID])
	}
	return err
}

// statementJob has a statement's file made; with a link it goes to the customer's mail, too.
func (a *App) statementJob(t bot.Turn, tx Tx, s sales.Statement, customer, link string) {
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetStatement, State: sales.SheetMaking, PersonID: t.Person.ID, Name: customer + " " + s.Month() + "对账单",
		Choice: strings.TrimSpace(s.ID.String() + " " + link), CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
}

// answerStatement keeps what a customer said of a statement, as one of ours tells it.
func (a *App) answerStatement(t bot.Turn, tx Tx, book *Book, s sales.Statement, theirs sales.Money) (bot.Reply, error) {
	s.Answer(theirs, a.Settings.Cash.StatementDiff)
	s.AnsweredBy, s.AnsweredAt, s.TokenHash = t.Person.Name, sales.At(t.Now), ""
	tx.PutStatement(s)
	a.cashier(t).StatementAnswered(tx, s)
	s.Version++
	v := view.Statement{Statement: s, Customer: book.Customer(s.CustomerID), Now: t.Now}
	reply := bot.Reply{Faces: []view.Face{view.StatementCard(v)}}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.ShowCard(view.StatementCard(v)).Say
	}
	if s.State == sales.StatementDisputed {
		reply.Say = append(reply.Say, tell(t, "statement:"+s.ID.String(), "disputed:"+t.Event.ID, view.StatementAlert(v), financeOf(t)...)...)
	}
	return reply, nil
}

// StatementAnswered traces the answer to a statement and tells the rules.
func (c Cashier) StatementAnswered(tx CashWorkTx, s sales.Statement) {
	what := "statement.confirmed"
	if s.State == sales.StatementDisputed {
		what = "statement.disputed"
	}
	if s.State == sales.StatementConfirmed { // it may be of figures that were others by then
		c.lookAtStatement(tx, s.ID)
	}
	c.audit(tx, what, "statement", s.ID, sales.Change{Field: "对方", Old: s.Closing.String(), New: s.Theirs.String()})
	c.emit(tx, what, "statement", s.ID, cashEvent{Customer: s.CustomerID, Owner: s.OwnerID, Amount: s.Closing, Open: s.Difference})
}

// TapStatement keeps that the customer agrees.
func (a *App) TapStatement(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, book, err := a.tappedStatement(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if s.Version != t.Action.Version || s.State != sales.StatementSent {
		reply := bot.Text("这份对账单已经有答复了,没有再改动。")
		reply.Faces = []view.Face{view.StatementCard(view.Statement{Statement: s, Customer: book.Customer(s.CustomerID), Now: t.Now})}
		return reply, nil
	}
	return a.answerStatement(t, tx, book, s, s.Closing)
}

// TapStatementFile has the file made again.
func (a *App) TapStatementFile(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, book, err := a.tappedStatement(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	a.statementJob(t, tx, s, book.Customer(s.CustomerID), "")
	return bot.Text("在做对账单,马上发你。"), nil
}

func (a *App) tappedStatement(ctx context.Context, t bot.Turn, tx Tx) (sales.Statement, *Book, error) {
	s, err := tx.StatementByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return s, nil, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return s, nil, err
	}
	c := book.Customers.Of(s.CustomerID)
	if t.InGroup() || !cashScope(t).Covers(c.OwnerID) && !a.works(t, book, c) {
		return s, nil, sales.Errorf(sales.Forbidden, "这份对账单由"+orElse(t.Org.Name(c.OwnerID), "负责人")+"、他的上级和财务来定。")
	}
	return s, book, nil
}
