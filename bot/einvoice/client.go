package einvoice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"salesflow/bot/remote"
	"salesflow/store/sales"
)

const (
	// askWithin bounds one question.
	askWithin = 8 * time.Second
	// What is kept of an answer, in runes; an address in bytes.
	maxNo, maxField, maxMessage, maxURL = 64, 32, 120, 500
)

// Client asks a service. Its zero Secret signs nothing.
type Client struct {
	URL, Secret string
	Now         func() time.Time
	Transport   http.RoundTripper
}

// Buyer is to whom an invoice is made out.
type Buyer struct {
	Title   string `json:"title"`
	TaxNo   string `json:"tax_no"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Bank    string `json:"bank,omitempty"`
	Account string `json:"account,omitempty"`
	Mail    string `json:"mail,omitempty"`
}

// Kinds of requests.
const (
	Blue = "blue" // an invoice
	Red  = "red"  // a red letter (红字), which takes another back
)

// Request asks for an invoice. The service must issue one only for each ID, however often it is asked. Amounts are in fen, tax
// included; NetFen and TaxFen are there when the contract's tax rate is known.
type Request struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	No        string    `json:"no"` // our number
	Contract  string    `json:"contract_no,omitempty"`
	Buyer     Buyer     `json:"buyer"`
	Goods     []string  `json:"goods"`
	AmountFen int64     `json:"amount_fen"`
	TaxRate   string    `json:"tax_rate,omitempty"`
	NetFen    int64     `json:"net_fen,omitempty"`
	TaxFen    int64     `json:"tax_fen,omitempty"`
	IssuedOn  sales.Day `json:"issued_on"`
	// RedOf is the number of the invoice that a red letter takes back, Reason why.
	RedOf  string `json:"red_of,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Answer is what became of a request: a sales.EInvoice… state, and what belongs to it.
type Answer struct {
	State          string
	TaxNo, PDF     string
	Field, Message string
}

// ErrAnswer says that the service answered something that cannot be used; asking again does not help.
var ErrAnswer = errors.New("e-invoice service: unusable answer")

// Ask asks for an invoice.
func (c Client) Ask(ctx context.Context, r Request) (Answer, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return Answer{}, fmt.Errorf("encode e-invoice: %w", err)
	}
	return c.do(ctx, http.MethodPost, c.URL, r.ID, body)
}

// Look asks what became of a request the service has.
func (c Client) Look(ctx context.Context, id string) (Answer, error) {
	return c.do(ctx, http.MethodGet, strings.TrimRight(c.URL, "/")+"/"+url.PathEscape(id), id, nil)
}

func (c Client) do(ctx context.Context, method, address, id string, body []byte) (Answer, error) {
	a, err := remote.Question{
		Method: method, URL: address, Body: body, Secret: c.Secret, Key: id, Now: c.Now(), Within: askWithin, Transport: c.Transport,
	}.Ask(ctx)
	switch {
	case a.Busy(), a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden: // a secret being changed
		return Answer{}, fmt.Errorf("ask e-invoice service: status %d", a.Status)
	case err != nil:
		return Answer{}, fmt.Errorf("ask e-invoice service: %w", err)
	case a.Status != http.StatusOK && a.Status != http.StatusAccepted:
		return Answer{}, fmt.Errorf("%w: status %d", ErrAnswer, a.Status)
	}
	return read(a.Body)
}

func read(data []byte) (Answer, error) {
	var wire struct {
		Status  string `json:"status"`
		TaxNo   string `json:"tax_no"`
		PDF     string `json:"pdf_url"`
		Field   string `json:"field"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return Answer{}, ErrAnswer
	}
	return Told(wire.Status, wire.TaxNo, wire.PDF, wire.Field, wire.Message)
}

// Told takes what a service says of a request, asked or unasked: "accepted", "issued" with the number printed on the invoice, or
// "failed" with the field to mend.
func Told(status, no, pdf, field, message string) (Answer, error) {
	switch a := (Answer{TaxNo: clean(no, maxNo), PDF: pdf, Field: clean(field, maxField), Message: clean(message, maxMessage)}); status {
	case "accepted":
		a.State = sales.EInvoiceAsked
		return a, nil
	case "issued":
		if a.PDF != "" && !webAddress(a.PDF) {
			a.PDF = ""
		}
		if a.State = sales.EInvoiceIssued; a.TaxNo == "" || strings.ContainsAny(a.TaxNo, " /\\") {
			return Answer{}, ErrAnswer
		}
		return a, nil
	case "failed":
		a.State = sales.EInvoiceFailed
		return a, nil
	}
	return Answer{}, ErrAnswer
}

// webAddress reports whether an address may be put before people: https, with a host and without a password.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxURL && u.Scheme == "https" && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func clean(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
