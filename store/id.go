package store

import (
	"sync"
	"time"

	"salesflow/store/sales"
)

// An id is 41 bits of milliseconds since 2024-01-01, 10 bits of node number and 12 bits of sequence: ordered by time,
// unique across replicas, made without asking the database. It lasts until 2093.
const (
	nodeBits     = 10
	sequenceBits = 12
	maxNodes     = 1 << nodeBits
)

var idEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// IDAt is the smallest id that can be made at t, for finding records by age.
func IDAt(t time.Time) sales.ID {
	return sales.ID(max(t.Sub(idEpoch).Milliseconds(), 0) << (nodeBits + sequenceBits))
}

// idSource makes ids. Time never runs backwards in it, whatever the clock does.
type idSource struct {
	now  func() time.Time
	mu   sync.Mutex
	node int64
	ms   int64
	seq  int64
}

func (s *idSource) next() sales.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now().Sub(idEpoch).Milliseconds()
	switch {
	case now > s.ms:
		s.ms, s.seq = now, 0
	case s.seq == 1<<sequenceBits-1:
		s.ms, s.seq = s.ms+1, 0 // 4096 ids in one millisecond: borrow the next one
	default:
		s.seq++
	}
	return sales.ID(s.ms<<(nodeBits+sequenceBits) | s.node<<sequenceBits | s.seq)
}

// begin sets the node number; ids made from now on are later than floor.
func (s *idSource) begin(node int, floor int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.node = int64(node)
	if floor > s.ms {
		s.ms, s.seq = floor+1, 0
	}
}

// last is the millisecond of the newest id.
func (s *idSource) last() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ms
}
