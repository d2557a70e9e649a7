package dingtalk

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/bot/sim"
	peer "salesflow/bot/sim/dingtalk"
)

// broken is a network on which nothing arrives.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, errors.New("no route")
}

// png is the smallest picture there is.
func png() string {
	b, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		panic(err)
	}
	return string(b)
}

func shelved(o *Options) {
	o.Files = shelf{
		1: {"funnel.png", png()}, 2: {"报价.xlsx", "PK fake"}, 3: {"客户.csv", "客户,金额\n"}, 4: {"空.pdf", ""},
		5: {"大.pdf", strings.Repeat("x", maxFile+1)},
	}
}

func TestFilesAndPictures(t *testing.T) {
	t.Parallel()
	w := start(t, change{adapt: shelved})
	picture := toPerson(bot.Outgoing{File: &bot.File{ID: 1, Image: true}}, "liqiang", "chengang")
	w.send(picture)
	if m := w.last("chengang", ""); m.Kind != "image" || w.body(m) != png() {
		t.Errorf("phone shows %+v", m)
	}
	picture.Users = []bot.UserID{"zhaolei"}
	w.send(picture)
	if n := calls(w, "/media/upload"); n != 1 {
		t.Errorf("the picture went up %d times", n)
	}

	w.send(toGroup(bot.Outgoing{File: &bot.File{ID: 2}}))
	if m := w.last("liqiang", group); m.File == nil || m.File.Name != "报价.xlsx" || w.body(m) != "PK fake" {
		t.Errorf("the group shows %+v", m)
	}

	w.send(toPerson(bot.Outgoing{File: &bot.File{ID: 3, Name: "名单.csv"}}, "liqiang"))
	m := w.last("liqiang", "")
	if m.File == nil || m.File.Name != "名单.zip" {
		t.Fatalf("phone shows %+v", m)
	}
	data := w.body(m)
	z, err := zip.NewReader(bytes.NewReader([]byte(data)), int64(len(data)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "名单.csv" {
		t.Errorf("zip: %v", err)
	}

	w.refused(toPerson(bot.Outgoing{File: &bot.File{ID: 4}}, "liqiang"), bot.Rejected, false)
	w.refused(toPerson(bot.Outgoing{File: &bot.File{ID: 5}}, "liqiang"), bot.Unsupported, false)
	w.refused(toPerson(bot.Outgoing{File: &bot.File{ID: 6}}, "liqiang"), bot.Down, true)
}

func (w *world) body(m sim.Message) string {
	w.t.Helper()
	res, err := http.Get(w.url + m.File.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w *world) sent(u sim.Upload) bot.Event {
	w.t.Helper()
	d := newDesk()
	w.listen(d)
	if _, err := w.Server.Send(context.Background(), u); err != nil {
		w.t.Fatal(err)
	}
	return receive(w.t, "the event", d.events)
}

func TestFileOfAPersonIsFetched(t *testing.T) {
	t.Parallel()
	w := start(t)
	ev := w.sent(sim.Upload{From: "liqiang", Name: "名片.png", Data: []byte(png())})
	if ev.Kind != bot.Sent || len(ev.Files) != 1 || ev.Files[0].Kind != "image" {
		t.Fatalf("event %+v", ev)
	}
	body, _, mime, err := w.Fetch(context.Background(), ev.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if b, err := io.ReadAll(body); err != nil || string(b) != png() || mime != "image/png" {
		t.Errorf("%d bytes of %s, %v", len(b), mime, err)
	}
}

func TestVoiceIsWhatThePlatformHeard(t *testing.T) {
	t.Parallel()
	w := start(t)
	ev := w.sent(sim.Upload{From: "liqiang", Name: "语音.amr", Data: []byte("#!AMR"), Recognition: "拜访了华为张总"})
	if ev.Kind != bot.Said || ev.Text != "拜访了华为张总" || len(ev.Files) != 1 || ev.Files[0].Kind != "voice" {
		t.Errorf("event %+v", ev)
	}
}

func TestFileIsFetchedOnlyFromOutside(t *testing.T) {
	t.Parallel()
	w := start(t)
	for address, want := range map[string]bool{
		w.url + "/download/1":                 true,
		"https://oss.example.com/a?sig=1":     true,
		"http://oss.example.com/a":            false,
		"https://oss.example.com:8443/a":      false,
		"https://127.0.0.1/a":                 false,
		"https://10.0.0.8/a":                  false,
		"https://[::1]/a":                     false,
		"https://[::ffff:169.254.169.254]/a":  false,
		"https://user:pass@oss.example.com/a": false,
		"file:///etc/passwd":                  false,
		"http://127.0.0.1:1/a":                false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.mayFetch(u); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for ip, want := range map[string]bool{"8.8.8.8": true, "100.64.1.1": false, "192.168.1.1": false, "fc00::1": false, "fe80::1": false, "0.0.0.0": false, "224.0.0.1": false} {
		if got := public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	// A name that resolves to an inside address is caught when it is dialled.
	if err := outside.Control("tcp", "127.0.0.1:443", nil); err == nil {
		t.Error("an inside address is dialled")
	}
}

func TestFileBeyondTheBoundIsAnError(t *testing.T) {
	t.Parallel()
	endless := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/download") {
			_, _ = io.WriteString(rw, `{"downloadUrl":"http://`+r.Host+`/f"}`)
			return
		}
		chunk := make([]byte, 1<<20)
		for range 21 {
			if _, err := rw.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	a, err := New(Options{
		ClientID: "c", ClientSecret: "s", APIBase: endless.URL, OAPIBase: endless.URL, Now: (&clock{}).Now,
		Cache: &memory{m: map[string]any{"dingtalk:token:c": "t"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	body, _, _, err := a.Fetch(context.Background(), bot.FileRef{Ref: `{"code":"x"}`})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, bot.ErrFileTooLarge) {
		t.Errorf("error = %v", err)
	}
}

func TestPictureByTheReplyAddressWhenCallsAreSpared(t *testing.T) {
	t.Parallel()
	w := start(t, change{
		adapt: func(o *Options) {
			shelved(o)
			o.Usage = func(context.Context) Usage { return Usage{Used: 96, Limit: 100} }
		},
		peer: func(o *peer.Options) { o.Denied = []string{peer.ScopeRobot} },
	})
	ev := w.asked("")
	w.send(answerTo(ev, bot.Outgoing{File: &bot.File{ID: 1, Image: true}}))
	if m := w.last("liqiang", ""); m.Kind != "markdown" || !strings.Contains(m.Text, "](/media/") {
		t.Errorf("phone shows %+v", m)
	}
}
