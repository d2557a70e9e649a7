package api

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Problem is what is wrong with a request, as RFC 9457 writes it. Code never changes; Detail is for people.
type Problem struct {
	Type   string `json:"type" doc:"always about:blank"`
	Title  string `json:"title" doc:"the status in words"`
	Status int    `json:"status" doc:"the HTTP status"`
	Code   string `json:"code" doc:"stable: bad_request, unauthorized, forbidden, not_found, conflict, period_closed, stale, gone, too_large, unprocessable, key_reused, too_many, unavailable, internal"`
	Detail string `json:"detail" doc:"what to do, in Chinese"`
	Field  string `json:"field,omitempty" doc:"the field that is meant, where there is one"`
}

// Error is the operator's text.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

func problem(status int, code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func badField(field, detail string) *Problem {
	p := problem(http.StatusUnprocessableEntity, "unprocessable", detail)
	p.Field = field
	return p
}

// Stale says that a record is another one than If-Match names.
func Stale(detail string) error { return problem(http.StatusPreconditionFailed, "stale", detail) }

// KeyReused says that an idempotency key came with another request than before.
func KeyReused() error {
	return problem(http.StatusUnprocessableEntity, "key_reused", "这个 Idempotency-Key 已用于另一个请求。换一个再发。")
}

// Malformed is an error about one field of a request.
func Malformed(field, detail string) error { return badField(field, detail) }

// problemOf is what the caller is told of an error.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, sales.ErrClosed) {
		return problem(http.StatusConflict, "period_closed", sales.Message(err))
	}
	switch msg := sales.Message(err); sales.KindOf(err) {
	case sales.NotFound:
		return problem(http.StatusNotFound, "not_found", msg)
	case sales.Forbidden:
		return problem(http.StatusForbidden, "forbidden", msg)
	case sales.Invalid:
		return problem(http.StatusUnprocessableEntity, "unprocessable", msg)
	case sales.Conflict:
		return problem(http.StatusConflict, "conflict", msg)
	case sales.Unavailable:
		return problem(http.StatusServiceUnavailable, "unavailable", "现在办不了,过一会儿用同一个 Idempotency-Key 再发。")
	}
	return problem(http.StatusInternalServerError, "internal", "系统出错了,已记录。过一会儿用同一个 Idempotency-Key 再发。")
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusInternalServerError {
		w.Header().Set("Retry-After", "30")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("api: the caller is gone")
	}
}
