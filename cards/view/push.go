package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Digest is what was gathered for a person instead of being pushed piece by piece.
type Digest struct {
	// Quiet says that it waited for quiet hours to end; else more than Limit was pushed within an hour.
	Quiet      bool
	Limit      int
	Since, Now time.Time
	Lines      []DigestLine
	// Told counts lines without a card of their own, Cards those with one that follows, Later those whose card comes
	// afterwards, Done what was finished meanwhile.
	Told, Cards, Later, Done int
}

// DigestLine is one thing of a digest. No is its number for 攒下; a line whose Card follows has none.
type DigestLine struct {
	Text, Typed string
	No          int
	Card        bool
}

// maxDigestLines bounds the lines of one digest; all of them are to be had by 攒下.
const maxDigestLines = 30

// DigestText is a digest as one message.
func DigestText(d Digest) string {
	n := len(d.Lines)
	head := fmt.Sprintf("你有 %d 件事,一小时里推送超过 %d 条,并成这一条:", n, d.Limit)
	if d.Quiet {
		head = fmt.Sprintf("下班后攒下 %d 件(%s 起):", n, sales.FormatTime(d.Since, d.Now))
	}
	out := []string{head}
	shown := 0
	for _, l := range d.Lines {
		if l.Card {
			out = append(out, "· "+l.Text+"(卡片在下面)")
			continue
		}
		if shown++; shown > maxDigestLines {
			continue
		}
		out = append(out, digestLine(l))
	}
	if shown > maxDigestLines {
		out = append(out, fmt.Sprintf("另有 %d 件没列,发 攒下 看全部。", shown-maxDigestLines))
	}
	if d.Done > 0 {
		out = append(out, fmt.Sprintf("还有 %d 件这段时间已经办完,不用管。", d.Done))
	}
	if d.Later > 0 {
		out = append(out, fmt.Sprintf("还有 %d 件要你定的,卡片分批发来。", d.Later))
	}
	if d.Told > 0 {
		out = append(out, "看第几件的全文,回 攒下 加数字,比如 攒下 1。")
	}
	return strings.Join(out, "\n")
}

func digestLine(l DigestLine) string {
	s := fmt.Sprintf("%d. %s", l.No, l.Text)
	if l.Typed != "" {
		s += " → 回 " + l.Typed
	}
	return s
}

// DigestRest are all lines of the last digest (攒下), from a number on.
func DigestRest(lines []DigestLine, at, now time.Time) string {
	if len(lines) == 0 {
		return "没有攒下的事。"
	}
	out := []string{fmt.Sprintf("%s 合成一条的 %d 件:", sales.FormatTime(at, now), len(lines))}
	for i, l := range lines {
		if i == 2*maxDigestLines {
			out = append(out, fmt.Sprintf("后面还有 %d 件,回 攒下 %d 接着看。", len(lines)-i, i+1))
			break
		}
		out = append(out, digestLine(l))
	}
	return strings.Join(append(out, "看全文回 攒下 1 这样的数字。"), "\n")
}

// Step is one delivery of a push to one person, for the list of deliveries (送达).
type Step struct {
	Name, Platform, State, Reason string
	// Push is what became of it for this person, Fall that it goes on from another channel.
	Push   string
	Fall   bool
	At     time.Time
	ReadAt time.Time
	Line   string
}

// Channel is a channel in Chinese.
func Channel(platform string) string {
	switch platform {
	case "mail":
		return "邮件"
	case "sms":
		return "短信"
	case "webhook":
		return "外部系统"
	}
	if name := sales.PlatformName(platform); name != "" {
		return name
	}
	return platform
}

// failures say why something did not arrive, and what to do.
var failures = map[string]string{
	"recipient": "没有这个账号", "rejected": "对方平台不收", "permission": "缺权限", "bad_token": "凭证不对", "quota": "本月额度用完",
	"throttled": "平台限速", "down": "平台连不上", "unsure": "没等到回音", "no such platform": "没配这个平台",
}

// StepText is what became of a delivery.
func StepText(s Step, now time.Time) string {
	at := sales.FormatTime(s.At, now)
	switch {
	case s.Push == "held":
		return "等 " + at + " 一起发"
	case s.Push == "told":
		return at + " 并进汇总"
	case !s.ReadAt.IsZero():
		return "已读 " + sales.FormatTime(s.ReadAt, now)
	case s.Push == "ended":
		return "没发,已经办完或不用了"
	case s.Push == "missed":
		return "没送到" + because(s.Reason)
	}
	switch s.State {
	case "queued", "sending":
		return "正在发"
	case "failed_for_now":
		return "还没发出" + because(s.Reason) + ",会再试"
	case "failed_for_good":
		return "没送到" + because(s.Reason)
	case "superseded":
		return "换了渠道"
	}
	return at + " 已发出"
}

func because(reason string) string {
	if w, ok := failures[reason]; ok {
		return "(" + w + ")"
	}
	return ""
}

// StepLines are the deliveries of a subject, each person's together, in the order in which they were tried.
func StepLines(steps []Step, now time.Time) []string {
	var order []string
	of := map[string][]string{}
	for _, s := range steps {
		key := s.Name + " · " + s.Line
		if s.Line == "" {
			key = s.Name
		}
		if _, ok := of[key]; !ok {
			order = append(order, key)
		}
		of[key] = append(of[key], Channel(s.Platform)+" "+StepText(s, now))
	}
	out := make([]string, len(order))
	for i, key := range order {
		out[i] = key + ":" + strings.Join(of[key], " → ")
	}
	return out
}
