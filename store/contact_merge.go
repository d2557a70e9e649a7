package store

import (
	"context"
	"slices"

	"salesflow/store/sales"
)

var contactMerges = tableOf[sales.ContactMerge]("contact_merges", "from_id, into_id, customer_id, merged_by, merged_at").
	upsert("from_id", "into_id, customer_id, merged_by, merged_at", "")

// MergeContact makes a contact another of the same customer: it is found no more, and what was filed with it counts for the
// other. into is that one with what it gained.
func (tx *Tx) MergeContact(m sales.ContactMerge, from, into sales.Contact) {
	tx.touching("contact_merge", m.FromID.String())
	from.CustomerID = 0
	tx.UpdateContact(from)
	tx.UpdateContact(into)
	tx.add(contactMerges, contactMerges.row(m))
}

// ContactMerges lists the contacts of a customer that are others of it.
func (tx *Tx) ContactMerges(ctx context.Context, customer sales.ID) ([]sales.ContactMerge, error) {
	var out []sales.ContactMerge
	err := tx.list(ctx, &out, `
		SELECT m.from_id, m.into_id, m.customer_id, m.merged_by, m.merged_at
		FROM contact_merges m JOIN contacts c ON c.id = m.from_id
		WHERE m.customer_id = ? AND c.customer_id = 0 LIMIT 500`, customer)
	return out, err
}

// foldTouches counts what was with a merged contact for the one who stands for it.
func foldTouches(touches []sales.ContactTouch, merges []sales.ContactMerge) []sales.ContactTouch {
	into := make(map[sales.ID]sales.ID, len(merges))
	for _, m := range merges {
		into[m.FromID] = m.IntoID
	}
	var out []sales.ContactTouch
	for _, t := range touches {
		for range maxMergeSteps {
			next, ok := into[t.ContactID]
			if !ok {
				break
			}
			t.ContactID = next
		}
		i := slices.IndexFunc(out, func(o sales.ContactTouch) bool { return o.ContactID == t.ContactID })
		if i < 0 {
			out = append(out, t)
			continue
		}
		out[i].Visits += t.Visits
		if t.LastAt.After(out[i].LastAt.Time) {
			out[i].LastAt = t.LastAt
		}
	}
	return out
}

// splitContacts parts contacts of both sides of a customer merge that were joined after it: each goes back to its own side.
func (tx *Tx) splitContacts(ctx context.Context, m sales.Merge, moved []string) error {
	merges, err := tx.ContactMerges(ctx, m.IntoID)
	if err != nil {
		return err
	}
	for _, c := range merges {
		from, into := slices.Contains(moved, c.FromID.String()), slices.Contains(moved, c.IntoID.String())
		if from == into {
			continue
		}
		home := m.IntoID
		if from {
			home = m.FromID
		}
		tx.after = append(tx.after, statement{
			"UPDATE contacts SET customer_id = ?, version = version + 1 WHERE id = ? AND customer_id = 0", []any{home, c.FromID}, -1,
		})
		tx.changed("contact", c.FromID)
	}
	return nil
}
