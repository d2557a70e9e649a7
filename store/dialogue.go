package store

import (
	"context"

	"salesflow/store/sales"
)

const dialogueColumns = `
	person_id,
	topic,
	draft,
	asked_at,
	expires_at,
	shelf,
	last,
	greeted,
	platform,
	version`

var (
	dialogues = tableOf[sales.Dialogue]("dialogues", dialogueColumns).
			upsert("person_id", "topic, draft, asked_at, expires_at, shelf, last, greeted, platform, version", "")
	newDialogues = tableOf[sales.Dialogue]("dialogues", dialogueColumns).upsert("person_id", "", "")
)

// Dialogue is that of the locked person; the zero Dialogue when nobody is locked.
func (tx *Tx) Dialogue() sales.Dialogue { return tx.u.dialogues[tx.person] }

// DialogueOf reads the dialogue of any person; the zero Dialogue when there is none yet.
func (tx *Tx) DialogueOf(ctx context.Context, person sales.PersonID) (sales.Dialogue, error) {
	if d, ok := tx.u.dialogues[person]; ok && person == tx.person {
		return d, nil
	}
	var d sales.Dialogue
	err := tx.get(ctx, "", &d, "SELECT "+dialogueColumns+" FROM dialogues WHERE person_id = ?", person)
	if sales.KindOf(err) == sales.NotFound {
		return sales.Dialogue{PersonID: person}, nil
	}
	return d, err
}

// SaveDialogue writes a dialogue. That of the locked person needs no guard; that of another person is guarded by its
// version, as a record is.
func (tx *Tx) SaveDialogue(d sales.Dialogue) {
	if d.PersonID != tx.person {
		tx.update(dialogues, sales.ID(d.PersonID), d.Version, d)
		return
	}
	d.Version++
	tx.rows[dialogues] = [][]any{dialogues.row(d)}
}
