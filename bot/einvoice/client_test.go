package einvoice_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"salesflow/bot/einvoice"
	"salesflow/store/sales"
)

func TestTheServiceIsAskedSignedAndDoubted(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	for _, tt := range []struct {
		name, answer string
		status       int
		want         einvoice.Answer
		bad, again   bool
	}{
		{"开出来了", `{"status":"issued","tax_no":"24332000000012345678","pdf_url":"https://tax.example.com/a.pdf"}`, 200, einvoice.Answer{State: sales.EInvoiceIssued, TaxNo: "24332000000012345678", PDF: "https://tax.example.com/a.pdf"}, false, false},
		{"地址不是 https 就不给人点", `{"status":"issued","tax_no":"1","pdf_url":"javascript:alert(1)"}`, 200, einvoice.Answer{State: sales.EInvoiceIssued, TaxNo: "1"}, false, false},
		{"带密码的地址不给人点", `{"status":"issued","tax_no":"1","pdf_url":"https://a:b@x.example.com/"}`, 200, einvoice.Answer{State: sales.EInvoiceIssued, TaxNo: "1"}, false, false},
		{"收下了", `{"status":"accepted"}`, 202, einvoice.Answer{State: sales.EInvoiceAsked}, false, false},
		{"不行,说改哪里", `{"status":"failed","field":"tax_no","message":"税号\n不对"}`, 200, einvoice.Answer{State: sales.EInvoiceFailed, Field: "tax_no", Message: "税号 不对"}, false, false},
		{"没有号码不算开了", `{"status":"issued"}`, 200, einvoice.Answer{}, true, false},
		{"看不懂", `<html>`, 200, einvoice.Answer{}, true, false},
		{"不认", `{}`, 400, einvoice.Answer{}, true, false},
		{"停着", ``, 503, einvoice.Answer{}, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mac := hmac.New(sha256.New, []byte(secret))
				mac.Write([]byte(r.Header.Get("X-Salesflow-Timestamp") + "."))
				mac.Write(body)
				if hex.EncodeToString(mac.Sum(nil)) != r.Header.Get("X-Salesflow-Signature") || r.Header.Get("Idempotency-Key") != "7" {
					t.Errorf("signed %q for %q", r.Header.Get("X-Salesflow-Signature"), r.Header.Get("Idempotency-Key"))
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.answer)
			}))
			defer srv.Close()
			c := einvoice.Client{URL: srv.URL, Secret: secret, Now: func() time.Time { return time.Unix(1_772_000_000, 0) }}
			for _, ask := range []func() (einvoice.Answer, error){
				func() (einvoice.Answer, error) { return c.Ask(context.Background(), einvoice.Request{ID: "7"}) },
				func() (einvoice.Answer, error) { return c.Look(context.Background(), "7") },
			} {
				a, err := ask()
				if a != tt.want || (err != nil) != (tt.bad || tt.again) || errors.Is(err, einvoice.ErrAnswer) != tt.bad {
					t.Errorf("%+v, %v", a, err)
				}
				if err != nil && strings.Contains(err.Error(), srv.URL) {
					t.Errorf("the error tells the address: %v", err)
				}
			}
		})
	}
}
