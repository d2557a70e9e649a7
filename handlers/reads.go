package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	// readersFor is how far back 谁看过 looks.
	readersFor = 90 * 24 * time.Hour
	// maxListed customers are named in the trace of one list.
	maxTraced = 200
	// maxReaderContracts bounds whose readers are asked for.
	maxReaderContracts = 100
)

// ReadsTx reads who looked at what.
type ReadsTx interface {
	// ReadsOf lists who looked at records of a kind since a moment, the newest first.
	ReadsOf(ctx context.Context, kind string, ids []sales.ID, since time.Time) ([]sales.AuditEntry, error)
	// ContractIDsOf lists a customer's contracts, the newest first.
	ContractIDsOf(ctx context.Context, customer sales.ID, limit int) ([]sales.ID, error)
}

func (a *App) registerReads(r *bot.Router[Tx]) {
	roles := []sales.Role{sales.RoleAdmin, sales.RoleDirector, sales.RoleGM}
	r.Command(bot.Command[Tx]{
		Name: "谁看过", Aliases: []string{"skg", "查看记录"}, Summary: "谁看过一家客户的资料", Usage: "谁看过 绍兴市立医院", Roles: roles,
		Detail: "近 90 天谁看过这家客户的卡片、合同、附件、审批单,或在清单里看到过它。查这个本身也会留痕。",
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
		return bot.Text("看哪家?例:谁看过 绍兴市立医院"), nil
	case t.InGroup():
		return bot.Text("谁看过请单聊我问。"), nil
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
	contracts, err := tx.ContractIDsOf(ctx, c.ID, maxReaderContracts)
	if err != nil {
		return bot.Reply{}, err
	}
	papers, err := tx.ReadsOf(ctx, "contract", contracts, since)
	if err != nil {
		return bot.Reply{}, err
	}
	lists, err := tx.ReadsOf(ctx, sales.SubjectList, []sales.ID{0}, since)
	if err != nil {
		return bot.Reply{}, err
	}
	reads = append(reads, papers...)
	for _, e := range lists {
		if listed(e, c.ID) {
			reads = append(reads, e)
		}
	}
	audit(tx, t, "customer.readers", "customer", c.ID)
	return bot.Text(view.Readers(c.Name, c.OwnerID, reads, t.Org.Name, t.Now)), nil
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
