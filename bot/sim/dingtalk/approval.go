package dingtalk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"salesflow/bot/sim"
)

// listProcesses is POST /v1.0/workflow/processes/instanceIds/query: the instances of a process in a time, by originator.
func (c *call) listProcesses() (any, error) {
	var in struct {
		Code  string   `json:"processCode"`
		Start int64    `json:"startTime"`
		End   int64    `json:"endTime"`
		Users []string `json:"userIds"`
		Max   int      `json:"maxResults"`
		Next  int64    `json:"nextToken"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if in.Code == "" || in.Start <= 0 || in.Max < 1 || in.Max > 20 || len(in.Users) > 10 || in.Next < 0 {
		return nil, errParam("invalidParameter", "processCode、startTime 或 maxResults 不正确")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []string{}
	skipped := int64(0)
	for _, id := range s.order {
		p, ok := s.process.get(id)
		if !ok || p.code != in.Code || p.created.UnixMilli() < in.Start || in.End > 0 && p.created.UnixMilli() > in.End ||
			len(in.Users) > 0 && !slices.Contains(in.Users, p.originator) {
			continue
		}
		if skipped++; skipped <= in.Next {
			continue
		}
		if len(list) == in.Max {
			return map[string]any{"success": true, "result": map[string]any{"list": list, "nextToken": strconv.FormatInt(in.Next+int64(in.Max), 10)}}, nil
		}
		list = append(list, id)
	}
	return map[string]any{"success": true, "result": map[string]any{"list": list}}, nil
}

// Act implements sim.Office.
func (s *Server) Act(_ context.Context, a sim.Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.process.get(a.ID)
	if !ok || p.status != running {
		return errors.New("这张审批单不存在或已经办完")
	}
	if a.Result == sim.Withdraw {
		if a.Person != p.originator {
			return errors.New("只有发起人能撤销")
		}
		p.note(s.opt.Clock.Now(), a.Person, "TERMINATE_PROCESS_INSTANCE", "NONE", a.Remark)
		s.tellLocked([]happened{s.finishLocked(p, terminated, "", "terminate")})
		return nil
	}
	i := slices.IndexFunc(p.tasks, func(t *task) bool { return t.user == a.Person && t.status == running })
	if i < 0 {
		return errors.New("这张审批单现在不归你审")
	}
	switch a.Result {
	case sim.Agree, sim.Refuse:
		s.tellLocked(s.actLocked(p, p.tasks[i], a.Result, a.Remark))
		return nil
	case sim.Transfer:
		return s.transferLocked(p, p.tasks[i], a)
	}
	return errors.New("result 写 agree、refuse、transfer 或 withdraw")
}

// transferLocked gives a task to somebody else (转交, result redirect).
func (s *Server) transferLocked(p *process, t *task, a sim.Act) error {
	if _, ok := s.people[a.To]; !ok || a.To == a.Person {
		return errors.New("转给谁?这个人不存在")
	}
	now := s.opt.Clock.Now()
	t.status, t.result = completed, "redirect"
	p.note(now, a.Person, "REDIRECT_TASK", "NONE", a.Remark)
	out := []happened{p.taskChanged(t, "finish", a.Remark, now)}
	s.nextID++
	next := &task{id: s.nextID, group: t.group, user: a.To, status: running, created: now}
	p.tasks = append(p.tasks, next)
	s.tellLocked(append(out, p.taskChanged(next, "start", "", now)))
	return nil
}

// Approvals implements sim.Office.
func (s *Server) Approvals() []sim.Approval {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []sim.Approval
	for _, id := range slices.Backward(s.order) {
		p, ok := s.process.get(id)
		if !ok {
			continue
		}
		one := sim.Approval{ID: p.id, Creator: p.originator, At: p.created, Status: "running"}
		switch {
		case p.status == terminated:
			one.Status = "withdrawn"
		case p.status == completed && p.result == "agree":
			one.Status = "approved"
		case p.status == completed:
			one.Status = "rejected"
		}
		for _, v := range p.values {
			name, _ := v["name"].(string)
			value, _ := v["value"].(string)
			one.Form = append(one.Form, sim.Field{Name: name, Value: value})
		}
		for i, g := range p.groups {
			one.Steps = append(one.Steps, p.step(i, g))
		}
		out = append(out, one)
	}
	return out
}

func (p *process) step(group int, g approverGroup) sim.ApprovalStep {
	var step sim.ApprovalStep
	begun := false
	for _, t := range p.tasks {
		if t.group != group {
			continue
		}
		begun = true
		result := t.result
		if result == "redirect" {
			result = sim.Transfer
		}
		step.People = append(step.People, sim.ApprovalPerson{ID: t.user, Result: result, Turn: t.status == running})
	}
	if !begun {
		for _, u := range g.Users {
			step.People = append(step.People, sim.ApprovalPerson{ID: u})
		}
	}
	return step
}

var _ sim.Office = (*Server)(nil)
