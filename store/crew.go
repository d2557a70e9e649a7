package store

// crew are goroutines that stay: a new one grows its stack, by copying it, in every unit of work it runs.
type crew struct {
	work chan func()
	end  chan struct{}
}

// newCrew starts n of them; spawn runs a function in a goroutine.
func newCrew(n int, spawn func(func())) *crew {
	c := &crew{work: make(chan func()), end: make(chan struct{})}
	for range n {
		spawn(func() {
			for {
				select {
				case f := <-c.work:
					f()
				case <-c.end:
					return
				}
			}
		})
	}
	return c
}

// do runs f by one of the crew, or by a goroutine of its own when all are at work: units of one transaction may wait for
// each other, so none waits for a place.
func (c *crew) do(f func()) {
	select {
	case c.work <- f:
	default:
		go f()
	}
}

// dismiss ends the crew when nothing is given to it any more.
func (c *crew) dismiss() { close(c.end) }
