package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/httpapi"
	"salesflow/bot/sheet"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

// makeStatement makes the Excel file of a customer's statement and sends it.
func (p *program) makeStatement(ctx context.Context, j sales.SheetJob) error {
	word, link, _ := strings.Cut(j.Choice, " ")
	id, err := sales.ParseID(word)
	if err != nil {
		return p.failSheet(ctx, j, "没找到这份对账单。")
	}
	var s sales.Statement
	var lines []sales.StatementLine
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if s, err = tx.StatementByID(ctx, id); err != nil {
			return err
		}
		invoices, err := tx.InvoicesOfMonth(ctx, s.CustomerID, s.MonthOn, s.LastDay())
		if err != nil {
			return err
		}
		payments, err := tx.PaymentsBetween(ctx, s.CustomerID, s.MonthOn, s.LastDay())
		lines = sales.StatementLines(s.Opening, invoices, payments)
		return err
	})
	if err != nil {
		return err
	}
	w, err := sheet.NewWriter("对账单", []string{"日期", "摘要", "单号", "开票(元)", "回款(元)", "余额(元)"})
	if err != nil {
		return err
	}
	rows := [][]string{{s.MonthOn.String(), "期初", "", "", "", plainYuan(s.Opening)}}
	for _, l := range lines {
		rows = append(rows, []string{l.Day.String(), l.What, l.No, yuanOrEmpty(l.Invoiced), yuanOrEmpty(l.Received), plainYuan(l.Balance)})
	}
	rows = append(rows, []string{s.LastDay().String(), "期末", "", plainYuan(s.Invoiced), plainYuan(s.Received), plainYuan(s.Closing)})
	for _, r := range rows {
		if err := w.Row(r); err != nil {
			_ = w.Close(nil)
			return err
		}
	}
	mail := p.statementMail(ctx, s, j.Name, link)
	text := "对账单做好了:期末 " + s.Closing.String() + "。"
	if mail != nil {
		text += "已发到客户邮箱 " + mail.Address[0] + "。"
	}
	return p.sendSheet(ctx, j, w, j.Name+".xlsx", text, mail)
}

// statementMail is the mail a statement goes to its customer by; nil without an address, a link or a mail server. Its file is put in
// when there is one.
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
			if theirs, err = sales.ParseMoney(amount); err != nil {
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
		return s.tellAnswer(ctx, st, c.Name)
	})
}

// tellAnswer shows the answer on the statement's card and tells finance and the owner.
func (s statementPages) tellAnswer(ctx context.Context, st sales.Statement, customer string) (bot.Reply, error) {
	org, err := s.p.books.Org(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Statement{Statement: st, Customer: customer, Now: s.p.clock.Now()}
	reply := bot.Reply{Faces: []view.Face{view.StatementCard(v)}}
	to := []sales.PersonID{st.CreatedBy}
	card, slot := view.StatementCard(v), "answered"
	if st.State == sales.StatementDisputed {
		card, slot = view.StatementAlert(v), "disputed"
		to = append(to, st.OwnerID)
		for _, f := range org.WithRole(sales.RoleFinance) {
			to = append(to, f.ID)
		}
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
			Out: bot.Outgoing{Text: customer + "确认了" + st.Month() + "对账单,期末 " + st.Closing.String() + "。"},
		}}
	}
	return reply, nil
}
