package sales

// Dialogue is where the bot and a person stand: the open question, the draft it is about, and the last things filed.
// It is a row, so that a restart or another replica goes on where they were. Locking it locks the person.
type Dialogue struct {
	PersonID PersonID `db:"person_id"`
	// Topic names the handler that waits for an answer ("visit.customer"); empty when none does.
	Topic string `db:"topic"`
	// Draft is the handler's own state as JSON.
	Draft     string  `db:"draft"`
	AskedAt   Instant `db:"asked_at"`
	ExpiresAt Instant `db:"expires_at"`
	// Shelf are drafts whose question had to make way for another, the oldest first. They come back when it is answered.
	Shelf List[Shelved] `db:"shelf"`
	// Last are the records most recently filed or changed by the person, newest first, at most eight.
	Last    Refs `db:"last"`
	Greeted bool `db:"greeted"`
	// Platform is where the person last wrote, and so where pushes go first.
	Platform string `db:"platform"`
	Version  int64  `db:"version"`
}

// Ref names a record and when it was filed. Back is what takes a change of it back, as JSON; empty where the record itself
// tells.
type Ref struct {
	Kind string  `json:"kind"`
	ID   ID      `json:"id"`
	At   Instant `json:"at"`
	Back string  `json:"back,omitempty"`
}

// Shelved is a draft that waits for the open question to be done with: topic and state as they were, and until when it waits.
type Shelved struct {
	Topic     string  `json:"topic"`
	Draft     string  `json:"draft"`
	ExpiresAt Instant `json:"expires_at"`
}
