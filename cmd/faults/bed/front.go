package bed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Front is the load balancer in front of the replicas. Each request goes to one of them in turn that is well; where nobody
// listens, to the next. It asks each replica's /readyz twice a second. When none is well it tries them all. Like the usual
// ones it does not repeat what a replica has begun to read, and keeps no connection.
type Front struct {
	client *http.Client
	stop   context.CancelFunc

	mu     sync.Mutex
	ill    map[string]bool
	to     []string
	turn   int
	copies int
}

// How the replicas' health is looked at.
const (
	healthEvery = 500 * time.Millisecond
	healthLimit = time.Second
)

func newFront(to []string) *Front {
	ctx, stop := context.WithCancel(context.Background())
	f := &Front{to: to, stop: stop, ill: map[string]bool{}, client: &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext},
	}}
	for _, addr := range to {
		go f.watch(ctx, addr)
	}
	return f
}

// watch asks a replica for its health until ctx ends.
func (f *Front) watch(ctx context.Context, addr string) {
	beat := time.NewTicker(healthEvery)
	defer beat.Stop()
	for {
		well := f.well(ctx, addr)
		f.mu.Lock()
		f.ill[addr] = !well
		f.mu.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

func (f *Front) well(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
	if err != nil {
		return false
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// Copies makes each request go out n times at once, spread over the replicas, as a platform that repeats a delivery while
// the first is under way; 0 ends that.
func (f *Front) Copies(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.copies = n
}

// route is the replicas in the order in which to try them.
func (f *Front) route(skip int) (to []string, copies int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if skip == 0 {
		f.turn++
	}
	n := (f.turn + skip) % len(f.to)
	to = slices.Concat(f.to[n:], f.to[:n])
	slices.SortStableFunc(to, func(a, b string) int { return rank(f.ill[a]) - rank(f.ill[b]) })
	return to, max(f.copies, 1)
}

// rank puts those who are well first.
func rank(ill bool) int {
	if ill {
		return 1
	}
	return 0
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	first, copies := f.route(0)
	answers := make(chan answer, copies)
	for i := range copies {
		to := first
		if i > 0 {
			to, _ = f.route(i)
		}
		go func() { answers <- f.ask(r, to, body) }()
	}
	a := <-answers
	for range copies - 1 {
		if b := <-answers; b.status != http.StatusOK {
			a = b // one that was refused is delivered again
		}
	}
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// ask asks the replicas in turn until one listens.
func (f *Front) ask(r *http.Request, to []string, body []byte) answer {
	for _, addr := range to {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+addr+r.URL.RequestURI(), bytes.NewReader(body))
		if err != nil {
			break
		}
		req.Header = r.Header.Clone()
		resp, err := f.client.Do(req)
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" {
			continue
		}
		if err != nil {
			break
		}
		b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		_ = resp.Body.Close()
		if err != nil {
			break
		}
		return answer{resp.StatusCode, resp.Header, b}
	}
	return answer{status: http.StatusBadGateway}
}
