package handlers

import (
	"context"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// resubmitQuote changes the prices that were said and takes the approval up again where it was sent back.
func (a *App) resubmitQuote(ctx context.Context, t bot.Turn, tx Tx, q sales.Quote, r approval.Request, words string) (bot.Reply, error) {
	if err := a.mayResubmit(t, quotePaper{Quote: q}, r); err != nil {
		return a.refused(ctx, t, tx, quotePaper{Quote: q}, r, err)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	old := q
	if q.Lines, err = a.changedLines(t, book, q, words); err != nil {
		return bot.Reply{}, err
	}
	if err := q.Total(); err != nil {
		return bot.Reply{}, err
	}
	s := resubmission{
		p: quotePaper{Quote: q}, r: r, facts: a.quoteFacts(t, book, q),
		changes: approval.Changes{Title: contractTitle(book.Customer(q.CustomerID), q.Amount), Amount: q.Amount, Comment: words},
	}
	if q.Amount != old.Amount {
		s.traced = []sales.Change{{Field: "金额", Old: old.Amount.String(), New: q.Amount.String()}}
		s.said = "金额 " + old.Amount.Short() + " → " + q.Amount.Short()
	}
	return a.resubmitted(ctx, t, tx, s)
}

// changedLines are a quote's lines with what was said changed: a price or quantity of the product named, of the only one,
// or a discount of all.
func (a *App) changedLines(t bot.Turn, book *Book, q sales.Quote, words string) (sales.List[sales.QuoteLine], error) {
	lines := append(sales.List[sales.QuoteLine](nil), q.Lines...)
	if word := noSum(words); word != "" {
		return nil, sales.Errorf(sales.Invalid, "数量和金额要大于 0,这里写了 "+word+",没有改。")
	}
	w := a.readQuote(t, book, words)
	if w.percent > 0 && len(w.items) == 0 {
		for i, l := range lines {
			if l.List <= 0 {
				return nil, sales.Errorf(sales.Invalid, l.Name+" 没有标准价,算不出折扣。直接写单价,例:"+l.Name+" 单价17万。")
			}
			lines[i].Price = l.List.Percent(w.percent)
		}
	}
	for _, x := range w.items {
		at := -1
		for i, l := range lines {
			if l.Product == x.product || x.product == 0 && len(lines) == 1 {
				at = i
			}
		}
		if at < 0 {
			return nil, sales.Errorf(sales.Invalid, "改哪个产品?写上名字,例:"+lines[0].Name+" 单价17万。")
		}
		if x.qty == 0 {
			x.qty, x.unit = lines[at].Qty, lines[at].Unit
		}
		x.product = lines[at].Product
		if x.price == 0 && x.total == 0 && x.bare == 0 && x.percent == 0 && w.percent == 0 {
			x.price = lines[at].Price
		}
		p := book.Products[x.product]
		if p.ID == 0 {
			p = sales.Product{ID: lines[at].Product, Name: lines[at].Name, Line: lines[at].Line, ListPrice: lines[at].List}
		}
		l, ask := x.line(p, w.percent, "")
		if ask != "" {
			return nil, sales.Errorf(sales.Invalid, "改价没看懂。写 单价17万 或 总价34万。")
		}
		if l.Floor == 0 {
			l.Floor = lines[at].Floor
		}
		lines[at] = l
	}
	return lines, nil
}

// QuoteToContract begins a contract with what a quote says (转合同).
func (a *App) QuoteToContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	k, no, rest := a.cutPaperNo(t.Args, t.Today)
	if no != "" {
		p, r, err := paperByNo(ctx, tx, k, no)
		if err == nil {
			err = a.concerns(ctx, t, tx, p, r)
		}
		if err != nil {
			return bot.Reply{}, err
		}
		q, ok := p.(quotePaper)
		if !ok {
			return bot.Reply{}, sales.Errorf(sales.Invalid, no+" 是合同,不是报价。发 报价 看最近的几份。")
		}
		return a.takeOver(ctx, t, tx, q.Quote, rest)
	}
	ref, ok := lastOf(t.Dialogue, "quote")
	if !ok {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "哪份报价?写上编号,例:转合同 "+a.numbering(approval.Quote).No(t.Today, 1)+"。发 报价 看最近的。")
	}
	q, err := tx.QuoteByID(ctx, ref.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.takeOver(ctx, t, tx, q, rest)
}

// TapQuoteToContract does it by the button.
func (a *App) TapQuoteToContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, err := tx.QuoteByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.takeOver(ctx, t, tx, q, "")
	if msg := sales.Message(err); msg != "" {
		return bot.Text(msg), nil
	}
	return reply, err
}

// mayTakeOver refuses what cannot become a contract.
func mayTakeOver(t bot.Turn, q sales.Quote) error {
	switch {
	case q.OwnerID != t.Person.ID:
		return sales.Errorf(sales.Forbidden, q.No+" 是"+t.Org.Name(q.OwnerID)+"的报价,由他转合同。")
	case q.State == sales.QuoteContracted:
		return sales.Errorf(sales.Conflict, q.No+" 已经转过合同了。发 合同 看最近的几份。")
	case q.State != sales.QuoteApproved:
		return sales.Errorf(sales.Conflict, q.No+" 还没批过,不能转合同。发 报价 "+q.No+" 看进度。")
	case q.ValidUntil.Before(t.Today):
		return sales.Errorf(sales.Conflict, q.No+" "+q.ValidUntil.Chinese()+"已过期,重新报一份再转。")
	}
	return nil
}

func (a *App) takeOver(ctx context.Context, t bot.Turn, tx Tx, q sales.Quote, words string) (bot.Reply, error) {
	if err := mayTakeOver(t, q); err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	d := contractDraft{
		At: t.Now, EventID: t.Event.ID, Quote: q.ID, Customer: q.CustomerID, Products: q.Products(), Amount: q.Amount,
		Prepay: -1, Payment: -1, Delivery: -1, Discount: -1,
	}
	if q.Discount() > 0 {
		d.Discount = int(min((q.Discount()+50)/100, 100))
	}
	var parts []string
	for _, l := range q.Lines {
		parts = append(parts, l.Name+" "+l.QtyText()+" × "+l.Price.String())
	}
	d.Text = cutRunes(q.No+":"+strings.Join(parts, ";"), maxTerms)
	if words != "" {
		w := a.contractWords(t, book, words)
		w.Amount = 0 // the quote's stands
		d.take(w)
		d.Text = cutRunes(d.Text+";"+words, maxTerms)
	}
	return a.continueContract(ctx, t, tx, book, d)
}

// contracted marks the quote a contract came from. Its lines were approved at its prices: a contract below them is refused.
func (a *App) contracted(ctx context.Context, t bot.Turn, tx Tx, d contractDraft, c sales.Contract) error {
	if d.Quote == 0 {
		return nil
	}
	q, err := tx.QuoteByID(ctx, d.Quote)
	if err != nil {
		return err
	}
	if err := mayTakeOver(t, q); err != nil {
		return err
	}
	q.State, q.ContractID = sales.QuoteContracted, c.ID
	tx.UpdateQuote(q)
	audit(tx, t, "quote.contract", "quote", q.ID, sales.Change{Field: "合同", New: c.No}, sales.Change{Field: "版本", New: strconv.FormatInt(q.Version+1, 10)})
	emit(tx, t, "quote.contracted", "quote", q.ID)
	return nil
}
