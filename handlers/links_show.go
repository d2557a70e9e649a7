package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// linkable are the kinds of records that the number of an approval can belong to.
var linkable = map[string]bool{"visit": true, "filing": true, "contract": true, "opportunity": true}

// maxCardNumbers bounds the numbers that one card shows.
const maxCardNumbers = 3

// showApprovals links the numbers said with a new contract or opportunity, and writes the numbers of every filing, contract and
// opportunity that a reply shows on its card, and where a deal's customer came from. A group does not see them. Cards of visits do
// it themselves.
func (a *App) showApprovals(ctx context.Context, t bot.Turn, n *noted, reply bot.Reply) (bot.Reply, error) {
	for ref, words := range n.made {
		if ref.Kind == "filing" || len(n.linked[ref]) > 0 {
			continue
		}
		for _, number := range a.approvalNumbers(orElse(words, t.Text)) {
			a.link(t, n, number, ref.Kind, ref.ID, 0)
		}
	}
	known, sources := map[sales.Ref][]string{}, map[sales.Ref]string{}
	mark := func(c *cards.Card) error {
		ref, ok := cardRecord(c.Key)
		if !ok {
			return nil
		}
		numbers, read := known[ref]
		if !read {
			numbers = n.linked[ref]
			if _, fresh := n.made[ref]; !fresh && linkable[ref.Kind] {
				links, err := n.ApprovalLinksOf(ctx, ref.Kind, ref.ID)
				if err != nil {
					return err
				}
				for _, l := range links {
					if !slices.Contains(numbers, l.Number) {
						numbers = append(numbers, l.Number)
					}
				}
			}
			known[ref] = numbers
		}
		c.Note = withNumbers(c.Note, numbers)
		source, read := sources[ref]
		if !read && ref.Kind != "filing" {
			var err error
			if source, err = sourceOf(ctx, n, ref); err != nil {
				return err
			}
			sources[ref] = source
		}
		if source != "" {
			c.Note = strings.TrimSpace(c.Note + " 来源 " + source + "。")
		}
		return nil
	}
	for i := range reply.Say {
		if c := reply.Say[i].Out.Card; c != nil {
			own := *c
			if err := mark(&own); err != nil {
				return reply, err
			}
			reply.Say[i].Out.Card = &own
		}
	}
	for i := range reply.Faces {
		if err := mark(&reply.Faces[i]); err != nil {
			return reply, err
		}
	}
	return reply, nil
}

// sourceOf is where the customer of an opportunity, contract or payment came from, as the lead said that it began with (线索来源); empty
// when it did not begin with one.
func sourceOf(ctx context.Context, n *noted, ref sales.Ref) (string, error) {
	customer, known := n.customers[ref.ID]
	if !known {
		switch ref.Kind {
		case "opportunity":
			o, err := n.OpportunityByID(ctx, ref.ID)
			if err != nil {
				return "", ignoreMissing(err)
			}
			customer = o.CustomerID
		case "contract", "contract" + seen:
			c, err := n.ContractByID(ctx, ref.ID)
			if err != nil {
				return "", ignoreMissing(err)
			}
			customer = c.CustomerID
		case "payment":
			p, err := n.PaymentByID(ctx, ref.ID)
			if err != nil {
				return "", ignoreMissing(err)
			}
			customer = p.CustomerID
		}
	}
	if customer == 0 {
		return "", nil
	}
	l, err := n.LeadOfCustomer(ctx, customer)
	return l.SourceText(), ignoreMissing(err)
}

// cardRecord is the record that a card with this key shows; ok is false for a group's card and those of other records.
func cardRecord(key string) (ref sales.Ref, ok bool) {
	kind, rest, _ := strings.Cut(key, ":")
	number, who, _ := strings.Cut(rest, "/")
	if !linkable[kind] && kind != "payment" || kind == "visit" || who == "group" || who == "" {
		return ref, false
	}
	id, err := sales.ParseID(number)
	return sales.Ref{Kind: kind, ID: id}, err == nil
}

func withNumbers(note string, numbers []string) string {
	if len(numbers) == 0 {
		return note
	}
	text := "审批 " + strings.Join(numbers[:min(len(numbers), maxCardNumbers)], "、")
	if len(numbers) > maxCardNumbers {
		text += " 等 " + itoa(len(numbers)) + " 个"
	}
	return strings.TrimSpace(note + " " + text + "。")
}

// showLinked says what the number of an approval belongs to and shows the record, to those who may see it.
func (a *App) showLinked(ctx context.Context, t bot.Turn, tx Tx, n platformNumber, l sales.ApprovalLink) (bot.Reply, error) {
	head := sales.PlatformName(n.platform) + "审批 " + n.number
	if !t.Org.ScopeOf(t.Person).Covers(l.PersonID) && (l.SubjectKind != "contract" || !sales.SeesContracts(t.Person)) {
		return bot.Text(head + " 是" + t.Org.Name(l.PersonID) + "挂的,要看找" + t.Org.Name(l.PersonID) + "。"), nil
	}
	ref := sales.Ref{Kind: l.SubjectKind, ID: l.SubjectID}
	name, err := a.recordName(ctx, t, tx, ref)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(head + " 挂在:" + name + "(" + t.Org.Name(l.PersonID) + " " + sales.FormatTime(l.LinkedAt.Time, t.Now) + ")。")
	if t.InGroup() {
		return reply, nil
	}
	if l.SubjectKind == "contract" {
		c, err := tx.ContractByID(ctx, l.SubjectID)
		if err != nil {
			return reply, ignoreMissing(err)
		}
		t.Args = c.No
		shown, err := a.ShowContract(ctx, t, tx)
		return reply.And(shown), err
	}
	faces, err := a.recordFaces(ctx, t, tx, ref)
	if len(faces) > 0 {
		reply = reply.And(bot.ShowCard(faces[0]))
	}
	return reply, err
}

// recordFaces are the cards of a record as they look now, that of its author first; none for one that is gone.
func (a *App) recordFaces(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) ([]view.Face, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, err
	}
	switch ref.Kind {
	case "visit":
		v, err := tx.VisitByID(ctx, ref.ID)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		return a.visitFaces(ctx, t, tx, book, v, func(*view.Visit) {})
	case "filing":
		f, err := tx.FilingByID(ctx, ref.ID)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		return a.filingFaces(t, book, f), nil
	case "opportunity":
		o, err := tx.OpportunityByID(ctx, ref.ID)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		v, err := a.dealProgress(ctx, t, tx, a.dealView(t, book, o))
		if err != nil {
			return nil, err
		}
		v.Group = false
		return []view.Face{view.OpportunityCard(v)}, nil
	case "contract":
		c, err := tx.ContractByID(ctx, ref.ID)
		if err != nil || c.RequestID == 0 {
			return nil, ignoreMissing(err)
		}
		r, err := tx.RequestByID(ctx, c.RequestID)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		v, err := a.contractView(ctx, t, tx, c, r)
		return view.ContractFaces(v), err
	}
	return nil, nil
}

// reLinkWords are what people write beside a number and a customer when they want it linked and not a visit filed.
var reLinkWords = strings.NewReplacer("合同", "", "商机", "", "拜访", "", "挂到", "", "挂在", "", "的", "")

// linkOfCustomer asks which record of a customer numbers belong to: 审批单 202603110001 绍兴市立. ok is false when the text says
// more than a customer, which is then something to file.
func (a *App) linkOfCustomer(ctx context.Context, t bot.Turn, tx Tx, numbers []platformNumber, rest string) (bot.Reply, bool, error) {
	if bare(rest) == "" {
		return bot.Reply{}, false, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	id, more, _ := a.customerIn(t, book, bare(reLinkWords.Replace(rest)))
	if id == 0 || bare(more) != "" {
		return bot.Reply{}, false, nil
	}
	var among []sales.Ref
	scope := t.Org.ScopeOf(t.Person)
	papers, err := tx.ContractsByCustomer(ctx, id, 2)
	if err != nil {
		return bot.Reply{}, true, err
	}
	for _, c := range papers {
		if scope.Covers(c.OwnerID) || sales.SeesContracts(t.Person) {
			among = append(among, sales.Ref{Kind: "contract", ID: c.ID})
		}
	}
	deals, err := tx.OpenOpportunities(ctx, id)
	if err != nil {
		return bot.Reply{}, true, err
	}
	for _, o := range deals[:min(len(deals), 2)] {
		if scope.Covers(o.OwnerID) {
			among = append(among, sales.Ref{Kind: "opportunity", ID: o.ID})
		}
	}
	visits, err := tx.VisitsByCustomer(ctx, id, 5)
	if err != nil {
		return bot.Reply{}, true, err
	}
	for _, v := range visits {
		if v.PersonID == t.Person.ID {
			among = append(among, sales.Ref{Kind: "visit", ID: v.ID})
			break
		}
	}
	reply, err := a.askLink(ctx, t, tx, numbers, among)
	return reply, true, err
}
