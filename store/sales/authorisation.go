package sales

// States of an authorisation.
const (
	AuthorisationValid   = "valid"
	AuthorisationRevoked = "revoked"
)

// Authorisation is a letter of authorisation (授权书): a customer may buy or sell a product under it until a day.
type Authorisation struct {
	ID         ID       `db:"id"`
	CustomerID ID       `db:"customer_id"`
	ProductID  ID       `db:"product_id"`
	No         string   `db:"no"`
	Until      Day      `db:"until"`
	FileID     ID       `db:"file_id"`
	State      string   `db:"state"`
	CreatedBy  PersonID `db:"created_by"`
	CreatedAt  Instant  `db:"created_at"`
	Version    int64    `db:"version"`
}

// From so many days before its end a certificate, an authorisation is shown in yellow.
const (
	CertificateSoon   = 90
	AuthorisationSoon = 30
)
