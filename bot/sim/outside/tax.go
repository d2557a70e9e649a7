package outside

import (
	"fmt"
	"net/http"
	"slices"
)

// Invoice is a request for an invoice as the e-invoice service has it.
type Invoice struct {
	No    string `json:"no"` // the bot's number
	Kind  string `json:"kind"`
	Buyer string `json:"buyer"`
	Fen   int64  `json:"amount_fen"`
	State string `json:"status"`
	TaxNo string `json:"tax_no,omitempty"`
	RedOf string `json:"red_of,omitempty"`

	id string
}

// einvoice takes a request, once for each id. A buyer without an address is refused, as the tax office refuses a special invoice; the
// others are issued a moment later, and the bot is told.
func (w *World) einvoice(rw http.ResponseWriter, q *http.Request) {
	var in struct {
		ID    string `json:"id"`
		Kind  string `json:"kind"`
		No    string `json:"no"`
		Fen   int64  `json:"amount_fen"`
		RedOf string `json:"red_of"`
		Buyer struct {
			Title   string `json:"title"`
			Address string `json:"address"`
		} `json:"buyer"`
	}
	if !w.taken(rw, q, &in) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.invoices, func(i Invoice) bool { return i.id == in.ID })
	if at < 0 {
		if len(w.invoices) >= maxKept {
			http.Error(rw, "full", http.StatusServiceUnavailable)
			return
		}
		w.invoices = append(w.invoices, Invoice{No: in.No, Kind: in.Kind, Buyer: in.Buyer.Title, Fen: in.Fen, RedOf: in.RedOf, id: in.ID, State: "accepted"})
		at = len(w.invoices) - 1
		if in.Kind != "red" && in.Buyer.Address == "" {
			w.invoices[at].State = "failed"
		} else {
			w.issue(at)
		}
	}
	if w.invoices[at].State == "failed" {
		answer(rw, map[string]string{"status": "failed", "field": "address", "message": "专票要注册地址"})
		return
	}
	answer(rw, map[string]string{"status": w.invoices[at].State, "tax_no": w.invoices[at].TaxNo})
}

// issue issues an invoice and tells the bot; its caller holds the lock.
func (w *World) issue(at int) {
	no := fmt.Sprintf("2633200000%010d", 1+at)
	w.tell("/einvoices/"+w.invoices[at].id+"/result", map[string]string{"status": "issued", "tax_no": no}, func() {
		w.invoices[at].State, w.invoices[at].TaxNo = "issued", no
	})
}

// einvoiceState says what became of a request.
func (w *World) einvoiceState(rw http.ResponseWriter, q *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range w.invoices {
		if i.id == q.PathValue("id") {
			answer(rw, map[string]string{"status": i.State, "tax_no": i.TaxNo})
			return
		}
	}
	answer(rw, map[string]string{"status": "failed", "message": "没有这个请求,再发一次"}) // it was asked of an earlier run
}

// Invoices are the requests the service has, the newest first.
func (w *World) Invoices() []Invoice {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := slices.Clone(w.invoices)
	slices.Reverse(out)
	return out
}
