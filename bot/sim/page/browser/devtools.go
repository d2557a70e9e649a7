package browser

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// starting and answering bound, in real time, the start of the browser and one command, of which one may wait for Patience in the page.
	starting  = 2 * time.Minute
	answering = 2 * time.Minute
	closing   = 5 * time.Second
	// maxProblems bounds what is kept of the page's complaints.
	maxProblems = 100
)

// process is a running browser.
type process struct {
	cmd  *exec.Cmd
	dir  string
	done chan struct{}
}

// launch starts the browser with a profile of its own and returns the address of its DevTools socket.
func launch(binary string) (*process, string, error) {
	dir, err := os.MkdirTemp("", "salesflow-browser-")
	if err != nil {
		return nil, "", err
	}
	cmd := exec.Command(binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--disable-extensions", "--mute-audio", "--hide-scrollbars", "--no-proxy-server", "--remote-debugging-port=0",
		"--user-data-dir="+dir, "about:blank")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	p := &process{cmd: cmd, dir: dir, done: make(chan struct{})}
	found, said := make(chan string, 1), &strings.Builder{}
	go func() {
		defer close(p.done)
		listen(out, found, said)
		_ = cmd.Wait() // its exit says nothing: it is told to go
	}()
	timer := time.NewTimer(starting)
	defer timer.Stop()
	select {
	case address := <-found:
		return p, address, nil
	case <-p.done:
		return nil, "", errors.Join(fmt.Errorf("%s ended at once: %s", binary, said), os.RemoveAll(dir))
	case <-timer.C:
		p.kill()
		return nil, "", fmt.Errorf("%s did not open its DevTools in %s: %s", binary, starting, said)
	}
}

// listen reads what the browser says until it ends, and finds the address in it.
func listen(out io.Reader, found chan<- string, said *strings.Builder) {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "DevTools listening on "); ok {
			found <- address
			break
		}
		if said.Len() < 4<<10 {
			said.WriteString(lines.Text() + "\n")
		}
	}
	_, _ = io.Copy(io.Discard, out)
}

// end waits for a browser that was told to close.
func (p *process) end() {
	timer := time.NewTimer(closing)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		p.kill()
	}
	_ = os.RemoveAll(p.dir) // a helper process may still be writing its last
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = os.RemoveAll(p.dir)
}

// frame is a DevTools message of any kind.
type frame struct {
	ID      int64           `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *refusal        `json:"error,omitempty"`
}

// errReplaced is what a command ends with whose page was replaced by another before it was done.
var errReplaced = errors.New("the page was replaced")

// refusal is why the browser did not do a command.
type refusal struct {
	Message string `json:"message"`
}

// replaced are the beginnings of the browser's words for a page that went away under a command.
var replaced = []string{
	"Inspected target navigated or closed", "Execution context was destroyed",
	"Cannot find context with specified id", "Cannot find default execution context",
}

func (r *refusal) as(method string) error {
	for _, words := range replaced {
		if strings.HasPrefix(r.Message, words) {
			return fmt.Errorf("%s: %s: %w", method, r.Message, errReplaced)
		}
	}
	return fmt.Errorf("%s: %s", method, r.Message)
}

// tools is the DevTools socket.
type tools struct {
	socket  *websocket.Conn
	session string

	mu       sync.Mutex
	next     int64
	waiting  map[int64]chan frame
	problems []string
	gone     chan struct{}
}

func dial(address string) (*tools, error) {
	socket, resp, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		return nil, fmt.Errorf("open DevTools: %w", err)
	}
	_ = resp.Body.Close()
	t := &tools{socket: socket, waiting: map[int64]chan frame{}, gone: make(chan struct{})}
	go t.read()
	return t, nil
}

func (t *tools) read() {
	defer close(t.gone)
	for {
		var f frame
		if err := t.socket.ReadJSON(&f); err != nil {
			return
		}
		t.mu.Lock()
		if answer := t.waiting[f.ID]; answer != nil {
			delete(t.waiting, f.ID)
			answer <- f
		} else if p := problem(f); p != "" && len(t.problems) < maxProblems {
			t.problems = append(t.problems, p)
		}
		t.mu.Unlock()
	}
}

// problem is what a page complains of: an exception, an error on the console, something refused by its policy.
func problem(f frame) string {
	var p struct {
		Details struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
		Entry struct {
			Level string `json:"level"`
			Text  string `json:"text"`
			URL   string `json:"url"`
		} `json:"entry"`
		Type string `json:"type"`
		Args []struct {
			Value       any    `json:"value"`
			Description string `json:"description"`
		} `json:"args"`
	}
	if json.Unmarshal(f.Params, &p) != nil {
		return ""
	}
	switch {
	case f.Method == "Runtime.exceptionThrown":
		return p.Details.Text + " " + p.Details.Exception.Description
	case f.Method == "Log.entryAdded" && p.Entry.Level == "error":
		return p.Entry.Text + " " + p.Entry.URL
	case f.Method == "Runtime.consoleAPICalled" && (p.Type == "error" || p.Type == "warning"):
		return fmt.Sprint(p.Type, ": ", p.Args)
	}
	return ""
}

// call runs one command and decodes its result into out, which may be nil.
func (t *tools) call(method string, params, out any) error {
	raw, err := json.Marshal(params)
	if err != nil {
		return err
	}
	answer := make(chan frame, 1)
	t.mu.Lock()
	t.next++
	f := frame{ID: t.next, Session: t.session, Method: method, Params: raw}
	t.waiting[f.ID] = answer
	err = t.socket.WriteJSON(f)
	t.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	timer := time.NewTimer(answering)
	defer timer.Stop()
	select {
	case a := <-answer:
		if a.Error != nil {
			return a.Error.as(method)
		}
		if out == nil {
			return nil
		}
		return json.Unmarshal(a.Result, out)
	case <-t.gone:
		return fmt.Errorf("%s: the browser has gone", method)
	case <-timer.C:
		return fmt.Errorf("%s: no answer in %s", method, answering)
	}
}
