package store

import (
	"context"

	"salesflow/store/sales"
)

const leadColumns = `
	id,
	no,
	company,
	name_key,
	contact,
	phone,
	need,
	city,
	region,
	source,
	campaign,
	level,
	state,
	quality,
	owner_id,
	team_id,
	why,
	round,
	assigned_at,
	accepted_at,
	contacted_at,
	closed_at,
	reason,
	customer_id,
	opportunity_id,
	intake,
	external_id,
	created_by,
	created_at,
	source_event_id,
	version`

var (
	leads = tableOf[sales.Lead]("leads", leadColumns).
		watching("lead", "owner_id, level, quality, state, assigned_at, accepted_at")
	leadMarks = rowsOf("lead_marks", "mark, lead_id")
)

// CreateLead makes a lead. Its number is unique, and so is its telephone on a day: of two units that both found none, the
// second is repeated and finds the first.
func (tx *Tx) CreateLead(l sales.Lead) {
	tx.create(leads, l.ID, l)
	if l.Phone != "" {
		tx.add(leadMarks, []any{l.Phone + "|" + sales.DayOf(l.CreatedAt.Time).String(), l.ID})
	}
	// Two leads of one company in one transaction must not miss each other.
	tx.touching("lead_phone", l.Phone)
	tx.touching("lead_name", l.NameKey)
}

// UpdateLead changes a lead over the version it was read at.
func (tx *Tx) UpdateLead(l sales.Lead) { tx.update(leads, l.ID, l.Version, l) }

// LeadByID reads a lead.
func (tx *Tx) LeadByID(ctx context.Context, id sales.ID) (sales.Lead, error) {
	var l sales.Lead
	err := tx.get(ctx, "没找到这条线索。", &l, "SELECT "+leadColumns+" FROM leads WHERE id = ?", id)
	return l, err
}

// LeadByNo reads a lead by the number people say.
func (tx *Tx) LeadByNo(ctx context.Context, no string) (sales.Lead, error) {
	var l sales.Lead
	err := tx.get(ctx, sales.NoSuch("线索", no), &l, "SELECT "+leadColumns+" FROM leads WHERE no = ?", no)
	return l, err
}

// LeadsOf lists the leads of people in scope that wait for something, those that wait to be taken first, then the longest
// waiting.
func (tx *Tx) LeadsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Lead, error) {
	cond, args := scopeSQL("owner_id", scope)
	query := "SELECT " + leadColumns + ` FROM leads WHERE state IN ('new', 'assigned', 'accepted', 'contacted') AND ` + cond + `
		ORDER BY CASE state WHEN 'new' THEN 0 WHEN 'assigned' THEN 1 WHEN 'accepted' THEN 2 ELSE 3 END, assigned_at, id
		LIMIT ?`
	var out []sales.Lead
	err := tx.list(ctx, &out, query, append(args, bound(limit, 500))...)
	return out, err
}

// LeadTwins lists leads with the same phone or the same name, the newest first.
func (tx *Tx) LeadTwins(ctx context.Context, phone, nameKey string) ([]sales.Lead, error) {
	var out []sales.Lead
	for column, value := range map[string]string{"phone": phone, "name_key": nameKey} {
		if value == "" {
			continue
		}
		var part []sales.Lead
		if err := tx.list(ctx, &part, "SELECT "+leadColumns+" FROM leads WHERE "+column+" = ? ORDER BY id DESC LIMIT 20", value); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// LeadByExternal reads a lead by its id in the system it came from.
func (tx *Tx) LeadByExternal(ctx context.Context, id string) (sales.Lead, error) {
	var l sales.Lead
	err := tx.get(ctx, "没找到这条线索。", &l, "SELECT "+leadColumns+" FROM leads WHERE external_id = ? ORDER BY id LIMIT 1", id)
	return l, err
}

// LeadLoads counts the open leads of people, their won deals, and when they last got a lead.
func (tx *Tx) LeadLoads(ctx context.Context, people []sales.PersonID) (map[sales.PersonID]sales.LeadLoad, error) {
	out := map[sales.PersonID]sales.LeadLoad{}
	if len(people) == 0 {
		return out, nil
	}
	in := "(" + marks(len(people)) + ")"
	var rows []struct {
		Owner sales.PersonID `db:"owner_id"`
		Open  int            `db:"n"`
		Last  sales.Instant  `db:"last_at"`
	}
	query := `SELECT owner_id, CAST(SUM(CASE WHEN state IN ('assigned', 'accepted', 'contacted') THEN 1 ELSE 0 END) AS SIGNED) AS n,
		MAX(assigned_at) AS last_at FROM leads WHERE owner_id IN ` + in + ` GROUP BY owner_id`
	if err := tx.list(ctx, &rows, query, anys(people)...); err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.Owner] = sales.LeadLoad{Open: r.Open, Last: r.Last}
	}
	var won []struct {
		Owner sales.PersonID `db:"owner_id"`
		N     int            `db:"n"`
	}
	query = "SELECT owner_id, COUNT(*) AS n FROM opportunities WHERE state = 'won' AND owner_id IN " + in + " GROUP BY owner_id"
	if err := tx.list(ctx, &won, query, anys(people)...); err != nil {
		return nil, err
	}
	for _, r := range won {
		l := out[r.Owner]
		l.Won = r.N
		out[r.Owner] = l
	}
	return out, nil
}

// LeadOfCustomer reads the first lead a customer came from; NotFound when it came from none.
func (tx *Tx) LeadOfCustomer(ctx context.Context, customer sales.ID) (sales.Lead, error) {
	var l sales.Lead
	err := tx.get(ctx, "没找到这条线索。", &l, "SELECT "+leadColumns+" FROM leads WHERE customer_id = ? ORDER BY id LIMIT 1", customer)
	return l, err
}

// LeadSources sums what became of the leads of people in scope since a moment, by source and campaign.
func (tx *Tx) LeadSources(ctx context.Context, scope sales.Scope, since sales.Instant) ([]sales.LeadSource, error) {
	cond, args := scopeSQL("l.owner_id", scope)
	where := " WHERE l.created_at >= ? AND " + cond
	args = append([]any{since}, args...)
	first := " AND l.id = (SELECT MIN(x.id) FROM leads x WHERE x.customer_id = l.customer_id)"
	var out, deals, papers, paid []sales.LeadSource
	if err := tx.list(ctx, &out, `SELECT l.source, l.campaign, COUNT(*) AS leads,
		CAST(SUM(CASE WHEN l.accepted_at IS NULL THEN 0 ELSE 1 END) AS SIGNED) AS taken,
		CAST(SUM(CASE WHEN l.quality IN ('A', 'B') THEN 1 ELSE 0 END) AS SIGNED) AS good,
		CAST(SUM(CASE WHEN l.state = 'invalid' THEN 1 ELSE 0 END) AS SIGNED) AS invalid,
		CAST(SUM(CASE WHEN l.state = 'converted' THEN 1 ELSE 0 END) AS SIGNED) AS customers
		FROM leads l`+where+` GROUP BY l.source, l.campaign ORDER BY COUNT(*) DESC, l.source, l.campaign LIMIT 50`, args...); err != nil {
		return nil, err
	}
	if err := tx.list(ctx, &deals, `SELECT l.source, l.campaign, COUNT(*) AS deals, CAST(SUM(o.amount) AS SIGNED) AS amount,
		CAST(SUM(CASE WHEN o.state = 'won' THEN 1 ELSE 0 END) AS SIGNED) AS won,
		CAST(SUM(CASE WHEN o.state = 'won' THEN o.amount ELSE 0 END) AS SIGNED) AS won_amount
		FROM leads l JOIN opportunities o ON o.customer_id = l.customer_id AND o.created_at >= l.created_at`+where+
		" AND l.customer_id <> 0"+first+" GROUP BY l.source, l.campaign", args...); err != nil {
		return nil, err
	}
	if err := tx.list(ctx, &papers, `SELECT l.source, l.campaign, COUNT(*) AS contracts, CAST(SUM(c.amount) AS SIGNED) AS signed
		FROM leads l JOIN contracts c ON c.customer_id = l.customer_id AND c.created_at >= l.created_at AND c.state = 'approved'`+where+
		" AND l.customer_id <> 0"+first+" GROUP BY l.source, l.campaign", args...); err != nil {
		return nil, err
	}
	if err := tx.list(ctx, &paid, `SELECT l.source, l.campaign, COUNT(*) AS payments, CAST(SUM(p.amount) AS SIGNED) AS paid
		FROM leads l JOIN payments p ON p.customer_id = l.customer_id AND p.created_at >= l.created_at AND p.source <> 'opening' AND p.state <> 'undone'`+where+
		" AND l.customer_id <> 0"+first+" GROUP BY l.source, l.campaign", args...); err != nil {
		return nil, err
	}
	for i := range out {
		for _, d := range paid {
			if d.Source == out[i].Source && d.Campaign == out[i].Campaign {
				out[i].Payments, out[i].Paid = d.Payments, d.Paid
			}
		}
		for _, d := range deals {
			if d.Source == out[i].Source && d.Campaign == out[i].Campaign {
				out[i].Deals, out[i].Amount, out[i].Won, out[i].WonAmount = d.Deals, d.Amount, d.Won, d.WonAmount
			}
		}
		for _, d := range papers {
			if d.Source == out[i].Source && d.Campaign == out[i].Campaign {
				out[i].Contracts, out[i].Signed = d.Contracts, d.Signed
			}
		}
	}
	return out, nil
}
