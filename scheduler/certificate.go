package scheduler

import (
	"context"
	"fmt"
	"slices"

	"salesflow/bot"
	"salesflow/store/sales"
)

// CertificateTx is what warnings of papers need of one transaction.
type CertificateTx interface {
	bot.PostTx
	ProductByID(ctx context.Context, id sales.ID) (sales.Product, error)
	AuthorisationByID(ctx context.Context, id sales.ID) (sales.Authorisation, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	Emit(e sales.DomainEvent)
}

// Certificates decide about papers that end.
type Certificates struct {
	Calendar *sales.Calendar
}

// RegisterCertificates registers the decisions about papers that end.
func RegisterCertificates[T interface {
	DueTx
	CertificateTx
}](e *Engine[T], c Certificates) {
	e.Handle(sales.DueCertificate, func(ctx context.Context, m Moment, tx T) (Decision, error) { return c.Certificate(ctx, m, tx) })
	e.Handle(sales.DueAuthorisation, func(ctx context.Context, m Moment, tx T) (Decision, error) { return c.Authorisation(ctx, m, tx) })
}

// stale reports whether a due row is no longer about the day the paper ends.
func (c Certificates) stale(m Moment, until sales.Day) bool {
	return until.IsZero() || len(m.Due.Slot) < 10 || m.Due.Slot[:10] != until.String()
}

// Certificate warns the admins and the product's owner of a registration certificate that ends.
func (c Certificates) Certificate(ctx context.Context, m Moment, tx CertificateTx) (Decision, error) {
	p, err := tx.ProductByID(ctx, m.Due.SubjectID)
	if err != nil || c.stale(m, p.CertUntil) {
		return Decision{Reason: "has another day now"}, err
	}
	if c.Calendar.Quiet(m.Now) {
		return Decision{Reason: "quiet", Again: c.Calendar.NextAllowed(m.Now)}, nil
	}
	to := withAdmins(m.Org, p.OwnerID)
	if len(to) == 0 {
		return Decision{Reason: "nobody to tell"}, nil
	}
	text := p.Name + "的注册证" + ends(p.CertUntil, m.Today)
	if p.CertNo != "" {
		text += "(" + p.CertNo + ")"
	}
	text += "。到期后不能再卖,续证办好后发:改产品 " + p.Name + " 有效期 新的日期"
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: "product.certificate_ends", SubjectKind: "product", SubjectID: p.ID, Data: "{}"})
	return Decision{Reason: "told", Reply: bot.Reply{Say: []bot.Say{{
		To: to, Subject: "product:" + p.ID.String(), Kind: bot.DeliverPush, Slot: "certificate:" + m.Due.Slot, Out: bot.Outgoing{Text: text},
	}}}}, nil
}

// Authorisation warns the customer's owner and the admins of a letter of authorisation that ends.
func (c Certificates) Authorisation(ctx context.Context, m Moment, tx CertificateTx) (Decision, error) {
	a, err := tx.AuthorisationByID(ctx, m.Due.SubjectID)
	if err != nil || a.State != sales.AuthorisationValid || c.stale(m, a.Until) {
		return Decision{Reason: "is void or has another day now"}, err
	}
	if c.Calendar.Quiet(m.Now) {
		return Decision{Reason: "quiet", Again: c.Calendar.NextAllowed(m.Now)}, nil
	}
	customer, err := tx.CustomerByID(ctx, a.CustomerID)
	if err != nil {
		return Decision{}, err
	}
	product, err := tx.ProductByID(ctx, a.ProductID)
	if err != nil {
		return Decision{}, err
	}
	to := withAdmins(m.Org, customer.OwnerID)
	if len(to) == 0 {
		return Decision{Reason: "nobody to tell"}, nil
	}
	text := fmt.Sprintf("%s的授权书%s:%s,编号 %s。续签后发:授权 %s %s 到 新的日期 编号 新编号", customer.Name, ends(a.Until, m.Today), product.Name, a.No,
		customer.Name, product.Name)
	return Decision{Reason: "told", Reply: bot.Reply{Say: []bot.Say{{
		To: to, Subject: "authorisation:" + a.ID.String(), Kind: bot.DeliverPush, Slot: "ends:" + m.Due.Slot, Out: bot.Outgoing{Text: text},
	}}}}, nil
}

// ends says when a day is on which something ends.
func ends(until, today sales.Day) string {
	switch days := until.Sub(today); {
	case days > 0:
		return fmt.Sprintf("还有 %d 天到期(%s)", days, until)
	case days == 0:
		return "今天到期"
	default:
		return fmt.Sprintf("已过期 %d 天(%s)", -days, until)
	}
}

// withAdmins are a person and the admins, those who are there and can be reached.
func withAdmins(org *sales.Org, who sales.PersonID) []sales.PersonID {
	var out []sales.PersonID
	add := func(id sales.PersonID) {
		if p, ok := org.Person(id); ok && p.Active && len(org.Identities(id)) > 0 && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	add(who)
	for _, p := range org.WithRole(sales.RoleAdmin) {
		add(p.ID)
	}
	return out
}
