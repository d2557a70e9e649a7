package httpapi

import (
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// StatementView is a statement as its customer sees it.
type StatementView struct {
	Customer, Month                      string
	Opening, Invoiced, Received, Closing string
	// Prepaid is what the customer paid too much, where Closing is negative; else empty.
	Prepaid string
	// Form says that it can be answered, Message what happened.
	Form    bool
	Message string
}

// Statements is what the page of a statement needs of the program.
type Statements interface {
	// Statement reads the statement of a link by the hash of its token. NotFound when it is unknown, answered or expired.
	Statement(ctx context.Context, hash string) (StatementView, error)
	// Answer keeps what the customer says is open; empty is our figure. Invalid when the amount cannot be read.
	Answer(ctx context.Context, hash, amount string) error
}

//go:embed statement.html
var statementHTML string

var statementPage = template.Must(template.New("statement").Parse(statementHTML))

const statementGone = "这个链接过期了,或者已经答复过。要改请找你的联系人再发一份。"

// StatementPage serves the link of a statement, registered as "/s/{token}": GET shows it, POST takes the customer's answer, once.
func StatementPage(s Statements) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		token := r.PathValue("token")
		if len(token) < 20 || len(token) > 100 {
			showStatement(w, r, http.StatusNotFound, StatementView{Message: statementGone})
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
			w.Header().Set("Allow", "GET, HEAD, POST")
			showStatement(w, r, http.StatusMethodNotAllowed, StatementView{Message: "这里只能看和确认对账单。"})
			return
		}
		hash := TokenHash(token)
		v, err := s.Statement(r.Context(), hash)
		if err != nil {
			statementTrouble(w, r, v, err)
			return
		}
		v.Form = true
		if r.Method != http.MethodPost {
			showStatement(w, r, http.StatusOK, v)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		amount := ""
		if r.FormValue("answer") == "other" {
			if amount = strings.TrimSpace(r.FormValue("amount")); amount == "" || len(amount) > 40 {
				v.Message = "把你们账上的数写上,如 175000。"
				showStatement(w, r, http.StatusBadRequest, v)
				return
			}
			if r.FormValue("prepaid") != "" && !strings.HasPrefix(amount, "-") { // phones have no minus beside the digits
				amount = "-" + amount
			}
		} else if r.FormValue("answer") != "same" {
			v.Message = "选一致,或写上你们账上的数。"
			showStatement(w, r, http.StatusBadRequest, v)
			return
		}
		if err := s.Answer(r.Context(), hash, amount); err != nil {
			statementTrouble(w, r, v, err)
			return
		}
		v.Form, v.Message = false, "收到,谢谢。"
		showStatement(w, r, http.StatusOK, v)
	})
}

func statementTrouble(w http.ResponseWriter, r *http.Request, v StatementView, err error) {
	switch sales.KindOf(err) {
	case sales.NotFound:
		showStatement(w, r, http.StatusNotFound, StatementView{Message: statementGone})
	case sales.Invalid:
		v.Message = sales.Message(err)
		showStatement(w, r, http.StatusBadRequest, v)
	default:
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("statement page")
		showStatement(w, r, http.StatusServiceUnavailable, StatementView{Message: "系统忙,过一分钟再试。链接还能用。"})
	}
}

func showStatement(w http.ResponseWriter, r *http.Request, status int, v StatementView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := statementPage.Execute(w, v); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("write statement page")
	}
}
