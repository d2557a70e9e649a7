package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Responses is how fast and how surely what rules push is dealt with, beside the period before (处理时效).
type Responses struct {
	Days             int
	Whose            string // 全公司, 团队
	Now, Before      sales.ResponseStat
	Rules            []RuleResponse // those with the most left undone first
	Pace, PaceBefore approval.Pace
	// Partly says that there was more than could be counted.
	Partly bool
}

// RuleResponse is the same of one rule.
type RuleResponse struct {
	Name string
	Stat sales.ResponseStat
}

// shareText is a share beside that of the period before.
func shareText(now, before, beforeCount int) string {
	if beforeCount == 0 {
		return fmt.Sprintf("%d%%", now)
	}
	return fmt.Sprintf("%d%%,前期 %d%%", now, before)
}

func medianText(now time.Duration, n int, before time.Duration, m int) string {
	switch {
	case n == 0:
		return "还没有"
	case m == 0:
		return "中位 " + sales.Waited(now)
	}
	return "中位 " + sales.Waited(now) + "(前期 " + sales.Waited(before) + ")"
}

// ResponseText is response times in words.
func ResponseText(v Responses) string {
	var b strings.Builder
	fmt.Fprintf(&b, "处理时效 · %s · 近 %d 天", v.Whose, v.Days)
	s, old := v.Now, v.Before
	if s.Count == 0 {
		b.WriteString("\n催办:没有推过要人处理的事。")
	} else {
		fmt.Fprintf(&b, "\n催办 %d 件,办完 %d 件(%s),没办完 %d 件", s.Count, s.Done, shareText(s.DonePercent(), old.DonePercent(), old.Count), s.Count-s.Done)
		fmt.Fprintf(&b, "\n没升级就办了 %d 件(%s),升过级 %d 件", s.First, shareText(s.FirstPercent(), old.FirstPercent(), old.Count), s.Up)
		b.WriteString("\n多久有人接:" + medianText(s.Take, s.Takes, old.Take, old.Takes) + ";多久办完:" + medianText(s.Deal, s.Deals, old.Deal, old.Deals) + "。按工作时间算")
	}
	paceLines(&b, v)
	const most = 5
	for i, r := range v.Rules[:min(len(v.Rules), most)] {
		if i == 0 {
			b.WriteString("\n各条规则,没办的和升级的多的在前:")
		}
		fmt.Fprintf(&b, "\n· %s %d 件,办完 %d,升级 %d", r.Name, r.Stat.Count, r.Stat.Done, r.Stat.Up)
		if r.Stat.Deals > 0 {
			b.WriteString(",中位 " + sales.Waited(r.Stat.Deal))
		}
	}
	if len(v.Rules) > most {
		fmt.Fprintf(&b, "\n… 另有 %d 条规则", len(v.Rules)-most)
	}
	if v.Partly {
		b.WriteString("\n事太多,只算了一部分,看短一点:处理时效 近7天")
	}
	if len(v.Rules) > 0 {
		b.WriteString("\n看每一件:处理时效 " + v.Rules[0].Name)
	}
	return b.String()
}

func paceLines(b *strings.Builder, v Responses) {
	p, old := v.Pace, v.PaceBefore
	if p.Count == 0 && p.Late == 0 {
		b.WriteString("\n审批:这段时间没有批完的。")
		return
	}
	if p.Count > 0 {
		fmt.Fprintf(b, "\n审批批完 %d 份,按时 %d 份(%s),%s", p.Count, p.InTime, shareText(p.InTimePercent(), old.InTimePercent(), old.Count),
			medianText(p.Median, p.Count, old.Median, old.Count))
	} else {
		b.WriteString("\n审批还没有批完的")
	}
	fmt.Fprintf(b, ";现在超时 %d 份", p.Late)
	var posts []string
	for _, x := range p.Posts[:min(len(p.Posts), 3)] {
		posts = append(posts, fmt.Sprintf("%s %s(%d 次)", x.Name, sales.Waited(x.Median), x.Count))
	}
	if len(posts) > 0 {
		b.WriteString("\n各岗位批一步,慢的在前:" + strings.Join(posts, "、"))
	}
}

// RuleResponses is what one rule pushed, the newest first.
type RuleResponses struct {
	Name string
	Days int
	Stat sales.ResponseStat
	Rows []ResponseRow
}

// ResponseRow is one of them.
type ResponseRow struct {
	What, To, TakenBy, How string
	Pushed                 time.Time
	Took                   time.Duration
	Level                  int
	Open                   bool
}

// RuleResponseText is what one rule pushed, in words.
func RuleResponseText(v RuleResponses, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "处理时效 · %s · 近 %d 天", v.Name, v.Days)
	if len(v.Rows) == 0 {
		return b.String() + "\n没有推过要人处理的事。触发过几次看:规则 " + v.Name
	}
	fmt.Fprintf(&b, "\n%d 件,办完 %d(%d%%),没升级就办了 %d(%d%%)", v.Stat.Count, v.Stat.Done, v.Stat.DonePercent(), v.Stat.First, v.Stat.FirstPercent())
	for _, r := range v.Rows {
		fmt.Fprintf(&b, "\n· %s 推给 %s:%s", sales.FormatTime(r.Pushed, now), r.To, r.What)
		if r.Level > 1 {
			fmt.Fprintf(&b, ",升到第 %d 级", r.Level)
		}
		if r.TakenBy != "" {
			b.WriteString("," + r.TakenBy + "接的")
		}
		if r.Open {
			b.WriteString(",没办完,已过 " + sales.Waited(r.Took))
		} else {
			b.WriteString("," + sales.Waited(r.Took) + "后结束:" + r.How)
		}
	}
	if n := v.Stat.Count - len(v.Rows); n > 0 {
		fmt.Fprintf(&b, "\n… 另有 %d 件", n)
	}
	return b.String()
}
