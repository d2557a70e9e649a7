package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const (
	// readersFor is how far back 谁看过 looks.
	readersFor = 90 * 24 * time.Hour
	// maxListed customers are named in the trace of one list.
	maxTraced = 200
	// maxReaderPapers bounds whose readers are asked for, of each kind.
	maxReaderPapers = 100
)

// ReadsTx reads who looked at what.
type ReadsTx interface {
	// ReadsOf lists who looked at records of a kind since a moment, the newest first.
	ReadsOf(ctx context.Context, kind string, ids []sales.ID, since time.Time) ([]sales.AuditEntry, error)
	// PaperIDsOf lists a customer's records of a kind that is approved ("contract", "quote", "agreement", "application"), the newest first.
	PaperIDsOf(ctx context.Context, object string, customer sales.ID, limit int) ([]sales.ID, error)
}

func (a *App) registerReads(r *bot.Router[Tx]) {
	roles := []sales.Role{sales.RoleAdmin, sales.RoleDirector, sales.RoleGM}
	r.Command(bot.Command[Tx]{
		Name: "谁看过", Aliases: []string{"skg", "查看记录"}, Summary: "谁看过一家客户的资料、一份单子", Usage: "谁看过 绍兴市立医院", Roles: roles,
		Detail: "近 90 天谁看过这家客户的卡片、合同、报价、附件、审批单,或在清单里看到过它。只看一份单子:谁看过 HT2026-018。查这个本身也会留痕。",
		Rank:   map[sales.Role]int{sales.RoleAdmin: 7}, Handle: a.WhoRead,
	})
}

// traceList notes that somebody looked at a list with others' customers on it. A list of one's own is not worth a line.
func traceList(tx Tx, t bot.Turn, verb string, customers []sales.ID, own bool) {
	if own || len(customers) == 0 {
		return
	}
	slices.Sort(customers)
	customers = slices.Compact(customers)
	ids := make([]string, 0, len(customers))
	for _, id := range customers[:min(len(customers), maxTraced)] {
		ids = append(ids, id.String())
	}
	audit(tx, t, verb+".read", sales.SubjectList, 0, sales.Change{Field: sales.ListedCustomers, New: strings.Join(ids, ",")})
}

// WhoRead tells who looked at a customer's data (谁看过 客户).
func (a *App) WhoRead(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch {
	case strings.TrimSpace(t.Args) == "":
		return bot.Text("看哪家、哪份?例:谁看过 绍兴市立医院,谁看过 HT2026-018"), nil
	case t.InGroup():
		return bot.Text("谁看过请单聊我问。"), nil
	}
	if k, no, rest := a.cutPaperNo(t.Args, t.Today); no != "" && rest == "" {
		return a.whoReadPaper(ctx, t, tx, k, no)
	}
	c, _, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	since := t.Now.Add(-readersFor)
	reads, err := tx.ReadsOf(ctx, "customer", []sales.ID{c.ID}, since)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, object := range paperObjects {
		ids, err := tx.PaperIDsOf(ctx, object, c.ID, maxReaderPapers)
		if err != nil {
			return bot.Reply{}, err
		}
		papers, err := tx.ReadsOf(ctx, object, ids, since)
		if err != nil {
			return bot.Reply{}, err
		}
		reads = append(reads, papers...)
	}
	lists, err := tx.ReadsOf(ctx, sales.SubjectList, []sales.ID{0}, since)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, e := range lists {
		if listed(e, c.ID) {
			reads = append(reads, e)
		}
	}
	audit(tx, t, "customer.readers", "customer", c.ID)
	return bot.Text(view.Readers(c.Name, c.OwnerID, reads, t.Org.Name, t.Now)), nil
}

// whoReadPaper tells who looked at one record under approval (谁看过 BJ2026-001).
func (a *App) whoReadPaper(ctx context.Context, t bot.Turn, tx Tx, k approval.Kind, no string) (bot.Reply, error) {
	p, r, err := readablePaper(ctx, t, tx, k, no)
	if err != nil {
		return bot.Reply{}, err
	}
	reads, err := tx.ReadsOf(ctx, p.object(), []sales.ID{p.id()}, t.Now.Add(-readersFor))
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, p.object()+".readers", p.object(), p.id())
	return bot.Text(view.Readers(r.Label(), p.owner(), reads, t.Org.Name, t.Now)), nil
}

// listed reports whether a customer stands on a list that was looked at.
func listed(e sales.AuditEntry, customer sales.ID) bool {
	for _, ch := range e.Changes {
		if ch.Field == sales.ListedCustomers && slices.Contains(strings.Split(ch.New, ","), customer.String()) {
			return true
		}
	}
	return false
}
