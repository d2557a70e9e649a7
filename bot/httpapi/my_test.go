package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/store/sales"
)

type myLists struct {
	person sales.PersonID
	query  string
	page   int
	err    error
}

func (s *myLists) List(_ context.Context, _ httpapi.Purpose, person sales.PersonID, ask httpapi.Ask) (httpapi.List, error) {
	s.person, s.query, s.page = person, ask.Query, ask.Page
	return httpapi.List{
		Title: "我的客户", Search: true, More: true,
		Rows: []httpapi.Row{{Name: "<b>绍兴</b>", Tags: "A", Lines: []httpapi.Line{{Text: "13800001234", Tel: "13800001234"}, {Text: "40 天没联系", Late: true}}}},
	}, s.err
}

func TestMyPageShowsThePersonOfTheLink(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_773_000_000, 0)
	signer := httpapi.Signer{Key: bytes.Repeat([]byte{7}, 32)}
	ask := func(s *myLists, path string, at time.Time) *httptest.ResponseRecorder {
		mux := http.NewServeMux()
		mux.Handle("GET /my/customers/{token}", httpapi.MyPage(signer, httpapi.ForCustomers, s, func() time.Time { return at }))
		mux.Handle("GET /q/{token}", httpapi.CodePage(signer, func() time.Time { return at }))
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
	mine := signer.Token(httpapi.Link{Purpose: httpapi.ForCustomers, Person: 9, Until: now.Add(time.Hour)})
	s := &myLists{}
	w := ask(s, "/my/customers/"+mine+"?q=%E7%BB%8D%E5%85%B4&p=2", now)
	body := w.Body.String()
	if w.Code != http.StatusOK || s.person != 9 || s.query != "绍兴" || s.page != 2 {
		t.Errorf("%d for %d, query %q page %d", w.Code, s.person, s.query, s.page)
	}
	if strings.Contains(body, "<b>绍兴") || !strings.Contains(body, "&lt;b&gt;绍兴") || !strings.Contains(body, `href="tel:13800001234"`) || !strings.Contains(body, "p=3") {
		t.Errorf("page: %s", body)
	}
	for _, h := range []string{"Content-Security-Policy", "Referrer-Policy", "Cache-Control"} {
		if w.Header().Get(h) == "" {
			t.Errorf("without %s", h)
		}
	}
	code := signer.Token(httpapi.Link{Purpose: httpapi.ForCode, Record: 5, Until: now.Add(time.Hour)})
	nobody := signer.Token(httpapi.Link{Purpose: httpapi.ForCustomers, Until: now.Add(time.Hour)})
	for name, path := range map[string]string{
		"made up": "/my/customers/" + strings.Repeat("A", 56), "a code's": "/my/customers/" + code, "nobody's": "/my/customers/" + nobody,
	} {
		s := &myLists{}
		if w := ask(s, path, now); w.Code != http.StatusNotFound || s.person != 0 {
			t.Errorf("%s link: %d, list read for %d", name, w.Code, s.person)
		}
	}
	if w := ask(&myLists{}, "/my/customers/"+mine, now.Add(2*time.Hour)); w.Code != http.StatusNotFound {
		t.Errorf("expired link: %d", w.Code)
	}
	for _, bad := range []string{"?p=-1", "?p=99999999999999999999", "?p=501", "?q=" + strings.Repeat("x", 41)} {
		s := &myLists{}
		if ask(s, "/my/customers/"+mine+bad, now); s.page != 0 || s.query != "" {
			t.Errorf("%s: page %d query %q", bad, s.page, s.query)
		}
	}
	if w := ask(&myLists{err: errors.New("dsn with password")}, "/my/customers/"+mine, now); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "password") {
		t.Errorf("a failure shows: %d %s", w.Code, w.Body)
	}
	if w := ask(&myLists{err: sales.Errorf(sales.NotFound, "没有")}, "/my/customers/"+mine, now); w.Code != http.StatusNotFound {
		t.Errorf("a leaver's link: %d", w.Code)
	}
	for path, want := range map[string]int{
		"/q/" + code: http.StatusOK, "/q/" + mine: http.StatusNotFound, "/q/x": http.StatusNotFound,
	} {
		if w := ask(&myLists{}, path, now); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if w := ask(&myLists{}, "/q/"+code, now.Add(2*time.Hour)); w.Code != http.StatusGone {
		t.Errorf("expired code: %d", w.Code)
	}
}
