package dingtalk

import (
	"slices"
	"strings"
	"time"
)

// Todo is a to-do (待办) as the phones show it. People are by id, not by unionId.
type Todo struct {
	ID           string
	SourceID     string
	Creator      string
	Subject      string
	Description  string
	Due          time.Time // zero is none
	Executors    []string
	Participants []string
	Priority     int
	AppURL       string
	PCURL        string
	Done         bool
	// DoneBy is who of the executors has done their part.
	DoneBy  []string
	Created time.Time
	Changed time.Time
}

const (
	maxSubject   = 1024
	maxDetail    = 4096
	maxExecutors = 1000
	createError  = "todo.taskCreate.paramError"
	updateError  = "todo.taskUpdate.paramError"
)

// Todos lists the to-dos, oldest first. A deleted one is gone.
func (s *Server) Todos() []Todo {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Todo{}
	for _, t := range s.todos.all() {
		c := *t
		c.Executors, c.Participants, c.DoneBy = slices.Clone(t.Executors), slices.Clone(t.Participants), slices.Clone(t.DoneBy)
		out = append(out, c)
	}
	return out
}

type todoRequest struct {
	SourceID     string    `json:"sourceId"`
	Subject      *string   `json:"subject"`
	Description  *string   `json:"description"`
	DueTime      *int64    `json:"dueTime"`
	ExecutorIDs  *[]string `json:"executorIds"`
	Participants *[]string `json:"participantIds"`
	Done         *bool     `json:"done"`
	Priority     int       `json:"priority"`
	DetailURL    struct {
		App string `json:"appUrl"`
		PC  string `json:"pcUrl"`
	} `json:"detailUrl"`
}

// createTodo is POST /v1.0/todo/users/{unionId}/tasks.
func (c *call) createTodo() (any, error) {
	var in todoRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	who, err := c.todoUser(createError)
	if err != nil {
		return nil, err
	}
	if in.Subject == nil || strings.TrimSpace(*in.Subject) == "" {
		return nil, errParam(createError, "subject不能为空")
	}
	if in.Priority != 0 && !slices.Contains([]int{10, 20, 30, 40}, in.Priority) {
		return nil, errParam(createError, "priority只能是10、20、30、40")
	}
	for _, t := range s.todos.all() {
		if in.SourceID != "" && t.SourceID == in.SourceID {
			return nil, errParam(createError, "task exist")
		}
	}
	now := s.opt.Clock.Now()
	t := &Todo{
		ID: "task" + secret()[:28], SourceID: in.SourceID, Creator: who, Priority: in.Priority,
		AppURL: in.DetailURL.App, PCURL: in.DetailURL.PC, Created: now,
	}
	if err := s.fillTodoLocked(t, in, createError); err != nil {
		return nil, err
	}
	s.todos.put(t.ID, t)
	s.touchLocked()
	return s.todoAnswer(t), nil
}

// fillTodoLocked applies the fields that are given.
func (s *Server) fillTodoLocked(t *Todo, in todoRequest, code string) error {
	next := *t
	next.Changed = s.opt.Clock.Now()
	if in.Subject != nil {
		next.Subject = *in.Subject
	}
	if in.Description != nil {
		next.Description = *in.Description
	}
	if len(next.Subject) > maxSubject || len(next.Description) > maxDetail {
		return errParam(code, "subject或description过长")
	}
	if in.DueTime != nil {
		if *in.DueTime <= 0 || *in.DueTime < 1e12 {
			return errParam(code, "dueTime必须是毫秒时间戳")
		}
		next.Due = time.UnixMilli(*in.DueTime)
	}
	var err error
	if in.ExecutorIDs != nil {
		if next.Executors, err = s.personsLocked(*in.ExecutorIDs, code); err != nil {
			return err
		}
	}
	if in.Participants != nil {
		if next.Participants, err = s.personsLocked(*in.Participants, code); err != nil {
			return err
		}
	}
	if in.Done != nil {
		next.Done = *in.Done
		next.DoneBy = nil
		if next.Done {
			next.DoneBy = slices.Clone(next.Executors)
		}
	}
	*t = next
	return nil
}

func (s *Server) personsLocked(unionIDs []string, code string) ([]string, error) {
	if len(unionIDs) > maxExecutors {
		return nil, errParam(code, "人员最多%d个", maxExecutors)
	}
	out := []string{}
	for _, u := range unionIDs {
		p, ok := s.unions[u]
		if !ok {
			return nil, errParam(code, "unionId不存在")
		}
		out = append(out, p)
	}
	return out, nil
}

// todoUser checks the unionIds of path and query.
func (c *call) todoUser(code string) (string, error) {
	who, ok := c.s.unions[c.r.PathValue("unionId")]
	if !ok {
		return "", errParam(code, "unionId不存在")
	}
	if op := c.r.URL.Query().Get("operatorId"); op != "" {
		if _, ok := c.s.unions[op]; !ok {
			return "", errParam(code, "operatorId不是有效的unionId")
		}
	}
	return who, nil
}

// todo finds the to-do of the path.
func (c *call) todo() (*Todo, error) {
	if _, err := c.todoUser(updateError); err != nil {
		return nil, err
	}
	t, ok := c.s.todos.get(c.r.PathValue("taskId"))
	if !ok {
		return nil, errParam(updateError, "task not exist")
	}
	return t, nil
}

func (s *Server) todoAnswer(t *Todo) map[string]any {
	unions := func(people []string) []string {
		out := []string{}
		for _, p := range people {
			out = append(out, s.UnionID(p))
		}
		return out
	}
	a := map[string]any{
		"id": t.ID, "sourceId": t.SourceID, "subject": t.Subject, "description": t.Description, "done": t.Done,
		"creatorId": s.UnionID(t.Creator), "executorIds": unions(t.Executors), "participantIds": unions(t.Participants),
		"createdTime": t.Created.UnixMilli(), "modifiedTime": t.Changed.UnixMilli(), "priority": t.Priority,
		"detailUrl": map[string]string{"appUrl": t.AppURL, "pcUrl": t.PCURL},
	}
	if !t.Due.IsZero() {
		a["dueTime"] = t.Due.UnixMilli()
	}
	return a
}

func (c *call) getTodo() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	t, err := c.todo()
	if err != nil {
		return nil, err
	}
	return c.s.todoAnswer(t), nil
}

func (c *call) updateTodo() (any, error) {
	var in todoRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	t, err := c.todo()
	if err != nil {
		return nil, err
	}
	if err := c.s.fillTodoLocked(t, in, updateError); err != nil {
		return nil, err
	}
	c.s.touchLocked()
	return map[string]any{"result": true}, nil
}

func (c *call) deleteTodo() (any, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	t, err := c.todo()
	if err != nil {
		return nil, err
	}
	c.s.todos.remove(t.ID)
	c.s.touchLocked()
	return map[string]any{"result": true}, nil
}

// todoStatus is PUT …/executorStatus: single executors have done their part. When all have, the to-do is done.
func (c *call) todoStatus() (any, error) {
	var in struct {
		List []struct {
			ID     string `json:"id"`
			IsDone bool   `json:"isDone"`
		} `json:"executorStatusList"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	t, err := c.todo()
	if err != nil {
		return nil, err
	}
	done := slices.Clone(t.DoneBy)
	for _, st := range in.List {
		p := c.s.unions[st.ID]
		if !slices.Contains(t.Executors, p) {
			return nil, errParam(updateError, "不是该待办的执行人")
		}
		done = slices.DeleteFunc(done, func(x string) bool { return x == p })
		if st.IsDone {
			done = append(done, p)
		}
	}
	t.DoneBy, t.Done, t.Changed = done, len(done) == len(t.Executors), c.s.opt.Clock.Now()
	c.s.touchLocked()
	return map[string]any{"result": true}, nil
}
