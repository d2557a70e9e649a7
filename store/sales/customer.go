package sales

// Customer is one customer (客户), with one id for the whole company (唯一ID).
type Customer struct {
	ID ID `db:"id"`
	// Code is the id in an imported file, such as "C001"; empty for customers made in chat.
	Code string `db:"code"`
	Name string `db:"name"`
	// NameKey is the normalised name by which duplicates are found.
	NameKey       string       `db:"name_key"`
	Aliases       List[string] `db:"aliases"`
	USCC          string       `db:"uscc"`
	Phone         string       `db:"phone"`
	Industry      string       `db:"industry"`
	City          string       `db:"city"`
	Class         string       `db:"class"`
	OwnerID       PersonID     `db:"owner_id"`
	TeamID        ID           `db:"team_id"`
	CreatedBy     PersonID     `db:"created_by"`
	CreatedAt     Instant      `db:"created_at"`
	LastContactAt Instant      `db:"last_contact_at"`
	SourceEventID string       `db:"source_event_id"`
	Version       int64        `db:"version"`
}

// Contact is a person at a customer (联系人).
type Contact struct {
	ID         ID       `db:"id"`
	Code       string   `db:"code"`
	CustomerID ID       `db:"customer_id"`
	Name       string   `db:"name"`
	Title      string   `db:"title"`
	Department string   `db:"department"`
	Phone      string   `db:"phone"`
	CreatedBy  PersonID `db:"created_by"`
	CreatedAt  Instant  `db:"created_at"`
	Version    int64    `db:"version"`
}

// Product is something we sell (产品).
type Product struct {
	ID      ID           `db:"id"`
	Code    string       `db:"code"`
	Name    string       `db:"name"`
	Aliases List[string] `db:"aliases"`
	// Line is the product line (产品线) reports are cut by.
	Line string `db:"line"`
	// ListPrice is the standard price in fen, 0 when unknown.
	ListPrice Money `db:"list_price"`
	// FloorPercent is the lowest discount that needs no special price, in percent of the list price; 0 is none.
	FloorPercent int    `db:"floor_percent"`
	Model        string `db:"model"`
	Unit         string `db:"unit"`
	// Industries are those the product is recommended to, as people write them: "医疗、教育"; empty is nobody in particular.
	Industries string `db:"industries"`
	// Talk is one line to say of it (话术).
	Talk string `db:"talk"`
	// CertNo is the registration certificate's number (注册证号), CertUntil the last day it is valid.
	CertNo    string `db:"cert_no"`
	CertUntil Day    `db:"cert_until"`
	// OwnerID is who looks after the product, 0 for nobody.
	OwnerID PersonID `db:"owner_id"`
	// Files are its documents.
	Files List[ID] `db:"files"`
}
