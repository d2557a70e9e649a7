package outside

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// Order is a signed contract as the ERP has it.
type Order struct {
	No       string `json:"order_no"`
	Contract string `json:"contract_no"`
	Customer string `json:"customer"`
	Fen      int64  `json:"amount_fen"`
	State    string `json:"state"`

	id  string // of the contract
	seq int64
}

// erpSteps are what somebody at the ERP can do with an order, in order, and how it is called.
var erpSteps = []struct{ State, Name string }{
	{"accepted", "接单"}, {"producing", "排产"}, {"shipped", "发货"}, {"invoiced", "开票"}, {"closed", "关单"}, {"rejected", "不接"},
}

// erp takes events of orders, each once. A new order is accepted by itself.
func (w *World) erp(rw http.ResponseWriter, q *http.Request) {
	var in struct {
		Event string `json:"event"`
		Data  struct {
			ID       string `json:"contract_id"`
			No       string `json:"contract_no"`
			Fen      int64  `json:"amount_fen"`
			Customer struct {
				Name string `json:"name"`
			} `json:"customer"`
		} `json:"data"`
	}
	if !w.taken(rw, q, &in) {
		return
	}
	rw.WriteHeader(http.StatusNoContent)
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.orders, func(o Order) bool { return o.id == in.Data.ID })
	switch {
	case in.Event == "order.cancelled" && at >= 0:
		w.orders[at].State = "cancelled"
	case in.Event == "order.changed" && at >= 0:
		w.orders[at].Customer = in.Data.Customer.Name
	case in.Event == "order.signed" && at < 0 && in.Data.ID != "" && len(w.orders) < maxKept:
		w.orders = append(w.orders, Order{
			No: fmt.Sprintf("SO-%d", 1001+len(w.orders)), Contract: in.Data.No, Customer: in.Data.Customer.Name, Fen: in.Data.Fen, State: "new", id: in.Data.ID,
		})
		w.moveAt(len(w.orders)-1, "accepted")
	}
}

// Orders are the orders the ERP has, the newest first.
func (w *World) Orders() []Order {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.orders)
	slices.Reverse(out)
	return out
}

// move puts the order of a contract into a state and tells the bot. An error is the sentence for whoever asked.
func (w *World) move(contract, state string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.orders, func(o Order) bool { return o.Contract == contract })
	if at < 0 || !slices.ContainsFunc(erpSteps, func(s struct{ State, Name string }) bool { return s.State == state }) {
		return fmt.Errorf("ERP 里没有 %s 的订单,或没有 %q 这一步", contract, state)
	}
	w.moveAt(at, state)
	return nil
}

// moveAt is move of an order that is known; its caller holds the lock.
func (w *World) moveAt(at int, state string) {
	o := &w.orders[at]
	o.seq++
	body := map[string]any{"state": state, "order_no": o.No, "seq": o.seq, "amount_fen": o.Fen}
	switch state {
	case "shipped":
		body["shipped_fen"] = o.Fen
	case "invoiced":
		body["shipped_fen"], body["invoiced_fen"] = o.Fen, o.Fen
	case "rejected":
		body["note"] = "物料停产"
	}
	w.tell("/contracts/"+o.id+"/order", body, func() { w.orders[at].State = state })
}

// deed is what somebody does in one of the systems: {"system":"erp","no":"HT2026-001","do":"shipped"}.
type deed struct {
	System string `json:"system"`
	No     string `json:"no"`
	Do     string `json:"do"`
}

func readDeed(q *http.Request) (d deed, err error) {
	if err := json.NewDecoder(http.MaxBytesReader(nil, q.Body, 1<<10)).Decode(&d); err != nil {
		return d, fmt.Errorf("没看懂:写 {\"system\":\"erp\",\"no\":\"HT2026-001\",\"do\":\"shipped\"}")
	}
	return d, nil
}
