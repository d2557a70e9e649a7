package llm

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/store/sales"
)

// DraftCommand is the command a rewritten message is said with: it is shown and waits for a yes.
const DraftCommand = "草稿"

// Intake passes events on and, once they are done, has another look at texts that were not understood. The look happens
// in Run, outside of any transaction; its result comes back as an event of its own, with an identity made from the first
// one's, so that a repeated delivery changes nothing. Texts wait in memory only: after a restart the person has been told
// that the text was not understood, and that is all.
type Intake struct {
	Next bot.Intake
	// Lost reports whether a text was not understood. It must be quick.
	Lost func(ctx context.Context, ev bot.Event) bool
	// Busy reports whether a text is the answer to an open question: those are the dialogue's and never leave the house. It is asked
	// before the event is accepted, which may close the question. Nil is never.
	Busy func(ctx context.Context, ev bot.Event) bool
	// Rewrite gives the text in words that are understood, or ErrNothing.
	Rewrite func(ctx context.Context, ev bot.Event) (string, error)

	queue chan bot.Event
}

const waiting = 16 // texts that may wait; more are left as they are

// NewIntake makes one whose Run has to be started.
func NewIntake(next bot.Intake, lost func(context.Context, bot.Event) bool, rewrite func(context.Context, bot.Event) (string, error)) *Intake {
	return &Intake{Next: next, Lost: lost, Rewrite: rewrite, queue: make(chan bot.Event, waiting)}
}

// Accept implements bot.Intake. It takes no longer than Busy and Next do.
func (i *Intake) Accept(ctx context.Context, ev bot.Event) (bot.Accepted, error) {
	may := ev.Kind == bot.Said && !ev.Chat.Group && !ev.Scanned && len(ev.ID) < bot.MaxEventID-8 && (i.Busy == nil || !i.Busy(ctx, ev))
	acc, err := i.Next.Accept(ctx, ev)
	if err == nil && !acc.Later && may && i.Lost(ctx, ev) {
		select {
		case i.queue <- ev:
		default:
		}
	}
	return acc, err
}

// Run looks at what waits, one text after the other, until ctx ends.
func (i *Intake) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev := <-i.queue:
			i.look(ctx, ev)
		}
	}
}

func (i *Intake) look(ctx context.Context, ev bot.Event) {
	log := zerolog.Ctx(ctx).With().Str("event_id", ev.ID).Logger()
	text, err := i.Rewrite(ctx, ev)
	switch {
	case errors.Is(err, ErrNothing):
		log.Debug().Msg("language model: nothing understood")
		return
	case err != nil:
		log.Warn().Err(err).Msg("language model")
		return
	}
	again := ev
	again.ID, again.Text = "llm:"+ev.ID, DraftCommand+" "+text
	actx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := i.Next.Accept(actx, again); err != nil {
		log.Warn().Err(err).Msg("language model: draft not accepted")
	}
}

// FaceSent implements bot.Intake.
func (i *Intake) FaceSent(ctx context.Context, delivery sales.ID, ok bool) {
	i.Next.FaceSent(ctx, delivery, ok)
}
