package sales

import (
	"math/big"
	"strconv"
	"strings"
)

// RoleDelivery is who delivers (交付): sees what is to be shipped, not what it costs.
const RoleDelivery Role = "delivery"

// Kinds of shipments.
const (
	ShipmentOut    = "shipment" // 发货
	ShipmentReturn = "return"   // 退货
)

// States of shipments.
const (
	ShipmentShipped  = "shipped"  // on its way
	ShipmentSigned   = "signed"   // received and signed for (签收)
	ShipmentReturned = "returned" // of a return: goods are back
	ShipmentUndone   = "undone"
)

// DeliveryMonth counts the deliveries of a month.
type DeliveryMonth struct {
	Month string // 2026-03
	// Due were promised for a day, OnTime of them received by then; Unpromised are the others, which were received.
	Due        int `db:"due"`
	OnTime     int `db:"on_time"`
	Unpromised int `db:"unpromised"`
}

// Shipment is goods on their way to a customer under a contract (发货), or on their way back (退货).
type Shipment struct {
	ID         ID       `db:"id"`
	No         string   `db:"no"`
	Kind       string   `db:"kind"`
	ContractID ID       `db:"contract_id"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	TeamID     ID       `db:"team_id"`
	// Quantity is in hundredths of Unit; 0 is "not said".
	Quantity int64  `db:"quantity"`
	Unit     string `db:"unit"`
	// Amount is what the goods are worth; 0 is "not said".
	Amount   Money  `db:"amount"`
	Tracking string `db:"tracking"`
	// PromisedOn is when they are to be there, as the customer was told.
	PromisedOn Day    `db:"promised_on"`
	ShippedOn  Day    `db:"shipped_on"`
	SignedOn   Day    `db:"signed_on"`
	Receiver   string `db:"receiver"`
	// Reason is why goods came back.
	Reason        string   `db:"reason"`
	State         string   `db:"state"`
	CreatedBy     PersonID `db:"created_by"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// Counts reports whether a shipment was not taken back.
func (s Shipment) Counts() bool { return s.State != ShipmentUndone }

// StateName is the state in Chinese.
func (s Shipment) StateName() string {
	switch s.State {
	case ShipmentShipped:
		return "在途"
	case ShipmentSigned:
		return "已签收"
	case ShipmentReturned:
		return "已退回"
	}
	return "已撤销"
}

// MaxQuantity bounds what one shipment may count, in hundredths.
const MaxQuantity = 1_000_000_00

// ParseQuantity reads a decimal number of at most two decimals as hundredths; false for anything else, zero and less included.
func ParseQuantity(s string) (int64, bool) {
	r, ok := new(big.Rat).SetString(strings.ReplaceAll(s, ",", ""))
	if !ok || strings.ContainsAny(s, "eE/") || len(s) > 16 {
		return 0, false
	}
	r.Mul(r, big.NewRat(100, 1))
	if !r.IsInt() || r.Sign() <= 0 || r.Num().Cmp(big.NewInt(MaxQuantity)) > 0 {
		return 0, false
	}
	return r.Num().Int64(), true
}

// QuantityText writes hundredths with their unit: "10台", "2.5吨"; empty for none.
func QuantityText(q int64, unit string) string {
	if q == 0 {
		return ""
	}
	sign := ""
	if q < 0 {
		sign, q = "-", -q
	}
	s := strconv.FormatInt(q/100, 10)
	if frac := q % 100; frac != 0 {
		s += strings.TrimRight("."+twoDigits(uint64(frac)), "0")
	}
	return sign + s + unit
}
