package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"salesflow/scheduler/subject"
)

// The cards of rules say what to send to see the record: it begins with a command.
func TestWhatARuleTellsToSendIsACommand(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	var commands []string
	for _, c := range w.router.Commands() {
		commands = append(append(commands, c.Name), c.Aliases...)
	}
	for _, o := range subject.All() {
		if o.Open == nil {
			continue
		}
		first, _, _ := strings.Cut(o.Open(&subject.Record{Object: o}), " ")
		if !slices.Contains(commands, first) {
			t.Errorf("%s: 发 %s, which is no command", o.Name, first)
		}
	}
}
