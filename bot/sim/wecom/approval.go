package wecom

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot/sim"
)

// apiApprovalInfo serves oa/getapprovalinfo: the numbers of a time, by template and creator. Times are strings.
func (s *Server) apiApprovalInfo(c *call) (any, *apiError) {
	var req struct {
		Start   string `json:"starttime"`
		End     string `json:"endtime"`
		Size    int    `json:"size"`
		Filters []struct {
			Key   string `json:"key"`
			Value string `json:"value"`
		} `json:"filters"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	start, err1 := strconv.ParseInt(req.Start, 10, 64)
	end, err2 := strconv.ParseInt(req.End, 10, 64)
	if err1 != nil || err2 != nil || end < start || end-start > 31*24*3600 || req.Size < 1 || req.Size > 100 {
		return nil, fail(codeParam, "invalid starttime, endtime or size")
	}
	list := []string{}
	for _, no := range s.office.order {
		a, ok := s.office.approvals.get(no)
		if !ok || a.applied.Unix() < start || a.applied.Unix() > end || len(list) == req.Size {
			continue
		}
		fits := true
		for _, f := range req.Filters {
			switch f.Key {
			case "template_id":
				fits = fits && a.template == f.Value
			case "creator":
				fits = fits && strings.EqualFold(a.creator, f.Value)
			}
		}
		if fits {
			list = append(list, no)
		}
	}
	return fields{"sp_no_list": list, "new_next_cursor": ""}, nil
}

// answerLost uses up an armed LostAnswer: the approval was created, and the caller never learns its number.
func (s *Server) answerLost(path string, refused *apiError) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return path == "oa/applyevent" && refused == nil && take(&s.faults.lostAnswer)
}

// Decide lets an approver agree to or reject a native approval and tells the app by sys_approval_change.
func (s *Server) Decide(ctx context.Context, no, approver string, agree bool, speech string) error {
	result := sim.Refuse
	if agree {
		result = sim.Agree
	}
	return s.Act(ctx, sim.Act{ID: no, Person: approver, Result: result, Remark: speech})
}

// Act implements sim.Office.
func (s *Server) Act(ctx context.Context, a sim.Act) error {
	s.mu.Lock()
	handed, err := s.actLocked(a)
	s.mu.Unlock()
	if err != nil || handed == nil {
		return err
	}
	return s.handOver(ctx, handed, messageGap)
}

func (s *Server) actLocked(act sim.Act) (*handoff, error) {
	a, ok := s.office.approvals.get(act.ID)
	p := s.dir.person(act.Person)
	if !ok || p == nil || a.status != approvalPending {
		return nil, refuse("这张审批单不存在或已经办完")
	}
	change, err := s.changeLocked(a, p, act)
	if err != nil || take(&s.faults.lostEvent) {
		return nil, err
	}
	return s.deliver(&event{
		id: "approval-" + a.no + "-" + randomHex(4), kind: "sys_approval_change", from: "sys",
		plain: s.agentEventXML("sys", "sys_approval_change", approvalAgent, func(x *xmlWriter) { s.approvalXML(x, a, change) }),
	})
}

// changeLocked does what a person does and returns the reason of the event.
func (s *Server) changeLocked(a *approval, p *sim.Person, act sim.Act) (change int, err error) {
	if act.Result == sim.Withdraw {
		if p.ID != a.creator {
			return 0, refuse("只有提交人能撤销")
		}
		a.status = approvalWithdrawn
		return changeWithdrawn, nil
	}
	at := slices.IndexFunc(a.nodes, func(n approvalNode) bool { return n.Type == 1 && n.state() == approvalPending })
	if at < 0 || !a.nodes[at].turn(p.ID) {
		return 0, refuse("这张审批单现在不归 %s 审", p.Name)
	}
	n := &a.nodes[at]
	n.speech[p.ID], n.at[p.ID] = act.Remark, s.opt.Clock.Now()
	switch act.Result {
	case sim.Transfer:
		to := s.dir.person(act.To)
		if to == nil || slices.Contains(n.UserIDs, to.ID) {
			return 0, refuse("转给谁?这个人不存在或已经在这一步")
		}
		n.status[p.ID] = approvalMoved
		n.UserIDs = slices.Insert(n.UserIDs, slices.Index(n.UserIDs, p.ID)+1, to.ID)
		return approvalMoved, nil
	case sim.Refuse:
		n.status[p.ID], a.status = approvalRejected, approvalRejected
		return approvalRejected, nil
	case sim.Agree:
		n.status[p.ID] = approvalAgreed
		if !slices.ContainsFunc(a.nodes, func(n approvalNode) bool { return n.Type == 1 && n.state() == approvalPending }) {
			a.status = approvalAgreed
		}
		return approvalAgreed, nil
	}
	return 0, refuse("result 写 agree、refuse、transfer 或 withdraw")
}

// turn reports whether a person of the node decides now.
func (n *approvalNode) turn(id string) bool {
	if !slices.Contains(n.UserIDs, id) || n.status[id] != 0 {
		return false
	}
	if n.ApvRel != 3 {
		return true
	}
	first := slices.IndexFunc(n.UserIDs, func(u string) bool { return n.status[u] == 0 })
	return n.UserIDs[first] == id
}

// Approvals implements sim.Office.
func (s *Server) Approvals() []sim.Approval {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := map[int]string{approvalPending: "running", approvalAgreed: "approved", approvalRejected: "rejected", approvalWithdrawn: "withdrawn"}
	results := map[int]string{approvalAgreed: sim.Agree, approvalRejected: sim.Refuse, approvalMoved: sim.Transfer}
	var out []sim.Approval
	for _, no := range slices.Backward(s.office.order) {
		a, ok := s.office.approvals.get(no)
		if !ok {
			continue
		}
		one := sim.Approval{ID: a.no, Creator: a.creator, At: a.applied, Status: words[a.status]}
		for _, f := range a.contents {
			var v map[string]any
			_ = json.Unmarshal(f.Value, &v)
			for _, key := range []string{"text", "new_money", "new_number"} {
				if text, ok := v[key].(string); ok {
					one.Form = append(one.Form, sim.Field{Name: f.ID, Value: text})
				}
			}
		}
		open := a.status == approvalPending
		for _, n := range a.nodes {
			if n.Type != 1 {
				continue
			}
			var step sim.ApprovalStep
			for _, u := range n.UserIDs {
				step.People = append(step.People, sim.ApprovalPerson{ID: u, Result: results[n.status[u]], Turn: open && n.turn(u)})
			}
			open = open && n.state() != approvalPending
			one.Steps = append(one.Steps, step)
		}
		out = append(out, one)
	}
	return out
}

var _ sim.Office = (*Server)(nil)
