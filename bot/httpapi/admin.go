package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Deeds does what a form of the admin's page asks for.
type Deeds interface {
	// Do does it as the person, once for each number; a number that was used does nothing. A *sales.Error says what is wrong.
	Do(ctx context.Context, person sales.PersonID, number sales.ID, deed Deed) error
}

// Deed is what a form asks for: what to do with which record, and what was written into the form's inputs, by their names.
type Deed struct {
	Do, Record string
	Values     map[string]string
}

// Bounds of a form: its body and one value in bytes, and how many values.
const (
	maxDeed   = 64 << 10
	maxValue  = 16 << 10
	maxValues = 12
	// inputPrefix begins the names of a form's inputs.
	inputPrefix = "set."
)

// AdminPage serves the admin's page, registered as "/my/admin/{token}": lists to read, and forms with a token each that works
// once, for whom and as long as it was made. The address alone changes nothing: what is asked for is checked against the person's
// rights when it is done, as if they had typed it.
func AdminPage(s Signer, lists Lists, deeds Deeds, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w)
		link, genuine, live := s.Read(r.PathValue("token"), ForAdmin, now())
		switch {
		case !genuine || !live || link.Person == 0:
			showList(w, r, http.StatusNotFound, List{Title: "链接打不开", Message: "这个链接过期了。回聊天里发 网页 管理 再要一个。"})
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			showAsked(w, r, lists, ForAdmin, link.Person)
		case r.Method == http.MethodPost:
			doDeed(w, r, s, deeds, link.Person, now())
		default:
			w.Header().Set("Allow", "GET, POST")
			showList(w, r, http.StatusMethodNotAllowed, List{Title: "链接打不开", Message: "回聊天里发 网页 管理 再要一个。"})
		}
	})
}

func doDeed(w http.ResponseWriter, r *http.Request, s Signer, deeds Deeds, person sales.PersonID, now time.Time) {
	r.Body = http.MaxBytesReader(w, r.Body, maxDeed)
	if err := r.ParseForm(); err != nil {
		showList(w, r, http.StatusBadRequest, List{Title: "没有改动", Message: "表单没传完整。返回上一页再点一次。"})
		return
	}
	once, genuine, live := s.Read(r.PostForm.Get("once"), ForAdminDeed, now)
	if !genuine || !live || once.Person != person {
		showList(w, r, http.StatusForbidden, List{Title: "没有改动", Message: "这一页放久了。返回刷新再点一次。"})
		return
	}
	deed, ok := readDeed(r.PostForm)
	if !ok {
		showList(w, r, http.StatusBadRequest, List{Title: "没有改动", Message: "写得太长了。返回上一页改短再点。"})
		return
	}
	if err := deeds.Do(r.Context(), person, once.Record, deed); err != nil {
		if msg := sales.Message(err); msg != "" {
			showList(w, r, http.StatusUnprocessableEntity, List{Title: "没有改动", Message: msg + "\n返回上一页,写的还在,改了再点。"})
			return
		}
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("admin page")
		showList(w, r, http.StatusServiceUnavailable, List{Title: "系统忙", Message: "过一分钟返回再点一次。"})
		return
	}
	http.Redirect(w, r, r.URL.Path+readAsk(r.URL.Query()).link(), http.StatusSeeOther)
}

// readDeed reads a form; false for one with values that no page of ours has.
func readDeed(form url.Values) (Deed, bool) {
	d := Deed{Do: form.Get("do"), Record: form.Get("record"), Values: map[string]string{}}
	for key, values := range form {
		name, ok := strings.CutPrefix(key, inputPrefix)
		if !ok {
			continue
		}
		if len(values) != 1 || len(values[0]) > maxValue || !utf8.ValidString(values[0]) || len(d.Values) == maxValues {
			return Deed{}, false
		}
		d.Values[name] = strings.ReplaceAll(values[0], "\r\n", "\n")
	}
	return d, len(d.Do) <= 40 && len(d.Record) <= 250 && utf8.ValidString(d.Record)
}
