package main

import (
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/rs/zerolog"
)

// guarded turns a panic of a handler into a 500 and one line of the log. The standard server would write the panic's value
// to standard error, and the value may quote what a person wrote, or a secret.
func guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // the server's own way of hanging up
			}
			panicked(w, r, p)
		}()
		h.ServeHTTP(w, r)
	})
}

func panicked(w http.ResponseWriter, r *http.Request, value any) {
	what := fmt.Sprintf("%T", value)
	if e, ok := value.(runtime.Error); ok {
		what = e.Error()
	}
	zerolog.Ctx(r.Context()).Error().Str("panic", what).Str("route", r.Pattern).Bytes("stack", debug.Stack()).Msg("http handler")
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// serverLog is where the standard server writes what it has to complain about: one line each, bounded, in our log.
func serverLog(log zerolog.Logger) *stdlog.Logger { return stdlog.New(serverLines{log}, "", 0) }

// maxServerLine bounds a line of the standard server's.
const maxServerLine = 200

type serverLines struct{ log zerolog.Logger }

// Write implements io.Writer.
func (s serverLines) Write(p []byte) (int, error) {
	line, _, _ := strings.Cut(string(p), "\n")
	s.log.Warn().Str("what", strings.ToValidUTF8(line[:min(len(line), maxServerLine)], "")).Msg("http server")
	return len(p), nil
}

// ownAddress is how a process reaches its own listener: an address that stands for all of them is not one to call.
func ownAddress(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return addr.String()
}
