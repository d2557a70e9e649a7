package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// agreementPaper is a technical agreement under approval.
type agreementPaper struct {
	plainPaper
	sales.Agreement
	// work and fresh are its work order and newest version where this turn has changed them.
	work  *work
	fresh *sales.AgreementVersion
}

func (p agreementPaper) object() string        { return "agreement" }
func (p agreementPaper) id() sales.ID          { return p.ID }
func (p agreementPaper) no() string            { return p.No }
func (p agreementPaper) owner() sales.PersonID { return p.OwnerID }

// files are its own text and what was added to it (补充).
func (p agreementPaper) files() []sales.ID { return append([]sales.ID{p.FileID}, p.Files...) }

func (p agreementPaper) withFiles(ids []sales.ID) paper {
	p.Files = nil
	for _, id := range ids {
		if id != p.FileID {
			p.Files = append(p.Files, id)
		}
	}
	return p
}

func (p agreementPaper) write(tx Tx, s approval.State) paper {
	p.State = paperState(s)
	tx.UpdateAgreement(p.Agreement)
	p.Version++
	return p
}

// follow puts the work order into the state its agreement gives it: locked when it is approved, open to changes when it
// came back.
func (p agreementPaper) follow(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request) (bot.Reply, error) {
	w := p.work
	if w == nil {
		o, err := tx.WorkOrderByID(ctx, p.OrderID)
		if err != nil {
			return bot.Reply{}, err
		}
		if w, err = a.loadWork(ctx, tx, o); err != nil {
			return bot.Reply{}, err
		}
	}
	state := map[approval.State]string{approval.Pending: sales.WorkAgreement, approval.Approved: sales.WorkDone}[r.State]
	if state == "" {
		state = sales.WorkReady
	}
	w.o.State, w.changed = state, true
	if state == sales.WorkDone {
		w.o.ClosedAt = sales.At(t.Now)
		w.happened(tx, t, "agreed", nil, sales.Change{Field: "技术协议", New: p.No + " V" + itoa(p.Revision)})
	}
	w.o.Revision = max(w.o.Revision, p.Revision)
	w.save(tx)
	v := a.workView(t, w)
	v.Agreement = p.No
	return bot.Reply{Faces: []cards.Card{view.WorkCard(v, true), view.WorkCard(v, false)}}, nil
}

func (p agreementPaper) view(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request, fresh ...sales.File) (view.Paper, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Paper{}, err
	}
	o, err := tx.WorkOrderByID(ctx, p.OrderID)
	if err != nil {
		return view.Paper{}, err
	}
	versions, err := tx.AgreementVersions(ctx, p.OrderID)
	if err != nil {
		return view.Paper{}, err
	}
	if p.fresh != nil {
		versions = append(versions, *p.fresh)
	}
	v := view.AgreementPaper(view.Agreement{Agreement: p.Agreement, Order: o, Customer: book.Customer(p.CustomerID)}, versions, r)
	v.Wait, v.Now = approval.Overdue(r, a.Calendar, t.Now), t.Now
	if t.Card != nil {
		v.Face = t.Card.Version
	}
	files, err := filesOf(ctx, tx, p.files(), fresh...)
	if err != nil {
		return view.Paper{}, err
	}
	if names := lostNames(files); names != "" {
		v.Note = strings.TrimSpace(names + "。 " + v.Note)
	}
	v.Elsewhere, err = a.elsewhere(ctx, tx, r)
	return v, err
}

// agreementByID reads an agreement with its approval. NotFound, saying what to do, for one that was not submitted.
func agreementByID(ctx context.Context, tx Tx, id sales.ID) (paper, approval.Request, error) {
	g, err := tx.AgreementByID(ctx, id)
	if err != nil {
		return nil, approval.Request{}, err
	}
	if g.RequestID == 0 {
		return nil, approval.Request{}, sales.Errorf(sales.Conflict, g.No+" 还没送审。看过没问题发:送审 "+g.No)
	}
	r, err := tx.RequestByID(ctx, g.RequestID)
	return agreementPaper{Agreement: g}, r, err
}

// lostNames are the files that did not arrive or are gone, as a card says it.
func lostNames(files []sales.File) string {
	var out []string
	for _, f := range files {
		if f.State == sales.FileLost {
			out = append(out, f.Shown())
		}
	}
	return strings.Join(out, "、")
}
