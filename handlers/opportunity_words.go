package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// dealWords is what a command about an opportunity says.
type dealWords struct {
	customer parse.CustomerRef
	products sales.List[sales.ID]
	amount   sales.Money
	expected sales.Day
	stage    sales.Stage
	// beside is what was said beside the customer: the reason of a loss.
	beside string
}

// readDeal understands the words of a command: by the parser first, then word by word, as a command is typed in fields.
func (a *App) readDeal(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string, at time.Time) (dealWords, error) {
	var w dealWords
	res, err := a.read(ctx, t, tx, text, at)
	if err != nil {
		return w, err
	}
	rest, beside := []byte(text), []byte(text)
	if groups := byCustomer(res.Frames); len(groups) > 0 {
		f := groups[0]
		w.customer, w.products = f.customer, f.productIDs()
		w.amount, _ = f.amount()
		blank(rest, f.customer.Why)
		blank(beside, f.customer.Why)
		for _, p := range f.products {
			blank(rest, p.Why)
		}
		for _, m := range f.amounts {
			blank(rest, m.Why)
		}
	}
	w.takeWords(t, book, rest, beside)
	w.takeStage(rest)
	if when, ok := parse.Date(string(rest), at.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar); ok {
		if d := sales.DayOf(when.Start); !d.Before(t.Today) && d.Sub(t.Today) <= 3*366 {
			w.expected = d
			blank(rest, when.Why)
		}
	}
	w.beside = strings.Join(strings.Fields(string(beside)), " ")
	return w, nil
}

// blank overwrites the words that gave a value with spaces.
func blank(b []byte, why parse.Why) {
	if why.Start < 0 || why.End > len(b) || why.Start >= why.End {
		return
	}
	for i := why.Start; i < why.End; i++ {
		b[i] = ' '
	}
}

// takeWords reads word by word what is still missing.
func (w *dealWords) takeWords(t bot.Turn, book *Book, rest, beside []byte) {
	for _, word := range strings.FieldsFunc(string(rest), isSeparator) {
		used := false
		switch {
		case utf8.RuneCountInString(word) < 2:
		case w.amount == 0 && looksLikeMoney(word):
			m, err := sales.ParseMoney(word)
			if used = err == nil; used {
				w.amount = m
			}
		case w.noCustomer():
			if w.customer, used = findByWord(t, book, word); used {
				i := strings.Index(string(rest), word)
				blank(beside, parse.Why{Start: i, End: i + len(word)})
			}
		}
		if !used && len(w.products) == 0 && utf8.RuneCountInString(word) >= 2 {
			if id, ok := productByWord(book, word); ok {
				w.products, used = sales.List[sales.ID]{id}, true
			}
		}
		if i := strings.Index(string(rest), word); used && i >= 0 {
			blank(rest, parse.Why{Start: i, End: i + len(word)})
		}
	}
}

func (w *dealWords) noCustomer() bool {
	return w.customer.ID == 0 && w.customer.NewName == "" && len(w.customer.Candidates) == 0
}

// looksLikeMoney keeps dates and codes from being read as amounts: a bare number must have at least four digits.
func looksLikeMoney(word string) bool {
	if strings.ContainsAny(word, "万亿元块kKwW¥") {
		return true
	}
	digits := strings.Trim(word, "0123456789,.") == ""
	return digits && len(strings.ReplaceAll(word, ",", "")) >= 4
}

// findByWord finds customers by a name, a short name or a part of one; the person's own when only one of several is.
func findByWord(t bot.Turn, book *Book, word string) (parse.CustomerRef, bool) {
	var exact, part []sales.ID
	for id, c := range book.Customers {
		switch {
		case c.Name == word || slices.Contains(c.Aliases, word):
			exact = append(exact, id)
		case strings.Contains(c.Name, word):
			part = append(part, id)
		}
	}
	hits := exact
	if len(hits) == 0 {
		hits = part
	}
	slices.Sort(hits)
	own := slices.DeleteFunc(slices.Clone(hits), func(id sales.ID) bool { return book.Customers[id].OwnerID != t.Person.ID })
	switch {
	case len(hits) == 0:
		return parse.CustomerRef{}, false
	case len(hits) == 1:
		return parse.CustomerRef{ID: parse.ID(hits[0])}, true
	case len(own) == 1 && len(exact) != 1:
		return parse.CustomerRef{ID: parse.ID(own[0]), Assumed: true}, true
	}
	ref := parse.CustomerRef{Why: parse.Why{Text: word}}
	for _, id := range hits[:min(len(hits), 5)] {
		ref.Candidates = append(ref.Candidates, parse.ID(id))
	}
	return ref, true
}

func productByWord(book *Book, word string) (sales.ID, bool) {
	var part []sales.ID
	for id, p := range book.Products {
		switch {
		case p.Name == word || slices.Contains(p.Aliases, word):
			return id, true
		case strings.Contains(p.Name, word):
			part = append(part, id)
		}
	}
	if len(part) != 1 {
		return 0, false
	}
	return part[0], true
}

// stageWord is a word people say for a stage.
type stageWord struct {
	word  string
	stage sales.Stage
}

// stageWords, the longest first.
var stageWords = longestFirst([]stageWord{
	{"初步接触", sales.StageContact}, {"接触", sales.StageContact}, {"需求确认", sales.StageNeed}, {"需求", sales.StageNeed},
	{"方案提交", sales.StageProposal}, {"提交方案", sales.StageProposal}, {"方案", sales.StageProposal},
	{"价格谈判", sales.StageNegotiation}, {"商务谈判", sales.StageNegotiation}, {"谈判", sales.StageNegotiation}, {"议价", sales.StageNegotiation},
	{"合同签署", sales.StageContract}, {"签合同", sales.StageContract}, {"签约", sales.StageContract}, {"签署", sales.StageContract},
	{"合同", sales.StageContract}, {"赢单", sales.StageWon}, {"成交", sales.StageWon},
})

func longestFirst(words []stageWord) []stageWord {
	slices.SortStableFunc(words, func(a, b stageWord) int { return cmp.Compare(len(b.word), len(a.word)) })
	return words
}

// takeStage reads the stage: a word that is a stage, else a full stage name anywhere.
func (w *dealWords) takeStage(rest []byte) {
	s := string(rest)
	for _, field := range strings.FieldsFunc(s, isSeparator) {
		trimmed := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(field, "推进"), "到"), "至")
		for _, sw := range stageWords {
			if trimmed == sw.word || trimmed == sw.word+"阶段" {
				w.stage = sw.stage
				i := strings.Index(s, field)
				blank(rest, parse.Why{Start: i, End: i + len(field)})
				return
			}
		}
	}
	for _, sw := range stageWords {
		if i := strings.Index(s, sw.word); i >= 0 && utf8.RuneCountInString(sw.word) == 4 {
			w.stage = sw.stage
			blank(rest, parse.Why{Start: i, End: i + len(sw.word)})
			return
		}
	}
}
