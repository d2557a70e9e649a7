package sales

import "math/big"

// Quote states. Those of the approval come first.
const (
	QuotePending    = "pending"
	QuoteReturned   = "returned"
	QuoteApproved   = "approved"
	QuoteRejected   = "rejected"
	QuoteWithdrawn  = "withdrawn"
	QuoteContracted = "contracted" // a contract took its lines over
)

// Kinds of quote.
const (
	QuotePlain   = "quote"
	QuoteSpecial = "special_price" // 特价申请
)

// MaxQuoteLines bounds a quote.
const MaxQuoteLines = 20

// QuoteLine is one product of a quote. Qty is in hundredths, so that 1.5 吨 is exact; Price and List are of one unit.
type QuoteLine struct {
	Product ID     `json:"product"`
	Name    string `json:"name"`
	Unit    string `json:"unit,omitempty"`
	Line    string `json:"line,omitempty"` // the product line
	Qty     int64  `json:"qty"`
	Price   Money  `json:"price"`
	List    Money  `json:"list,omitempty"`  // 0: unknown
	Floor   Money  `json:"floor,omitempty"` // the lowest price without 特价; 0: none
}

// Quote is a quotation to a customer (报价), or a request for a special price (特价申请).
type Quote struct {
	ID            ID              `db:"id"`
	No            string          `db:"no"`
	Kind          string          `db:"kind"`
	CustomerID    ID              `db:"customer_id"`
	OpportunityID ID              `db:"opportunity_id"`
	OwnerID       PersonID        `db:"owner_id"`
	TeamID        ID              `db:"team_id"`
	Lines         List[QuoteLine] `db:"line_items"`
	Amount        Money           `db:"amount"`
	// ListAmount is what the lines cost by list, 0 when a list price is unknown.
	ListAmount    Money    `db:"list_amount"`
	ValidUntil    Day      `db:"valid_until"` // the last day it holds
	Reason        string   `db:"reason"`
	Files         List[ID] `db:"files"`
	RequestID     ID       `db:"request_id"`
	ContractID    ID       `db:"contract_id"`
	State         string   `db:"state"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// Sum is what a line costs: price times quantity, rounded half up to the fen.
func (l QuoteLine) Sum() Money { return times(l.Price, l.Qty) }

// Below reports whether the price is under the product's floor.
func (l QuoteLine) Below() bool { return l.Floor > 0 && l.Price < l.Floor }

// QtyText is the quantity with its unit: "2台", "1.5吨".
func (l QuoteLine) QtyText() string { return trimDecimals(uint64(max(l.Qty, 0))) + l.Unit }

func times(m Money, hundredths int64) Money {
	n := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(hundredths))
	n.Add(n, big.NewInt(50)).Div(n, big.NewInt(100))
	if !n.IsInt64() {
		return MaxMoney + 1
	}
	return Money(n.Int64())
}

// UnitPrice is the price of one when the whole costs sum; false when it does not come out to the fen.
func UnitPrice(sum Money, qty int64) (Money, bool) {
	if qty <= 0 || sum < 0 {
		return 0, false
	}
	n, rest := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(int64(sum)), big.NewInt(100)), big.NewInt(qty), new(big.Int))
	return Money(n.Int64()), rest.Sign() == 0
}

// FloorPrice is the lowest price of a product at a list price, rounded up to the fen; 0 when it has none.
func FloorPrice(list Money, percent int) Money {
	if list <= 0 || percent <= 0 {
		return 0
	}
	return (list*Money(percent) + 99) / 100
}

// Total puts the sums of the lines into the quote. Invalid when it is beyond what is kept.
func (q *Quote) Total() error {
	q.Amount, q.ListAmount = 0, 0
	known := len(q.Lines) > 0
	for _, l := range q.Lines {
		q.Amount += l.Sum()
		q.ListAmount += times(l.List, l.Qty)
		known = known && l.List > 0
		if q.Amount > MaxMoney || q.ListAmount > MaxMoney {
			return Errorf(Invalid, "金额太大了,检查一下数量和单价。")
		}
	}
	if !known {
		q.ListAmount = 0
	}
	return nil
}

// Discount is the share of the list price, 0 when that is unknown.
func (q Quote) Discount() Percent {
	if q.ListAmount <= 0 {
		return 0
	}
	n := new(big.Int).Mul(big.NewInt(int64(q.Amount)), big.NewInt(10000))
	n.Add(n, big.NewInt(int64(q.ListAmount)/2)).Div(n, big.NewInt(int64(q.ListAmount)))
	if !n.IsInt64() || n.Int64() > 1_000_000 {
		return 0
	}
	return Percent(n.Int64())
}

// Under lists the lines whose price is under the floor.
func (q Quote) Under() []QuoteLine {
	var out []QuoteLine
	for _, l := range q.Lines {
		if l.Below() {
			out = append(out, l)
		}
	}
	return out
}

// Products are the ids of the lines' products, each once.
func (q Quote) Products() []ID {
	var out []ID
	seen := map[ID]bool{}
	for _, l := range q.Lines {
		if l.Product != 0 && !seen[l.Product] {
			seen[l.Product] = true
			out = append(out, l.Product)
		}
	}
	return out
}
