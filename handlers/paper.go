package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// paper is a record under approval, whatever it is: what every verb needs of it.
type paper interface {
	object() string // of events, audit rows, buttons: "contract"
	id() sales.ID
	no() string
	owner() sales.PersonID
	files() []sales.ID
	withFiles(ids []sales.ID) paper
	// write puts the record into the state of its request and gives it as it is then.
	write(tx Tx, s approval.State) paper
	// schedule ends what waits for a moment when the paper waits for nobody any more.
	schedule(tx Tx, after approval.Request)
	// follow carries along what else belongs to the record: its incident.
	follow(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request) (bot.Reply, error)
	// view is the record as its cards show it; fresh are files made in this turn.
	view(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request, fresh ...sales.File) (view.Paper, error)
	// findings counts what an approver should look at twice.
	findings(ctx context.Context, a *App, tx Tx) (int, error)
}

// paperObjects are what the events, audit rows and buttons of records under approval begin with.
var paperObjects = []string{"contract", "quote", "agreement", "application"}

// paperState is the state a record is in by its request.
func paperState(s approval.State) string { return contractStates[s] }

// plainPaper is what goes for a paper that nothing else hangs on.
type plainPaper struct{}

func (plainPaper) findings(context.Context, *App, Tx) (int, error) { return 0, nil }

func (plainPaper) schedule(Tx, approval.Request) {}

func (plainPaper) follow(context.Context, *App, bot.Turn, Tx, approval.Request) (bot.Reply, error) {
	return bot.Reply{}, nil
}

// contractPaper is a contract under approval.
type contractPaper struct{ sales.Contract }

func (p contractPaper) object() string        { return "contract" }
func (p contractPaper) id() sales.ID          { return p.ID }
func (p contractPaper) no() string            { return p.No }
func (p contractPaper) owner() sales.PersonID { return p.OwnerID }
func (p contractPaper) files() []sales.ID     { return p.Files }

func (p contractPaper) findings(ctx context.Context, a *App, tx Tx) (int, error) {
	found, err := a.submitFindings(ctx, tx, p.Contract)
	return len(found), err
}

func (p contractPaper) withFiles(ids []sales.ID) paper {
	p.Files = ids
	return p
}

func (p contractPaper) write(tx Tx, s approval.State) paper {
	p.State = paperState(s)
	tx.UpdateContract(p.Contract)
	p.Version++
	return p
}

func (p contractPaper) schedule(tx Tx, after approval.Request) {
	if after.State != approval.Pending {
		tx.CancelDue("", "contract", after.Record, string(after.State))
	}
}

// turned is the contract with since when it waits for whom it waits for now; ok is false when nothing about that has changed.
// Rules count from it.
func (p contractPaper) turned(now time.Time, before, after approval.Request) (out paper, ok bool) {
	switch {
	case approval.Turned(before, after):
		p.TurnAt = sales.At(now)
	case after.State != approval.Pending && !p.TurnAt.IsZero():
		p.TurnAt = sales.Instant{}
	default:
		return p, false
	}
	return p, true
}

func (p contractPaper) follow(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request) (bot.Reply, error) {
	return a.followIncident(ctx, t, tx, p.Contract, r)
}

func (p contractPaper) view(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request, fresh ...sales.File) (view.Paper, error) {
	v, err := a.contractView(ctx, t, tx, p.Contract, r, fresh...)
	if err != nil {
		return view.Paper{}, err
	}
	out := v.Paper()
	kept, err := tx.ContractPaperOf(ctx, p.ID)
	if err != nil {
		return view.Paper{}, err
	}
	out.Detail = append(out.Detail, paperLines(t, p.Contract, kept, r)...)
	return out, nil
}

// quotePaper is a quote under approval.
type quotePaper struct {
	plainPaper
	sales.Quote
}

func (p quotePaper) object() string        { return "quote" }
func (p quotePaper) id() sales.ID          { return p.ID }
func (p quotePaper) no() string            { return p.No }
func (p quotePaper) owner() sales.PersonID { return p.OwnerID }
func (p quotePaper) files() []sales.ID     { return p.Files }

func (p quotePaper) findings(context.Context, *App, Tx) (int, error) { return len(p.Under()), nil }

func (p quotePaper) withFiles(ids []sales.ID) paper {
	p.Files = ids
	return p
}

func (p quotePaper) write(tx Tx, s approval.State) paper {
	p.State = paperState(s)
	tx.UpdateQuote(p.Quote)
	p.Version++
	return p
}

func (p quotePaper) view(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request, fresh ...sales.File) (view.Paper, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Paper{}, err
	}
	files, err := filesOf(ctx, tx, p.Files, fresh...)
	if err != nil {
		return view.Paper{}, err
	}
	v := a.quoteView(t, book, p.Quote, r, files)
	v.Elsewhere, err = a.elsewhere(ctx, tx, r)
	return v.Paper(), err
}

// paperOf reads the record of a request.
func paperOf(ctx context.Context, tx Tx, r approval.Request) (paper, error) {
	if r.Kind == approval.Quote || r.Kind == approval.SpecialPrice {
		q, err := tx.QuoteByID(ctx, r.Record)
		return quotePaper{Quote: q}, err
	}
	if r.Kind == approval.Agreement {
		g, err := tx.AgreementByID(ctx, r.Record)
		return agreementPaper{Agreement: g}, err
	}
	if r.Kind == approval.General {
		x, err := tx.ApplicationByID(ctx, r.Record)
		return applicationPaper{Application: x}, err
	}
	c, err := tx.ContractByID(ctx, r.Record)
	return contractPaper{c}, err
}

// paperByID reads a record under approval, by what it is and its id, with its approval.
func paperByID(ctx context.Context, tx Tx, object string, id sales.ID) (paper, approval.Request, error) {
	switch object {
	case "quote":
		q, err := tx.QuoteByID(ctx, id)
		if err != nil {
			return nil, approval.Request{}, err
		}
		r, err := tx.RequestByID(ctx, q.RequestID)
		return quotePaper{Quote: q}, r, err
	case "agreement":
		return agreementByID(ctx, tx, id)
	case "application":
		return applicationByID(ctx, tx, id)
	}
	c, err := tx.ContractByID(ctx, id)
	if err != nil {
		return nil, approval.Request{}, err
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	return contractPaper{c}, r, err
}

// tappedPaper reads the record of a tapped button, whose verb begins with what it is.
func tappedPaper(ctx context.Context, t bot.Turn, tx Tx) (paper, approval.Request, error) {
	object, _, _ := strings.Cut(t.Action.Verb, ".")
	return paperByID(ctx, tx, object, sales.ID(t.Action.Record))
}

// tappedView is the record of a tapped button as its cards show it, for whoever may see it.
func (a *App) tappedView(ctx context.Context, t bot.Turn, tx Tx) (p paper, r approval.Request, v view.Paper, err error) {
	if p, r, err = tappedPaper(ctx, t, tx); err != nil {
		return p, r, v, err
	}
	if err = mayReadPaper(t, p, r); err != nil {
		return p, r, v, err
	}
	v, err = p.view(ctx, a, t, tx, r)
	return p, r, v, err
}

// readablePaper reads a record and its approval by the number people say, for whoever may see it.
func readablePaper(ctx context.Context, t bot.Turn, tx Tx, k approval.Kind, no string) (paper, approval.Request, error) {
	p, r, err := paperByNo(ctx, tx, k, no)
	if err == nil {
		err = mayReadPaper(t, p, r)
	}
	return p, r, err
}

// mayReadPaper refuses who may not see a record: its requester, those above, everyone with a part in the approval and
// those through whose hands the papers pass may.
func mayReadPaper(t bot.Turn, p paper, r approval.Request) error {
	return mayRead(t, p.no(), p.owner(), r)
}

// decides reports whether it is a person's turn, or that of somebody they stand in for.
func decides(r approval.Request, p sales.PersonID) bool {
	return myTurn(r, p) || slices.ContainsFunc(r.Deputies(), func(d approval.Person) bool { return d.ID == p })
}

// actorFor is who acts, with those they may act for.
func (a *App) actorFor(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, verb approval.Verb) (approval.Actor, error) {
	actor := a.actor(t, p, r)
	if r.State != approval.Pending || myTurn(r, t.Person.ID) {
		return actor, nil
	}
	turn := r.TurnIDs()
	ins, err := sales.StandIns(ctx, tx, t.Org, turn, string(r.Kind), sales.At(t.Now))
	if err != nil {
		return actor, err
	}
	for _, x := range turn {
		if ins[x] == t.Person.ID {
			actor.ActsFor = append(actor.ActsFor, x)
		}
	}
	c, ok := p.(contractPaper)
	if verb == approval.VerbTransfer && ok && len(actor.ActsFor) == 0 {
		actor.ActsFor, err = a.standsIn(ctx, t, tx, c.Contract, r)
	}
	return actor, err
}

// covered notes in a request who stands in for those whose turn it is.
func (a *App) covered(ctx context.Context, t bot.Turn, tx Tx, r approval.Request) (approval.Request, error) {
	if r.State != approval.Pending || r.Placed() != "" {
		return r, nil
	}
	turn := r.TurnIDs()
	ins, err := sales.StandIns(ctx, tx, t.Org, turn, string(r.Kind), sales.At(t.Now))
	if err != nil {
		return r, err
	}
	deputies := map[sales.PersonID]approval.Person{}
	for who, d := range ins {
		deputies[who] = approval.Person{ID: d, Name: t.Org.Name(d)}
	}
	r, _ = approval.Cover(r, deputies)
	return r, nil
}

// paperByNo reads a record and its approval by the number people say.
func paperByNo(ctx context.Context, tx Tx, k approval.Kind, no string) (paper, approval.Request, error) {
	if k == approval.Contract {
		c, r, err := contractByNo(ctx, tx, no)
		return contractPaper{c}, r, err
	}
	if k == approval.Agreement {
		g, err := tx.AgreementByNo(ctx, no)
		if err != nil {
			return nil, approval.Request{}, paperError(err, k, no)
		}
		return agreementByID(ctx, tx, g.ID)
	}
	if k == approval.General {
		x, err := tx.ApplicationByNo(ctx, no)
		if err != nil {
			return nil, approval.Request{}, paperError(err, k, no)
		}
		return applicationByID(ctx, tx, x.ID)
	}
	q, err := tx.QuoteByNo(ctx, no)
	if err != nil {
		return nil, approval.Request{}, paperError(err, k, no)
	}
	r, err := tx.RequestByID(ctx, q.RequestID)
	return quotePaper{Quote: q}, r, err
}

func paperError(err error, k approval.Kind, no string) error {
	if sales.KindOf(err) == sales.NotFound {
		return missingPaper(sales.NotFound, k, no)
	}
	return err
}

// concerns refuses whom neither a record nor its approval concerns, as if there were none: who may read it, decides it or stands in
// for somebody who does is concerned.
func (a *App) concerns(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request) error {
	refused := mayReadPaper(t, p, r)
	if refused == nil || decides(r, t.Person.ID) {
		return nil
	}
	actor, err := a.actorFor(ctx, t, tx, p, r, approval.VerbTransfer)
	if err != nil || len(actor.ActsFor) > 0 {
		return err
	}
	return refused
}

// whose says which record is meant when no number is given.
type whose int

const (
	waitingContract whose = iota // one that waits for the person
	ownContract                  // the one the person had to do with last
)

// waiting lists what waits for a person: their own turn, or that of somebody they stand in for now.
func (a *App) waiting(ctx context.Context, t bot.Turn, tx Tx, limit int) ([]approval.Request, error) {
	rs, err := tx.PendingRequests(ctx, t.Person.ID, limit)
	if err != nil {
		return nil, err
	}
	out := rs[:0]
	for _, r := range rs {
		if !myTurn(r, t.Person.ID) {
			actor, err := a.actorFor(ctx, t, tx, quotePaper{}, r, approval.VerbApprove)
			if err != nil {
				return nil, err
			}
			if len(actor.ActsFor) == 0 { // who they stood in for is back
				continue
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// namedPaper finds the record a typed command means, and what is said besides.
func (a *App) namedPaper(ctx context.Context, t bot.Turn, tx Tx, args string, w whose) (paper, approval.Request, string, error) {
	k, no, rest := a.cutPaperNo(args, t.Today)
	if no != "" {
		p, r, err := paperByNo(ctx, tx, k, no)
		if err == nil {
			err = a.concerns(ctx, t, tx, p, r)
		}
		return p, r, rest, err
	}
	none := approval.Request{}
	rs, err := a.waiting(ctx, t, tx, 4)
	if err != nil {
		return nil, none, "", err
	}
	if w == waitingContract || len(rs) == 1 {
		switch {
		case len(rs) == 0:
			return nil, none, "", sales.Errorf(sales.NotFound, "没有等你审批的。要说的是哪一份,写上编号,例:"+t.Command+" "+a.exampleNo(t))
		case len(rs) > 1:
			var nos []string
			for _, r := range rs[:min(len(rs), 3)] {
				nos = append(nos, r.No)
			}
			return nil, none, "", sales.Errorf(sales.Invalid, "等你的不止一份("+strings.Join(nos, "、")+"…),写上编号,例:"+t.Command+" "+nos[0])
		}
		p, err := paperOf(ctx, tx, rs[0])
		return p, rs[0], rest, err
	}
	for _, ref := range t.Dialogue.Last {
		if slices.Contains(paperObjects, ref.Kind) {
			p, r, err := paperByID(ctx, tx, ref.Kind, ref.ID)
			return p, r, rest, err
		}
	}
	return nil, none, "", sales.Errorf(sales.Invalid, "哪一份?写上编号,例:"+t.Command+" "+a.exampleNo(t)+"。发 合同 或 报价 看最近的。")
}

// namedContract is namedPaper for contracts alone.
func (a *App) namedContract(ctx context.Context, t bot.Turn, tx Tx, args string, w whose) (sales.Contract, approval.Request, string, error) {
	p, r, rest, err := a.namedPaper(ctx, t, tx, args, w)
	if err != nil {
		return sales.Contract{}, r, rest, err
	}
	c, ok := p.(contractPaper)
	if !ok {
		return sales.Contract{}, r, rest, sales.Errorf(sales.Invalid, p.no()+" 是"+r.Kind.Noun()+",不是合同。写上合同编号,例:"+t.Command+" "+a.exampleNo(t))
	}
	return c.Contract, r, rest, nil
}

func (a *App) exampleNo(t bot.Turn) string { return a.numbering(approval.Contract).No(t.Today, 18) }

// paperLines are the lines of a contract's paper for its detail: flow, tax, seal.
func paperLines(t bot.Turn, c sales.Contract, p sales.ContractPaper, r approval.Request) []string {
	var out []string
	if r.Rules.Flow != "" {
		out = append(out, "审批流程 "+r.Rules.Flow)
	}
	if p.TaxRate > 0 {
		net, tax := sales.SplitTax(c.Amount, p.TaxRate)
		out = append(out, fmt.Sprintf("税率 %s,不含税 %s,税额 %s", p.TaxRate, net, tax))
	}
	switch p.State {
	case sales.PaperAsked:
		out = append(out, "用印 "+t.Org.Name(p.AskedBy)+" "+sales.FormatMoment(p.AskedAt.Time)+" 申请,等盖章")
	case sales.PaperSealed:
		out = append(out, "用印 "+t.Org.Name(p.SealedBy)+" "+sales.FormatMoment(p.SealedAt.Time)+" 已盖,原件 "+p.DueOn.Chinese()+"前收回")
	case sales.PaperReturned:
		out = append(out, "原件 "+t.Org.Name(p.ReturnedBy)+" "+sales.FormatMoment(p.ReturnedAt.Time)+" 已归档")
	}
	return out
}
