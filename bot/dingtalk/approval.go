package dingtalk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
)

// Bounds of what is read of an approval.
const (
	maxFound     = 20 // of one page, document "获取审批实例ID列表"
	maxPages     = 5
	maxDecisions = 500
)

// The APIs of OA审批. All of them count.
var (
	apiProcessCreate = endpoint{name: "workflow/create", method: http.MethodPost, path: "/v1.0/workflow/processInstances", counted: true}
	apiProcessGet    = endpoint{name: "workflow/get", method: http.MethodGet, path: "/v1.0/workflow/processInstances", counted: true, repeatable: true}
	apiProcessList   = endpoint{name: "workflow/list", method: http.MethodPost, path: "/v1.0/workflow/processes/instanceIds/query", counted: true, repeatable: true}
	apiProcessEnd    = endpoint{name: "workflow/terminate", method: http.MethodPost, path: "/v1.0/workflow/processInstances/terminate", counted: true, repeatable: true}
)

type processApprovers struct {
	Action string       `json:"actionType"`
	Users  []bot.UserID `json:"userIds"`
}

type processValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type processBody struct {
	Originator bot.UserID         `json:"originatorUserId"`
	Code       string             `json:"processCode"`
	Values     []processValue     `json:"formComponentValues"`
	Approvers  []processApprovers `json:"approvers"`
	CC         []bot.UserID       `json:"ccList,omitempty"`
	CCPosition string             `json:"ccPosition,omitempty"`
}

// CreateApproval implements bot.Approvals by creating an instance of a process.
func (a *Adapter) CreateApproval(ctx context.Context, f bot.NativeForm) (string, error) {
	body := processBody{Originator: f.Creator, Code: f.Template}
	for _, s := range f.Steps {
		groups, err := groupsOf(s)
		if err != nil {
			return "", err
		}
		body.Approvers = append(body.Approvers, groups...)
	}
	for _, v := range f.Fields {
		value := v.Text
		if v.Number != "" {
			value = v.Number
		}
		body.Values = append(body.Values, processValue{v.Control, value})
	}
	if len(f.CC) > 0 {
		body.CC, body.CCPosition = f.CC, "FINISH"
	}
	var out struct {
		ID string `json:"instanceId"`
	}
	if err := a.api.do(ctx, request{api: apiProcessCreate, body: body}, &out); err != nil {
		return "", err
	}
	if out.ID == "" || len(out.ID) > maxPlatform {
		return "", &bot.SendError{Reason: bot.Unsure, Retry: true, Err: fmt.Errorf("%s: answer without instanceId", apiProcessCreate.name)}
	}
	return out.ID, nil
}

// groupsOf are the platform's groups of one step: those who sign one after the other are a group each.
func groupsOf(s bot.NativeStep) ([]processApprovers, error) {
	switch {
	case len(s.Users) == 0:
		return nil, bot.Refused(bot.Rejected, "approval step of nobody")
	case s.Mode == "turn" || len(s.Users) == 1:
		var out []processApprovers
		for _, u := range s.Users {
			out = append(out, processApprovers{"NONE", []bot.UserID{u}})
		}
		return out, nil
	case s.Mode == "any":
		return []processApprovers{{"OR", s.Users}}, nil
	}
	return []processApprovers{{"AND", s.Users}}, nil
}

// instance is what the platform tells of an approval. Which values status takes beside these is not documented.
type instance struct {
	Status     word `json:"status"`
	Result     word `json:"result"`
	Originator word `json:"originatorUserId"`
	Finished   word `json:"finishTime"`
	Values     []struct {
		Name  word `json:"name"`
		Value word `json:"value"`
	} `json:"formComponentValues"`
	Records []struct {
		User   word `json:"userId"`
		Date   word `json:"date"`
		Type   word `json:"type"`
		Result word `json:"result"`
		Remark word `json:"remark"`
	} `json:"operationRecords"`
}

func (a *Adapter) instance(ctx context.Context, id string) (instance, error) {
	var out struct {
		Result instance `json:"result"`
	}
	err := a.api.do(ctx, request{api: apiProcessGet, query: url.Values{"processInstanceId": {id}}}, &out)
	return out.Result, err
}

// FindApproval implements bot.Approvals: the creator's instances of the time are read one by one until one has the mark in
// its form.
func (a *Adapter) FindApproval(ctx context.Context, s bot.NativeSearch) (string, error) {
	next := word("0")
	for range maxPages {
		body := map[string]any{
			"processCode": s.Template, "startTime": s.Since.UnixMilli(), "endTime": s.Until.UnixMilli(),
			"maxResults": maxFound, "nextToken": next.number(),
		}
		if s.Creator != "" {
			body["userIds"] = []bot.UserID{s.Creator}
		}
		var out struct {
			Result struct {
				List []string `json:"list"`
				Next word     `json:"nextToken"`
			} `json:"result"`
		}
		if err := a.api.do(ctx, request{api: apiProcessList, body: body}, &out); err != nil {
			return "", err
		}
		if s.Mark == "" {
			return "", nil // nothing is looked for but whether one may look
		}
		for _, id := range out.Result.List[:min(len(out.Result.List), maxFound)] {
			in, err := a.instance(ctx, id)
			if err != nil {
				return "", err
			}
			for _, v := range in.Values {
				if string(v.Name) == s.Control && string(v.Value) == s.Mark {
					return id, nil
				}
			}
		}
		if next = out.Result.Next; next == "" {
			break
		}
	}
	return "", nil
}

func (w word) number() json.Number {
	if _, err := json.Number(w).Int64(); err != nil {
		return "0"
	}
	return json.Number(w)
}

// ApprovalState implements bot.Approvals.
func (a *Adapter) ApprovalState(ctx context.Context, ref string) (bot.NativeState, error) {
	in, err := a.instance(ctx, ref)
	if err != nil {
		return bot.NativeState{}, err
	}
	st := bot.NativeState{Status: bot.NativeRunning, At: dingTime(string(in.Finished))}
	switch status := strings.ToUpper(string(in.Status)); {
	case status == "COMPLETED" && strings.EqualFold(string(in.Result), "agree"):
		st.Status = bot.NativeApproved
	case status == "COMPLETED" && strings.EqualFold(string(in.Result), "refuse"):
		st.Status = bot.NativeRejected
	case status == "TERMINATED" || status == "CANCELED":
		st.Status, st.By = bot.NativeWithdrawn, bot.UserID(in.Originator)
	}
	for i, r := range in.Records {
		result := strings.ToLower(string(r.Result))
		if kind := string(r.Type); kind == "TERMINATE_PROCESS_INSTANCE" {
			st.By, st.Comment = bot.UserID(r.User), string(r.Remark)
		}
		if !strings.HasPrefix(string(r.Type), "EXECUTE_TASK") || result != "agree" && result != "refuse" || len(st.Decisions) == maxDecisions {
			continue
		}
		st.Decisions = append(st.Decisions, bot.NativeDecision{
			Key: fmt.Sprintf("%d:%s:%s", i, id(string(r.User)), result), User: bot.UserID(cut(string(r.User), maxPlatform)), Agree: result == "agree",
			Comment: string(r.Remark), At: dingTime(string(r.Date)),
		})
	}
	slices.SortStableFunc(st.Decisions, func(x, y bot.NativeDecision) int { return x.At.Compare(y.At) })
	return st, nil
}

// dingTime reads a time of the workflow API, "2026-03-11T02:20Z", to the minute; with seconds too where they are given.
func dingTime(s string) time.Time {
	for _, form := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// WithdrawApproval implements bot.Approvals. One that has ended meanwhile is left as it ended.
func (a *Adapter) WithdrawApproval(ctx context.Context, ref string, by bot.UserID, why string) error {
	body := map[string]any{"processInstanceId": ref, "isSystem": false, "operatingUserId": by, "remark": cut(why, 500)}
	return a.api.do(ctx, request{api: apiProcessEnd, body: body}, nil)
}

// processChanges are the events about approvals.
const (
	instanceChange = "bpms_instance_change"
	taskChange     = "bpms_task_change"
)

// decodeProcess reads an EVENT frame about an approval. That a task began says nothing that its end does not say later.
func decodeProcess(eventType, eventID, data string, at time.Time) (ev bot.Event, ignored string) {
	var d struct {
		ID   word `json:"processInstanceId"`
		Type word `json:"type"`
		// Some connections wrap the event once more.
		Data *struct {
			ID   word `json:"processInstanceId"`
			Type word `json:"type"`
		} `json:"data"`
	}
	if len(data) > maxFrame || json.Unmarshal([]byte(data), &d) != nil {
		return bot.Event{}, "event " + eventType + " that cannot be read"
	}
	if d.ID == "" && d.Data != nil {
		d.ID, d.Type = d.Data.ID, d.Data.Type
	}
	switch {
	case d.ID == "" || eventID == "":
		return bot.Event{}, "event " + eventType + " without id"
	case eventType == taskChange && d.Type != "finish":
		return bot.Event{}, "event " + eventType + " " + id(string(d.Type))
	}
	return bot.Event{
		Platform: Platform, ID: bounded("event:" + eventID), Kind: bot.Moved, At: at, From: system, Text: cut(string(d.ID), maxPlatform),
		Chat: bot.Chat{Platform: Platform, ID: bot.ChatID(system)},
	}, ""
}

var _ bot.Approvals = (*Adapter)(nil)
