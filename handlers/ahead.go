package handlers

import (
	"context"
	"sync/atomic"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// understood is what a text was understood as before its transaction, and what that was made from.
type understood struct {
	book *Book
	in   parse.Input
	res  parse.Result
	used atomic.Bool // a turn may change the result, so it serves one
}

// recent is the master data as of a moment ago, which costs nothing.
type recent interface{ RecentBook() *Book }

// Ahead understands a text that will be read as a visit or as free words while its turn waits for the transaction.
// Nothing of it counts unless the transaction finds the same master data; see read.
func (a *App) Ahead(_ context.Context, t bot.Turn) any {
	names, ok := a.Names.(recent)
	if !ok {
		return nil
	}
	book, text := names.RecentBook(), t.Text
	if t.Command != "" {
		text = visitText(t.Args)
	}
	if book == nil || text == "" || t.Command != "" && t.Command != visitCommand || parse.RefersBack(text) {
		return nil
	}
	u := &understood{book: book, in: inputOf(t, text, t.Said())}
	u.res = sentences(book.Parser, u.in)
	return u
}

func inputOf(t bot.Turn, text string, at time.Time) parse.Input {
	return parse.Input{Text: text, Now: at.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
}

// foreseen is what a text was understood as ahead, if it was read as it would be now.
func foreseen(t bot.Turn, book *Book, in parse.Input) (parse.Result, bool) {
	if t.Ahead == nil || len(in.Context.Records) > 0 || in.Context.Scanned != 0 {
		return parse.Result{}, false
	}
	u, ok := t.Ahead().(*understood)
	if !ok || u.book != book || u.in.Text != in.Text || !u.in.Now.Equal(in.Now) || u.in.User != in.User || u.used.Swap(true) {
		return parse.Result{}, false
	}
	return u.res, true
}
