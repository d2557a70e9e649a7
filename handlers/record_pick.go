package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicRecordPick = "record.pick"

// recordDraft is a change of an earlier record that waits for which is meant.
type recordDraft struct {
	Verb    string      `json:"verb"` // edit or undo
	Text    string      `json:"text,omitempty"`
	Options []sales.Ref `json:"options"`
	At      time.Time   `json:"at"`
}

// reTarget splits what names a record from the change: 昨天绍兴市立的拜访 金额改成18万.
var reTarget = regexp.MustCompile(`^(.*?)[,，\s]*((?:金额|价格|报价|竞品价|类别|事由|内容|客户|联系人|产品|数量|竞品|对手|问题|项目|服务|人数|反馈|单号|日期|时间)\s*(?:改成|改为|改到|换成|应该是|更正为|改|[:：]).+)$`)

// recordBack is how many days back an earlier record is looked for.
const recordBack = 92

// earlier finds the records of one's own that a text names by customer, day or kind; ok is false when it names none.
func (a *App) namedRecords(ctx context.Context, t bot.Turn, tx Tx, book *Book, target string) (refs []sales.Ref, ok bool, err error) {
	target = bare(strings.TrimSuffix(bare(target), "的"))
	if target == "" {
		return nil, false, nil
	}
	kind := ""
	for _, k := range append([]string{pieceVisit}, filingKindStrings()...) {
		if strings.Contains(target, kindName(k)) {
			kind = k
		}
	}
	customer, _, _ := a.customerIn(t, book, target)
	from, to := t.Today.AddDays(-recordBack), t.Today
	said := customer != 0 || kind != ""
	if w, ok := parse.Date(target, t.Now.In(sales.Shanghai), parse.TensePast, book.Parser.Calendar); ok {
		from, to, said = sales.DayOf(w.Start), sales.DayOf(w.Start), true
	}
	if !said {
		return nil, false, nil
	}
	if kind == "" || kind == pieceVisit {
		visits, err := a.ownVisits(ctx, t, tx, customer, from, to)
		if err != nil {
			return nil, false, err
		}
		for _, v := range visits {
			refs = append(refs, sales.Ref{Kind: "visit", ID: v.ID, At: v.FiledAt})
		}
	}
	if kind != pieceVisit {
		list, err := tx.Filings(ctx, sales.FilingFilter{Kind: sales.FilingKind(kind), Scope: sales.Only(t.Person.ID), Customer: customer, From: from, To: to, Limit: 20})
		if err != nil {
			return nil, false, err
		}
		for _, f := range list {
			refs = append(refs, sales.Ref{Kind: "filing", ID: f.ID, At: f.FiledAt})
		}
	}
	slices.SortFunc(refs, func(x, y sales.Ref) int { return y.At.Compare(x.At.Time) })
	return refs, true, nil
}

func filingKindStrings() []string {
	out := make([]string, len(sales.FilingKinds))
	for i, k := range sales.FilingKinds {
		out[i] = string(k)
	}
	return out
}

func (a *App) ownVisits(ctx context.Context, t bot.Turn, tx Tx, customer sales.ID, from, to sales.Day) ([]sales.Visit, error) {
	if customer != 0 {
		return tx.VisitsNear(ctx, t.Person.ID, customer, from, to)
	}
	if from == to {
		return tx.VisitsOn(ctx, t.Person.ID, from)
	}
	return nil, nil
}

// changeNamed edits or takes back an earlier record that a text names; ok is false when it names none.
func (a *App) changeNamed(ctx context.Context, t bot.Turn, tx Tx, verb, target, text string) (bot.Reply, bool, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	refs, ok, err := a.namedRecords(ctx, t, tx, book, target)
	if err != nil || !ok {
		return bot.Reply{}, false, err
	}
	switch len(refs) {
	case 0:
		return bot.Text("没找到你记的这一条:" + quoted(bare(target), "") + "。写上客户和日子,例:修改 昨天绍兴市立 金额改成18万"), true, nil
	case 1:
		reply, err := a.changeRecord(ctx, t, tx, verb, text, refs[0])
		return reply, true, err
	}
	d := recordDraft{Verb: verb, Text: text, Options: refs[:min(len(refs), 5)], At: t.Now}
	word := "改"
	if verb == "undo" {
		word = "撤销"
	}
	pick := view.Pick{Key: pickKey(t, "record"), Question: word + "哪一条?"}
	for i, ref := range d.Options {
		name, err := a.recordName(ctx, t, tx, ref)
		if err != nil {
			return bot.Reply{}, true, err
		}
		pick.Options = append(pick.Options, view.PickOption{
			Text: name + " " + ref.At.In(sales.Shanghai).Format("15:04"), Action: action("record.pick", 0, d.At.Unix(), strconv.Itoa(i)),
		})
	}
	dialogue, err := a.ask(t, topicRecordPick, d)
	if err != nil {
		return bot.Reply{}, true, err
	}
	reply := bot.ShowCard(view.PickOne(pick))
	reply.Dialogue = dialogue
	return reply, true, nil
}

// changeRecord edits or takes back one record.
func (a *App) changeRecord(ctx context.Context, t bot.Turn, tx Tx, verb, text string, ref sales.Ref) (bot.Reply, error) {
	if ref.Kind == "filing" {
		f, err := a.ownFiling(ctx, t, tx, ref.ID)
		switch {
		case err != nil:
			return bot.Reply{}, err
		case verb == "undo":
			return a.undoFiling(ctx, t, tx, f)
		case text == "":
			return a.startFilingEdit(t, f)
		}
		return a.editFiling(ctx, t, tx, f, text)
	}
	v, err := a.ownVisit(ctx, t, tx, ref.ID)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case verb == "undo":
		return a.undoVisit(ctx, t, tx, v)
	case text == "":
		return a.startEdit(t, v)
	}
	return a.editVisit(ctx, t, tx, v, text)
}

// PickRecord takes the record that was tapped.
func (a *App) PickRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[recordDraft](t)
	i, nerr := strconv.Atoi(t.Action.Arg)
	if t.Dialogue.Topic != topicRecordPick || err != nil || nerr != nil || d.At.Unix() != t.Action.Version || i < 0 || i >= len(d.Options) {
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	t.Dialogue = *closeTopic(t.Dialogue)
	reply, err := a.changeRecord(ctx, t, tx, d.Verb, d.Text, d.Options[i])
	return closePick(t, closing(t, reply)), err
}

// closing sees to it that a reply ends the question that was answered.
func closing(t bot.Turn, r bot.Reply) bot.Reply {
	if r.Dialogue == nil {
		d := t.Dialogue
		r.Dialogue = &d
	}
	return r
}

// AnswerRecord takes the record by its number in the list.
func (a *App) AnswerRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[recordDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Text)
	switch {
	case isNo(t.Text):
		return bot.Reply{Say: bot.Text("好,没动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	case n < 1 || n > len(d.Options):
		return bot.Reply{}, bot.ErrNotMine
	}
	t.Dialogue = *closeTopic(t.Dialogue)
	reply, err := a.changeRecord(ctx, t, tx, d.Verb, d.Text, d.Options[n-1])
	return closing(t, reply), err
}
