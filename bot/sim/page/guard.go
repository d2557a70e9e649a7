package page

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// policy lets the page load its own scripts, styles and pictures and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// forwarded are headers by which a proxy says that it asks for somebody else. Whoever puts the demo behind one opens it to
// others without knowing.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}

// Local admits only this machine, under a loopback name (a foreign name that resolves here is DNS rebinding), and nobody for
// whom a proxy asks.
func Local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !loopbackHost(r.RemoteAddr):
			writeError(w, refuse(http.StatusForbidden, "只有本机能打开"))
		case !loopbackHost(r.Host):
			writeError(w, refuse(http.StatusForbidden, "用 127.0.0.1 或 localhost 打开"))
		case slices.ContainsFunc(forwarded, func(name string) bool { return r.Header.Get(name) != "" }):
			writeError(w, refuse(http.StatusForbidden, "不能经代理打开"))
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// guard admits whom Local admits, and refuses what other sites make a browser send.
func guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	local := Local(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sameOrigin.Check(r) != nil {
			writeError(w, refuse(http.StatusForbidden, "别的网站不能操作这里"))
			return
		}
		next.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		local.ServeHTTP(w, r)
	})
}

// loopbackHost reports whether host, with or without a port, is this machine by a name that cannot be pointed elsewhere.
func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
