package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/httpapi"
	"salesflow/bot/sheet"
	"salesflow/cards/paper"
	"salesflow/cards/view"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// statementOf is a statement with its lines and its customer's name.
type statementOf struct {
	sales.Statement
	customer string
	lines    []sales.StatementLine
}

func (p *program) readStatement(ctx context.Context, id sales.ID) (s statementOf, err error) {
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if s.Statement, err = tx.StatementByID(ctx, id); err != nil {
			return err
		}
		c, err := tx.CustomerByID(ctx, s.CustomerID)
		if err != nil {
			return err
		}
		invoices, err := tx.InvoicesOfMonth(ctx, s.CustomerID, s.MonthOn, s.LastDay())
		if err != nil {
			return err
		}
		payments, err := tx.PaymentsBetween(ctx, s.CustomerID, s.MonthOn, s.LastDay())
		s.customer, s.lines = c.Name, sales.StatementLines(s.Opening, invoices, payments)
		return err
	})
	return s, err
}

// makeStatement makes the PDF and the Excel file of a customer's statement and sends them: to whoever asked, and to the customer's mail
// when there is a link to answer by; of a month's batch to the customer only.
func (p *program) makeStatement(ctx context.Context, j sales.SheetJob) error {
	word, rest, _ := strings.Cut(j.Choice, " ")
	link, only, _ := strings.Cut(rest, " ")
	id, err := sales.ParseID(word)
	if err != nil {
		return p.failSheet(ctx, j, "没找到这份对账单。")
	}
	s, err := p.readStatement(ctx, id)
	if sales.KindOf(err) == sales.NotFound {
		return p.failSheet(ctx, j, "没找到这份对账单。")
	}
	if err != nil {
		return err
	}
	if link != "" && httpapi.TokenHash(path.Base(link)) != s.TokenHash { // answered, or made anew with another link
		if only == sales.ChooseMailOnly {
			return p.update(ctx, j, func(now *sales.SheetJob) bot.Reply { now.State = sales.SheetDone; return bot.Reply{} })
		}
		link = ""
	}
	excel, err := statementSheet(s)
	if err != nil {
		return err
	}
	pdf, err := paper.Statement(paper.StatementOf{Company: p.company, Customer: s.customer, Statement: s.Statement, Lines: s.lines, Link: link})
	if err != nil {
		return err
	}
	mail := p.statementMail(ctx, s.Statement, j.Name, link)
	return p.sendStatement(ctx, j, s, mail, only == sales.ChooseMailOnly, made{j.Name + ".pdf", pdfType, pdf}, made{j.Name + ".xlsx", xlsxType, excel})
}

// statementSheet is a statement as an Excel file.
func statementSheet(s statementOf) ([]byte, error) {
	w, err := sheet.NewWriter("对账单", []string{"日期", "摘要", "单号", "开票(元)", "回款(元)", "余额(元)"})
	if err != nil {
		return nil, err
	}
	rows := [][]string{{s.MonthOn.String(), "期初", "", "", "", plainYuan(s.Opening)}}
	for _, l := range s.lines {
		rows = append(rows, []string{l.Day.String(), l.What, l.No, yuanOrEmpty(l.Invoiced), yuanOrEmpty(l.Received), plainYuan(l.Balance)})
	}
	rows = append(rows, []string{s.LastDay().String(), "期末", "", plainYuan(s.Invoiced), plainYuan(s.Received), plainYuan(s.Closing)})
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			_ = w.Close(nil)
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := w.Close(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// made is a file that was just made.
type made struct {
	name, mime string
	data       []byte
}

// sendStatement keeps a statement's files and sends them; the last of them is the job's result.
func (p *program) sendStatement(ctx context.Context, j sales.SheetJob, s statementOf, mail *bot.Say, mailOnly bool, list ...made) error {
	var kept []sales.File
	var files []bot.File
	for _, m := range list {
		id, err := p.db.NewID(ctx)
		if err != nil {
			return err
		}
		size, sum, err := p.files.keep(ctx, id, bytes.NewReader(m.data))
		if err != nil {
			return err
		}
		kept = append(kept, sales.File{
			ID: id, Name: m.name, MIME: m.mime, Size: size, SHA256: sum, State: sales.FileKept, PersonID: j.PersonID, CreatedAt: sales.At(p.clock.Now()), Version: 1,
		})
		files = append(files, bot.File{ID: id, Name: m.name})
	}
	text := "对账单做好了:期末 " + s.Closing.String() + "。"
	if mail != nil {
		text += "已发到客户邮箱 " + mail.Address[0] + "。"
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, ok, err := p.finishSheet(ctx, tx, j, kept...)
		if err != nil || !ok {
			return bot.Reply{}, err
		}
		var reply bot.Reply
		if !mailOnly {
			var outs []bot.Outgoing
			for _, f := range files {
				outs = append(outs, bot.Outgoing{File: &f})
			}
			reply = sayTo(now, append(outs, bot.Outgoing{Text: text})...)
		}
		if mail != nil {
			mail.Slot, mail.Out.Mail.Files = "mail:"+j.ID.String(), files
			reply.Say = append(reply.Say, *mail)
		}
		return reply, nil
	})
}

// statementMail is the mail a statement goes to its customer by; nil without an address, a link or a mail server.
func (p *program) statementMail(ctx context.Context, s sales.Statement, name, link string) *bot.Say {
	if link == "" || p.cfg.Mail.SMTP == "" {
		return nil
	}
	b, err := viewed(ctx, p, func(ctx context.Context, tx *store.Tx) ([]sales.Billing, error) {
		b, err := tx.BillingOf(ctx, s.CustomerID)
		return []sales.Billing{b}, err
	})
	if err != nil || b[0].Mail == "" {
		return nil
	}
	return &bot.Say{
		Address: []string{b[0].Mail}, Subject: "statement:" + s.ID.String(), Kind: bot.DeliverPush, Via: bot.ViaMail,
		Out: bot.Outgoing{Mail: &bot.Mail{
			Subject: name, Text: name + "见附件,期末余额 " + s.Closing.String() + "。\n点开核对并确认(30 天有效):\n" + link,
		}},
	}
}

// statementBatch is how many statements of a month are read at a time.
const statementBatch = 500

// listStatements makes the list of a month's statements, of those the person may see now, and sends it.
func (p *program) listStatements(ctx context.Context, j sales.SheetJob) error {
	month, err := sales.ParseDay(j.Choice + "-01")
	if err != nil {
		return p.failSheet(ctx, j, "没看懂是哪个月。")
	}
	org, by, ok, err := p.asker(ctx, j)
	if err != nil || !ok {
		return err
	}
	scope := org.ScopeOf(by)
	if by.Has(sales.RoleFinance) {
		scope = sales.Scope{All: true}
	}
	w, err := sheet.NewWriter("对账单", []string{"客户", "期初(元)", "开票(元)", "回款(元)", "期末(元)", "状态", "客户账上(元)", "差异(元)", "谁答复", "邮箱", "已发到", "负责人"})
	if err != nil {
		return err
	}
	n := 0
	for {
		rows, err := viewed(ctx, p, func(ctx context.Context, tx *store.Tx) ([]sales.StatementRow, error) {
			return tx.StatementList(ctx, scope, month, nil, false, n, statementBatch)
		})
		for _, r := range rows {
			if err != nil {
				break
			}
			err = w.Row(statementCells(r, org))
		}
		if err == nil {
			err = p.renew(ctx, j)
		}
		if err != nil {
			_ = w.Close(nil)
			return err
		}
		if n += len(rows); len(rows) < statementBatch {
			break
		}
	}
	return p.sendSheet(ctx, j, w, j.Name+".xlsx", fmt.Sprintf("%d 家的对账单。", n))
}

func statementCells(r sales.StatementRow, org *sales.Org) []string {
	theirs, diff := "", ""
	if r.AnsweredBy != "" {
		theirs, diff = plainYuan(r.Theirs), plainYuan(r.Difference)
	}
	return []string{
		r.Customer, plainYuan(r.Opening), plainYuan(r.Invoiced), plainYuan(r.Received), plainYuan(r.Closing), r.StateName(), theirs, diff, r.AnsweredBy, r.Mail, mailedTo(r.Statement),
		org.Name(r.Keeper),
	}
}

// mailedTo is where a statement went, and whether it came back.
func mailedTo(s sales.Statement) string {
	if s.MailTrouble != "" {
		return s.MailedTo + "(退回)"
	}
	return s.MailedTo
}

// statements are the decisions about a month's statements.
func (p *program) statementsOf(cal *sales.Calendar) scheduler.Statements {
	return scheduler.Statements{
		Calendar: cal, Monthly: p.cfg.Rules.Cash.MonthlyStatements, Mail: p.cfg.Mail.SMTP != "",
		Link: func() (link, hash string, err error) {
			if p.cfg.PublicURL == "" {
				return "", "", nil
			}
			b, err := secret(32)
			if err != nil {
				return "", "", fmt.Errorf("make statement link: %w", err)
			}
			token := base64.RawURLEncoding.EncodeToString(b)
			return strings.TrimRight(p.cfg.PublicURL, "/") + "/s/" + token, httpapi.TokenHash(token), nil
		},
	}
}

// plainYuan is an amount as spreadsheets take it: "-1280.00".
func plainYuan(m sales.Money) string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, int64(m)/100, int64(m)%100)
}

func yuanOrEmpty(m sales.Money) string {
	if m == 0 {
		return ""
	}
	return plainYuan(m)
}

// statementPages implements httpapi.Statements: what a customer sees and says by the link of a statement.
type statementPages struct{ p *program }

// Statement implements httpapi.Statements.
func (s statementPages) Statement(ctx context.Context, hash string) (v httpapi.StatementView, err error) {
	err = s.p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		st, err := tx.StatementByToken(ctx, hash, sales.At(s.p.clock.Now()))
		if err != nil {
			return err
		}
		c, err := tx.CustomerByID(ctx, st.CustomerID)
		v = httpapi.StatementView{
			Customer: c.Name, Month: st.Month(), Opening: st.Opening.String(), Invoiced: st.Invoiced.String(), Received: st.Received.String(), Closing: st.Closing.String(),
		}
		if st.Closing < 0 {
			v.Prepaid = (-st.Closing).String()
		}
		return err
	})
	return v, err
}

// Answer implements httpapi.Statements.
func (s statementPages) Answer(ctx context.Context, hash, amount string) error {
	return s.p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now := s.p.clock.Now()
		st, err := tx.StatementByToken(ctx, hash, sales.At(now))
		if err != nil {
			return bot.Reply{}, err
		}
		theirs := st.Closing
		if amount != "" {
			if theirs, err = sales.ParseBalance(amount); err != nil {
				return bot.Reply{}, err
			}
		}
		c, err := tx.CustomerByID(ctx, st.CustomerID)
		if err != nil {
			return bot.Reply{}, err
		}
		settings := s.p.app.Settings.Cash
		st.Answer(theirs, settings.StatementDiff)
		st.AnsweredBy, st.AnsweredAt, st.TokenHash = "客户(链接)", sales.At(now), ""
		tx.PutStatement(st)
		s.p.cashier().StatementAnswered(tx, st)
		st.Version++
		return s.tellAnswer(ctx, st, c)
	})
}

// tellAnswer shows the answer on the statement's card. Who keeps the customer learns it, and finance of what does not agree; who made
// the statement by himself learns it too, while of a month's batch finance sees the answers in its list.
func (s statementPages) tellAnswer(ctx context.Context, st sales.Statement, c sales.Customer) (bot.Reply, error) {
	org, err := s.p.books.Org(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Statement{Statement: st, Customer: c.Name, Now: s.p.clock.Now()}
	reply := bot.Reply{Faces: []view.Face{view.StatementCard(v)}}
	to := []sales.PersonID{c.OwnerID}
	if !strings.HasPrefix(st.SourceEventID, "due:") {
		to = append(to, st.CreatedBy)
	}
	card, slot := view.StatementCard(v), "answered"
	if st.State == sales.StatementDisputed {
		card, slot = view.StatementAlert(v), "disputed"
		to = append(to, org.WhoHas(sales.RoleFinance)...)
	}
	to = slices.DeleteFunc(to, func(p sales.PersonID) bool { who, ok := org.Person(p); return !ok || !who.Active })
	slices.Sort(to)
	if to = slices.Compact(to); len(to) > 0 && slot == "disputed" {
		reply.Say = []bot.Say{{
			To: to, Subject: "statement:" + st.ID.String(), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Card: &card},
		}}
	} else if len(to) > 0 {
		reply.Say = []bot.Say{{
			To: to, Subject: "statement:" + st.ID.String(), Kind: bot.DeliverPush, Slot: slot, Push: true,
			Out: bot.Outgoing{Text: c.Name + "确认了" + st.Month() + "对账单,期末 " + st.Closing.String() + "。"},
		}}
	}
	return reply, nil
}
