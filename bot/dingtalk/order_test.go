package dingtalk

import (
	"context"
	"strconv"
	"testing"

	"salesflow/bot"
	"salesflow/bot/sim"
)

// What one person says is taken in the order in which it was said, however long the first takes; nobody else waits for it.
func TestWhatOnePersonSaysIsTakenInItsOrder(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	other := make(chan struct{})
	d.accept = func(_ context.Context, ev bot.Event) (bot.Accepted, error) {
		switch {
		case ev.From == "chengang":
			close(other)
		case ev.Text == "1":
			<-other // what was said after it is read by then
		}
		return bot.Accepted{}, nil
	}
	w.listen(d)
	const n = 60
	for i := 1; i <= n; i++ {
		w.say(sim.Say{From: "liqiang", Text: strconv.Itoa(i)})
	}
	w.say(sim.Say{From: "chengang", Text: "漏斗"})
	if ev := receive(t, "what the other said", d.events); ev.From != "chengang" {
		t.Fatalf("%s %q came first", ev.From, ev.Text)
	}
	for i := 1; i <= n; i++ {
		if ev := receive(t, "the event", d.events); ev.Text != strconv.Itoa(i) {
			t.Fatalf("%q is taken where %d was said", ev.Text, i)
		}
	}
}
