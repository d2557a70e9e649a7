package dingtalk

import (
	"encoding/json"
	"slices"
	"strconv"

	"salesflow/bot/sim"
)

// department is a team of the company; the root is 1.
type department struct {
	id   int
	name string
}

const (
	rootDept    = 1
	maxUserPage = 100
)

// departments gives each team a number, in the order in which they appear.
func departments(people []sim.Person) []department {
	var out []department
	for _, p := range people {
		if p.Team != "" && !slices.ContainsFunc(out, func(d department) bool { return d.name == p.Team }) {
			out = append(out, department{id: rootDept + 1 + len(out), name: p.Team})
		}
	}
	return out
}

func (s *Server) deptOf(p sim.Person) int {
	for _, d := range s.depts {
		if d.name == p.Team {
			return d.id
		}
	}
	return rootDept
}

// leads reports whether a person is the manager of somebody in the same department.
func (s *Server) leads(person sim.Person) bool {
	for _, p := range s.company.People {
		if s.opt.Managers[p.ID] == person.ID && s.deptOf(p) == s.deptOf(person) {
			return true
		}
	}
	return false
}

// user is a person as the contacts calls describe them. Mobile and mail need a permission the app does not have.
func (s *Server) user(p sim.Person) map[string]any {
	dept := s.deptOf(p)
	return map[string]any{
		"userid": p.ID, "unionid": s.UnionID(p.ID), "name": p.Name, "manager_userid": s.opt.Managers[p.ID],
		"dept_id_list": []int{dept}, "leader_in_dept": []any{map[string]any{"dept_id": dept, "leader": s.leads(p)}},
		"title": p.Role, "job_number": "", "active": true, "admin": slices.Contains(s.opt.Admins, p.ID), "boss": false,
		"role_list": []any{map[string]any{"id": 1, "name": p.Role, "group_name": "默认"}},
	}
}

func oldOK(result any) map[string]any {
	return map[string]any{"errcode": 0, "errmsg": "ok", "request_id": secret()[:12], "result": result}
}

func number(raw json.RawMessage, absent int) (int, error) {
	if raw == nil {
		return absent, nil
	}
	n, err := strconv.Atoi(word(raw))
	if err != nil || n < 0 {
		return 0, errOld(40035, "不合法的参数")
	}
	return n, nil
}

// userGet is POST /topapi/v2/user/get.
func (c *call) userGet() (any, error) {
	in, err := c.decodeOld()
	if err != nil {
		return nil, err
	}
	p, ok := c.s.people[word(in["userid"])]
	if !ok {
		return nil, errOld(60121, "找不到该用户")
	}
	return oldOK(c.s.user(p)), nil
}

// userList is POST /topapi/v2/user/list: the people directly in one department, by pages.
func (c *call) userList() (any, error) {
	in, err := c.decodeOld()
	if err != nil {
		return nil, err
	}
	dept, err := number(in["dept_id"], 0)
	if err != nil {
		return nil, err
	}
	cursor, err := number(in["cursor"], 0)
	if err != nil {
		return nil, err
	}
	n, err := number(in["size"], 0)
	if err != nil {
		return nil, err
	}
	if n == 0 || n > maxUserPage {
		return nil, errOld(33012, "size只能是1到100")
	}
	if !c.s.hasDept(dept) {
		return nil, errOld(60003, "部门不存在")
	}
	var all []map[string]any
	for _, p := range c.s.company.People {
		if c.s.deptOf(p) == dept {
			all = append(all, c.s.user(p))
		}
	}
	end := min(cursor+n, len(all))
	result := map[string]any{"has_more": end < len(all), "list": append([]map[string]any{}, all[min(cursor, end):end]...)}
	if end < len(all) {
		result["next_cursor"] = end
	}
	return oldOK(result), nil
}

func (s *Server) hasDept(id int) bool {
	return id == rootDept || slices.ContainsFunc(s.depts, func(d department) bool { return d.id == id })
}

// departmentList is POST /topapi/v2/department/listsub: one level below.
func (c *call) departmentList() (any, error) {
	in, err := c.decodeOld()
	if err != nil {
		return nil, err
	}
	parent, err := number(in["dept_id"], rootDept)
	if err != nil {
		return nil, err
	}
	if !c.s.hasDept(parent) {
		return nil, errOld(60003, "部门不存在")
	}
	list := []any{}
	if parent == rootDept {
		for _, d := range c.s.depts {
			list = append(list, map[string]any{
				"dept_id": d.id, "name": d.name, "parent_id": rootDept, "auto_add_user": true, "create_dept_group": false,
			})
		}
	}
	return oldOK(list), nil
}
