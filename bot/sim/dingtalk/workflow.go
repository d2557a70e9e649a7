package dingtalk

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// process is one approval instance (OA 审批). Approvers act one group after the other.
type process struct {
	id, code, title, business string
	originator                string
	created, finished         time.Time
	status, result            string
	values                    []map[string]any
	groups                    []approverGroup
	tasks                     []*task
	records                   []map[string]any
}

type approverGroup struct {
	Action string   `json:"actionType"`
	Users  []string `json:"userIds"`
}

type task struct {
	id             int64
	group          int
	user           string
	status, result string
	created        time.Time
}

const (
	maxComponents = 200
	maxGroups     = 50
	maxProcesses  = 10_000
	running       = "RUNNING"
	completed     = "COMPLETED"
	terminated    = "TERMINATED"
	taskCanceled  = "CANCELED"
)

// happened is an event to push.
type happened struct {
	kind string
	data map[string]any
}

// tellLocked pushes events in their order.
func (s *Server) tellLocked(events []happened) {
	events = slices.DeleteFunc(events, func(happened) bool { return s.takeLocked(sim.LostEvent) })
	s.handLocked(func() {
		for _, e := range events {
			s.Event(context.Background(), e.kind, e.data)
		}
	})
}

// createProcess is POST /v1.0/workflow/processInstances.
func (c *call) createProcess() (any, error) {
	var in struct {
		Originator string           `json:"originatorUserId"`
		Code       string           `json:"processCode"`
		Values     []map[string]any `json:"formComponentValues"`
		Approvers  []approverGroup  `json:"approvers"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	who, ok := s.people[in.Originator]
	switch {
	case !ok:
		return nil, errParam("invalidParameter.originatorUserId", "发起人不存在")
	case !strings.HasPrefix(in.Code, "PROC-"):
		return nil, errParam("processCode.error", "流程编码不存在")
	case len(in.Values) == 0 || len(in.Values) > maxComponents:
		return nil, errParam("invalidParameter.formComponentValues", "表单数据不能为空")
	case len(in.Approvers) == 0 || len(in.Approvers) > maxGroups:
		return nil, errParam("invalidParameter.approvers", "审批人不能为空")
	}
	for _, g := range in.Approvers {
		for _, v := range in.Values { // names and values are strings, whatever the control holds
			if _, ok := v["value"].(string); !ok || v["name"] == nil && v["bizAlias"] == nil {
				return nil, errParam("invalidParameter.formComponentValues", "表单控件的名称或值不正确")
			}
		}
		unknown := slices.ContainsFunc(g.Users, func(u string) bool { _, ok := s.people[u]; return !ok })
		if len(g.Users) == 0 || unknown || !slices.Contains([]string{"AND", "OR", "NONE"}, g.Action) ||
			g.Action == "NONE" && len(g.Users) != 1 {
			return nil, errParam("invalidParameter.approvers", "审批人或会签方式不正确")
		}
	}
	now := s.opt.Clock.Now()
	s.nextID++
	p := &process{
		id: uuid(), code: in.Code, title: who.Name + "提交的审批", originator: in.Originator, created: now, status: running,
		business: now.In(beijing).Format("200601021504") + "000", values: in.Values, groups: in.Approvers,
	}
	p.note(now, in.Originator, "START_PROCESS_INSTANCE", "NONE", "")
	s.process.put(p.id, p)
	if s.order = append(s.order, p.id); len(s.order) > maxProcesses {
		s.order = s.order[1:]
	}
	events := append([]happened{p.changed("start")}, s.openGroupLocked(p, 0)...)
	s.tellLocked(events)
	if s.takeLocked(sim.LostAnswer) {
		return nil, errTimeout()
	}
	return map[string]any{"instanceId": p.id}, nil
}

func (p *process) note(at time.Time, who, kind, result, remark string) {
	p.records = append(p.records, map[string]any{
		"userId": who, "date": at.UTC().Format("2006-01-02T15:04Z"), "type": kind, "result": result, "remark": remark,
	})
}

// changed is the data of bpms_instance_change, taskChanged that of bpms_task_change.
func (p *process) changed(kind string) happened {
	d := map[string]any{
		"processInstanceId": p.id, "type": kind, "title": p.title, "staffId": p.originator, "processCode": p.code,
		"businessId": p.business, "createTime": p.created.UnixMilli(),
	}
	if p.result != "" {
		d["result"] = p.result
	}
	if !p.finished.IsZero() {
		d["finishTime"] = p.finished.UnixMilli()
	}
	return happened{"bpms_instance_change", d}
}

func (p *process) taskChanged(t *task, kind, remark string, at time.Time) happened {
	d := map[string]any{
		"processInstanceId": p.id, "taskId": t.id, "type": kind, "staffId": t.user, "title": p.title,
		"processCode": p.code, "businessId": p.business, "createTime": t.created.UnixMilli(),
	}
	if kind == "finish" {
		d["result"], d["remark"], d["finishTime"] = t.result, remark, at.UnixMilli()
	}
	return happened{"bpms_task_change", d}
}

// openGroupLocked gives the approvers of one group their tasks.
func (s *Server) openGroupLocked(p *process, group int) []happened {
	var out []happened
	for _, u := range p.groups[group].Users {
		s.nextID++
		t := &task{id: s.nextID, group: group, user: u, status: running, created: s.opt.Clock.Now()}
		p.tasks = append(p.tasks, t)
		out = append(out, p.taskChanged(t, "start", "", t.created))
	}
	return out
}

func (s *Server) processLocked(id string) (*process, error) {
	p, ok := s.process.get(id)
	if !ok {
		return nil, errParam("invalidParameter.processInstanceId", "审批实例不存在")
	}
	return p, nil
}

// getProcess is GET /v1.0/workflow/processInstances.
func (c *call) getProcess() (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.processLocked(c.r.URL.Query().Get("processInstanceId"))
	if err != nil {
		return nil, err
	}
	tasks := []map[string]any{}
	for _, t := range p.tasks {
		tasks = append(tasks, map[string]any{
			"taskId": t.id, "userId": t.user, "status": t.status, "result": strings.ToUpper(t.result), "activityId": "a" + p.id[:4],
		})
	}
	r := map[string]any{
		"title": p.title, "status": p.status, "result": p.result, "businessId": p.business, "originatorUserId": p.originator,
		"createTime": p.created.UTC().Format("2006-01-02T15:04Z"), "formComponentValues": p.values, "tasks": tasks,
		"operationRecords": slices.Clone(p.records),
	}
	if !p.finished.IsZero() {
		r["finishTime"] = p.finished.UTC().Format("2006-01-02T15:04Z")
	}
	return map[string]any{"success": true, "result": r}, nil
}

// executeProcess is POST …/execute: one approver agrees or refuses.
func (c *call) executeProcess() (any, error) {
	var in struct {
		ID     string `json:"processInstanceId"`
		TaskID int64  `json:"taskId"`
		Actor  string `json:"actionerUserId"`
		Result string `json:"result"`
		Remark string `json:"remark"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.processLocked(in.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.tasks, func(t *task) bool { return t.id == in.TaskID })
	switch {
	case in.Result != "agree" && in.Result != "refuse":
		return nil, errParam("invalidParameter.result", "result只能是agree或refuse")
	case i < 0 || p.tasks[i].user != in.Actor:
		return nil, errParam("invalidParameter.taskId", "审批任务不存在，或不属于该审批人")
	case p.tasks[i].status != running:
		return nil, errParam("taskStatus.error", "审批任务已处理")
	}
	s.tellLocked(s.actLocked(p, p.tasks[i], in.Result, in.Remark))
	return map[string]any{"success": true, "result": true}, nil
}

// actLocked moves an approval on after one task: refused ends it, a finished group opens the next.
func (s *Server) actLocked(p *process, t *task, result, remark string) []happened {
	now := s.opt.Clock.Now()
	t.status, t.result = completed, result
	p.note(now, t.user, "EXECUTE_TASK_NORMAL", strings.ToUpper(result), remark)
	out := []happened{p.taskChanged(t, "finish", remark, now)}
	if result == "refuse" {
		return append(out, s.finishLocked(p, completed, "refuse", "finish"))
	}
	if p.groups[t.group].Action == "AND" {
		open := slices.ContainsFunc(p.tasks, func(x *task) bool { return x.group == t.group && x.status == running })
		if open {
			return out
		}
	}
	p.cancelTasks()
	if t.group+1 < len(p.groups) {
		return append(out, s.openGroupLocked(p, t.group+1)...)
	}
	return append(out, s.finishLocked(p, completed, "agree", "finish"))
}

func (p *process) cancelTasks() {
	for _, t := range p.tasks {
		if t.status == running {
			t.status = taskCanceled
		}
	}
}

func (s *Server) finishLocked(p *process, status, result, kind string) happened {
	p.status, p.result, p.finished = status, result, s.opt.Clock.Now()
	p.cancelTasks()
	return p.changed(kind)
}

// terminateProcess is POST …/terminate.
func (c *call) terminateProcess() (any, error) {
	var in struct {
		ID       string `json:"processInstanceId"`
		IsSystem bool   `json:"isSystem"`
		Operator string `json:"operatingUserId"`
		Remark   string `json:"remark"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.processLocked(in.ID)
	if err != nil {
		return nil, err
	}
	if p.status != running {
		return nil, errParam("processInstance.finished", "审批实例已结束")
	}
	if !in.IsSystem && in.Operator != p.originator {
		return nil, errParam("invalidParameter.operatingUserId", "只有发起人可以撤销")
	}
	p.note(s.opt.Clock.Now(), in.Operator, "TERMINATE_PROCESS_INSTANCE", "NONE", in.Remark)
	s.tellLocked([]happened{s.finishLocked(p, terminated, "", "terminate")})
	return map[string]any{"success": true, "result": true}, nil
}

// commentProcess is POST …/comments.
func (c *call) commentProcess() (any, error) {
	var in struct {
		ID   string `json:"processInstanceId"`
		Text string `json:"text"`
		User string `json:"commentUserId"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.processLocked(in.ID)
	if err != nil {
		return nil, err
	}
	if _, ok := s.people[in.User]; !ok || strings.TrimSpace(in.Text) == "" || len(p.records) > 1000 {
		return nil, errParam("invalidParameter", "评论人或内容不正确")
	}
	p.note(s.opt.Clock.Now(), in.User, "ADD_REMARK", "NONE", in.Text)
	return map[string]any{"success": true, "result": true}, nil
}
