package wecom

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/render"
)

// Bounds of what is read of an approval.
const (
	maxSummaryLine = 20 // runes, document 91853
	maxSummary     = 3
	maxFound       = 100
	maxApprovers   = 500
)

// apvRel is how the approvers of a node share it (document 91853: 1 会签, 2 或签, 3 依次). The older field attr has the codes
// the other way round and is not used.
var apvRel = map[string]int{"all": 1, "any": 2, "turn": 3}

type applyEvent struct {
	Creator     bot.UserID   `json:"creator_userid"`
	Template    string       `json:"template_id"`
	UseTemplate int          `json:"use_template_approver"`
	Process     applyProcess `json:"process"`
	Data        applyData    `json:"apply_data"`
	Summary     []any        `json:"summary_list"`
}

type applyProcess struct {
	Nodes []applyNode `json:"node_list"`
}

type applyNode struct {
	Type  int          `json:"type"` // 1 approver, 2 copied
	Rel   int          `json:"apv_rel,omitempty"`
	Users []bot.UserID `json:"userid"`
}

type applyData struct {
	Contents []applyContent `json:"contents"`
}

type applyContent struct {
	Control string            `json:"control"`
	ID      string            `json:"id"`
	Value   map[string]string `json:"value"`
}

// CreateApproval implements bot.Approvals by oa/applyevent (document 91853). The app must be listed under 审批 → 可调用接口的应用.
func (a *Adapter) CreateApproval(ctx context.Context, f bot.NativeForm) (string, error) {
	body := applyEvent{Creator: f.Creator, Template: f.Template}
	for _, s := range f.Steps {
		rel, ok := apvRel[s.Mode]
		if !ok || len(s.Users) == 0 {
			return "", bot.Refused(bot.Rejected, "approval step %q of %d people", short(s.Mode), len(s.Users))
		}
		body.Process.Nodes = append(body.Process.Nodes, applyNode{Type: 1, Rel: rel, Users: s.Users})
	}
	if len(f.CC) > 0 {
		body.Process.Nodes = append(body.Process.Nodes, applyNode{Type: 2, Users: f.CC})
	}
	for _, one := range f.Fields {
		c, err := contentOf(one)
		if err != nil {
			return "", err
		}
		body.Data.Contents = append(body.Data.Contents, c)
	}
	for _, line := range f.Summary[:min(len(f.Summary), maxSummary)] {
		body.Summary = append(body.Summary, map[string]any{
			"summary_info": []map[string]string{{"text": render.CutRunes(line, maxSummaryLine), "lang": "zh_CN"}},
		})
	}
	var out struct {
		No string `json:"sp_no"`
	}
	if err := a.api.post(ctx, "oa/applyevent", body, &out); err != nil {
		return "", err
	}
	if out.No == "" || len(out.No) > 64 {
		return "", &bot.SendError{Reason: bot.Unsure, Retry: true, Err: fmt.Errorf("oa/applyevent: answer without sp_no")}
	}
	return out.No, nil
}

// contentOf puts a value into a control, whose kind stands before the dash of its id (Text-1640339319582), or before a
// slash where the id does not tell (Money/item-1494251203122).
func contentOf(f bot.NativeField) (applyContent, error) {
	kind, id, ok := strings.Cut(f.Control, "/")
	if !ok {
		id = f.Control
		kind, _, _ = strings.Cut(id, "-")
	}
	c := applyContent{Control: kind, ID: id}
	switch kind {
	case "Text", "Textarea":
		c.Value = map[string]string{"text": f.Text}
	case "Money":
		c.Value = map[string]string{"new_money": f.Number}
	case "Number":
		c.Value = map[string]string{"new_number": f.Number}
	default:
		return c, bot.Refused(bot.Rejected, "control %q cannot be filled: use Text, Textarea, Money or Number", short(f.Control))
	}
	if (kind == "Money" || kind == "Number") && f.Number == "" {
		return c, bot.Refused(bot.Rejected, "control %q takes a number", short(f.Control))
	}
	return c, nil
}

// FindApproval implements bot.Approvals: the creator's approvals of the time (oa/getapprovalinfo, document 91816) are read
// one by one until one has the mark in its form.
func (a *Adapter) FindApproval(ctx context.Context, s bot.NativeSearch) (string, error) {
	body := map[string]any{
		"starttime": fmt.Sprint(s.Since.Unix()), "endtime": fmt.Sprint(s.Until.Unix()), "new_cursor": "", "size": maxFound,
		"filters": []map[string]string{{"key": "template_id", "value": s.Template}, {"key": "creator", "value": string(s.Creator)}},
	}
	var out struct {
		List []string `json:"sp_no_list"`
	}
	if err := a.api.post(ctx, "oa/getapprovalinfo", body, &out); err != nil {
		return "", err
	}
	slices.Sort(out.List)
	slices.Reverse(out.List) // the newest first
	_, id, ok := strings.Cut(s.Control, "/")
	if !ok {
		id = s.Control
	}
	for _, no := range out.List[:min(len(out.List), maxFound)] {
		d, err := a.approval(ctx, no)
		if err != nil {
			return "", err
		}
		for _, c := range d.Data.Contents {
			if c.ID == id && c.Value.Text == s.Mark {
				return no, nil
			}
		}
	}
	return "", nil
}

// approvalDetail is what oa/getapprovaldetail (document 91983) tells.
type approvalDetail struct {
	Status  int `json:"sp_status"`
	Process struct {
		Nodes []struct {
			Type int `json:"node_type"`
			Subs []struct {
				User   string `json:"userid"`
				Speech string `json:"speech"`
				Status int    `json:"sp_yj"`
				Time   int64  `json:"sptime"`
			} `json:"sub_node_list"`
		} `json:"node_list"`
	} `json:"process_list"`
	Record []struct {
		Details []struct {
			Approver struct {
				User string `json:"userid"`
			} `json:"approver"`
			Speech string `json:"speech"`
			Status int    `json:"sp_status"`
			Time   int64  `json:"sptime"`
		} `json:"details"`
	} `json:"sp_record"`
	Applyer struct {
		User string `json:"userid"`
	} `json:"applyer"`
	Data struct {
		Contents []struct {
			ID    string     `json:"id"`
			Value looseValue `json:"value"`
		} `json:"contents"`
	} `json:"apply_data"`
}

// looseValue is the value of a control; of most kinds nothing is read.
type looseValue struct {
	Text string `json:"text"`
}

// UnmarshalJSON takes anything.
func (v *looseValue) UnmarshalJSON(b []byte) error {
	type plain looseValue
	_ = json.Unmarshal(b, (*plain)(v))
	return nil
}

func (a *Adapter) approval(ctx context.Context, no string) (approvalDetail, error) {
	var out struct {
		Info approvalDetail `json:"info"`
	}
	err := a.api.post(ctx, "oa/getapprovaldetail", map[string]string{"sp_no": no}, &out)
	return out.Info, err
}

// statuses by sp_status; 10 is an approved one that was paid.
var statuses = map[int]bot.NativeStatus{
	1: bot.NativeRunning, 2: bot.NativeApproved, 3: bot.NativeRejected, 4: bot.NativeWithdrawn, 6: bot.NativeRevoked,
	7: bot.NativeWithdrawn, 10: bot.NativeApproved,
}

// ApprovalState implements bot.Approvals.
func (a *Adapter) ApprovalState(ctx context.Context, ref string) (bot.NativeState, error) {
	d, err := a.approval(ctx, ref)
	if err != nil {
		return bot.NativeState{}, err
	}
	st := bot.NativeState{Status: statuses[d.Status], By: bot.UserID(d.Applyer.User)}
	if st.Status == "" {
		return st, bot.Refused(bot.Rejected, "approval in state %d", d.Status)
	}
	take := func(user string, status int, speech string, at int64) {
		agree := status == 2 || status == 13 // 13: agreed and added somebody
		if !agree && status != 3 || user == "" || len(st.Decisions) == maxApprovers {
			return
		}
		st.Decisions = append(st.Decisions, bot.NativeDecision{
			Key: fmt.Sprintf("%s:%d:%d", user, status, at), User: bot.UserID(user), Agree: agree, Comment: speech, At: unixTime(at),
		})
	}
	for _, n := range d.Process.Nodes {
		if n.Type != 1 {
			continue
		}
		for _, s := range n.Subs {
			take(s.User, s.Status, s.Speech, s.Time)
		}
	}
	if len(d.Process.Nodes) == 0 { // the older shape
		for _, r := range d.Record {
			for _, s := range r.Details {
				take(s.Approver.User, s.Status, s.Speech, s.Time)
			}
		}
	}
	slices.SortStableFunc(st.Decisions, func(x, y bot.NativeDecision) int { return cmp.Compare(x.At.Unix(), y.At.Unix()) })
	return st, nil
}

func unixTime(s int64) time.Time {
	if s <= 0 || s > maxTime {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

// WithdrawApproval implements bot.Approvals. The platform has no call for it: only the creator can, in the 审批 app.
func (a *Adapter) WithdrawApproval(context.Context, string, bot.UserID, string) error {
	return bot.Refused(bot.Unsupported, "approvals are withdrawn by their creator in the app")
}

// number is the platform's number of the approval an event is about.
func (a approval) number() string {
	if a.SpNoStr != "" {
		return a.SpNoStr
	}
	return a.SpNo
}

var _ bot.Approvals = (*Adapter)(nil)
