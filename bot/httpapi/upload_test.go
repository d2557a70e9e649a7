package httpapi_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"salesflow/bot/httpapi"
	"salesflow/store/sales"
)

const token = "0123456789abcdefghijABCDEFGHIJ"

// desk takes uploads: one link, that can be used once.
type desk struct {
	used bool
	err  error
	got  []string // "name mime bytes"
	left int64
}

func (d *desk) Valid(_ context.Context, hash string) (bool, error) {
	return hash == httpapi.TokenHash(token) && !d.used, d.err
}

func (d *desk) Receive(ctx context.Context, hash, name, mime string, body io.Reader) error {
	if ok, err := d.Valid(ctx, hash); err != nil || !ok {
		if err == nil {
			err = sales.Errorf(sales.NotFound, "没有")
		}
		return err
	}
	n, err := io.Copy(io.Discard, body)
	if err != nil {
		return fmt.Errorf("keep: %w", err)
	}
	d.used, d.left = true, n
	d.got = append(d.got, name+" "+mime)
	return nil
}

func serve(d *desk, r *http.Request) *httptest.ResponseRecorder {
	mux := http.NewServeMux()
	mux.Handle("/u/{token}", httpapi.UploadPage(d))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

// form is a POST of one file, as a browser sends it.
func form(t *testing.T, token, field, name string, data []byte) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	r := httptest.NewRequest(http.MethodPost, "/u/"+token, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return r
}

func TestTheLinkOpensAForm(t *testing.T) {
	t.Parallel()
	d := &desk{}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		w := serve(d, httptest.NewRequest(method, "/u/"+token, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", method, w.Code)
		}
		if method == http.MethodGet && (!strings.Contains(w.Body.String(), "<form") || strings.Contains(w.Body.String(), token)) {
			t.Errorf("%s: %s", method, w.Body)
		}
	}
	if d.used {
		t.Error("looking at a link uses it up")
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*http.Request{
		"form": httptest.NewRequest(http.MethodGet, "/u/"+token, nil), "used": httptest.NewRequest(http.MethodGet, "/u/short", nil),
		"method": httptest.NewRequest(http.MethodDelete, "/u/"+token, nil), "post": form(t, token, "file", "a.exe", nil),
	} {
		h := serve(&desk{}, r).Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy %q lacks %s", name, csp, want)
			}
		}
		if h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Type"), "text/html") {
			t.Errorf("%s: headers %v", name, h)
		}
	}
}

func TestLinksThatDoNotWork(t *testing.T) {
	t.Parallel()
	used := &desk{used: true}
	away := &desk{err: errors.New("database is away")}
	tests := []struct {
		name  string
		d     *desk
		token string
		code  int
		words string
	}{
		{"太短", &desk{}, "0123456789", http.StatusNotFound, "过期"},
		{"太长", &desk{}, strings.Repeat("a", 101), http.StatusNotFound, "过期"},
		{"没见过的", &desk{}, strings.Repeat("a", 30), http.StatusNotFound, "过期"},
		{"用过的", used, token, http.StatusNotFound, "过期"},
		{"库不在", away, token, http.StatusServiceUnavailable, "链接还能用"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []*http.Request{httptest.NewRequest(http.MethodGet, "/u/"+tt.token, nil), form(t, tt.token, "file", "合同.pdf", []byte("%PDF"))} {
				w := serve(tt.d, r)
				if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.words) {
					t.Errorf("%s: %d %s", r.Method, w.Code, w.Body)
				}
			}
		})
	}
}

func TestAFileIsTaken(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, want string }{
		{"PDF", "合同.pdf", "合同.pdf application/pdf"},
		{"大写后缀", "SCAN.PDF", "SCAN.PDF application/pdf"},
		{"Word", "合同.docx", "合同.docx application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"图片", "盖章.jpeg", "盖章.jpeg image/jpeg"},
		{"路径不算", "../../etc/passwd.pdf", "passwd.pdf application/pdf"},
		{"Windows 路径不算", `C:\fakepath\..\合同.pdf`, "合同.pdf application/pdf"},
		{"看不见的字符去掉", "合同\u202efdp\u200b.pdf", "合同fdp.pdf application/pdf"},
		{"很长的名字剪短,后缀留着", strings.Repeat("长", 500) + ".pdf", strings.Repeat("长", 116) + ".pdf application/pdf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{}
			w := serve(d, form(t, token, "file", tt.file, []byte("some bytes")))
			if w.Code != http.StatusOK || len(d.got) != 1 || d.got[0] != tt.want || d.left != 10 {
				t.Fatalf("%d, got %q (%d bytes)", w.Code, d.got, d.left)
			}
			if again := serve(d, form(t, token, "file", tt.file, []byte("some bytes"))); again.Code != http.StatusNotFound || len(d.got) != 1 {
				t.Errorf("the link works twice: %d", again.Code)
			}
		})
	}
}

func TestTheNameIsShownAsText(t *testing.T) {
	t.Parallel()
	w := serve(&desk{}, form(t, token, "file", `<img src=x onerror=alert(1)>.pdf`, []byte("x")))
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<img") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	plain := httptest.NewRequest(http.MethodPost, "/u/"+token, strings.NewReader("file=x"))
	plain.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	broken := httptest.NewRequest(http.MethodPost, "/u/"+token, strings.NewReader("--b\r\ncut"))
	broken.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	tests := []struct {
		name  string
		r     *http.Request
		code  int
		words string
	}{
		{"程序", form(t, token, "file", "a.exe", []byte("MZ")), http.StatusUnsupportedMediaType, "收不了"},
		{"网页", form(t, token, "file", "a.html", []byte("<script>")), http.StatusUnsupportedMediaType, "收不了"},
		{"后缀藏在中间", form(t, token, "file", "a.pdf.exe", []byte("MZ")), http.StatusUnsupportedMediaType, "收不了"},
		{"没有名字只有后缀", form(t, token, "file", "..", []byte("x")), http.StatusUnsupportedMediaType, "收不了"},
		{"没选文件", form(t, token, "file", "", nil), http.StatusBadRequest, "没选"},
		{"别的栏目", form(t, token, "other", "a.pdf", []byte("x")), http.StatusBadRequest, "没选"},
		{"不是表单", plain, http.StatusBadRequest, "没收到"},
		{"传到一半", broken, http.StatusBadRequest, "没选"},
		{"太大", form(t, token, "file", "a.pdf", make([]byte, httpapi.MaxUpload+2<<20)), http.StatusRequestEntityTooLarge, "20MB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{}
			w := serve(d, tt.r)
			if w.Code != tt.code || !strings.Contains(w.Body.String(), tt.words) || !strings.Contains(w.Body.String(), "<form") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if d.used {
				t.Error("the link is used up")
			}
		})
	}
}

func TestOtherMethods(t *testing.T) {
	t.Parallel()
	for _, m := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		w := serve(&desk{}, httptest.NewRequest(m, "/u/"+token, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
			t.Errorf("%s: %d, Allow %q", m, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestTheHashDoesNotTellTheToken(t *testing.T) {
	t.Parallel()
	if h := httpapi.TokenHash(token); len(h) != 64 || strings.Contains(h, token) || h == httpapi.TokenHash(token+"x") {
		t.Errorf("hash %q", h)
	}
}
