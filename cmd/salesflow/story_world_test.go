package main

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// contains reports whether a text holds all the words.
func contains(text string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// phoneOf is a person on the simulated platforms by name.
func (w world) phoneOf(t *testing.T, name string) (sim.Simulator, sim.Person) {
	t.Helper()
	for _, s := range w.Simulators() {
		for _, p := range s.Company().People {
			if p.Name == name {
				return s, p
			}
		}
	}
	t.Fatalf("nobody is called %s", name)
	return nil, sim.Person{}
}

// shown is everything the bot put on a person's phone, each message as it looks now.
func (w world) shown(t *testing.T, name string) []sim.Message {
	t.Helper()
	s, p := w.phoneOf(t, name)
	all, _ := s.Inbox(p.ID, "*", 0)
	var out []sim.Message
	at := map[string]int{}
	for _, m := range all {
		if m.From != "" {
			continue
		}
		if i, ok := at[m.Chat+"/"+m.ID]; ok {
			out[i] = m
			continue
		}
		at[m.Chat+"/"+m.ID] = len(out)
		out = append(out, m)
	}
	return out
}

// count is how many messages on a person's phone hold all the words now.
func (w world) count(t *testing.T, name string, words ...string) int {
	t.Helper()
	n := 0
	for _, m := range w.shown(t, name) {
		if contains(bottest.Plain(m), words...) {
			n++
		}
	}
	return n
}

// tapAgain taps a button as a device would that still shows an older face of the card.
func (w world) tapAgain(t *testing.T, name string, m bottest.Seen, button, verb string, id sales.ID, version int64, arg ...string) {
	t.Helper()
	s, p := w.phoneOf(t, name)
	key := cards.Action{Verb: verb, Record: int64(id), Version: version, Arg: strings.Join(arg, ",")}.Encode()
	if err := s.Click(t.Context(), sim.Click{From: p.ID, MessageID: m.ID, Button: button, Key: key}); err != nil {
		t.Fatalf("%s cannot tap %s once more: %v", name, button, err)
	}
}

func (w world) todo(t *testing.T, id sales.ID) (out sales.Todo) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.TodoByID(ctx, id)
		return err
	})
	return out
}

// numberAfter finds the number behind a word and a space.
func numberAfter(word string) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(word) + ` (\d+)`)
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
