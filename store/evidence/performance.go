package evidence

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/audit"
	"salesflow/store/sales"
)

// PerformanceFormat names the form of a record of deliveries and service (履约证明).
const PerformanceFormat = "salesflow.performance-record/1"

// FieldPerformance is the change of an audit row that says what a company has delivered and how it has served, as
// Performance. FieldPromised is the day a shipment was promised for, FieldSigned the day it was received with who received it.
const (
	FieldPerformance = "performance"
	FieldPromised    = "承诺"
	FieldSigned      = "签收"
)

// Performance is how a company has delivered and served over a time, as it stood when it was asked for. It names no customer
// but the one it is about.
type Performance struct {
	No       string    `json:"no"`
	From     sales.Day `json:"from"`
	To       sales.Day `json:"to"`
	Scope    string    `json:"scope"`              // 全公司, a person's team, a customer
	Customer string    `json:"customer,omitempty"` // of a record about one
	By       string    `json:"by"`
	// Limit is the working time in which service is to be taken, in minutes; 0 is none.
	Limit      int        `json:"limit"`
	Months     []Month    `json:"months"`
	Deliveries []Delivery `json:"deliveries,omitempty"`
	Services   []Service  `json:"services,omitempty"`
	// LeftDeliveries and LeftServices are how many older ones are counted and not listed.
	LeftDeliveries int `json:"left_deliveries,omitempty"`
	LeftServices   int `json:"left_services,omitempty"`
}

// Month are the sums of a month.
type Month struct {
	Month string `json:"month"` // 2026-03
	// Due are deliveries with a promised day, OnTime those received by then; Open are the others, which were received.
	Due    int `json:"due"`
	OnTime int `json:"on_time"`
	Open   int `json:"open"`
	// Calls are complaints and service requests, Taken those somebody took, Within those taken within the limit; Minutes is the
	// working time until then in all. Closed are those that were ended.
	Calls   int `json:"calls"`
	Taken   int `json:"taken"`
	Within  int `json:"within"`
	Minutes int `json:"minutes"`
	Closed  int `json:"closed"`
}

// Delivery is one shipment. Promised is zero when no day was promised, Signed while it is on its way.
type Delivery struct {
	ID       sales.ID  `json:"id"`
	No       string    `json:"no"`
	Promised sales.Day `json:"promised"`
	Signed   sales.Day `json:"signed"`
}

// OnTime reports whether it was received by the day promised.
func (d Delivery) OnTime() bool {
	return !d.Promised.IsZero() && !d.Signed.IsZero() && !d.Signed.After(d.Promised)
}

// Service is one complaint or service request. The instants are zero for what has not happened. Minutes is the working time
// until it was taken.
type Service struct {
	ID      sales.ID         `json:"id"`
	Kind    sales.FilingKind `json:"kind"`
	Filed   time.Time        `json:"filed"`
	Taken   time.Time        `json:"taken"`
	Closed  time.Time        `json:"closed"`
	Minutes int              `json:"minutes"`
}

// Sums adds months up.
func (p Performance) Sums() Month {
	var out Month
	for _, m := range p.Months {
		out.add(m)
	}
	return out
}

func (m *Month) add(o Month) {
	m.Due, m.OnTime, m.Open = m.Due+o.Due, m.OnTime+o.OnTime, m.Open+o.Open
	m.Calls, m.Taken, m.Within, m.Minutes, m.Closed = m.Calls+o.Calls, m.Taken+o.Taken, m.Within+o.Within, m.Minutes+o.Minutes, m.Closed+o.Closed
}

// Count fills in the months, from the deliveries and services: every month from the first day to the last has a line.
func (p *Performance) Count() {
	p.Months = nil
	at := map[string]int{}
	year, month, _ := p.From.Date()
	for d := sales.NewDay(year, month, 1); !d.After(p.To); d = d.AddMonths(1) {
		at[label(d)] = len(p.Months)
		p.Months = append(p.Months, Month{Month: label(d)})
	}
	add := func(d sales.Day, m Month) {
		if i, ok := at[label(d)]; ok {
			p.Months[i].add(m)
		}
	}
	for _, d := range p.Deliveries {
		on := cmp.Or(d.Signed, d.Promised)
		switch {
		case d.Promised.IsZero():
			add(on, Month{Open: 1})
		case d.OnTime():
			add(on, Month{Due: 1, OnTime: 1})
		default:
			add(on, Month{Due: 1})
		}
	}
	for _, s := range p.Services {
		m := Month{Calls: 1}
		if !s.Taken.IsZero() {
			m.Taken, m.Minutes = 1, s.Minutes
			if p.Limit > 0 && s.Minutes <= p.Limit {
				m.Within = 1
			}
		}
		if !s.Closed.IsZero() {
			m.Closed = 1
		}
		add(sales.DayOf(s.Filed), m)
	}
}

// CountAll fills in the months from the services and from the counts of all deliveries, of which the newest are listed, and says how
// many are not.
func (p *Performance) CountAll(deliveries []sales.DeliveryMonth) {
	listed := p.Deliveries
	p.Deliveries = nil
	p.Count()
	p.Deliveries, p.LeftDeliveries = listed, -len(listed)
	for _, d := range deliveries {
		p.LeftDeliveries += d.Due + d.Unpromised
		for i := range p.Months {
			if p.Months[i].Month == d.Month {
				p.Months[i].add(Month{Due: d.Due, OnTime: d.OnTime, Open: d.Unpromised})
			}
		}
	}
	p.LeftDeliveries = max(p.LeftDeliveries, 0)
}

func label(d sales.Day) string {
	year, month, _ := d.Date()
	return fmt.Sprintf("%04d-%02d", year, int(month))
}

// Trim leaves the newest of each list and counts the others.
func (p *Performance) Trim(most int) {
	if n := len(p.Deliveries) - most; n > 0 {
		p.Deliveries, p.LeftDeliveries = p.Deliveries[n:], n
	}
	if n := len(p.Services) - most; n > 0 {
		p.Services, p.LeftServices = p.Services[n:], n
	}
}

// PerformanceRecord is what the paper is made from.
type PerformanceRecord struct {
	Format string `json:"format"`
	audit.Evidence
}

// ParsePerformance reads a record. What it says is not checked yet.
func ParsePerformance(b []byte) (PerformanceRecord, error) {
	var r PerformanceRecord
	if len(b) > MaxRecord {
		return r, errors.New("the record is too large")
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("read record: %w", err)
	}
	if r.Format != PerformanceFormat {
		return r, fmt.Errorf("read record: its form is %.40q, not %q", r.Format, PerformanceFormat)
	}
	if len(r.Rows) == 0 {
		return r, errors.New("read record: it holds no rows")
	}
	return r, nil
}

// FormatOf is the form that a record says it has, "" for what is no record.
func FormatOf(b []byte) string {
	var r struct {
		Format string `json:"format"`
	}
	if len(b) > MaxRecord || json.Unmarshal(b, &r) != nil {
		return ""
	}
	return r.Format
}

// Encode writes a record. The same record is always the same bytes.
func (r PerformanceRecord) Encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write record: %w", err)
	}
	return b, nil
}

// PerformancePaper is what a record says.
type PerformancePaper struct {
	Performance
	// At is when it was asked for, Leaf the row that says what it says.
	At   time.Time
	Leaf int64
	// Proofs are the rows of the trace behind each delivery and service, by its id.
	Proofs map[sales.ID][]int64
	Tree   tlog.Tree
	// Checkpoint is the signed note, Rows how many rows of the trace are proved.
	Checkpoint string
	Rows       int
}

// ErrDisagrees says that the sealed rows tell of a day or moment something else than the record that lists it.
var ErrDisagrees = errors.New("the sealed rows disagree with what the record lists")

// Read checks every proof of a record, holds what it lists against the rows that were sealed when it happened, and adds its
// sums up again. verifiers are as in Record.Read.
func (r PerformanceRecord) Read(verifiers note.Verifiers) (PerformancePaper, error) {
	tree, err := r.Check(verifiers)
	if err != nil {
		return PerformancePaper{}, err
	}
	p := PerformancePaper{Tree: tree, Checkpoint: r.Checkpoint, Rows: len(r.Rows), Proofs: map[sales.ID][]int64{}}
	var rows []sealed
	for _, row := range r.Rows {
		e, err := row.Entry()
		if err != nil {
			return p, err
		}
		if !p.is(e, row.Leaf) {
			rows = append(rows, sealed{e, row.Leaf})
		}
	}
	if p.No == "" {
		return p, ErrNoFacts
	}
	slices.SortStableFunc(rows, func(a, b sealed) int { return cmp.Compare(a.ID, b.ID) })
	if err := p.hold(rows); err != nil {
		return p, err
	}
	again := p.Performance
	again.Count()
	if p.LeftDeliveries+p.LeftServices == 0 && !slices.Equal(again.Months, p.Months) {
		return p, fmt.Errorf("%w: the sums are not those of the lists", ErrDisagrees)
	}
	return p, nil
}

// is takes the row that says what the record says.
func (p *PerformancePaper) is(e sales.AuditEntry, leaf int64) bool {
	for _, c := range e.Changes {
		if c.Field != FieldPerformance {
			continue
		}
		if err := json.Unmarshal([]byte(c.New), &p.Performance); err == nil {
			p.At, p.Leaf = e.At.Time, leaf
		}
		return true
	}
	return false
}

// hold finds the rows behind each line, and compares: the newest that says something counts.
func (p *PerformancePaper) hold(rows []sealed) error {
	deliveries, services := map[sales.ID]Delivery{}, map[sales.ID]Service{}
	for _, d := range p.Deliveries {
		deliveries[d.ID] = d
	}
	for _, s := range p.Services {
		services[s.ID] = s
	}
	said := map[sales.ID]map[string]string{}
	for _, e := range rows {
		p.Proofs[e.SubjectID] = append(p.Proofs[e.SubjectID], e.leaf)
		if said[e.SubjectID] == nil {
			said[e.SubjectID] = map[string]string{}
		}
		for _, c := range e.Changes {
			said[e.SubjectID][c.Field] = c.New
		}
		if s, ok := services[e.SubjectID]; ok {
			for verb, at := range map[string]time.Time{"filing.file": s.Filed, "filing.accept": s.Taken, "filing.close": s.Closed} {
				if e.Verb == verb && !at.IsZero() && e.At.Sub(at).Abs() > time.Second {
					return fmt.Errorf("%w: row %d", ErrDisagrees, e.leaf)
				}
			}
		}
	}
	for id, d := range deliveries {
		if day := said[id][FieldSigned]; day != "" && !d.Signed.IsZero() && !strings.HasPrefix(day, d.Signed.String()) {
			return fmt.Errorf("%w: %s", ErrDisagrees, d.No)
		}
		if day := said[id][FieldPromised]; day != "" && day != d.Promised.String() {
			return fmt.Errorf("%w: %s", ErrDisagrees, d.No)
		}
	}
	return nil
}

// PerformanceOf reads what a row of the trace says of deliveries and service; ok is false when it says nothing of them.
func PerformanceOf(e sales.AuditEntry) (p Performance, ok bool) {
	var paper PerformancePaper
	ok = paper.is(e, 0) && paper.No != ""
	return paper.Performance, ok
}
