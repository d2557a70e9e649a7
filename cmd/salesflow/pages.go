package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/hibiken/asynqmon"
	"github.com/prometheus/client_golang/prometheus"

	"salesflow/bot"
	"salesflow/bot/api"
	"salesflow/bot/httpapi"
	"salesflow/bot/sheet"
	"salesflow/store"
	"salesflow/store/sales"
)

// pages serves what is not a platform's callback: health, metrics, the upload page and the jobs dashboard.
func (p *program) pages() {
	p.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	p.mux.HandleFunc("GET /readyz", p.ready)
	p.mux.Handle("GET /metrics", p.meter.handler())
	p.mux.Handle("/u/{token}", httpapi.UploadPage(uploads{p}))
	p.mux.Handle("/s/{token}", httpapi.StatementPage(statementPages{p}))
	p.mux.Handle("GET /q/{token}", httpapi.CodePage(p.links.signer, p.clock.Now))
	p.mux.Handle("/my/admin/{token}", httpapi.AdminPage(p.links.signer, lists{p}, adminDeeds{p}, p.clock.Now))
	for path, purpose := range pagePurposes {
		if purpose == httpapi.ForAdmin {
			continue
		}
		p.mux.Handle("GET /my/"+path+"/{token}", httpapi.MyPage(p.links.signer, purpose, lists{p}, p.clock.Now))
	}
	p.mux.Handle("/d/{token}", httpapi.DownloadPage(downloads{p}))
	p.mux.Handle("GET /t/customers.xlsx", httpapi.TemplatePage("客户导入模板.xlsx", func() ([]byte, error) {
		l, _ := layoutWith(sales.SheetCustomers, p.app.Custom)
		return sheet.Template(l)
	}))
	if secret := p.cfg.Rules.Leads.IntakeSecret.Reveal(); secret != "" {
		p.mux.Handle("POST /api/leads", httpapi.LeadIntake(secret, leadIntake{p}, p.meter.wall))
	}
	limits := api.Limits{PerSecond: float64(p.cfg.API.PerSecond), Burst: p.cfg.API.Burst}
	p.mux.Handle(api.Prefix+"/", api.New(openAPI{p}, openAPI{p}, openAPI{p}, openAPI{p}, limits, p.meter.wall))
	if token := p.cfg.Admin.Token.Reveal(); token != "" {
		mon := asynqmon.New(asynqmon.Options{RootPath: "/admin/jobs", RedisConnOpt: sharedRedis{p}, ReadOnly: true})
		p.mux.Handle("/admin/jobs/", adminOnly(p.cfg.Admin.People, token, mon))
	}
	p.gauges()
}

// sharedRedis gives asynqmon the program's own Redis client.
type sharedRedis struct{ p *program }

// MakeRedisClient implements asynq.RedisConnOpt.
func (s sharedRedis) MakeRedisClient() any { return s.p.redis }

var _ asynq.RedisConnOpt = sharedRedis{}

// adminOnly asks for one of the admins as the user and for the admin's token as the password of HTTP basic
// authentication. Without a list of admins any user name will do.
func adminOnly(people []string, token string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ := r.BasicAuth()
		known := len(people) == 0 || slices.Contains(people, user)
		if !known || subtle.ConstantTimeCompare([]byte(pass), []byte(token)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="salesflow jobs"`)
			http.Error(w, "admin token needed", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// ready says whether the stores answer and the platforms are connected. It is 503 when callbacks should go elsewhere: the
// process is about to stop, or the database is away and the spool is full. While the spool takes events it is 200: were
// every replica taken out of rotation during an outage of their database, nobody would take what people say meanwhile.
func (p *program) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	state := map[string]string{"database": "ok", "redis": "ok", "spool": fmt.Sprint(p.spool.Len())}
	status := http.StatusOK
	if err := p.db.Ping(ctx); err != nil {
		state["database"] = "away"
		if p.spool.Full() {
			status = http.StatusServiceUnavailable
		}
	}
	if p.leaving.Load() {
		state["stopping"], status = "yes", http.StatusServiceUnavailable
	}
	if err := p.redis.Ping(ctx).Err(); err != nil {
		state["redis"] = "away" // only wakes us up: not a reason to take the replica out
	}
	if a := p.adapters.wecom; a != nil {
		state["wecom_robot"] = "ok"
		if err := a.RobotTrouble(); err != nil {
			state["wecom_robot"] = "away"
		}
	}
	if a := p.adapters.dingtalk; a != nil {
		state["dingtalk_stream"] = "ok"
		if err := a.StreamTrouble(); err != nil {
			state["dingtalk_stream"] = "away"
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(state) // the caller is gone: nothing to do
}

// gauges are the numbers read when the metrics are asked for.
func (p *program) gauges() {
	ask := func(read func(ctx context.Context) (float64, error)) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			v, err := read(ctx)
			if err != nil {
				return -1
			}
			return v
		}
	}
	for _, state := range []string{bot.DeliveryQueued, bot.DeliverySending, bot.DeliveryRetry, bot.DeliveryFailed} {
		p.meter.gauge("salesflow_outbox", "Deliveries of the outbox by state; -1 when the database is away.", prometheus.Labels{"state": state},
			ask(func(ctx context.Context) (float64, error) {
				n, err := p.db.DeliveryCounts(ctx)
				return float64(n[state]), err
			}))
	}
	p.meter.gauge("salesflow_due_oldest_seconds", "How long the oldest due row is overdue.", nil, ask(func(ctx context.Context) (float64, error) {
		at, err := p.db.NextDueAt(ctx)
		if err != nil || at.IsZero() || at.After(p.clock.Now()) {
			return 0, err
		}
		return p.clock.Now().Sub(at).Seconds(), nil
	}))
	p.meter.gauge("salesflow_inbox_pending", "Events that wait in the inbox.", nil, ask(func(ctx context.Context) (float64, error) {
		n, err := p.db.PendingCount(ctx)
		return float64(n), err
	}))
	p.meter.gauge("salesflow_spool_waiting", "Events that wait on disk for the database.", nil, func() float64 { return float64(p.spool.Len()) })
	p.meter.gauge("salesflow_api_calls_month", "Counted API calls of this month.", prometheus.Labels{"platform": "dingtalk"},
		ask(func(ctx context.Context) (float64, error) {
			calls, err := p.db.APICalls(ctx, "dingtalk", month(p.clock.Now()))
			n := int64(0)
			for _, c := range calls {
				n += c
			}
			return float64(n), err
		}))
}

// month is the month a platform's budget counts, in China.
func month(t time.Time) string { return t.In(sales.Shanghai).Format("2006-01") }

// uploads is the program as the upload page needs it.
type uploads struct{ p *program }

// Valid implements httpapi.Uploads.
func (u uploads) Valid(ctx context.Context, hash string) (ok bool, err error) {
	return u.p.db.UploadValid(ctx, hash, sales.At(u.p.clock.Now()))
}

// Receive implements httpapi.Uploads: the bytes are kept first, then the link is used up, then the file comes to the bot
// as if the person had sent it in the chat.
func (u uploads) Receive(ctx context.Context, hash, name, mime string, body io.Reader) error {
	p := u.p
	if ok, err := u.Valid(ctx, hash); err != nil || !ok {
		if err == nil {
			err = sales.Errorf(sales.NotFound, "链接用过或过期了。")
		}
		return err
	}
	id, err := p.db.NewID(ctx)
	if err != nil {
		return err
	}
	if _, _, err := p.files.keep(ctx, id, body); errors.Is(err, bot.ErrFileTooLarge) {
		return httpapi.ErrTooLarge
	} else if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // the file is here: a page that is closed now must not lose it
	var person sales.PersonID
	_, err = storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(ctx context.Context, tx *store.Tx) (err error) {
		person, _, err = tx.TakeUpload(ctx, hash, sales.At(p.clock.Now()))
		return err
	})
	if err != nil {
		return errors.Join(err, p.files.drop(ctx, id))
	}
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	accounts := org.Identities(person)
	if len(accounts) == 0 {
		return sales.Errorf(sales.NotFound, "这个链接的主人已经没有账号。")
	}
	ref, err := json.Marshal(localRef{Local: id, MIME: mime})
	if err != nil {
		return fmt.Errorf("encode reference: %w", err)
	}
	account := accounts[0]
	_, err = p.front.Accept(ctx, bot.Event{
		Platform: bot.Platform(account.Platform), ID: "upload:" + hash, Kind: bot.Sent, At: p.clock.Now(),
		From: bot.UserID(account.UserID), Chat: bot.Chat{Platform: bot.Platform(account.Platform)},
		Files: []bot.FileRef{{Ref: string(ref), Name: name, Kind: "file"}},
	})
	return err
}

// localRef is the reference of a file that came through the upload page and is ours already.
type localRef struct {
	Local sales.ID `json:"local"`
	MIME  string   `json:"mime"`
}

// downloads is the program as the download page needs it.
type downloads struct{ p *program }

// Valid implements httpapi.Downloads.
func (d downloads) Valid(ctx context.Context, hash string) (bool, error) {
	return d.p.db.UploadValid(ctx, hash, sales.At(d.p.clock.Now()))
}

// Take implements httpapi.Downloads: the file is opened before the link is used up.
func (d downloads) Take(ctx context.Context, hash string) (io.ReadCloser, string, string, int64, error) {
	var f sales.File
	var body *os.File
	ctx = context.WithoutCancel(ctx)
	_, err := storage{d.p.books, d.p.db}.do(ctx, noEvent, 0, func(ctx context.Context, tx *store.Tx) error {
		person, topic, err := tx.TakeUpload(ctx, hash, sales.At(d.p.clock.Now()))
		if err != nil {
			return err
		}
		org, err := d.p.books.Org(ctx)
		if err != nil {
			return err
		}
		if who, ok := org.Person(person); !ok || !who.Active { // who left since takes nothing along
			return sales.Errorf(sales.Forbidden, "已不在职,下载不了。")
		}
		id, err := sales.ParseID(strings.TrimPrefix(topic, downloadTopic))
		if err != nil {
			return sales.Errorf(sales.NotFound, "这个链接下载不了东西。")
		}
		if f, err = tx.FileByID(ctx, id); err != nil {
			return err
		}
		if body == nil {
			if body, err = d.p.files.open(ctx, id); err != nil {
				return fmt.Errorf("open export: %w", err)
			}
		}
		tx.Audit(sales.AuditEntry{Verb: "customer.download", PersonID: person, SubjectKind: "file", SubjectID: f.ID})
		return nil
	})
	if err != nil {
		if body != nil {
			err = errors.Join(err, body.Close())
		}
		return nil, "", "", 0, err
	}
	return body, f.Name, f.MIME, f.Size, nil
}
