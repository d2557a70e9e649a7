package sales

// APIToken opens the HTTP interface to another system, with the rights of a person or of a service.
type APIToken struct {
	ID ID `db:"id"`
	// Name is what the administrator calls it, unique among those that are not revoked.
	Name string `db:"name"`
	// Hash stands for the token, which is kept nowhere.
	Hash string `db:"hash"`
	// PersonID is whose rights it has, 0 for a service's: all records of its scopes.
	PersonID  PersonID     `db:"person_id"`
	Scopes    List[string] `db:"scopes"`
	CreatedBy PersonID     `db:"created_by"`
	CreatedAt Instant      `db:"created_at"`
	RevokedAt Instant      `db:"revoked_at"`
	Version   int64        `db:"version"`
}

// APIAnswer is what was answered to a request that wrote: the same request again gets the same.
type APIAnswer struct {
	// ID is the token's id and the request's key.
	ID   string `db:"id"`
	Hash string `db:"request_hash"`
	// Body is the record that was written, as JSON.
	Body string  `db:"body"`
	At   Instant `db:"at"`
}
