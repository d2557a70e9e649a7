package page

import (
	"context"
	"embed"
	"net/http"
	"sync"
	"time"

	"salesflow/bot/sim"
)

// Clock is the demo's clock.
type Clock interface {
	Now() time.Time
	// Advance moves the clock to a later moment through everything that is due on the way, and returns when that has
	// been done. Its error is shown to the person at the page. An earlier moment may be refused.
	Advance(ctx context.Context, to time.Time) error
}

// Options says what the page shows.
type Options struct {
	// Simulators are the platforms by name (sim.WeCom, sim.DingTalk); one may be missing.
	Simulators map[string]sim.Simulator
	// Prefix is the path under which a simulator's own handler is mounted, without a final slash.
	Prefix map[string]string
	// People are shown in this order; empty: in the order of the simulators' companies. Someone with accounts on both
	// platforms is there once for each.
	People []sim.Person
	Clock  Clock
	// BotName is the title of the single chat with the bot; empty is 销售流.
	BotName string
	// Examples are what to try, by person id; a person without gets those of the role.
	Examples map[string][]string
	// Outside answers "/_page/outside/", "/_sim/outside" and "/_sim/mail": what the company has around its platforms. It may be nil.
	Outside http.Handler
}

// platforms in the order in which they are listed, and how many there are.
var platforms = [...]string{sim.WeCom, sim.DingTalk}

// shanghai is the zone the page and the control surface tell the time in.
var shanghai = time.FixedZone("CST", 8*60*60)

//go:embed assets
var assets embed.FS

// server is the page and the control surface over one set of simulators.
type server struct {
	opt Options
	// step is held by whoever advances the clock.
	step chan struct{}
	// streams is taken by each open event stream.
	streams chan struct{}

	mu      sync.Mutex
	walking walk
}

// New returns the handler of "/", "/_page/" and "/_sim/". It panics without a clock.
func New(o Options) http.Handler {
	if o.Clock == nil {
		panic("page: Options needs a Clock")
	}
	if o.BotName == "" {
		o.BotName = "销售流"
	}
	s := &server{opt: o, step: make(chan struct{}, 1), streams: make(chan struct{}, maxStreams)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sim/people", s.people)
	mux.HandleFunc("POST /_sim/say", s.say)
	mux.HandleFunc("POST /_sim/file", s.file)
	mux.HandleFunc("POST /_sim/click", s.click)
	mux.HandleFunc("GET /_sim/inbox", s.inbox)
	mux.HandleFunc("GET /_sim/clock", s.now)
	mux.HandleFunc("POST /_sim/clock", s.setClock)
	mux.HandleFunc("POST /_sim/fault", s.fault)
	mux.HandleFunc("GET /_sim/approval", s.approvals)
	mux.HandleFunc("POST /_sim/approval", s.act)
	if o.Outside != nil {
		for _, at := range []string{"/_page/outside/", "/_sim/outside", "/_sim/mail"} {
			mux.Handle(at, o.Outside)
		}
	}
	mux.HandleFunc("/_sim/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, refuse(http.StatusNotFound, "没有这个接口,有的是:people say file click inbox clock fault approval outside mail"))
	})
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /_page/live", s.live)
	mux.HandleFunc("POST /_page/say", s.formSay)
	mux.HandleFunc("POST /_page/file", s.formFile)
	mux.HandleFunc("POST /_page/click", s.formClick)
	mux.HandleFunc("POST /_page/clock", s.formClock)
	mux.Handle("GET /_page/assets/", http.StripPrefix("/_page/", http.FileServerFS(assets)))
	return guard(mux)
}
