package handlers

import (
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
	stage    sales.Stage // of the standard pipeline
	said     string      // the text, in which a pipeline's own stages are looked for
	past     sales.Day   // a day of signing that is over
	// beside is what was said beside the customer: the reason of a loss.
	beside string
	// unknown is what was understood as nothing, for the question about the customer.
	unknown string
}

// readDeal understands the words of a command.
func readDeal(t bot.Turn, book *Book, text string, at time.Time) dealWords {
	d := book.Parser.Deal(parse.Input{Text: text, Now: at.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	w := dealWords{customer: d.Customer, stage: stageSaid(d, text), beside: textBeside(text, d.Customer.Why), unknown: d.Notes, said: text}
	for _, p := range d.Products {
		if id := sales.ID(p.ID); id != 0 && !slices.Contains(w.products, id) {
			w.products = append(w.products, id)
		}
	}
	w.amount = amountSaid(d)
	if day := sales.DayOf(d.Close.Start); !d.Close.IsZero() && !day.Before(t.Today) && day.Sub(t.Today) <= 3*366 {
		w.expected = day
	} else if !d.Close.IsZero() && day.Before(t.Today) {
		w.past = day
	}
	for _, word := range strings.Fields(d.Notes) {
		if id, ok := productByWord(book, word); ok && len(w.products) == 0 {
			w.products = append(w.products, id)
		}
	}
	return w
}

// amountSaid is the amount in yuan, or a bare figure of four digits and more, as in a field of a form.
func amountSaid(d parse.Deal) sales.Money {
	if m, ok := exactYuan(d.Amount); ok {
		return m
	}
	if d.Amount.Value != 0 || !d.Amount.Exact() {
		return 0
	}
	for _, word := range strings.Fields(d.Notes) {
		if len(word) >= 4 && strings.Trim(word, "0123456789.") == "" {
			if m, err := sales.ParseMoney(word); err == nil {
				return m
			}
		}
	}
	return 0
}

// stageSaid is the stage a command names; its last word may be a short name, 合同 for 合同签署.
func stageSaid(d parse.Deal, text string) sales.Stage {
	if s := stageOf[d.Stage.Stage]; s != "" && s != sales.StageLost {
		return s
	}
	if words := strings.FieldsFunc(text, isSeparator); len(words) > 1 && strings.TrimSuffix(bare(words[len(words)-1]), "阶段") == "合同" {
		return sales.StageContract
	}
	return ""
}

// textBeside is a text without the words that gave a value.
func textBeside(text string, why parse.Why) string {
	if why.Start >= 0 && why.Start < why.End && why.End <= len(text) {
		text = text[:why.Start] + " " + text[why.End:]
	}
	return strings.Join(strings.Fields(text), " ")
}

func (w *dealWords) noCustomer() bool {
	return w.customer.ID == 0 && w.customer.NewName == "" && len(w.customer.Candidates) == 0
}

// productByWord is the one product whose name holds a word of two characters and more.
func productByWord(book *Book, word string) (sales.ID, bool) {
	if utf8.RuneCountInString(word) < 2 {
		return 0, false
	}
	var part []sales.ID
	for id, p := range book.Products {
		if strings.Contains(p.Name, word) {
			part = append(part, id)
		}
	}
	if len(part) != 1 {
		return 0, false
	}
	return part[0], true
}

// stageOn is the stage the words name on a pipeline: one of its own by name, else the one like the standard stage that was
// said. Losing is never named: it has a command of its own.
func (w *dealWords) stageOn(way *sales.Pipeline) sales.Stage {
	if s, ok := way.Named(textBeside(w.said, w.customer.Why)); ok && s != sales.StageLost {
		return s
	}
	s, _ := way.Like(w.stage)
	return s
}

// wayOf is the pipeline of a new deal: the one the text names, else that of its product line.
func (a *App) wayOf(line, text string) *sales.Pipeline {
	if p := a.Pipelines.Named(text); p != nil {
		return p
	}
	return a.Pipelines.ForLine(line)
}
