package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// WayLine is a version of a pipeline with how many open deals follow it.
type WayLine struct {
	Way   *sales.Pipeline
	Deals int
	// Newest says that new deals go this version.
	Newest bool
}

// WaysText lists pipelines with their versions.
func WaysText(lines []WayLine, admin bool) string {
	var b strings.Builder
	b.WriteString("**阶段模板**")
	old := ""
	for _, l := range lines {
		fmt.Fprintf(&b, "\n%s v%d", l.Way.Name, l.Way.Version)
		switch {
		case l.Newest:
			b.WriteString("(在用)")
		case l.Way.Retired:
			b.WriteString("(停用)")
		default:
			b.WriteString("(旧版)")
		}
		fmt.Fprintf(&b, " %d 单", l.Deals)
		if l.Newest {
			var names []string
			for _, s := range l.Way.Stages {
				names = append(names, s.Name)
			}
			b.WriteString(":" + strings.Join(names, " → "))
		}
		if !l.Newest && l.Deals > 0 && old == "" {
			old = l.Way.Name
		}
	}
	if old != "" && admin {
		b.WriteString("\n旧版上的单按旧版走完。要一起换到新版:阶段模板 迁移 " + old)
	}
	return b.String()
}

// WayChange is a change of pipeline with what its card shows.
type WayChange struct {
	Change sales.WayChange
	Ways   *sales.Pipelines
	// Counts are the open deals by version and stage, for the preview.
	Counts []sales.WayCount
	By     string
	Now    time.Time
}

// WayChangeKey names the card of a change.
func WayChangeKey(id sales.ID) string { return "way_change:" + id.String() + "/card" }

func (v WayChange) to() *sales.Pipeline { return v.Ways.Find(v.Change.ToPipeline, v.Change.ToVersion) }

func (v WayChange) name() string { return v.Ways.Find(v.Change.Pipeline, 0).Name }

func (v WayChange) tap(verb string) cards.Action {
	return cards.Action{Verb: verb, Record: int64(v.Change.ID), Version: v.Change.Version}
}

// WayChangeCard is a change as it stands: previewed, moving, done, taken back.
func WayChangeCard(v WayChange) cards.Card {
	c := v.Change
	to := v.to()
	card := cards.Card{Key: WayChangeKey(c.ID), Status: fmt.Sprintf("%s → %s v%d", v.name(), to.Name, to.Version)}
	switch c.State {
	case sales.WayDraft:
		card.Title, card.Level = "迁移预览", cards.Warn
		card.Note = v.preview() + "\n确认后分批换,停留天数照算,旧阶段的统计不变。7 天内可以撤销。"
		card.Buttons = []cards.Button{
			{Text: "确认迁移", Style: cards.Primary, Typed: "阶段模板 确认", Action: v.tap("way.confirm")},
			{Text: "算了", Style: cards.Danger, Typed: "阶段模板 取消", Action: v.tap("way.cancel")},
		}
	case sales.WayRunning:
		card.Title, card.Note = "迁移中", fmt.Sprintf("共 %d 单。中断了会接着换,完了告诉你。", c.Total)
	case sales.WayDone:
		card.Title, card.Level, card.Note = "已迁移", cards.OK, WayChangeDone(v)
		if v.Now.Before(c.UndoUntil()) {
			card.Buttons = []cards.Button{{Text: "撤销迁移", Style: cards.Danger, Typed: "阶段模板 撤销 " + v.name(), Action: v.tap("way.undo")}}
		}
	case sales.WayUndoing:
		card.Title, card.Note = "撤销中", "正在退回原来的版本和阶段,完了告诉你。"
	case sales.WayUndone:
		card.Title, card.Closed = "迁移已撤销", WayChangeDone(v)
	default:
		card.Title, card.Closed = "没有迁移", "算了,什么都没动。"
	}
	return card
}

// preview says how many deals go from which stage to which.
func (v WayChange) preview() string {
	to := v.to()
	var lines []string
	sum := 0
	for _, n := range v.Counts {
		from := v.Ways.Find(n.Pipeline, n.Version)
		line := fmt.Sprintf("v%d %s → ", n.Version, from.StageName(n.Stage))
		if s := v.Change.To(n.Stage); s != "" {
			line += to.StageName(s)
			sum += n.Deals
		} else {
			line += "不动"
		}
		lines = append(lines, fmt.Sprintf("%s:%d 单", line, n.Deals))
	}
	if len(lines) > 30 {
		lines = append(lines[:30], "……")
	}
	return fmt.Sprintf("要换 %d 单:\n", sum) + strings.Join(lines, "\n")
}

// WayChangeDone says how a change ended.
func WayChangeDone(v WayChange) string {
	c, to := v.Change, v.to()
	if c.State == sales.WayUndone {
		s := "迁移已撤销:" + v.name() + "的单退回原来的版本和阶段。"
		if c.Kept > 0 {
			s += fmt.Sprintf("%d 单后来又动过,留在新版。", c.Kept)
		}
		return s
	}
	s := fmt.Sprintf("%d 单已换到%s v%d。", c.Moved, to.Name, to.Version)
	if c.Kept > 0 {
		s += fmt.Sprintf("%d 单没动,还按原来的走。", c.Kept)
	}
	return s
}

// WayAsk asks where the deals of a stage go.
func WayAsk(v WayChange, from *sales.Pipeline, stage sales.Stage, deals int) cards.Card {
	to := v.to()
	p := Pick{
		Key:      WayChangeKey(v.Change.ID),
		Question: fmt.Sprintf("%s v%d 的\"%s\"有 %d 单,换到哪一步?", from.Name, from.Version, from.StageName(stage), deals),
		Note:     "新版里没有同名的阶段。回阶段名也行,回 算了 就不迁移。",
	}
	for _, s := range to.Stages[:min(len(to.Stages), cards.MaxButtons)] {
		p.Options = append(p.Options, PickOption{Text: s.Name, Action: cards.Action{
			Verb: "way.map", Record: int64(v.Change.ID), Version: v.Change.Version, Arg: string(stage) + "," + string(s.Key),
		}})
	}
	return PickOne(p)
}
