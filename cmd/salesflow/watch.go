package main

import (
	"context"
	"time"
)

// How the database is watched, in real time.
const (
	watchEvery = 500 * time.Millisecond
	watchLook  = 100 * time.Millisecond
	// hangTime is how long a round trip takes at most while the database is well. It is less than an event takes until it
	// is spooled, so that no other replica takes a later one of the same person for ordinary when the database goes on.
	hangTime = time.Second
	// watchLimit ends a round trip on a connection that is dead.
	watchLimit = 10 * time.Second
)

// watchStore looks whether the database answers. While it does not, and for a moment afterwards, events wait in the inbox
// for those that other replicas have in their spools: one person's messages may lie in several.
func (p *program) watchStore(ctx context.Context) error {
	var asked time.Time // zero while nothing is asked
	answers := make(chan error, 1)
	look := time.NewTicker(watchLook)
	defer look.Stop()
	next := p.books.wall()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-answers:
			if err != nil || p.books.wall().Sub(asked) > hangTime {
				p.front.Settle()
			}
			asked, next = time.Time{}, p.books.wall().Add(watchEvery)
		case <-look.C:
			switch now := p.books.wall(); {
			case asked.IsZero() && !now.Before(next):
				asked = now
				go func() {
					ctx, cancel := context.WithTimeout(ctx, watchLimit)
					defer cancel()
					answers <- p.db.Ping(ctx)
				}()
			case !asked.IsZero() && now.Sub(asked) > hangTime:
				p.front.Settle()
			}
		}
	}
}
