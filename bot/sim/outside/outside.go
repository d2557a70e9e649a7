package outside

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Options say how the systems are run.
type Options struct {
	// Secret signs what the bot sends to them.
	Secret string
	// Now is the time that people see, Wall that of the machine; what is signed is signed with either.
	Now, Wall func() time.Time
	// Pause is how long the ERP and the e-invoice service take before they answer by themselves; 0 is a second.
	Pause time.Duration
}

// World is all of them.
type World struct {
	o     Options
	mail  *Mailbox
	ctx   context.Context
	stop  context.CancelFunc
	tells sync.WaitGroup

	mu       sync.Mutex
	api      string // the bot's HTTP interface, and the token for it
	token    string
	telling  int
	orders   []Order
	invoices []Invoice
	full     int // how many days the factory has no room for
	trouble  string
}

// bounds of what is kept and taken.
const (
	maxKept  = 200
	maxAsked = 512 << 10
	// tellWithin bounds one answer to the bot, tellTimes how often it is tried.
	tellWithin = 5 * time.Second
	tellTimes  = 5
)

// New starts the systems; Close ends them.
func New(o Options) (*World, error) {
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	mail, err := NewMailbox(MailOptions{Plain: true})
	if err != nil {
		return nil, err
	}
	w := &World{o: o, mail: mail, full: 8}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w, nil
}

// Answer says where the bot takes answers, and with which token.
func (w *World) Answer(api, token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.api, w.token = api, token
}

// SMTP is the address of the mail server, as the configuration has it.
func (w *World) SMTP() string { return w.mail.URL() }

// Mail is the mail server.
func (w *World) Mail() *Mailbox { return w.mail }

// Busy reports whether an answer is on its way to the bot.
func (w *World) Busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.telling > 0
}

// Close ends the systems and waits for them.
func (w *World) Close() error {
	w.stop()
	w.tells.Wait()
	w.mail.Close()
	return nil
}

// Handler answers the bot: POST /delivery, POST /erp, POST /einvoice, GET /einvoice/{id}.
func (w *World) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /delivery", w.delivery)
	mux.HandleFunc("POST /erp", w.erp)
	mux.HandleFunc("POST /einvoice", w.einvoice)
	mux.HandleFunc("GET /einvoice/{id}", w.einvoiceState)
	return mux
}

// errSigned says that a request was not signed with the secret.
var errSigned = errors.New("not signed")

// signed reads a body and checks its signature: HMAC-SHA256 in hex over the time, a full stop and the body; webhooks have the id and
// a full stop before the body, and "v1=" before the signature.
func (w *World) signed(q *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(q.Body, maxAsked))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	at, id, said := q.Header.Get("X-Salesflow-Timestamp"), q.Header.Get("X-Salesflow-Id"), q.Header.Get("X-Salesflow-Signature")
	mac := hmac.New(sha256.New, []byte(w.o.Secret))
	_, _ = io.WriteString(mac, at+".")
	prefix := ""
	if id != "" {
		_, _ = io.WriteString(mac, id+".")
		prefix = "v1="
	}
	_, _ = mac.Write(body)
	if !hmac.Equal([]byte(prefix+hex.EncodeToString(mac.Sum(nil))), []byte(said)) {
		return nil, errSigned
	}
	return body, nil
}

// taken reads what was sent into v; false when the request was answered with a refusal.
func (w *World) taken(rw http.ResponseWriter, q *http.Request, v any) bool {
	body, err := w.signed(q)
	switch {
	case errors.Is(err, errSigned):
		http.Error(rw, "signature", http.StatusUnauthorized)
	case err != nil || json.Unmarshal(body, v) != nil:
		http.Error(rw, "body", http.StatusBadRequest)
	default:
		return true
	}
	return false
}

func answer(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(rw).Encode(v)
}

// tell sends an answer to the bot after a pause, as a system does that has work to do first; done runs, locked, when the bot took it.
// Its caller holds the lock.
func (w *World) tell(path string, body any, done func()) {
	w.telling++
	w.tells.Go(func() {
		defer func() {
			w.mu.Lock()
			w.telling--
			w.mu.Unlock()
		}()
		for try := range tellTimes {
			pause := time.NewTimer(w.o.Pause * time.Duration(try+1))
			select {
			case <-w.ctx.Done():
				pause.Stop()
				return
			case <-pause.C:
			}
			if err := w.post(path, body); err == nil {
				w.mu.Lock()
				w.trouble = ""
				done()
				w.mu.Unlock()
				return
			} else {
				w.mu.Lock()
				w.trouble = err.Error()
				w.mu.Unlock()
			}
		}
	})
}

// post sends one answer through the bot's HTTP interface.
func (w *World) post(path string, body any) error {
	w.mu.Lock()
	api, token := w.api, w.token
	w.mu.Unlock()
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, tellWithin)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, api+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	same := sha256.Sum256(append([]byte(path+" "), data...)) // the same answer, tried again
	q.Header.Set("Idempotency-Key", hex.EncodeToString(same[:16]))
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if res.StatusCode/100 != 2 {
		var problem struct {
			Detail string `json:"detail"`
		}
		_ = json.Unmarshal(said, &problem)
		return fmt.Errorf("机器人没收:%d %s", res.StatusCode, problem.Detail)
	}
	return nil
}
