package play

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
)

// World is the program: one replica or several.
type World interface {
	// Found makes the company and its rules.
	Found(ctx context.Context, people []replica.Member, teams []replica.Team) error
	// At sets the clock, Act lets people act side by side and says what could not be done, Work does all that is due and
	// all that follows.
	At(ctx context.Context, now time.Time) error
	// Now is what the clock says: after Work it may be later than it was set to, where a claim of the dead had to lapse.
	Now() time.Time
	Act(ctx context.Context, acts []replica.Act) (refused []string, err error)
	Work(ctx context.Context) error
	// Next is when something is due next.
	Next(ctx context.Context) (time.Time, error)
	// Seen reads what was pushed and which to-dos were made.
	Seen(ctx context.Context) (Seen, error)
}

// Seen is what the program did.
type Seen struct {
	Pushes []model.Push
	Tasks  []model.Task
	// Open are the to-dos that are open in the end; their moments are left out.
	Open []model.Task
	// AfterEnd counts pushes of incidents that had ended.
	AfterEnd int
	// Sleeping counts open incidents without a due row.
	Sleeping int
}

// intent is something somebody means to do at a moment.
type intent struct {
	at time.Time
	no int
	do func()
}

type intents []intent

func (h intents) Len() int { return len(h) }
func (h intents) Less(i, j int) bool {
	return h[i].at.Before(h[j].at) || h[i].at.Equal(h[j].at) && h[i].no < h[j].no
}
func (h intents) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *intents) Push(x any) { *h = append(*h, x.(intent)) }

// Pop implements heap.Interface.
func (h *intents) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// script is the company's life.
type script struct {
	size   Size
	c      *company
	m      *model.Model
	rng    *rand.Rand
	end    time.Time
	waits  intents
	no     int
	lastID int64
	acts   []replica.Act
	// touched are the records of this moment's acts: of two about one record the second waits.
	touched   map[int64]bool
	seen      int // pushes of the model that people have reacted to
	owners    map[int64]int64
	customers []int64
	counts    map[string]int
	// refused are acts that could not be done, though the model could.
	refused []string
}

// Watch is told how it goes on; any of it may be nil.
type Watch struct {
	// Week is told each Monday of the moments that were lived through and of what was compared until then.
	Week func(now time.Time, r *Result)
	// Enough says each day whether it may end before the last day.
	Enough func() bool
}

// Run lives through it and compares.
func Run(ctx context.Context, w World, size Size, watch Watch) (*Result, error) {
	c := newCompany(size.People, size.Start)
	s := &script{
		size: size, c: c, m: model.New(c.people, size.Start), rng: rand.New(rand.NewPCG(size.Seed, 1)), end: size.Start.AddDate(0, 0, size.Days),
		lastID: 1_000_000, touched: map[int64]bool{}, owners: map[int64]int64{}, counts: map[string]int{},
	}
	if err := s.begin(ctx, w); err != nil {
		return nil, err
	}
	instants, today := 0, time.Time{}
	for {
		now, err := s.next(ctx, w)
		if err != nil {
			return nil, err
		}
		if now.After(s.end) {
			break
		}
		if day := model.Midnight(now); !day.Equal(today) {
			if watch.Enough != nil && watch.Enough() {
				break
			}
			if watch.Week != nil && day.In(model.Zone).Weekday() == time.Monday {
				res, err := s.compare(ctx, w, instants)
				if err != nil {
					return nil, err
				}
				watch.Week(day, res)
			}
			today = day
		}
		instants++
		if err := s.live(ctx, w, now); err != nil {
			return nil, fmt.Errorf("%s: %w", now.In(model.Zone).Format(time.DateTime), err)
		}
	}
	return s.compare(ctx, w, instants)
}

// compare compares all until now. Nothing is due at this moment.
func (s *script) compare(ctx context.Context, w World, instants int) (*Result, error) {
	seen, err := w.Seen(ctx)
	if err != nil {
		return nil, err
	}
	res := compare(s.m, seen, s.refused)
	res.Instants, res.Until, res.Acts = instants, s.m.Now, s.counts
	return res, nil
}

// next is the next moment at which anything happens.
func (s *script) next(ctx context.Context, w World) (time.Time, error) {
	now, err := w.Next(ctx)
	if err != nil {
		return now, err
	}
	if at := s.m.Next(); now.IsZero() || at.Before(now) {
		now = at
	}
	if len(s.waits) > 0 && s.waits[0].at.Before(now) {
		now = s.waits[0].at
	}
	return now, nil
}

// live is one moment: what is due, what people do, what follows.
func (s *script) live(ctx context.Context, w World, now time.Time) error {
	if err := w.At(ctx, now); err != nil {
		return err
	}
	s.m.Advance(now)
	if err := w.Work(ctx); err != nil {
		return err
	}
	s.m.Advance(w.Now()) // people act at that moment, and what they put off is put off from it
	s.acts = s.acts[:0]
	clear(s.touched)
	for len(s.waits) > 0 && !s.waits[0].at.After(now) {
		heap.Pop(&s.waits).(intent).do()
	}
	if len(s.acts) > 0 {
		refused, err := w.Act(ctx, s.acts)
		if err != nil {
			return err
		}
		for _, why := range refused {
			s.refused = append(s.refused, clock(now)+" "+why)
		}
		if len(s.refused) > 200 {
			return errors.New("the program does not do what people do: " + s.refused[0])
		}
		if err := w.Work(ctx); err != nil {
			return err
		}
	}
	s.react()
	return nil
}

// plan means to do something at a moment.
func (s *script) plan(at time.Time, do func()) {
	if at.Before(s.end) {
		s.no++
		heap.Push(&s.waits, intent{at, s.no, do})
	}
}

// act does something in the program; the model is told by the caller.
func (s *script) act(a replica.Act) {
	s.lastID++
	a.ID = s.lastID
	s.acts = append(s.acts, a)
	s.counts[a.Kind]++
}

// free reports whether nobody has done anything about records at this moment, and takes them.
func (s *script) free(records ...int64) bool {
	for _, r := range records {
		if s.touched[r] {
			return false
		}
	}
	for _, r := range records {
		s.touched[r] = true
	}
	return true
}

func (s *script) id() int64 {
	s.lastID += 2 // a contract's request has the next
	return s.lastID
}

// grid is the moment near t at which people act: on the full ten minutes, those who change the organisation five later.
func grid(t time.Time) time.Time { return t.Truncate(10 * time.Minute) }

// within is a moment up to max after now, at an hour at which people are awake.
func (s *script) within(from, to time.Duration) time.Time {
	t := grid(s.m.Now.Add(from + time.Duration(s.rng.Int64N(int64(to-from))))).In(model.Zone)
	if h := t.Hour(); h < 7 || h >= 22 {
		t = grid(model.Midnight(t).AddDate(0, 0, map[bool]int{true: 0, false: 1}[h < 7]).Add(7*time.Hour + time.Duration(s.rng.Int64N(int64(10*time.Hour)))))
	}
	if !t.After(s.m.Now) {
		t = t.Add(10 * time.Minute)
	}
	return t
}

func pick[T any](s *script, list []T) T { return list[s.rng.IntN(len(list))] }

func (s *script) chance(percent int) bool { return s.rng.IntN(100) < percent }
