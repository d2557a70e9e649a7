package handlers

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) askIndustry(ctx context.Context, t bot.Turn, d customerDraft) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	d.Choices = book.industryChoices()
	reply, err := a.askCustomer(t, d, "industry", "")
	p := view.Pick{Key: pickKey(t, "industry"), Question: d.Name + "是什么行业?"}
	for _, name := range d.Choices {
		p.Options = append(p.Options, view.PickOption{Text: name, Action: action("customer.create", 0, d.At, "industry", name)})
	}
	reply.Say = bot.ShowCard(view.PickOne(p)).Say
	return reply, err
}

// industryChoices are the industries to choose from: those of most of the company's customers first, then the usual ones, the one
// for all others last.
func (b *Book) industryChoices() []string {
	count := map[string]int{}
	for _, c := range b.Customers.All() {
		if n := hanRunes(c.Industry); n > 0 && n <= 6 {
			count[c.Industry]++
		}
	}
	last := industries[len(industries)-1]
	own := slices.SortedFunc(maps.Keys(count), func(x, y string) int { return cmp.Or(count[y]-count[x], cmp.Compare(x, y)) })
	var out []string
	for _, name := range slices.Concat(own, industries) {
		if usual := slices.Contains(industries, name); name != last && (usual || count[name] > 1) && !slices.Contains(out, name) && len(out) < len(industries)-1 {
			out = append(out, name)
		}
	}
	return append(out, last)
}

// tellsMore reports whether an answer that should name an industry tells something instead.
func tellsMore(said string) bool {
	said = bare(said)
	n := utf8.RuneCountInString(said)
	return n > 8 && (strings.ContainsAny(said, " ,，。;；\n") || tells(said)) || n > 16
}

// heldForNew keeps what was told of a new customer before the last question about it was answered: it is filed as soon as the
// customer is there. What is about somebody else is news of its own.
func (a *App) heldForNew(ctx context.Context, t bot.Turn, d customerDraft) (bot.Reply, error) {
	if d.Visit != nil || !sharesName(d.Name, t.Text) {
		return bot.Reply{}, bot.ErrNotMine
	}
	v := newVisit(t, t.Text)
	d.Visit = &v
	reply, err := a.askIndustry(ctx, t, d)
	reply.Say = append(bot.Text("这条先留着,建好就记到"+d.Name+"名下。").Say, reply.Say...)
	return reply, err
}

// sharesName reports whether a text calls a customer by two characters of the name that mean it: 鸿图 of 苏州吴中鸿图装饰.
func sharesName(name, text string) bool {
	own := []rune(sales.ParseName(name).Own())
	for i := 0; i+1 < len(own); i++ {
		if strings.Contains(text, string(own[i:i+2])) {
			return true
		}
	}
	return false
}
