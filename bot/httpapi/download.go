package httpapi

import (
	"context"
	_ "embed"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Downloads is what the download page needs of the program.
type Downloads interface {
	// Valid reports whether a link, by the hash of its token, can still be used.
	Valid(ctx context.Context, hash string) (bool, error)
	// Take uses the link up and opens its file. NotFound when it is used or expired.
	Take(ctx context.Context, hash string) (body io.ReadCloser, name, mime string, size int64, err error)
}

// DownloadHash is how the token of a download link is kept. It is another than that of an upload link.
func DownloadHash(token string) string { return "d:" + TokenHash(token) }

//go:embed download.html
var downloadHTML string

var downloadPage = template.Must(template.New("download").Parse(downloadHTML))

const gone = "这个链接用过或过期了。回聊天里再导一次,会给你新的链接。"

// DownloadPage serves a one-time link, registered as "/d/{token}": GET shows a button, so that whoever only looks at links
// uses up nothing; POST gives the file.
func DownloadPage(d Downloads) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		token := r.PathValue("token")
		if len(token) < 20 || len(token) > 100 {
			offer(w, r, http.StatusNotFound, uploadView{Message: gone})
			return
		}
		switch hash := DownloadHash(token); r.Method {
		case http.MethodGet, http.MethodHead:
			ok, err := d.Valid(r.Context(), hash)
			switch {
			case err != nil:
				zerolog.Ctx(r.Context()).Error().Err(err).Msg("download page")
				offer(w, r, http.StatusServiceUnavailable, uploadView{Message: "系统忙,过一分钟再试。链接还能用。"})
			case !ok:
				offer(w, r, http.StatusNotFound, uploadView{Message: gone})
			default:
				offer(w, r, http.StatusOK, uploadView{Form: true})
			}
		case http.MethodPost:
			give(w, r, d, hash)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			offer(w, r, http.StatusMethodNotAllowed, uploadView{Message: "这里只能下载。"})
		}
	})
}

func secure(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
}

func give(w http.ResponseWriter, r *http.Request, d Downloads, hash string) {
	body, name, mime, size, err := d.Take(r.Context(), hash)
	if err != nil {
		status, msg := http.StatusServiceUnavailable, "系统忙,过一分钟再试。"
		if sales.KindOf(err) == sales.NotFound {
			status, msg = http.StatusNotFound, gone
		} else {
			zerolog.Ctx(r.Context()).Error().Err(err).Msg("download")
		}
		offer(w, r, status, uploadView{Message: msg})
		return
	}
	defer body.Close()
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	if _, err := io.Copy(w, body); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("send download")
	}
}

func offer(w http.ResponseWriter, r *http.Request, status int, v uploadView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := downloadPage.Execute(w, v); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("write download page")
	}
}

// TemplatePage serves an empty file to fill in, to anyone: there is nothing in it.
func TemplatePage(name string, make func() ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := make()
		if err != nil {
			zerolog.Ctx(r.Context()).Error().Err(err).Msg("template")
			http.Error(w, "template", http.StatusInternalServerError)
			return
		}
		secure(w)
		w.Header().Set("Content-Type", uploadTypes[".xlsx"])
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		_, _ = w.Write(data) // the caller is gone: nothing to do
	})
}
