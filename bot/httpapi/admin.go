package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Deeds does what a form of the admin's page asks for.
type Deeds interface {
	// Do does it as the person, once for each number; a number that was used does nothing. A *sales.Error says what is wrong.
	Do(ctx context.Context, person sales.PersonID, number sales.ID, do, record string) error
}

// maxDeed bounds the body of a form, in bytes.
const maxDeed = 8 << 10

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
	do, record := r.PostForm.Get("do"), r.PostForm.Get("record")
	if err := deeds.Do(r.Context(), person, once.Record, do, record); err != nil {
		if msg := sales.Message(err); msg != "" {
			showList(w, r, http.StatusUnprocessableEntity, List{Title: "没有改动", Message: msg})
			return
		}
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("admin page")
		showList(w, r, http.StatusServiceUnavailable, List{Title: "系统忙", Message: "过一分钟返回再点一次。"})
		return
	}
	http.Redirect(w, r, r.URL.Path+readAsk(r.URL.Query()).link(), http.StatusSeeOther)
}
