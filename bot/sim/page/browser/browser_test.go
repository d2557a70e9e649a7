package browser_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"salesflow/bot/sim/page/browser"
)

// TestWaitingOutlivesThePage waits on a page that is replaced while it is being watched, as a form that is sent replaces its own.
func TestWaitingOutlivesThePage(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// The page leaves only after it has been asked something that it cannot answer.
		_, _ = w.Write([]byte(`<h1>填写</h1><script>const asked = () => { fetch('/asked', {method: 'POST'}).then(() => { location = '/done' }); return false }</script>`))
	})
	mux.HandleFunc("POST /asked", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /done", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<h1>改好了</h1>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	b := browser.Start(t)
	b.Open(server.URL + "/form")
	b.WaitText("h1", "填写")
	b.Wait(`document.querySelector('h1').innerText === '改好了' || (window.once ??= asked())`)
	b.WaitText("h1", "改好了")
}
