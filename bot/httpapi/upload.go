package httpapi

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"html/template"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// MaxUpload is the largest file the upload page takes, in bytes.
const MaxUpload = 20 << 20

// uploadTypes are the files a contract or its papers come as.
var uploadTypes = map[string]string{
	".pdf": "application/pdf", ".doc": "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12", ".et": "application/vnd.ms-excel", ".csv": "text/csv",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".zip": "application/zip",
}

// Uploads is what the upload page needs of the program.
type Uploads interface {
	// Valid reports whether a link, by the hash of its token, can still be used.
	Valid(ctx context.Context, hash string) (bool, error)
	// Receive keeps the file and does what the link was made for, once. NotFound when the link is used or expired, ErrTooLarge when
	// the file is.
	Receive(ctx context.Context, hash, name, mime string, body io.Reader) error
}

// TokenHash is how the token of a one-time link is kept: its SHA-256 in hex.
func TokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

//go:embed upload.html
var uploadHTML string

var uploadPage = template.Must(template.New("upload").Parse(uploadHTML))

// uploadView is what the page shows: a form, or one sentence.
type uploadView struct {
	Form    bool
	Message string
}

// UploadPage serves a one-time link, registered as "/u/{token}": GET shows a form, POST takes the file.
func UploadPage(u Uploads) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		token := r.PathValue("token")
		if len(token) < 20 || len(token) > 100 {
			show(w, r, http.StatusNotFound, uploadView{Message: expired})
			return
		}
		hash := TokenHash(token)
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			ok, err := u.Valid(r.Context(), hash)
			switch {
			case err != nil:
				fail(w, r, err)
			case !ok:
				show(w, r, http.StatusNotFound, uploadView{Message: expired})
			default:
				show(w, r, http.StatusOK, uploadView{Form: true})
			}
		case http.MethodPost:
			receive(w, r, u, hash)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			show(w, r, http.StatusMethodNotAllowed, uploadView{Message: "这里只能上传文件。"})
		}
	})
}

const expired = "这个链接用过或过期了。回聊天里把刚才那一步再做一次,会给你新的链接。"

// maxDrained is how much of a file that is too large is read and thrown away, so that the browser, which sends all of it before it
// reads, shows what is wrong and not a broken connection. How long it may take is the server's bound.
const maxDrained = 512 << 20

const tooLargeText = "文件超过 20MB,收不了。表格拆成几个,别的压缩一下,再传。链接还能用。"

func receive(w http.ResponseWriter, r *http.Request, u Uploads, hash string) {
	raw := r.Body
	status, v, err := take(w, r, u, hash)
	if status == http.StatusRequestEntityTooLarge {
		if _, err := io.Copy(io.Discard, io.LimitReader(raw, maxDrained)); err != nil {
			zerolog.Ctx(r.Context()).Debug().Err(err).Msg("drain upload")
		}
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	show(w, r, status, v)
}

// take takes the file of a form and says what the page shows then.
func take(w http.ResponseWriter, r *http.Request, u Uploads, hash string) (int, uploadView, error) {
	ok, err := u.Valid(r.Context(), hash)
	switch {
	case err != nil:
		return 0, uploadView{}, err
	case !ok:
		return http.StatusNotFound, uploadView{Message: expired}, nil
	case r.ContentLength > MaxUpload+formRoom:
		return http.StatusRequestEntityTooLarge, uploadView{Form: true, Message: tooLargeText}, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxUpload+formRoom)
	parts, err := r.MultipartReader()
	if err != nil {
		return http.StatusBadRequest, uploadView{Form: true, Message: "没收到文件,再选一次。"}, nil
	}
	part, err := parts.NextPart()
	for err == nil && part.FormName() != "file" {
		part, err = parts.NextPart()
	}
	if err != nil || part.FileName() == "" {
		return http.StatusBadRequest, uploadView{Form: true, Message: "还没选文件。"}, nil
	}
	name := fileName(part.FileName())
	mime, ok := uploadTypes[strings.ToLower(path.Ext(name))]
	if !ok {
		return http.StatusUnsupportedMediaType, uploadView{Form: true, Message: "这种文件收不了。能收 PDF、Word、Excel、CSV、图片和 zip。"}, nil
	}
	err = u.Receive(r.Context(), hash, name, mime, part)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return http.StatusOK, uploadView{Message: "已收到 " + name + ",回聊天里看结果。"}, nil
	case errors.As(err, &tooLarge), errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge, uploadView{Form: true, Message: tooLargeText}, nil
	case sales.KindOf(err) == sales.NotFound:
		return http.StatusNotFound, uploadView{Message: expired}, nil
	case sales.KindOf(err) == sales.Invalid:
		return http.StatusBadRequest, uploadView{Form: true, Message: sales.Message(err)}, nil
	}
	return 0, uploadView{}, err
}

// formRoom is what a form may have beside its file, in bytes.
const formRoom = 1 << 20

// ErrTooLarge says that a file is larger than MaxUpload.
var ErrTooLarge = errors.New("file is larger than 20 MB")

// maxName is the longest name of a file that is kept, in characters.
const maxName = 120

// fileName is the last part of a name as a browser sends it, without what cannot be read, and not too long. The ending
// stays.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(s, "\\", "/")))
	runes := []rune(s)
	if len(runes) <= maxName {
		return s
	}
	ext := []rune(path.Ext(s))
	if len(ext) > maxName {
		return string(runes[:maxName])
	}
	return string(runes[:maxName-len(ext)]) + string(ext)
}

func fail(w http.ResponseWriter, r *http.Request, err error) {
	zerolog.Ctx(r.Context()).Error().Err(err).Msg("upload page")
	show(w, r, http.StatusServiceUnavailable, uploadView{Message: "系统忙,过一分钟再试。链接还能用。"})
}

func show(w http.ResponseWriter, r *http.Request, status int, v uploadView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := uploadPage.Execute(w, v); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("write upload page")
	}
}
