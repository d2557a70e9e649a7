package outside

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

//go:embed templates
var templates embed.FS

var pageTemplate = template.Must(template.ParseFS(templates, "templates/outside.html"))

// Page shows the systems to people, and to scripts: GET /_page/outside/, GET and POST /_sim/outside, GET /_sim/mail.
func (w *World) Page() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_page/outside/{$}", w.show)
	mux.HandleFunc("POST /_page/outside/do", w.do)
	mux.HandleFunc("GET /_page/outside/mail/{mail}/{file}", w.file)
	mux.HandleFunc("GET /_sim/outside", func(rw http.ResponseWriter, _ *http.Request) {
		answer(rw, map[string]any{"orders": list(w.Orders()), "invoices": list(w.Invoices()), "full_days": w.fullDays()})
	})
	mux.HandleFunc("POST /_sim/outside", w.simDo)
	mux.HandleFunc("GET /_sim/mail", w.simMail)
	return mux
}

// list is never null in JSON.
func list[T any](in []T) []T { return append([]T{}, in...) }

func (w *World) fullDays() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.full
}

// act does a deed. An error is the sentence for whoever asked.
func (w *World) act(d deed) error {
	switch d.System {
	case "erp":
		return w.move(d.No, d.Do)
	case "delivery":
		days, err := strconv.Atoi(d.Do)
		if err != nil || days < 0 || days > 60 {
			return fmt.Errorf("排满几天写 0 到 60 的数")
		}
		w.mu.Lock()
		w.full = days
		w.mu.Unlock()
		return nil
	}
	return fmt.Errorf("没有 %q 这个系统,有的是:erp delivery", d.System)
}

func (w *World) simDo(rw http.ResponseWriter, q *http.Request) {
	d, err := readDeed(q)
	if err == nil {
		err = w.act(d)
	}
	if err != nil {
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(rw).Encode(map[string]string{"error": err.Error()})
		return
	}
	answer(rw, map[string]bool{"ok": true})
}

// do is a button of the page.
func (w *World) do(rw http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(rw, q.Body, 4<<10)
	if err := w.act(deed{q.PostFormValue("system"), q.PostFormValue("no"), q.PostFormValue("do")}); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	http.Redirect(rw, q, "/_page/outside/", http.StatusSeeOther)
}

// simMail lists the mails, the oldest first: ?to= of one receiver.
func (w *World) simMail(rw http.ResponseWriter, q *http.Request) {
	type wire struct {
		From    string   `json:"from"`
		To      []string `json:"to"`
		Subject string   `json:"subject"`
		Text    string   `json:"text"`
		Files   []string `json:"files"`
	}
	out := []wire{}
	for _, m := range w.mail.Mails(q.URL.Query().Get("to")) {
		out = append(out, wire{m.From, m.To, m.Subject, m.Text, m.names()})
	}
	answer(rw, map[string]any{"mails": out})
}

// names are the names of a mail's files, in order.
func (m Message) names() []string {
	out := []string{}
	for name := range m.Files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// What the page shows.
type (
	shownMail struct {
		At      int
		To      string
		Subject string
		Text    []shownText
		Files   []shownFile
	}
	shownFile struct{ Name, Link string }
	shownText struct{ Text, Link string }
	shownStep struct{ Do, Name string }
	shownDeal struct {
		Order
		Amount, Says string
		Steps        []shownStep
	}
	shownBill struct {
		Invoice
		Amount, Says string
	}
)

var reLink = regexp.MustCompile(`https?://[^\s<>"]+`)

// linked splits a text at the addresses in it.
func linked(text string) (out []shownText) {
	for len(text) > 0 {
		at := reLink.FindStringIndex(text)
		if at == nil {
			return append(out, shownText{Text: text})
		}
		out = append(out, shownText{Text: text[:at[0]]}, shownText{text[at[0]:at[1]], text[at[0]:at[1]]})
		text = text[at[1]:]
	}
	return out
}

func yuan(fen int64) string {
	s := strconv.FormatInt(max(fen, -fen)/100, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if fen < 0 {
		s = "-" + s
	}
	return fmt.Sprintf("¥%s.%02d", s, max(fen, -fen)%100)
}

var erpSays = map[string]string{
	"new": "刚收到,还没接", "accepted": "已接单", "producing": "在排产", "shipped": "已发货", "invoiced": "已开票", "closed": "已关单", "rejected": "没接:物料停产",
	"cancelled": "已取消",
}

var billSays = map[string]string{"accepted": "在开", "issued": "已开", "failed": "退回:缺注册地址"}

func (w *World) show(rw http.ResponseWriter, _ *http.Request) {
	var page struct {
		Mails   []shownMail
		Orders  []shownDeal
		Bills   []shownBill
		Full    int
		Free    string
		Trouble string
		Busy    bool
	}
	mails := w.mail.Mails("")
	for i := len(mails) - 1; i >= 0 && len(page.Mails) < maxKept; i-- {
		m := mails[i]
		s := shownMail{At: i, To: strings.Join(m.To, "、"), Subject: m.Subject, Text: linked(strings.TrimSpace(m.Text))}
		for n, name := range m.names() {
			s.Files = append(s.Files, shownFile{name, fmt.Sprintf("/_page/outside/mail/%d/%d", i, n)})
		}
		page.Mails = append(page.Mails, s)
	}
	for _, o := range w.Orders() {
		d := shownDeal{Order: o, Amount: yuan(o.Fen), Says: cmp.Or(erpSays[o.State], o.State)}
		for _, step := range erpSteps[1:] {
			if step.State != o.State && o.State != "cancelled" && o.State != "rejected" && o.State != "closed" {
				d.Steps = append(d.Steps, shownStep{step.State, step.Name})
			}
		}
		page.Orders = append(page.Orders, d)
	}
	for _, i := range w.Invoices() {
		page.Bills = append(page.Bills, shownBill{i, yuan(i.Fen), cmp.Or(billSays[i.State], i.State)})
	}
	w.mu.Lock()
	page.Full, page.Free, page.Trouble, page.Busy = w.full, w.firstFree().Format("1月2日"), w.trouble, w.telling > 0
	w.mu.Unlock()
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = pageTemplate.Execute(rw, page)
}

// file hands out a file of a mail.
func (w *World) file(rw http.ResponseWriter, q *http.Request) {
	mails := w.mail.Mails("")
	i, err := strconv.Atoi(q.PathValue("mail"))
	n, nerr := strconv.Atoi(q.PathValue("file"))
	if err != nil || nerr != nil || i < 0 || i >= len(mails) || n < 0 || n >= len(mails[i].Files) {
		http.NotFound(rw, q)
		return
	}
	name := mails[i].names()[n]
	rw.Header().Set("Content-Type", cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream"))
	rw.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = rw.Write(mails[i].Files[name])
}
