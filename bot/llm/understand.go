package llm

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot/parse"
)

// Rewrite asks the model about a message that p did not understand, and gives it in words that p does: with the
// registered name of the customer in the place of what was written for it. names are the sender's own customers, with
// their aliases behind the name (the first is the registered one). ErrNothing when the model has nothing that holds.
func (c *Client) Rewrite(ctx context.Context, p parse.Parser, in parse.Input, names map[parse.ID][]string) (string, error) {
	offered := make([]Name, 0, len(names))
	for id, n := range names {
		if len(n) > 0 {
			offered = append(offered, Name{int64(id), strings.Join(n, "/")})
		}
	}
	slices.SortFunc(offered, func(a, b Name) int { return int(a.ID - b.ID) })
	if len(offered) == 0 {
		return "", ErrNothing
	}
	a, err := c.ask(ctx, in.Text, offered)
	if err != nil {
		return "", err
	}
	if len(offered) > maxNames {
		offered = offered[:maxNames]
	}
	if !slices.ContainsFunc(offered, func(n Name) bool { return n.ID == a.CustomerID }) {
		return "", ErrNothing
	}
	return rewrite(p, in, a, names[parse.ID(a.CustomerID)])
}

// rewrite checks an answer against the text and the master data, word by word.
func rewrite(p parse.Parser, in parse.Input, a answer, names []string) (string, error) {
	words := strings.TrimSpace(a.CustomerWords)
	n := utf8.RuneCountInString(words)
	if n < 2 || n > 30 || !strings.Contains(in.Text, words) || !slices.ContainsFunc(names, func(s string) bool { return parse.Resembles(words, s) }) {
		return "", ErrNothing
	}
	text := strings.Replace(in.Text, words, " "+names[0]+" ", 1)
	for _, f := range a.Fixes[:min(len(a.Fixes), 5)] {
		from, to := strings.TrimSpace(f.From), strings.TrimSpace(f.To)
		if k := utf8.RuneCountInString(from); k < 2 || k > 20 || strings.Contains(words, from) || !strings.Contains(in.Text, from) || !parse.Resembles(from, to) || p.SaidProduct(to) == 0 {
			continue
		}
		text = strings.Replace(text, from, to, 1)
	}
	again := in
	again.Text, again.Context = text, parse.Context{}
	r := p.Parse(again)
	if len(r.Frames) == 0 || !r.Contains(in.Text) {
		return "", ErrNothing
	}
	for _, f := range r.Frames {
		if f.Customer.ID != parse.ID(a.CustomerID) {
			return "", ErrNothing
		}
	}
	return strings.Join(strings.Fields(text), " "), nil
}
