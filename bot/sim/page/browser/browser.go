package browser

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Patience is how long, in milliseconds of real time, an element or a text is waited for. Only a test that fails takes it.
const Patience = 60_000

// pages is how many pages in a row may be replaced while one thing is waited for.
const pages = 5

// Browser is one tab of a browser of its own. Its methods end the test when they fail.
type Browser struct {
	t testing.TB
	p *process
	d *tools
}

// Start starts a browser for the test and ends it with the test. Its window is 1440 × 900.
func Start(t testing.TB) *Browser {
	t.Helper()
	binary := os.Getenv("SALESFLOW_TEST_CHROMIUM")
	if binary == "" {
		binary = "/usr/bin/chromium"
	}
	if _, err := os.Stat(binary); err != nil {
		t.Fatalf("no browser to test with: install chromium or set SALESFLOW_TEST_CHROMIUM: %v", err)
	}
	p, address, err := launch(binary)
	if err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	b := &Browser{t: t, p: p}
	t.Cleanup(b.stop)
	if b.d, err = dial(address); err != nil {
		t.Fatal(err)
	}
	var tab struct {
		ID string `json:"targetId"`
	}
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &tab)
	var session struct {
		ID string `json:"sessionId"`
	}
	b.call("Target.attachToTarget", map[string]any{"targetId": tab.ID, "flatten": true}, &session)
	b.d.session = session.ID
	for _, domain := range []string{"Page", "Runtime", "Log", "DOM"} {
		b.call(domain+".enable", map[string]any{}, nil)
	}
	b.Size(1440, 900)
	return b
}

func (b *Browser) stop() {
	if b.d == nil {
		b.p.kill()
		return
	}
	b.d.session = ""
	_ = b.d.call("Browser.close", map[string]any{}, nil) // the socket may close before the answer
	b.p.end()
	_ = b.d.socket.Close()
	<-b.d.gone
}

func (b *Browser) call(method string, params, out any) {
	b.t.Helper()
	if err := b.d.call(method, params, out); err != nil {
		b.t.Fatal(err)
	}
}

// Size sets the window, in CSS pixels. Below 700 it is a phone with a touch screen.
func (b *Browser) Size(width, height int) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700,
	}, nil)
}

// Open loads a page and waits until it has been read to its end.
func (b *Browser) Open(url string) {
	b.t.Helper()
	var nav struct {
		ErrorText string `json:"errorText"`
	}
	b.call("Page.navigate", map[string]any{"url": url}, &nav)
	if nav.ErrorText != "" {
		b.t.Fatalf("open %s: %s", url, nav.ErrorText)
	}
	b.wait(`location.href !== 'about:blank' && document.readyState === 'complete'`, "the page "+url)
}

// Eval runs an expression in the page, waits for it when it is a promise, and decodes its value into out, which may be nil.
func (b *Browser) Eval(expression string, out any) {
	b.t.Helper()
	if err := b.eval(expression, out); err != nil {
		b.t.Fatal(err)
	}
}

func (b *Browser) eval(expression string, out any) error {
	var answer struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Thrown *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	if err := b.d.call("Runtime.evaluate", map[string]any{
		"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true,
	}, &answer); err != nil {
		return err
	}
	if e := answer.Thrown; e != nil {
		return fmt.Errorf("in the page: %s %s", e.Text, e.Exception.Description)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Result.Value, out); err != nil {
		return fmt.Errorf("value of %.80s: %w", expression, err)
	}
	return nil
}

// poll waits in the page until an expression is true.
const poll = `new Promise(done => {
  const end = performance.now() + %d;
  const look = () => {
    let found = false;
    try { found = !!(%s); } catch {}
    if (found || performance.now() > end) done(found); else setTimeout(look, 20);
  };
  look();
})`

// holds waits until an expression is true in the page, and says whether it became so. A form that was sent or a link that was
// tapped replaces the page at a moment of its own, and what was asked of the old page is then asked of the new one.
func (b *Browser) holds(condition string) bool {
	b.t.Helper()
	var found bool
	var err error
	for range pages {
		if err = b.eval(fmt.Sprintf(poll, Patience, condition), &found); !errors.Is(err, errReplaced) {
			break
		}
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

func (b *Browser) wait(condition, what string) {
	b.t.Helper()
	if !b.holds(condition) {
		b.t.Fatalf("waited %d ms for %s; problems: %v", Patience, what, b.Problems())
	}
}

// Wait waits until an expression is true in the page.
func (b *Browser) Wait(condition string) {
	b.t.Helper()
	b.wait(condition, condition)
}

// one finds the newest match of a selector that is displayed, else the newest match.
func one(selector string) string {
	s, _ := json.Marshal(selector) // a string always has a JSON form
	return fmt.Sprintf(`(() => { const all = [...document.querySelectorAll(%s)].reverse(); return all.find(e => e.checkVisibility()) ?? all[0]; })()`, s)
}

// Click waits for an element that can be tapped, scrolls it into view and taps it. Of several the last one on the page is
// meant, as the newest card in a chat is.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.wait(`(e => e && e.checkVisibility() && !e.disabled)(`+one(selector)+`)`, "something to tap at "+selector)
	var at struct {
		X, Y    float64
		Covered string
	}
	b.Eval(`(async e => {
		e.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
		await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
		const top = document.elementFromPoint(x, y);
		return {X: x, Y: y, Covered: top && e.contains(top) ? '' : (top ? top.outerHTML.slice(0, 120) : 'nothing')};
	})(`+one(selector)+`)`, &at)
	if at.Covered != "" {
		b.t.Fatalf("%s cannot be tapped: at its place is %s", selector, at.Covered)
	}
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		b.call("Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1,
		}, nil)
	}
}

// Type taps into a field, replaces what is in it and types the text.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.Click(selector)
	b.Eval(`(e => { e.focus(); e.select?.(); })(`+one(selector)+`)`, nil)
	b.call("Input.insertText", map[string]any{"text": text}, nil)
	var got string
	b.Eval(one(selector)+`.value`, &got)
	if got != text {
		b.t.Fatalf("typed %q into %s, it holds %q", text, selector, got)
	}
}

// Press presses a key such as Enter in the element that has the focus.
func (b *Browser) Press(key string) {
	b.t.Helper()
	params := map[string]any{"type": "keyDown", "key": key, "code": key}
	if key == "Enter" {
		params["windowsVirtualKeyCode"], params["text"] = 13, "\r"
	}
	b.call("Input.dispatchKeyEvent", params, nil)
	delete(params, "text")
	params["type"] = "keyUp"
	b.call("Input.dispatchKeyEvent", params, nil)
}

// Choose picks an option of a list by its text.
func (b *Browser) Choose(selector, text string) {
	b.t.Helper()
	b.wait(one(selector), "a list at "+selector)
	want, _ := json.Marshal(text)
	var ok bool
	b.Eval(`(e => {
		const o = [...e.options].find(o => o.text === `+string(want)+`);
		if (!o) return false;
		e.value = o.value;
		e.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})(`+one(selector)+`)`, &ok)
	if !ok {
		b.t.Fatalf("the list %s has no %q", selector, text)
	}
}

// Upload puts files into a file field.
func (b *Browser) Upload(selector string, files ...string) {
	b.t.Helper()
	b.wait(one(selector), "a file field at "+selector)
	var found struct {
		Result struct {
			ID string `json:"objectId"`
		} `json:"result"`
	}
	b.call("Runtime.evaluate", map[string]any{"expression": one(selector)}, &found)
	for i, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			b.t.Fatal(err)
		}
		files[i] = abs
	}
	b.call("DOM.setFileInputFiles", map[string]any{"files": files, "objectId": found.Result.ID}, nil)
}

// WaitText waits until some element of the selector shows all the texts.
func (b *Browser) WaitText(selector string, texts ...string) {
	b.t.Helper()
	s, _ := json.Marshal(selector)
	want, _ := json.Marshal(texts)
	condition := fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => %s.every(t => e.innerText.includes(t)))`, s, want)
	if !b.holds(condition) {
		var there []string
		b.Eval(fmt.Sprintf(`[...document.querySelectorAll(%s)].map(e => e.innerText.slice(0, 500))`, s), &there)
		b.t.Fatalf("%s does not show %q; it shows:\n%s\nproblems: %v", selector, texts, strings.Join(there, "\n---\n"), b.Problems())
	}
}

// WaitGone waits until nothing matches the selector.
func (b *Browser) WaitGone(selector string) {
	b.t.Helper()
	s, _ := json.Marshal(selector)
	b.wait(fmt.Sprintf(`!document.querySelector(%s)`, s), "the end of "+selector)
}

// Screenshot writes a PNG of the whole page.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	var shot struct {
		Data string `json:"data"`
	}
	b.call("Page.captureScreenshot", map[string]any{"format": "png", "captureBeyondViewport": true}, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		b.t.Fatalf("screenshot %s: %v", path, err)
	}
}

// Problems are what pages have complained of so far: exceptions, console errors and warnings, what a policy refused.
func (b *Browser) Problems() []string {
	b.d.mu.Lock()
	defer b.d.mu.Unlock()
	return append([]string(nil), b.d.problems...)
}
