package rules

import (
	"fmt"
	"strings"
	"time"
)

// Words reads the rule back in plain Chinese, for the person who wrote it to check, a line for each step.
func (r Rule) Words() string {
	s := r.Trigger.Words()
	if r.If != nil {
		s += ",并且 " + words(r.If, false)
	}
	for _, u := range r.Unless {
		s += "," + u.words()
	}
	lines := []string{s}
	for i, st := range r.Steps {
		lines = append(lines, st.words(i))
	}
	if r.Rounds > 0 {
		lines = append(lines, fmt.Sprintf("再过 %s还没处理,就 从头再来,最多 %d 次", r.RoundAfter, r.Rounds))
	}
	return strings.Join(append(lines, r.extras()...), "\n")
}

// words is the step as a line; i is its place.
func (st Step) words(i int) string {
	line := "就 "
	if i > 0 {
		line = "再过 " + st.After.String() + "还没处理,就 "
	}
	var acts []string
	for _, a := range st.Actions {
		acts = append(acts, a.Words())
	}
	line += strings.Join(acts, ",并")
	if !st.Repeat.IsZero() {
		line += fmt.Sprintf(",没处理就每 %s再来一次,最多 %d 次", st.Repeat, st.Times)
	}
	return line
}

// extras are what holds for the whole rule.
func (r Rule) extras() []string {
	var out []string
	if r.Urgent {
		out = append(out, "紧急:静默时段也发")
	}
	if r.PerDay > 0 {
		out = append(out, fmt.Sprintf("每人每天最多 %d 条,多的第二天再说", r.PerDay))
	}
	if r.NowOnly {
		out = append(out, "到点正好是静默时段的,不补发")
	}
	if !r.Ack.IsZero() {
		out = append(out, "点了我来处理,"+r.Ack.String()+"没结果接着催")
	}
	if !r.From.IsZero() {
		out = append(out, "从 "+r.From.String()+" 起")
	}
	if !r.Until.IsZero() {
		out = append(out, "到 "+r.Until.String()+" 止")
	}
	return out
}

func (u Unless) words() string {
	if u.Activity == nil {
		return "还没人处理"
	}
	if u.Within.IsZero() {
		return "期间没有" + u.Activity.Name
	}
	s := "之后 " + u.Within.String() + "内没有" + u.Activity.Name
	if u.Present {
		s += "(请假不算)"
	}
	return s
}

// Words is the trigger as a sentence's beginning.
func (t Trigger) Words() string {
	switch t.Kind {
	case Enters:
		return t.entersWords()
	case Happens:
		if t.Deed.Said != "" {
			return t.Deed.Said
		}
		return t.Object.Name + "一" + t.Deed.Word
	case Leaves:
		return t.Object.Name + "一离开" + t.State.Name
	case Changes:
		if t.To != nil {
			return t.Object.Name + "的" + t.Field.Name + "变成 " + t.Field.Show(*t.To)
		}
		return t.Object.Name + "的" + t.Field.Name + "一变"
	case Files:
		return "一有新的" + t.Object.Name
	case Silent:
		return t.Object.Name + "超过 " + t.Span.String() + "没有" + t.Activity.Name + t.leaveWords()
	case Repeats:
		return fmt.Sprintf("%s在 %s内有 %d 次%s", t.Object.Name, t.Span, t.Times, t.Activity.Name)
	case Runs:
		if t.Not {
			return t.Object.Name + "连续 " + t.Span.String() + "没有" + t.Activity.Name + t.leaveWords()
		}
		return t.Object.Name + "连续 " + t.Span.String() + "都有" + t.Activity.Name
	case Reaches:
		return t.reachWords()
	case Scheduled:
		if t.Object.Key == ObjectCompany {
			return t.Schedule.words()
		}
		return t.Schedule.words() + ",对每个" + t.Object.Name
	}
	return ""
}

// entersWords are those of a state, or of a field that has a value.
func (t Trigger) entersWords() string {
	what := t.Object.Name
	if t.Field != nil {
		what += "的" + t.Field.Name
	}
	if t.Span.IsZero() {
		return what + "一进入" + t.State.Name
	}
	what += "停在" + t.State.Name + "超过 " + t.Span.String() + t.caseWords() + t.leaveWords()
	return what
}

// leaveWords say that leave does not count, where it does not.
func (t Trigger) leaveWords() string {
	if t.Present {
		return "(请假不算)"
	}
	return ""
}

// reachWords are how far a date must be away, with the time of day.
func (t Trigger) reachWords() string {
	var spans []string
	for _, s := range t.Spans() {
		if spans = append(spans, s.String()); s.IsZero() {
			spans[len(spans)-1] = "当天"
		}
	}
	s := t.Object.Name + "的" + t.Field.Name + "过了 " + strings.Join(spans, "、")
	if t.Span.N < 0 {
		s = "离" + t.Object.Name + "的" + t.Field.Name + "还有 " + strings.Join(spans, "、")
	}
	if t.Clock != nil {
		s += fmt.Sprintf("(%02d:%02d 看)", t.Clock.Hour, t.Clock.Minute)
	}
	return s
}

// caseWords are the other spans of a state, in brackets.
func (t Trigger) caseWords() string {
	if len(t.Cases) == 0 {
		return ""
	}
	var out []string
	for _, c := range t.Cases {
		out = append(out, words(c.If, false)+" 时 "+c.Span.String())
	}
	return "(" + strings.Join(out, ";") + ")"
}

func (s Schedule) words() string {
	at := fmt.Sprintf("%02d:%02d", s.Hour, s.Minute)
	if s.Shift {
		at += "(遇休息日顺延)"
	}
	switch s.Every {
	case EveryNthWorkday:
		switch {
		case s.Nth == -1:
			return "每月最后一个工作日 " + at
		case s.Nth < 0:
			return fmt.Sprintf("每月倒数第 %d 个工作日 %s", -s.Nth, at)
		}
		return fmt.Sprintf("每月第 %d 个工作日 %s", s.Nth, at)
	case EveryWorkday:
		return "每个工作日 " + at
	case EveryWeek:
		return "每周" + string([]rune("日一二三四五六")[s.Weekday]) + " " + at
	case EveryMonth:
		return fmt.Sprintf("每月 %d 号 %s", s.MonthDay, at)
	}
	return "每天 " + at
}

// Next is the first moment of the schedule after t.
func (s Schedule) Next(t time.Time, workday func(time.Time) bool) time.Time {
	for d := range 400 {
		at := shanghai(t, d, s.Hour, s.Minute)
		if at.After(t) && s.on(at, workday) {
			return at
		}
	}
	return time.Time{}
}

// Words is the action as part of a sentence.
func (a Action) Words() string {
	var to []string
	for _, r := range a.To {
		to = append(to, r.Name)
	}
	who := strings.Join(to, "、")
	text := ""
	if a.Text != "" {
		text = "\"" + a.Text + "\""
	}
	within := ""
	if !a.Within.IsZero() {
		within = "(" + a.Within.String() + "内)"
	}
	switch a.Do {
	case Push:
		if len(a.Buttons) > 0 {
			var names []string
			for _, b := range a.Buttons {
				names = append(names, b.String())
			}
			text += "(按钮 " + strings.Join(names, "、") + ")"
		}
		switch {
		case a.Card != "":
			text += "(卡片 " + a.CardName + ")"
		case a.Plain:
			text += "(只发文字)"
		}
		return "推送给" + who + text
	case Todo:
		if who == "" {
			who = "被通知的人"
		}
		return "给" + who + "建待办" + text + within
	case Set:
		return "把" + a.Field.Name + "改成 " + a.Field.Show(a.Value)
	case Mail:
		return "发邮件给" + who + text
	case SMS:
		return "发短信给" + who + text
	case Webhook:
		return "调用 " + a.Target
	case Approve:
		if a.Consent != nil {
			text += ",通过后" + a.Consent.Words()
		}
		return "发起审批 " + a.Target + text
	case Material:
		if who == "" {
			who = "负责人"
		}
		return "把资料 " + a.Target + " 发给" + who
	case Task:
		return "转任务给" + who + text + within
	case Calibrate:
		return "发起校准"
	}
	return ""
}

// Show is a value of the field as people write it.
func (f *Field) Show(v Value) string {
	if v.None {
		return "没填"
	}
	if f.Type == Enum {
		for _, o := range f.Options {
			if o.Key == v.S {
				return o.Name
			}
		}
		return v.S
	}
	return v.String()
}

func words(e Expr, inner bool) string {
	switch e := e.(type) {
	case Literal:
		return e.Words
	case Today:
		return "今天"
	case MonthStart:
		return "月初"
	case FieldOf:
		if e.Via != nil {
			return e.Via.Name + "的" + e.Field.Name
		}
		return e.Field.Object.Name + "的" + e.Field.Name
	case Operation:
		return e.words(inner)
	}
	return ""
}

// flag reports whether an operation asks for a field that is yes or no.
func flag(o Operation) bool {
	f, ok := o.Args[0].(FieldOf)
	return ok && o.Op == OpEqual && f.Field.Type == Bool
}

func (o Operation) words(inner bool) string {
	var args []string
	for _, a := range o.Args {
		args = append(args, words(a, true))
	}
	switch o.Op {
	case OpAnd, OpOr:
		sep := ",并且 "
		if inner {
			sep = " 且 "
		}
		if o.Op == OpOr {
			sep = " 或 "
		}
		s := strings.Join(args, sep)
		if inner || o.Op == OpOr {
			s = "(" + s + ")"
		}
		return s
	case OpNot:
		if inner, ok := o.Args[0].(Operation); ok && flag(inner) {
			return words(inner.Args[0], true) + "为 否"
		}
		return "不满足(" + args[0] + ")"
	case OpEmpty:
		return args[0] + "没填"
	case OpFilled:
		return args[0] + "已填"
	case OpIn:
		return args[0] + "是 " + strings.Join(args[1:], "、") + " 之一"
	case OpEqual:
		if flag(o) {
			return args[0] + "为 " + args[1]
		}
		return args[0] + "是 " + args[1]
	case OpUnequal:
		return args[0] + "不是 " + args[1]
	case OpTimes:
		return args[0] + "×" + args[1]
	}
	return args[0] + " " + string(o.Op) + " " + args[1]
}
