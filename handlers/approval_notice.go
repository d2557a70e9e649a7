package handlers

import (
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// notices tell everyone an outcome concerns. Those whose turn it is get the card, their deputies too, the requester a
// sentence.
func (a *App) notices(v view.Paper, out approval.Outcome) bot.Reply {
	var reply bot.Reply
	r := v.Request
	turn := map[approval.Why][]sales.PersonID{}
	say := func(to []sales.PersonID, why approval.Why, o bot.Outgoing) {
		slot := fmt.Sprintf("%s:%d", why, r.Version)
		if out.Verb == approval.VerbTransfer || out.Verb == approval.VerbAddApprover || out.Verb == approval.VerbDeputy {
			slot = "join:" + slot
		}
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: v.Object + ":" + v.ID.String(), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: o,
		})
	}
	last := approval.Entry{}
	if n := len(out.Entries); n > 0 {
		last = out.Entries[0]
	}
	label := r.Label() + "(" + strings.TrimSpace(v.Customer+" "+view.ShortOrNothing(v.Amount)) + ")"
	for _, n := range out.Notify {
		switch n.Why {
		case approval.WhyTurn, approval.WhyNudged:
			turn[n.Why] = append(turn[n.Why], n.To.ID)
			for _, d := range deputiesOf(r, n.To.ID) {
				if !slices.Contains(turn[n.Why], d) {
					turn[n.Why] = append(turn[n.Why], d)
				}
			}
		default:
			if text := noticeText(n.Why, v, label, last, out); text != "" {
				to := n.To.ID
				if to == r.Requester && v.Owner != 0 {
					to = v.Owner // it may have been handed over
				}
				say([]sales.PersonID{to}, n.Why, bot.Outgoing{Text: text})
			}
		}
	}
	if to := turn[approval.WhyTurn]; len(to) > 0 {
		say(to, approval.WhyTurn, cardOut(view.PaperForStep(v, r.Step)))
	}
	if to := turn[approval.WhyNudged]; len(to) > 0 {
		v.Note = strings.TrimSpace(last.ActorName + "催你看一下。 " + v.Note)
		say(to, approval.WhyNudged, cardOut(view.PaperForStep(v, r.Step)))
	}
	return reply
}

// deputiesOf are those who stand in for an approver whose turn it is.
func deputiesOf(r approval.Request, approver sales.PersonID) []sales.PersonID {
	if r.State != approval.Pending || r.Step >= len(r.Steps) {
		return nil
	}
	var out []sales.PersonID
	for _, x := range r.Steps[r.Step].Approvers {
		if x.Person == approver && x.State == approval.ApproverPending && x.Deputy != 0 {
			out = append(out, x.Deputy)
		}
	}
	return out
}

// noticeText is what somebody is told of an outcome who need not decide; empty for those whose card says it.
func noticeText(why approval.Why, v view.Paper, label string, last approval.Entry, out approval.Outcome) string {
	switch why {
	case approval.WhyApproved:
		next := "下一步盖章发:用印 " + v.No
		switch v.Object {
		case "contract":
		case "agreement":
			next = "参数锁定了,可以签技术协议。"
		case "application":
			next = orElse(v.Brought, "可以照办了") + "。"
		default:
			next = "要签合同发:转合同 " + v.No
		}
		return label + "全部通过,最后由" + orSystem(last.ActorName) + "同意。" + next
	case approval.WhyRejected:
		if v.Brings != "" {
			return label + "被" + last.ActorName + "驳回:" + trimStop(last.Comment) + "。" + v.Brings + "没有办。要再申请发:重新提交 " + v.No + " 改了什么"
		}
		again := "改好发:重新提交 " + v.No + " 改了什么"
		if v.Object == "agreement" {
			again = "改好再送审一次。"
		}
		return label + "被" + last.ActorName + "驳回:" + trimStop(last.Comment) + "。" + again
	case approval.WhyReturned:
		return label + "被" + last.ActorName + "退回修改:" + trimStop(last.Comment) + "。改好发:重新提交 " + v.No + " 改了什么"
	case approval.WhyCommented:
		verb := "留言"
		if out.Verb == approval.VerbSupplement {
			verb = "补充"
		}
		return last.ActorName + "在" + label + verb + ":" + trimStop(last.Comment) + "。"
	case approval.WhyCopied:
		return "抄送:" + label + "," + out.Headline + "。看全部发:" + v.Request.Kind.Noun() + " " + v.No
	}
	return ""
}

func orSystem(name string) string {
	if name == "" {
		return "制度"
	}
	return name
}

func trimStop(s string) string { return strings.TrimRight(strings.TrimSpace(s), " 。.;；!！") }
