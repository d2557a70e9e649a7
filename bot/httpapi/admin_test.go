package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/store/sales"
)

type deeds struct{ done []string }

func (d *deeds) Do(_ context.Context, person sales.PersonID, number sales.ID, deed httpapi.Deed) error {
	do, record := deed.Do, deed.Record
	if do == "gone" {
		return sales.Errorf(sales.NotFound, "这条规则已经不在了。")
	}
	d.done = append(d.done, strings.Join([]string{sales.ID(person).String(), number.String(), do, record}, " "))
	return nil
}

func TestAFormOfTheAdminsPageNeedsItsToken(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_773_000_000, 0)
	signer := httpapi.Signer{Key: bytes.Repeat([]byte{7}, 32)}
	page := signer.Token(httpapi.Link{Purpose: httpapi.ForAdmin, Person: 9, Until: now.Add(time.Hour)})
	once := func(person sales.PersonID, until time.Time) string {
		return signer.Token(httpapi.Link{Purpose: httpapi.ForAdminDeed, Record: 42, Person: person, Until: until})
	}
	soon := now.Add(time.Minute)
	for _, c := range []struct {
		name, page, once, do string
		status, done         int
	}{
		{"its own", page, once(9, soon), "rule.off", http.StatusSeeOther, 1},
		{"somebody else's", page, once(8, soon), "rule.off", http.StatusForbidden, 0},
		{"too late", page, once(9, now.Add(-time.Second)), "rule.off", http.StatusForbidden, 0},
		{"none", page, "", "rule.off", http.StatusForbidden, 0},
		{"the page's own", page, page, "rule.off", http.StatusForbidden, 0},
		{"refused", page, once(9, soon), "gone", http.StatusUnprocessableEntity, 0},
		{"a page of another purpose", once(9, soon), once(9, soon), "rule.off", http.StatusNotFound, 0},
		{"too long", page, strings.Repeat("x", 70_000), "rule.off", http.StatusBadRequest, 0},
	} {
		d := &deeds{}
		mux := http.NewServeMux()
		mux.Handle("/my/admin/{token}", httpapi.AdminPage(signer, &myLists{}, d, func() time.Time { return now }))
		body := url.Values{"once": {c.once}, "do": {c.do}, "record": {"5"}}.Encode()
		r := httptest.NewRequest(http.MethodPost, "/my/admin/"+c.page+"?q=a", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != c.status || len(d.done) != c.done {
			t.Errorf("%s: %d, did %q; want %d", c.name, w.Code, d.done, c.status)
		}
		if c.done == 1 && (d.done[0] != "9 42 rule.off 5" || w.Header().Get("Location") != "/my/admin/"+c.page+"?q=a") {
			t.Errorf("%s: did %q, goes to %q", c.name, d.done, w.Header().Get("Location"))
		}
	}
}
