package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/picture"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerFunnel(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "漏斗", Aliases: []string{"ld", "销售漏斗"}, Glued: true, Summary: "看销售漏斗", Usage: "漏斗 / 漏斗 我的 / 漏斗 华东一组 上月",
		Detail: "每个阶段新进了几单、多少钱、转化和全司比怎么样,卡在哪、该做什么;点按钮往下看。" + funnelForm +
			"不写就是你能看的范围、本月。",
		Example: a.funnelExample,
		Roles: []sales.Role{
			sales.RoleRep, sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin,
		},
		Rank: map[sales.Role]int{
			sales.RoleRep: 5, sales.RoleLead: 1, sales.RoleRegionalDirector: 1, sales.RoleDirector: 1, sales.RoleGM: 1, sales.RoleAdmin: 4,
		},
		Handle: a.Funnel,
	})
	r.Action("funnel.drill", a.DrillFunnel)
}

func (a *App) funnelExample(_ context.Context, t bot.Turn, _ Tx) (string, error) {
	switch led := t.Org.Led(t.Person.ID); {
	case t.Org.ScopeOf(t.Person).All:
		for _, team := range t.Org.Teams() {
			if len(t.Org.Reps(team.ID)) > 0 && team.ParentID != 0 {
				return "漏斗 " + team.Name + " 本月", nil
			}
		}
	case len(led) > 0:
		return "漏斗 " + led[0].Name + " 本月", nil
	}
	return "漏斗 我的 本月", nil
}

// Funnel shows a funnel (漏斗) of the scope and period that are named: picture, the same numbers in words, and where to
// look next.
func (a *App) Funnel(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	q, named, err := a.readFunnel(t, book, t.Args)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.InGroup() {
		if q, err = a.inGroup(ctx, t, tx, q, named); err != nil {
			return bot.Reply{}, err
		}
	}
	res, err := a.readNumbers(ctx, t, tx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.showFunnel(ctx, t, tx, res)
	if card, ok := a.funnelCard(t, res); ok && err == nil {
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Card: &card}})
	}
	return reply, err
}

// DrillFunnel shows the part of a funnel a button names, in place of the one it came from.
func (a *App) DrillFunnel(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, ok := askOfArg(t.Action.Arg, t.Today)
	if !ok {
		return bot.Text("这个按钮已失效。发 漏斗 重新看。"), nil
	}
	if t.InGroup() {
		var err error
		if q, err = a.inGroup(ctx, t, tx, q, true); err != nil {
			return bot.Reply{}, err
		}
	}
	res, err := a.readNumbers(ctx, t, tx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	if q.by == "" {
		if reply, err = a.showFunnel(ctx, t, tx, res); err != nil {
			return bot.Reply{}, err
		}
	}
	card, ok := a.funnelCard(t, res)
	switch {
	case !ok:
	case t.Card != nil:
		card.Key = t.Card.Face.Key
		reply.Faces = append(reply.Faces, card)
	default:
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Card: &card}})
	}
	return reply, nil
}

// inGroup narrows what is asked in a group to the group's team and what the person may see, whichever is smaller.
// People are not looked at one by one there, except oneself.
func (a *App) inGroup(ctx context.Context, t bot.Turn, tx Tx, q funnelAsk, named bool) (funnelAsk, error) {
	groups, err := tx.GroupChats(ctx)
	if err != nil {
		return q, err
	}
	var team sales.Team
	for _, g := range groups {
		if g.Platform == string(t.Event.Platform) && g.ChatID == string(t.Event.Chat.ID) {
			team, _ = t.Org.Team(g.TeamID)
		}
	}
	if team.ID == 0 {
		return q, sales.Errorf(sales.Forbidden, "这个群没有对应的团队,漏斗单聊我看。")
	}
	members := join(sales.Scope{}, t.Org.Members(team.ID))
	if !named {
		q.path = []string{"me"}
		if covers(t.Org.ScopeOf(t.Person), members) {
			q.path = []string{"t:" + team.ID.String()}
		}
		return q, nil
	}
	s, ok := resolveScope(t, q.scope())
	switch {
	case ok && s.token == "me":
	case ok && strings.HasPrefix(s.token, "p:"):
		return q, sales.Errorf(sales.Forbidden, "群里不按人看漏斗,单聊我发 漏斗 "+s.name+"。")
	case !ok || !covers(members, s.scope):
		return q, sales.Errorf(sales.Forbidden, "这个群里只看"+team.Name+"的漏斗,别的单聊我。")
	}
	return q, nil
}

// funnelNumbers is a funnel that was read.
type funnelNumbers struct {
	ask  funnelAsk
	who  funnelScope
	view view.Funnel
	// parts are the rows cut by partsBy ("team", "person" or "line"); lines says that there is more than one product line.
	parts   []sales.FunnelRow
	partsBy string
	lines   bool
	// linesRead says that the lines were read with the parts.
	linesRead bool
}

// readNumbers reads a funnel, its earlier period and the average, when the person may see it.
func (a *App) readNumbers(ctx context.Context, t bot.Turn, tx Tx, q funnelAsk) (funnelNumbers, error) {
	who, ok := resolveScope(t, q.scope())
	switch {
	case !ok && who.token == "led":
		return funnelNumbers{}, funnelRefusal(t, funnelScope{needs: "你没有带团队。"})
	case !ok:
		return funnelNumbers{}, sales.Errorf(sales.Invalid, "没有这个范围。"+funnelForm)
	}
	if !covers(t.Org.ScopeOf(t.Person), who.scope) {
		return funnelNumbers{}, funnelRefusal(t, who)
	}
	p := q.period
	res := funnelNumbers{ask: q, who: who, view: view.Funnel{Scope: strings.TrimSpace(who.name + " " + q.line), Period: p, Group: t.InGroup()}}
	if p.Future() {
		return res, nil
	}
	by := res.cut(t)
	rows, average, err := a.readCut(ctx, tx, &res, by)
	if err != nil {
		return res, err
	}
	now := together(rows)
	var prev []sales.FunnelRow
	if before, ok := p.Previous(); ok {
		if prev, err = tx.Funnel(ctx, who.scope, q.line, before.From, before.To, ""); err != nil {
			return res, err
		}
		if len(prev) > 0 {
			res.view.Prev = before.Name
		}
	}
	if who.scope.All {
		average, res.view.Average = prev, res.view.Prev
	} else {
		if average == nil {
			if average, err = tx.Funnel(ctx, sales.Scope{All: true}, q.line, p.From, p.To, ""); err != nil {
				return res, err
			}
		}
		res.view.Average = "全司"
	}
	res.view.Way = a.funnelWay(q, now)
	res.view.Others = a.otherWays(res.view.Way, now)
	res.view.Steps = sales.NewFunnel(res.view.Way, now, prev, average)
	if res.view.Dwells, err = tx.Dwells(ctx, res.view.Way.Steps()); err != nil {
		return res, err
	}
	if q.line == "" {
		if res.view.Standing, err = tx.StandingTogether(ctx, who.scope); err != nil {
			return res, err
		}
	}
	audit(tx, t, "funnel.read", "funnel", 0, sales.Change{Field: "范围", New: res.view.Scope + " " + p.Name})
	return res, a.readParts(ctx, t, tx, &res, rows, by)
}

// funnelWay is the pipeline a funnel is of: the one that was named, that of the product line, else the company's first; when
// nothing entered that one, the one most deals entered.
func (a *App) funnelWay(q funnelAsk, rows []sales.FunnelRow) *sales.Pipeline {
	switch {
	case q.way != anyWay:
		return a.Pipelines.Find(q.way, 0)
	case q.line != "":
		return a.Pipelines.ForLine(q.line)
	}
	entered := a.enteredBy(rows)
	best := a.Pipelines.Current()[0]
	if entered[best] > 0 {
		return best
	}
	for _, p := range a.Pipelines.Current() {
		if entered[p] > entered[best] {
			best = p
		}
	}
	return best
}

// enteredBy counts the first entries into stages of each pipeline.
func (a *App) enteredBy(rows []sales.FunnelRow) map[*sales.Pipeline]int {
	entered := map[*sales.Pipeline]int{}
	for _, r := range rows {
		entered[a.Pipelines.OfStage(r.Stage)] += r.Entered
	}
	return entered
}

// otherWays names the pipelines in use that a funnel leaves out although deals entered them.
func (a *App) otherWays(way *sales.Pipeline, rows []sales.FunnelRow) []string {
	entered := a.enteredBy(rows)
	var out []string
	for _, p := range a.Pipelines.Current() {
		if p != way && entered[p] > 0 {
			out = append(out, p.Name)
		}
	}
	return out
}

// together adds up a funnel that was read by its parts.
func together(rows []sales.FunnelRow) []sales.FunnelRow {
	var out []sales.FunnelRow
	at := map[sales.Stage]int{}
	for _, r := range rows {
		i, ok := at[r.Stage]
		if !ok {
			i = len(out)
			at[r.Stage] = i
			out = append(out, sales.FunnelRow{Stage: r.Stage})
		}
		out[i].Entered, out[i].Amount = out[i].Entered+r.Entered, out[i].Amount+r.Amount
	}
	return out
}

// cut is what a funnel is cut by below: teams below the company or a region, people below a team, else product lines.
func (res *funnelNumbers) cut(t bot.Turn) string {
	kind, _, _ := strings.Cut(res.who.token, ":")
	q := res.ask
	by := map[string]string{"all": "team", "r": "team", "led": "team", "t": "person"}[kind]
	if q.line == "" && (by == "" || q.by == "line") {
		by = "line"
	}
	if by == "person" && t.InGroup() {
		return ""
	}
	return by
}

// readCut reads a funnel cut by teams or people. Of some people's the product lines are read with it, and by people the whole company's
// average, too: that costs less than asking for them again. Of the whole company's the lines would cost more, since its sums by line are
// kept apart. The average is nil where it was not read.
func (a *App) readCut(ctx context.Context, tx Tx, res *funnelNumbers, by string) (rows, average []sales.FunnelRow, err error) {
	q, scope := res.ask, res.who.scope
	if by == "" || by == "line" || q.line != "" || scope.All {
		rows, err = tx.Funnel(ctx, scope, q.line, q.period.From, q.period.To, by)
		return rows, nil, err
	}
	if by == "person" {
		scope.Persons = append(slices.Clone(scope.Persons), everybody)
	}
	all, err := tx.Funnel(ctx, scope, "", q.period.From, q.period.To, by+"+line")
	for _, r := range all {
		if by == "person" && r.PersonID == everybody {
			average = append(average, r)
		} else {
			rows = append(rows, r)
		}
	}
	res.lines, res.linesRead = severalLines(rows), true
	return withoutLines(rows), together(average), err
}

// everybody is whose sums are those of the whole company, as the store keeps them (aggregate.Everybody).
const everybody sales.PersonID = 0

// withoutLines adds up rows that differ in nothing but their product line.
func withoutLines(rows []sales.FunnelRow) []sales.FunnelRow {
	type part struct {
		team   sales.ID
		person sales.PersonID
		stage  sales.Stage
	}
	var out []sales.FunnelRow
	at := map[part]int{}
	for _, r := range rows {
		k := part{r.TeamID, r.PersonID, r.Stage}
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, sales.FunnelRow{TeamID: r.TeamID, PersonID: r.PersonID, Stage: r.Stage})
		}
		out[i].Entered, out[i].Amount = out[i].Entered+r.Entered, out[i].Amount+r.Amount
	}
	slices.SortStableFunc(out, func(a, b sales.FunnelRow) int {
		return cmp.Or(cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.PersonID, b.PersonID),
			cmp.Compare(sales.Standard.Index(a.Stage), sales.Standard.Index(b.Stage)), strings.Compare(string(a.Stage), string(b.Stage)))
	})
	return out
}

// readParts keeps the rows of a funnel that was cut, and reads whether there are several product lines to cut it by.
func (a *App) readParts(ctx context.Context, t bot.Turn, tx Tx, res *funnelNumbers, rows []sales.FunnelRow, by string) (err error) {
	q := res.ask
	if by == "" || res.view.Steps.Empty() {
		return nil
	}
	if by == "team" && oneTeam(rows) && !t.InGroup() {
		by = "person"
		rows, _, err = a.readCut(ctx, tx, res, by)
	}
	res.parts, res.partsBy = rows, by
	if err != nil || q.line != "" || by == "line" || res.linesRead {
		return err
	}
	lines, err := tx.Funnel(ctx, res.who.scope, "", q.period.From, q.period.To, "line")
	res.lines = severalLines(lines)
	return err
}

func severalLines(rows []sales.FunnelRow) bool {
	return slices.ContainsFunc(rows, func(r sales.FunnelRow) bool { return r.Line != rows[0].Line })
}

func oneTeam(rows []sales.FunnelRow) bool {
	for _, r := range rows {
		if r.TeamID != rows[0].TeamID {
			return false
		}
	}
	return true
}

// showFunnel says a funnel as picture and words; without data one sentence.
func (a *App) showFunnel(ctx context.Context, t bot.Turn, tx Tx, res funnelNumbers) (bot.Reply, error) {
	v := res.view
	if v.Steps.Empty() {
		return bot.Text(view.FunnelNothing(v.Scope, v.Period)), nil
	}
	png, err := picture.Funnel(funnelPicture(v))
	if err != nil && !errors.Is(err, picture.ErrNoData) {
		return bot.Reply{}, fmt.Errorf("draw funnel: %w", err)
	}
	var reply bot.Reply
	if err == nil {
		say, err := a.pictureSay(ctx, tx, "漏斗 "+v.Subtitle(), png)
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Say = append(reply.Say, say)
	}
	reply.Say = append(reply.Say, bot.Text(view.FunnelText(v)).Say...)
	return reply, nil
}

// pictureSay keeps a picture under a name and says it.
func (a *App) pictureSay(ctx context.Context, tx Tx, name string, png []byte) (bot.Say, error) {
	file, err := a.Pictures.KeepPicture(ctx, tx.NewID(), png)
	if err != nil {
		return bot.Say{}, fmt.Errorf("keep picture: %w", err)
	}
	file.Name = strings.ReplaceAll(name, "/", "-") + ".png"
	tx.CreateFile(file)
	return bot.Say{Out: bot.Outgoing{File: &bot.File{ID: file.ID, Name: file.Name, Image: true}}}, nil
}

func funnelPicture(v view.Funnel) picture.FunnelData {
	d := picture.FunnelData{Title: "销售漏斗", Subtitle: v.Subtitle(), AverageName: v.Average, PrevName: v.Prev}
	for _, s := range v.Steps {
		amount := s.Amount
		if v.Group {
			amount = sales.RoundForGroup(amount)
		}
		d.Stages = append(d.Stages, picture.Stage{
			Name: v.Way.StageName(s.Stage), Count: s.Entered, AmountFen: int64(amount), PrevCount: s.Prev,
			ConversionPercent: max(s.Conversion, 0), AveragePercent: max(s.Average, 0),
		})
	}
	return d
}
