package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// maxLostPapers is how many of a person's newest records of a kind are searched for a file that did not arrive.
const maxLostPapers = 20

// FileLost tells those who are to decide about a record that a file it names did not arrive, and marks it on the cards. t is nobody's
// turn: it has the time and the organisation. The sender is told by whoever fetched it.
func (a *App) FileLost(ctx context.Context, t bot.Turn, tx Tx, f sales.File) (bot.Reply, error) {
	p, r, err := paperWith(ctx, tx, f)
	if err != nil || p == nil {
		return bot.Reply{}, err
	}
	v, err := p.view(ctx, a, t, tx, r)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: view.PaperFaces(v)}
	var to []sales.PersonID
	if r.State == approval.Pending {
		for _, x := range append(r.Turn(), r.Deputies()...) {
			if !slices.Contains(to, x.ID) {
				to = append(to, x.ID)
			}
		}
	}
	if len(to) == 0 {
		return reply, nil
	}
	name := strings.TrimSpace(f.Name)
	reply.Say = []bot.Say{{
		To: to, Subject: p.object() + ":" + p.id().String(), Kind: bot.DeliverPush, Slot: "lost:" + f.ID.String(), Push: true,
		Out: bot.Outgoing{Text: r.Label() + " 的附件 " + orElse(name, "一份") + " 没收到,里面的内容看不了。已经请" + r.RequesterName + "重发。"},
	}}
	return reply, nil
}

// paperWith finds the record that a file was attached to; nil when it is none under approval.
func paperWith(ctx context.Context, tx Tx, f sales.File) (paper, approval.Request, error) {
	own := sales.Only(f.PersonID)
	var found []paper
	contracts, err := tx.ContractsOf(ctx, own, maxLostPapers)
	if err != nil {
		return nil, approval.Request{}, err
	}
	for _, c := range contracts {
		found = append(found, contractPaper{c})
	}
	quotes, err := tx.QuotesOf(ctx, own, 0, maxLostPapers)
	if err != nil {
		return nil, approval.Request{}, err
	}
	for _, q := range quotes {
		found = append(found, quotePaper{Quote: q})
	}
	asked, err := tx.ApplicationsOf(ctx, own, maxLostPapers)
	if err != nil {
		return nil, approval.Request{}, err
	}
	for _, x := range asked {
		found = append(found, applicationPaper{Application: x})
	}
	agreements, err := tx.AgreementsWith(ctx, f.ID, f.PersonID, maxLostPapers)
	if err != nil {
		return nil, approval.Request{}, err
	}
	for _, g := range agreements {
		found = append(found, agreementPaper{Agreement: g})
	}
	i := slices.IndexFunc(found, func(p paper) bool { return slices.Contains(p.files(), f.ID) })
	if i < 0 && len(agreements) > 0 { // the file of an older version
		versions, err := tx.AgreementVersions(ctx, agreements[0].OrderID)
		if err != nil {
			return nil, approval.Request{}, err
		}
		if slices.ContainsFunc(versions, func(v sales.AgreementVersion) bool { return v.FileID == f.ID }) {
			i = len(found) - len(agreements)
		}
	}
	if i < 0 {
		return nil, approval.Request{}, nil
	}
	r, err := tx.RequestByRecord(ctx, string(kindOf(found[i])), found[i].id())
	return found[i], r, ignoreMissing(err)
}

// kindOf is the kind of request a record is under.
func kindOf(p paper) approval.Kind {
	switch x := p.(type) {
	case quotePaper:
		if x.Kind != sales.QuotePlain {
			return approval.SpecialPrice
		}
		return approval.Quote
	case applicationPaper:
		return approval.General
	case agreementPaper:
		return approval.Agreement
	}
	return approval.Contract
}
