package parse

import (
	"strings"
	"time"
)

// all finds the stretches of time in a text, left to right.
func (d *dater) all() []stretch {
	var out []stretch
	for i := 0; i < len(d.t.r); i++ {
		s, ok := d.stretch(i)
		if !ok || s.j <= i {
			if c := d.t.r[i]; isDigit(c) { // not into the middle of a number
				for i+1 < len(d.t.r) && isDigit(d.t.r[i+1]) {
					i++
				}
			}
			continue
		}
		out = append(out, s)
		i = s.j - 1
	}
	return out
}

func expression(s string, now time.Time, tense Tense, cal Calendar) *dater {
	t := newText(s, true)
	if tense == TenseUnknown && t.done() {
		tense = TensePast
	}
	return &dater{t: t, now: now, tense: tense, cal: cal, loose: true}
}

// coming are the words of what is still to be done.
var coming = words("要 会 将 准备 打算 计划 想 该 等 再 别 请 记得 提醒 能 可以 争取 得去 得把 就去 就来 就给 快到 快要 下次")

var comingStarts = firstRunes(coming...)

// done reports that an expression tells of something that has happened: 周五见了他, 周日去的, 周二我去体检了, 那天人很多.
func (t *text) done() bool {
	for i := range t.r {
		if comingStarts.has(t.r[i]) && t.any(i, coming...) > 0 && t.any(i, "要求", "会议", "会上", "会场", "能力", "再次", "想法", "等级", "将近", "计划书", "请假", "等等", "别的", "别人", "别家", "要么", "能够") < 0 && !t.before(i+1, "特别", "区别", "级别", "分别", "个别", "需要", "主要", "重要", "机会", "社会", "宴会", "聚会", "理想", "可能", "功能", "智能", "即将", "申请", "邀请", "高等", "中等") {
			return false
		}
	}
	for i, c := range t.r {
		switch c {
		case '了':
			if t.imminent(i) {
				return false
			}
			if i > 0 && isHan(t.at(i-1)) && !strings.ContainsRune("为除好对算到", t.r[i-1]) && t.any(i+1, "解", "不", "得", "断", "如", "望", "结", "吗", "没", "是不是", "对吧") < 0 {
				return true
			}
			if t.before(i, "账", "到", "好") && (i+1 == len(t.r) || !isHan(t.at(i+1)) || t.before(i, "到账", "收到", "见到", "拿到", "寄到", "送到", "办好", "谈好", "弄好")) {
				return true
			}
		case '过':
			if i > 0 && isHan(t.at(i-1)) && !strings.ContainsRune("通经超度透不路难", t.r[i-1]) && t.any(i+1, "去", "来", "两", "几", "会", "程", "期", "年", "完", "后") < 0 {
				return true
			}
		case '的':
			if t.any(i-1, "去的", "见的", "来的", "谈的", "聊的", "签的", "寄的", "送的", "发的", "买的", "付的", "打的", "收的", "开的", "做的", "交的", "到的") > 0 {
				return true
			}
		case '刚':
			if t.any(i, "刚好", "刚需", "刚性", "刚要", "刚果") < 0 {
				return true
			}
		case '那':
			if t.any(i, "那天", "那晚", "那次", "那日") > 0 && i+2 < len(t.r) && (t.any(i+2, "人", "我", "他", "她", "下", "天", "很", "真", "特别", "也", "就", "的") > 0 || i == 0) {
				return true
			}
		}
	}
	return false
}

// Date finds the day that s names: 下周三, 3月8日, 2星期前, 国庆节, 月底.
func Date(s string, now time.Time, tense Tense, cal Calendar) (When, bool) {
	d := expression(s, now, tense, cal)
	found := d.all()
	for _, x := range found {
		switch {
		case x.form == formPoint && x.grain == grainDay:
			return d.when(x, x.start), true
		case x.form == formWithin && x.grain == grainDay:
			return d.when(x, x.due), true
		}
	}
	for _, x := range found {
		if x.a != nil && x.a.grain == grainDay && (x.form == formBefore || x.form == formAfter) {
			return d.when(x, midnight(x.due)), true
		}
	}
	for _, x := range found {
		switch {
		case x.form == formPoint && x.grain != grainClock && !x.due.IsZero():
			return d.when(x, midnight(x.due)), true
		case x.form == formPoint || x.form == formRange:
			return d.when(x, midnight(x.start)), true
		case x.form == formBefore && x.a != nil:
			return d.when(x, midnight(x.due)), true
		case !x.due.IsZero():
			return d.when(x, midnight(x.due)), true
		}
	}
	return When{}, false
}

func (d *dater) when(x stretch, start time.Time) When {
	return When{Start: start, Why: d.t.why(x.i, x.j)}
}

// Moment finds the moment that s names: 明天上午十点半, 5分钟之后, 今晚.
func Moment(s string, now time.Time, tense Tense, cal Calendar) (When, bool) {
	d := expression(s, now, tense, cal)
	found := d.all()
	for _, g := range []grain{grainClock, grainPart} {
		for _, x := range found {
			if x.grain == g && (x.form == formPoint || x.a != nil && x.a.grain == g) {
				start := x.start
				if x.a != nil && x.form != formRange {
					start = x.a.start
				}
				w := d.when(x, start)
				w.HasTime = true
				return w, true
			}
			if g == grainClock && x.grain == grainClock && !x.due.IsZero() {
				w := d.when(x, x.due)
				w.HasTime = true
				return w, true
			}
		}
	}
	return When{}, false
}

// Stretch is a stretch of time; a zero Start or End means open.
type Stretch struct {
	Start, End time.Time // End is exclusive
	Why        Why
}

// Period finds the stretch of time that s names: 上周, Q1, 5月到10月, 近30天, 年底前, 明天上午.
func Period(s string, now time.Time, tense Tense, cal Calendar) (Stretch, bool) {
	d := expression(s, now, tense, cal)
	found := d.all()
	best, rank := stretch{}, -1
	for _, x := range found {
		r := x.periodRank()
		if r > rank {
			best, rank = x, r
		}
	}
	if rank < 0 {
		return Stretch{}, false
	}
	out := Stretch{Start: best.start, End: best.end, Why: d.t.why(best.i, best.j)}
	if best.openStart {
		out.Start = time.Time{}
	}
	if best.openEnd || best.form == formPoint && best.ago && best.start.After(now) {
		out.End = time.Time{}
	}
	return out, true
}

// periodRank prefers what is a stretch by its words.
func (s stretch) periodRank() int {
	switch {
	case s.form != formPoint:
		return 4
	case s.ago && s.grain == grainDay:
		return 1
	case s.grain == grainPart || s.grain < grainDay:
		return 3
	case s.grain == grainClock && s.end.After(s.start):
		return 3
	case s.grain == grainDay:
		return 1
	}
	return 0
}

// imminent reports that the 了 at i tells of what is about to be: 快来不及了, 要迟到了.
func (t *text) imminent(i int) bool {
	return t.before(i, "来不及", "赶不上", "不赶趟", "要迟到", "快到", "快开", "就要开始", "快开始", "要开始", "该走", "该出发", "要走")
}
