package wecom

import (
	"strconv"

	"salesflow/bot/sim"
)

// positions are what the roles are called in the address book.
var positions = map[string]string{
	"rep": "销售", "lead": "销售主管", "regional_director": "区域总监", "director": "销售总监", "legal": "法务",
	"legal_head": "法务主管", "finance": "财务", "service": "客服", "success": "客户成功", "delivery": "交付",
	"marketing": "市场", "hrbp": "HRBP", "gm": "总经理", "admin": "管理员", "dealer": "经销商", "clerk": "导购",
}

// userFields is a member as an app created after June 2022 sees one: without mobile, mail, gender or avatar.
func (s *Server) userFields(p *sim.Person) fields {
	dept := s.dir.deptOf(p)
	leads := 0
	if heads[p.Role] > 0 {
		leads = 1
	}
	leaders := []string{}
	if l := s.dir.leaderOf(p); l != nil {
		leaders = append(leaders, l.ID)
	}
	position := positions[p.Role]
	if position == "" {
		position = p.Role
	}
	return fields{
		"userid": p.ID, "name": p.Name, "department": []int{dept}, "order": []int{0}, "position": position,
		"is_leader_in_dept": []int{leads}, "direct_leader": leaders, "main_department": dept, "status": 1,
		"isleader": leads, "enable": 1, "hide_mobile": 0, "telephone": "", "alias": "",
		"extattr": fields{"attrs": []any{}},
	}
}

// apiUserGet serves user/get.
func (s *Server) apiUserGet(c *call) (any, *apiError) {
	p := s.dir.person(c.query.Get("userid"))
	if p == nil {
		return nil, &apiError{code: codeNoUser}
	}
	return s.userFields(p), nil
}

// deptUsers lists the members directly in the department that a query names; fetch_child is no longer supported, so
// callers go through the departments one by one.
func (s *Server) deptUsers(c *call) ([]*sim.Person, *apiError) {
	id, err := strconv.Atoi(c.query.Get("department_id"))
	if err != nil || id < rootDept || id-2 >= len(s.dir.depts) {
		return nil, fail(codeNoDepartment, "invalid department id")
	}
	people := []*sim.Person{}
	for i := range s.dir.people {
		if s.dir.deptOf(&s.dir.people[i]) == id {
			people = append(people, &s.dir.people[i])
		}
	}
	return people, nil
}

// apiUserList serves user/list.
func (s *Server) apiUserList(c *call) (any, *apiError) {
	people, refused := s.deptUsers(c)
	if refused != nil {
		return nil, refused
	}
	list := make([]fields, 0, len(people))
	for _, p := range people {
		list = append(list, s.userFields(p))
	}
	return fields{"userlist": list}, nil
}

// apiUserSimpleList serves user/simplelist.
func (s *Server) apiUserSimpleList(c *call) (any, *apiError) {
	people, refused := s.deptUsers(c)
	if refused != nil {
		return nil, refused
	}
	list := make([]fields, 0, len(people))
	for _, p := range people {
		list = append(list, fields{"userid": p.ID, "name": p.Name, "department": []int{s.dir.deptOf(p)}, "open_userid": ""})
	}
	return fields{"userlist": list}, nil
}

// apiUserListID serves user/list_id, page by page.
func (s *Server) apiUserListID(c *call) (any, *apiError) {
	var req struct {
		Cursor string `json:"cursor"`
		Limit  int    `json:"limit"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	if req.Limit <= 0 || req.Limit > 10_000 {
		req.Limit = 10_000
	}
	from := 0
	if req.Cursor != "" {
		n, err := strconv.Atoi(req.Cursor)
		if err != nil || n < 0 || n > len(s.dir.people) {
			return nil, fail(codeParam, "invalid cursor")
		}
		from = n
	}
	to := min(from+req.Limit, len(s.dir.people))
	list := make([]fields, 0, to-from)
	for i := from; i < to; i++ {
		p := &s.dir.people[i]
		list = append(list, fields{"userid": p.ID, "department": s.dir.deptOf(p)})
	}
	out := fields{"dept_user": list, "next_cursor": ""}
	if to < len(s.dir.people) {
		out["next_cursor"] = strconv.Itoa(to)
	}
	return out, nil
}

// apiDepartments serves department/list: the company, and a department for each team.
func (s *Server) apiDepartments(c *call) (any, *apiError) {
	only := 0
	if raw := c.query.Get("id"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < rootDept || n-2 >= len(s.dir.depts) {
			return nil, fail(codeNoDepartment, "invalid department id")
		}
		only = n
	}
	list := []fields{}
	add := func(id, parent int, name string) {
		if only == 0 || only == rootDept || only == id {
			list = append(list, fields{
				"id": id, "name": name, "name_en": "", "department_leader": s.deptLeaders(id), "parentid": parent,
				"order": 100_000_000 - id,
			})
		}
	}
	add(rootDept, 0, "公司")
	for i, name := range s.dir.depts {
		add(i+2, rootDept, name)
	}
	return fields{"department": list}, nil
}

func (s *Server) deptLeaders(id int) []string {
	leaders := []string{}
	for i := range s.dir.people {
		p := &s.dir.people[i]
		if heads[p.Role] > 0 && s.dir.deptOf(p) == id {
			leaders = append(leaders, p.ID)
		}
	}
	return leaders
}
