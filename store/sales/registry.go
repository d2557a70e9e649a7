package sales

import "strings"

// States of a question to the business registry.
const (
	RegistryAsked  = "asked"
	RegistryDone   = "done"
	RegistryFailed = "failed"
)

// RegistryCheck is a question to the business registry (工商核对) about a customer.
type RegistryCheck struct {
	ID         ID       `db:"id"`
	CustomerID ID       `db:"customer_id"`
	PersonID   PersonID `db:"person_id"`
	State      string   `db:"state"`
	// Auto marks one that nobody asked for: it speaks up only when something differs.
	Auto     bool    `db:"auto"`
	AskedAt  Instant `db:"asked_at"`
	Answer   string  `db:"answer"` // Company as JSON
	Attempts int     `db:"attempts"`
	NextAt   Instant `db:"next_at"`
	Version  int64   `db:"version"`
}

// Company is what the registry says of a company, checked and cut to size.
type Company struct {
	Found bool   `json:"found"`
	Name  string `json:"name,omitempty"`
	USCC  string `json:"uscc,omitempty"`
	// Status is the registered state: 存续, 在业, 注销, 吊销, 迁出…
	Status  string `json:"status,omitempty"`
	Address string `json:"address,omitempty"`
	// Since is the day of its foundation as the registry writes it.
	Since string `json:"since,omitempty"`
}

// Gone reports whether the company does business no more.
func (c Company) Gone() bool {
	for _, w := range []string{"注销", "吊销", "清算", "停业", "撤销", "解散"} {
		if strings.Contains(c.Status, w) {
			return true
		}
	}
	return false
}

// Difference is one thing in which the registry and we differ.
type Difference struct {
	Field       string // 名称, 信用代码
	Ours, Their string
}

// Compare lists what differs from a customer of ours; a credit code we lack is no difference but something to fill in.
func (c Company) Compare(ours Customer) (differs []Difference, fill bool) {
	if !c.Found {
		return nil, false
	}
	if c.Name != "" && ParseName(c.Name).Key != ParseName(ours.Name).Key {
		differs = append(differs, Difference{"名称", ours.Name, c.Name})
	}
	switch {
	case c.USCC == "":
	case ours.USCC == "":
		fill = true
	case ours.USCC != c.USCC:
		differs = append(differs, Difference{"信用代码", ours.USCC, c.USCC})
	}
	return differs, fill
}
