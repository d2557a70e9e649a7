package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"salesflow/store/sales"
)

// Prefix is where the interface is.
const Prefix = "/api/v1"

// Callers finds who a token belongs to.
type Callers interface {
	// Caller finds the caller of a token by its TokenHash. A *sales.Error of kind NotFound when there is none, or it is
	// revoked, or its person has left.
	Caller(ctx context.Context, hash string) (Caller, error)
}

// Limits bound what one token may ask.
type Limits struct {
	PerSecond float64 // requests, on average
	Burst     int     // at once
}

// Server answers requests to the interface.
type Server struct {
	callers    Callers
	operations []operation
	limits     Limits
	now        func() time.Time
	document   []byte
	mux        *http.ServeMux

	mu    sync.Mutex
	rates map[sales.ID]*rate.Limiter
}

// New makes the interface over what the program reads and writes.
func New(callers Callers, reads Reads, writes Writes, customs Customs, limits Limits, now func() time.Time) *Server {
	s := &Server{callers: callers, operations: operations(reads, writes, customs), limits: limits, now: now, mux: http.NewServeMux(), rates: map[sales.ID]*rate.Limiter{}}
	s.document = document(s.operations, customs.Custom())
	s.mux.HandleFunc("GET "+Prefix+"/openapi.json", s.openAPI)
	paths := map[string][]string{}
	for i := range s.operations {
		o := &s.operations[i]
		s.mux.HandleFunc(o.method+" "+Prefix+o.path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, o) })
		paths[o.path] = append(paths[o.path], o.method)
	}
	for path, methods := range paths {
		s.mux.HandleFunc(Prefix+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			writeProblem(w, r, problem(http.StatusMethodNotAllowed, "bad_request", "这个地址只能 "+strings.Join(methods, "、")+"。"))
		})
	}
	s.mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, problem(http.StatusNotFound, "not_found", "没有这个地址。接口说明在 "+Prefix+"/openapi.json。"))
	})
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(s.document); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("api: the caller is gone")
	}
}

// serve does one request: who, may they, how often, what, done already?
func (s *Server) serve(w http.ResponseWriter, r *http.Request, o *operation) {
	out, err := s.do(w, r, o)
	if err != nil {
		p := problemOf(err)
		if p.Code == "internal" {
			zerolog.Ctx(r.Context()).Error().Err(err).Str("operation", o.id).Msg("api")
		}
		writeProblem(w, r, p)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if tag := tagOf(out); tag != "" {
		w.Header().Set("ETag", tag)
	}
	w.WriteHeader(o.status)
	if err := json.NewEncoder(w).Encode(out); err != nil {
		zerolog.Ctx(r.Context()).Debug().Err(err).Msg("api: the caller is gone")
	}
}

func (s *Server) do(w http.ResponseWriter, r *http.Request, o *operation) (any, error) {
	caller, err := s.caller(w, r)
	if err != nil {
		return nil, err
	}
	if !s.allow(caller.Token.ID) {
		w.Header().Set("Retry-After", "1")
		return nil, problem(http.StatusTooManyRequests, "too_many", "请求太密,慢一点再发。")
	}
	if o.scope != "" && !slices.Contains(caller.Token.Scopes, o.scope) {
		return nil, problem(http.StatusForbidden, "forbidden", "这个令牌没有权限 "+o.scope+"。")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, problem(http.StatusRequestEntityTooLarge, "too_large", "请求超过 256 KB。")
	}
	in, err := o.read(r, body)
	if err != nil {
		return nil, err
	}
	req := Request{Caller: caller}
	if o.writes() {
		if req.Key, err = idempotencyKey(r); err != nil {
			return nil, err
		}
		req.Hash = requestHash(r, body)
		if o.versioned() {
			if req.Match, err = matched(r); err != nil {
				return nil, err
			}
		}
	}
	return o.call(r.Context(), req, in)
}

// caller is who sent the bearer token.
func (s *Server) caller(w http.ResponseWriter, r *http.Request) (Caller, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	refused := problem(http.StatusUnauthorized, "unauthorized", "要带有效的令牌:Authorization: Bearer sf_…。令牌找管理员要。")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > 200 || !strings.HasPrefix(token, TokenPrefix) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return Caller{}, refused
	}
	c, err := s.callers.Caller(r.Context(), TokenHash(token))
	if sales.KindOf(err) == sales.NotFound && err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		return Caller{}, refused
	}
	return c, err
}

// TokenPrefix begins every token, so that one in the wrong place is found by scanners.
const TokenPrefix = "sf_"

// NewToken makes a token of 32 random bytes.
func NewToken(random []byte) string {
	return TokenPrefix + base64.RawURLEncoding.EncodeToString(random)
}

// TokenHash is under what a token is kept: the token itself is nowhere.
func TokenHash(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

func (s *Server) allow(token sales.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.rates[token]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(s.limits.PerSecond), s.limits.Burst)
		s.rates[token] = l
	}
	return l.AllowN(s.now(), 1)
}

// idempotencyKey is what a request that writes must carry.
func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	if len(key) < 8 || len(key) > 64 || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", badField("Idempotency-Key", "写入要带请求头 Idempotency-Key:8 到 64 个字母、数字或 -_:,同一件事重发用同一个。")
	}
	return key, nil
}

// requestHash stands for what a request asks.
func requestHash(r *http.Request, body []byte) string {
	var b bytes.Buffer
	b.WriteString(r.Method + " " + r.URL.Path + "?" + r.URL.RawQuery + "\n")
	if tag := r.Header.Get("If-Match"); tag != "" {
		b.WriteString("If-Match: " + tag + "\n")
	}
	if json.Compact(&b, body) != nil {
		b.Write(body)
	}
	h := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(h[:])
}

// Cursor is where a list goes on. It is opaque to callers.
type Cursor string

// CursorAt is the cursor behind a record.
func CursorAt(id sales.ID) Cursor {
	if id == 0 {
		return ""
	}
	return Cursor(base64.RawURLEncoding.EncodeToString([]byte("v1:" + strconv.FormatInt(int64(id), 36))))
}

// ID is the record a cursor stands behind, 0 for the beginning.
func (c Cursor) ID() (sales.ID, error) {
	if c == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil {
		return 0, errCursor
	}
	word, ok := strings.CutPrefix(string(b), "v1:")
	n, err := strconv.ParseInt(word, 36, 64)
	if !ok || err != nil || n <= 0 {
		return 0, errCursor
	}
	return sales.ID(n), nil
}

var errCursor = badField("cursor", "cursor 不对。用上一页的 next,或不带。")
