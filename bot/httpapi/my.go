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
	// Hint says what can be searched for.
	Hint string
	// Tabs are parts of the list, Sorts its orders; the one that is On is shown.
	Tabs, Sorts []Choice

	Query, Filter, Sort string // as they were asked for; set here
	Rows                []Row
	Codes               []CodePicture
	More                bool // there is another page

	Next, Back string // addresses; set here
}

// Row is one record.
type Row struct {
	Name, Tags string
	Lines      []Line
	// Form is a button that changes the record, on pages that have any, with inputs where something is to be written.
	Form *Form
	// Edit names what another page lets be changed; EditText is what is written on the way there.
	Edit, EditText string

	EditLink string // set here
}

// Choice is a part or an order of a list: Key travels in the address.
type Choice struct {
	Key, Text string
	On        bool

	Link string // set here
}

// Form is one button of a row. Once is a token that works once.
type Form struct {
	Once, Record, Do, Text, Name string
	Inputs                       []Input
}

// Input is one thing to write in a form. With Options one of them is chosen, Area is for several lines.
type Input struct {
	Key, Name, Value, Hint string
	Options                []string
	Area                   bool
}

// Ask is what a page is asked for, from its address and bounded.
type Ask struct {
	Query, Filter, Sort string
	Page                int
	// Edit names the one thing that is to be changed; empty for the list.
	Edit string
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
	// List reads a page of a person's list; NotFound when the person is no longer with us, or may not see it any more.
	List(ctx context.Context, purpose Purpose, person sales.PersonID, ask Ask) (List, error)
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
		showAsked(w, r, lists, purpose, link.Person)
	})
}

// readAsk reads what a page is asked for; what cannot be is as if it were not there.
func readAsk(values url.Values) Ask {
	word := func(key string, most int) string {
		v := values.Get(key)
		if utf8.RuneCountInString(v) > most || !utf8.ValidString(v) {
			return ""
		}
		return v
	}
	a := Ask{Query: word("q", 40), Filter: word("f", 20), Sort: word("s", 20), Edit: word("e", 200)}
	page, err := strconv.Atoi(values.Get("p"))
	if err == nil && page > 0 && page <= maxPage {
		a.Page = page
	}
	return a
}

// link is the address of the same page, asked for otherwise.
func (a Ask) link() string {
	v := url.Values{}
	for key, word := range map[string]string{"q": a.Query, "f": a.Filter, "s": a.Sort, "e": a.Edit} {
		if word != "" {
			v.Set(key, word)
		}
	}
	if a.Page > 0 {
		v.Set("p", strconv.Itoa(a.Page))
	}
	return "?" + v.Encode()
}

// showAsked reads a list and shows it.
func showAsked(w http.ResponseWriter, r *http.Request, lists Lists, purpose Purpose, person sales.PersonID) {
	ask := readAsk(r.URL.Query())
	l, err := lists.List(r.Context(), purpose, person, ask)
	switch {
	case sales.KindOf(err) == sales.NotFound:
		showList(w, r, http.StatusNotFound, List{Title: "链接打不开", Message: "这个链接的主人已经不在组织里了。"})
		return
	case sales.KindOf(err) == sales.Forbidden:
		showList(w, r, http.StatusForbidden, List{Title: "链接打不开", Message: sales.Message(err)})
		return
	case err != nil:
		zerolog.Ctx(r.Context()).Error().Err(err).Msg("list page")
		showList(w, r, http.StatusServiceUnavailable, List{Title: "系统忙", Message: "过一分钟刷新这一页。"})
		return
	}
	l.Query, l.Filter, l.Sort = ask.Query, ask.Filter, ask.Sort
	for i := range l.Tabs {
		l.Tabs[i].Link = Ask{Query: ask.Query, Filter: l.Tabs[i].Key, Sort: ask.Sort}.link()
	}
	for i := range l.Sorts {
		l.Sorts[i].Link = Ask{Query: ask.Query, Filter: ask.Filter, Sort: l.Sorts[i].Key}.link()
	}
	for i, row := range l.Rows {
		if row.Edit != "" {
			l.Rows[i].EditLink = Ask{Query: ask.Query, Filter: ask.Filter, Sort: ask.Sort, Page: ask.Page, Edit: row.Edit}.link()
		}
	}
	turn := func(to int) string { return Ask{Query: ask.Query, Filter: ask.Filter, Sort: ask.Sort, Page: to}.link() }
	if l.More && ask.Page < maxPage {
		l.Next = turn(ask.Page + 1)
	}
	if ask.Page > 0 && ask.Edit == "" {
		l.Back = turn(ask.Page - 1)
	}
	showList(w, r, http.StatusOK, l)
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
				Title: "把这个码给机器人看", Message: "钉钉:把码拍下来发给机器人,或者复制这一页的链接发给它。企业微信:用应用菜单里的扫一扫。",
			})
		}
	})
}
