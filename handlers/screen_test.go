package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// show is a message as its reader sees it.
func show(m told) string {
	switch {
	case m.out.Card != nil:
		return showCard(*m.out.Card)
	case m.out.File != nil:
		return "file " + m.out.File.Name
	case m.out.Todo != nil:
		return fmt.Sprintf("to-do %s done=%v", m.out.Todo.Text, m.out.Todo.Done)
	}
	return m.out.Text
}

func showCard(c cards.Card) string {
	s := "# " + c.Heading()
	for _, f := range c.Fields {
		s += "\n" + f.Name + " " + f.Value
	}
	s += "\n" + c.Note + "\n"
	for _, b := range c.Buttons {
		s += "[" + b.Text + "]"
	}
	return s + c.Closed
}

func (w *bench) screen() string {
	var lines []string
	for _, m := range w.new {
		lines = append(lines, fmt.Sprintf("--- to %s (%s)\n%s", w.org.Name(m.who), m.kind, show(m)))
	}
	return strings.Join(lines, "\n")
}

// expect checks that a person was just told something that holds all the words, and returns it.
func (w *bench) expect(p sales.PersonID, words ...string) told {
	w.t.Helper()
	for _, m := range w.new {
		if m.who == p && holds(show(m), words) {
			return m
		}
	}
	w.t.Fatalf("%s was not told %q; sent was:\n%s", w.org.Name(p), words, w.screen())
	return told{}
}

// expectNothing checks that a person was told nothing that holds all the words; any message without words.
func (w *bench) expectNothing(p sales.PersonID, words ...string) {
	w.t.Helper()
	for _, m := range w.new {
		if m.who == p && holds(show(m), words) {
			w.t.Fatalf("%s should not have been told:\n%s", w.org.Name(p), show(m))
		}
	}
}

func holds(text string, words []string) bool {
	for _, s := range words {
		if !strings.Contains(text, s) {
			return false
		}
	}
	return true
}

// contract reads a contract and its approval by number.
func (w *bench) contract(no string) (sales.Contract, approval.Request) {
	w.t.Helper()
	c := read(w, func(ctx context.Context, tx *store.Tx) (sales.Contract, error) { return tx.ContractByNo(ctx, no) })
	r := read(w, func(ctx context.Context, tx *store.Tx) (approval.Request, error) {
		return tx.RequestByID(ctx, c.RequestID)
	})
	return c, r
}

// noLinks knows no codes and has no pages.
type noLinks struct{}

func (noLinks) Code(sales.ID, time.Time) string { return "" }
func (noLinks) ReadCode(string, time.Time) (sales.ID, bool, bool, bool) {
	return 0, false, false, false
}
func (noLinks) Page(string, sales.PersonID, time.Time) string { return "" }
