package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"salesflow/bot/httpapi"
)

// shelf takes every upload and looks at what it is given.
type shelf struct {
	t     *testing.T
	taken int
}

func (s *shelf) Valid(context.Context, string) (bool, error) { return true, nil }

func (s *shelf) Receive(_ context.Context, _, name, mime string, body io.Reader) error {
	s.taken++
	switch {
	case name == "" || strings.ContainsAny(name, "/\\") || name == "." || name == "..":
		s.t.Errorf("%q is a path, not a name", name)
	case !utf8.ValidString(name) || utf8.RuneCountInString(name) > 120:
		s.t.Errorf("%q is no name a person can read", name)
	case strings.IndexFunc(name, unicode.IsControl) >= 0 || strings.ContainsRune(name, '\u202e'):
		s.t.Errorf("%q has something invisible", name)
	case mime == "" || path.Ext(name) == "":
		s.t.Errorf("%q has no type", name)
	}
	_, err := io.Copy(io.Discard, body)
	return err
}

// FuzzUpload posts any form to the upload page.
func FuzzUpload(f *testing.F) {
	part := func(name string) []byte {
		return []byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n%PDF-1.7\r\n--x--\r\n")
	}
	const form = "multipart/form-data; boundary=x"
	for _, name := range []string{
		"合同.pdf", "../../etc/passwd.pdf", `C:\a\b.PDF`, "a\x00.pdf", ".pdf", "..", "<script>.pdf", "a.exe", strings.Repeat("长", 300) + ".docx", "\u202efdp.exe",
		"a.pdf/", "a.pdf/..", "a." + strings.Repeat("p", 200), "\xff.pdf",
	} {
		f.Add(form, part(name))
	}
	f.Add("text/plain", []byte("x"))
	f.Add("multipart/form-data; boundary=", []byte("--"))
	f.Add(form, []byte("--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%e5%90%88.pdf\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n--x--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		s := &shelf{t: t}
		mux := http.NewServeMux()
		mux.Handle("/u/{token}", httpapi.UploadPage(s))
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/u/"+token, strings.NewReader(string(body)))
		r.Header["Content-Type"] = []string{contentType}
		mux.ServeHTTP(w, r)
		page := w.Body.String()
		if w.Code == http.StatusOK && s.taken != 1 || s.taken > 1 {
			t.Errorf("answered %d, %d files taken", w.Code, s.taken)
		}
		if strings.Count(page, "<script") > 0 || strings.Count(page, "<h1>") != 1 || strings.Count(page, "<p") > 3 {
			t.Errorf("the page has markup of the file's: %s", page)
		}
		if w.Header().Get("Content-Security-Policy") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Error("the page is unguarded")
		}
	})
}
