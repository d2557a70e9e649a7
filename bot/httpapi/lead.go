package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"salesflow/bot/remote"
	"salesflow/store/sales"
)

// maxLeadBody is the largest request, in bytes.
const maxLeadBody = 64 << 10

// LeadRequest is a lead (线索) from outside. ID is its id there: the same one again changes nothing.
type LeadRequest struct {
	ID       string `json:"id"`
	Company  string `json:"company"`
	Contact  string `json:"contact"`
	Phone    string `json:"phone"`
	Need     string `json:"need"`
	City     string `json:"city"`
	Source   string `json:"source"`
	Campaign string `json:"campaign"`
	// AmountYuan is what the deal may be worth, 0 when unknown; Level 1 or 2, 0 to be told from the rest.
	AmountYuan int64 `json:"amount_yuan"`
	Level      int   `json:"level"`
}

// LeadAnswer says what became of it.
type LeadAnswer struct {
	No string `json:"no"`
	// Duplicate is true when the lead was there already, by its id, phone or company.
	Duplicate bool `json:"duplicate"`
	// State is assigned, or new when nobody could be found for it yet.
	State string `json:"state"`
}

// Leads is what the intake of leads needs of the program.
type Leads interface {
	// TakeLead takes a lead in, once for each id. A *sales.Error of kind Invalid says what is wrong with it.
	TakeLead(ctx context.Context, r LeadRequest) (LeadAnswer, error)
}

// LeadIntake serves POST /api/leads for whoever knows the secret. now is the wall clock requests are signed by.
func LeadIntake(secret string, leads Leads, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLeadBody))
		if err != nil {
			answer(w, r, http.StatusRequestEntityTooLarge, errorBody{"请求超过 64KB。"})
			return
		}
		if !remote.SignedWith(secret, r.Header.Get(remote.HeaderTimestamp), r.Header.Get(remote.HeaderSignature), body, now()) {
			answer(w, r, http.StatusUnauthorized, errorBody{"签名不对或时间差超过 5 分钟。"})
			return
		}
		var req LeadRequest
		if err := json.Unmarshal(body, &req); err != nil || !utf8.Valid(body) {
			answer(w, r, http.StatusBadRequest, errorBody{"请求不是约定的 JSON。"})
			return
		}
		if n := len(req.ID); n == 0 || n > 64 {
			answer(w, r, http.StatusBadRequest, errorBody{"id 要有,最长 64 个字节:同一条再发一次不会重复。"})
			return
		}
		got, err := leads.TakeLead(r.Context(), req)
		var told *sales.Error
		switch {
		case err == nil && got.Duplicate:
			answer(w, r, http.StatusOK, got)
		case err == nil:
			answer(w, r, http.StatusCreated, got)
		case errors.As(err, &told) && told.Kind == sales.Invalid:
			answer(w, r, http.StatusUnprocessableEntity, errorBody{told.Msg})
		default:
			zerolog.Ctx(r.Context()).Error().Err(err).Msg("lead intake")
			w.Header().Set("Retry-After", "30")
			answer(w, r, http.StatusServiceUnavailable, errorBody{"现在收不了,过一会儿用同一个 id 再发。"})
		}
	})
}

type errorBody struct {
	Error string `json:"error"`
}

func answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("lead intake: the caller is gone")
	}
}
