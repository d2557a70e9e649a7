package httpapi

import (
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

//go:embed my.html
var myHTML string

var myPage = template.Must(template.New("my").Parse(myHTML))

// List is a page of a person's own records, as it is shown.
type List struct {
	Title, Sub, Message string
	Search              bool
	Query               string
	Rows                []Row
	Codes               []CodePicture
	More                bool // there is another page

	Next string // its address; set here
}

// Row is one record.
type Row struct {
	Name, Tags string
	Lines      []Line
}

// Line is one line about a record; Tel makes it a number to call, Late draws it as overdue.
type Line struct {
	Text, Tel string
	Late      bool
}

// CodePicture is one QR code as a picture inside the page.
type CodePicture struct {
	Name  string
	Image template.URL
}

// Lists gives people's own lists. query and page come from the address and are bounded.
type Lists interface {
	// List reads a page of a person's list; NotFound when the person is no longer with us.
	List(ctx context.Context, purpose Purpose, person sales.PersonID, query string, page int) (List, error)
}

// maxPage is the last page that can be asked for.
const maxPage = 500

// MyPage serves a person's own list, registered as "GET /my/…/{token}". Whoever has the link sees the list until it
// expires, so that links are short-lived and go to single chats only.
func MyPage(s Signer, purpose Purpose, lists Lists, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w)
		link, genuine, live := s.Read(r.PathValue("token"), purpose, now())
		if !genuine || !live || link.Person == 0 {
			showList(w, r, http.StatusNotFound, List{Title: "链接打不开", Message: "这个链接过期了。回聊天里再要一个。"})
			return
		}
		query := r.URL.Query().Get("q")
		if utf8.RuneCountInString(query) > 40 || !utf8.ValidString(query) {
			query = ""
		}
		page, err := strconv.Atoi(r.URL.Query().Get("p"))
		if err != nil || page < 0 || page > maxPage {
			page = 0
		}
		l, err := lists.List(r.Context(), purpose, link.Person, query, page)
		switch {
		case sales.KindOf(err) == sales.NotFound:
			showList(w, r, http.StatusNotFound, List{Title: "链接打不开", Message: "这个链接的主人已经不在组织里了。"})
			return
		case err != nil:
			zerolog.Ctx(r.Context()).Error().Err(err).Msg("list page")
			showList(w, r, http.StatusServiceUnavailable, List{Title: "系统忙", Message: "过一分钟刷新这一页。"})
			return
		}
		l.Query = query
		if l.More && page < maxPage {
			l.Next = "?" + url.Values{"q": {query}, "p": {strconv.Itoa(page + 1)}}.Encode()
		}
		showList(w, r, http.StatusOK, l)
	})
}

// guard sets the headers of every page that shows records.
func guard(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}

func showList(w http.ResponseWriter, r *http.Request, status int, l List) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := myPage.Execute(w, l); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("write list page")
	}
}

// CodePage is what somebody sees who scans a customer's code with something that is not the bot, registered as
// "GET /q/{token}". It says whose bot to show it to and nothing of the customer: the code hangs on a wall.
func CodePage(s Signer, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w)
		_, genuine, live := s.Read(r.PathValue("token"), ForCode, now())
		switch {
		case !genuine:
			showList(w, r, http.StatusNotFound, List{Title: "这个码不认识", Message: "不是这里发的码,或者被改过。"})
		case !live:
			showList(w, r, http.StatusGone, List{Title: "这个码过期了", Message: "在聊天里发 二维码 客户名 换一张。"})
		default:
			showList(w, r, http.StatusOK, List{
				Title: "把这个码给销售助手看", Message: "钉钉:把码拍下来发给机器人,或者复制这一页的链接发给它。企业微信:用应用菜单里的扫一扫。",
			})
		}
	})
}
