package dingtalk

import (
	"context"
	"errors"
	"time"

	"salesflow/bot"
)

// Bounds of a directory. Each department costs two calls or more, which do not count against the month.
const (
	rootDepartment = 1
	maxDepartments = 5000
	maxMembers     = 100_000
	maxDepth       = 30
	userPage       = 100
)

// Directory is the company as the app sees it: what is outside its range of contacts (通讯录权限范围) is not there.
type Directory struct {
	Departments []Department
	Members     []Member
}

// Department is a department (部门). The root has no parent.
type Department struct {
	ID, Parent int64
	Name       string
}

// Member is a member (成员).
type Member struct {
	ID      bot.UserID
	UnionID string
	Name    string
	// Title is the position; Mobile is empty without the permission for it.
	Title, Mobile string
	Departments   []int64
	// Leads are the departments of which he is the leader (主管), Manager his direct superior, often empty.
	Leads   []int64
	Manager bot.UserID
	// Active says that he has joined, Admin that he may administer the company's contacts.
	Active, Admin bool
}

// wireMember is a member in user/get and user/list.
type wireMember struct {
	UserID  string  `json:"userid"`
	UnionID string  `json:"unionid"`
	Name    string  `json:"name"`
	Title   string  `json:"title"`
	Mobile  string  `json:"mobile"`
	Manager string  `json:"manager_userid"`
	Depts   []int64 `json:"dept_id_list"`
	Leads   []struct {
		Dept   int64 `json:"dept_id"`
		Leader bool  `json:"leader"`
	} `json:"leader_in_dept"`
	// Leader stands in user/list in place of leader_in_dept: whether he leads the department that is listed.
	Leader bool `json:"leader"`
	Active bool `json:"active"`
	Admin  bool `json:"admin"`
}

func (w wireMember) member() Member {
	m := Member{
		ID: bot.UserID(cut(w.UserID, maxPlatform)), UnionID: cut(w.UnionID, maxPlatform), Name: cut(w.Name, maxName),
		Title: cut(w.Title, maxName), Mobile: cut(w.Mobile, 32), Manager: bot.UserID(cut(w.Manager, maxPlatform)),
		Departments: w.Depts, Active: w.Active, Admin: w.Admin,
	}
	for _, l := range w.Leads {
		if l.Leader {
			m.Leads = append(m.Leads, l.Dept)
		}
	}
	return m
}

// Member reads one member.
func (a *Adapter) Member(ctx context.Context, user bot.UserID) (Member, error) {
	var out struct {
		Result wireMember `json:"result"`
	}
	err := a.api.do(ctx, request{api: apiUser, body: map[string]string{"userid": string(user), "language": "zh_CN"}}, &out)
	if err != nil {
		return Member{}, err
	}
	return out.Result.member(), nil
}

// Directory reads all departments and members, for a nightly sync.
func (a *Adapter) Directory(ctx context.Context) (Directory, error) {
	d := Directory{Departments: []Department{{ID: rootDepartment}}}
	known := map[int64]bool{rootDepartment: true}
	level := d.Departments
	for depth := 0; len(level) > 0 && depth < maxDepth; depth++ {
		var next []Department
		for _, parent := range level {
			below, err := a.departments(ctx, parent.ID)
			if err != nil {
				return Directory{}, err
			}
			for _, dep := range below {
				if dep.ID != 0 && !known[dep.ID] {
					known[dep.ID] = true
					next = append(next, dep)
				}
			}
		}
		if len(known) > maxDepartments {
			return Directory{}, bot.Refused(bot.Rejected, "more than %d departments", maxDepartments)
		}
		d.Departments = append(d.Departments, next...)
		level = next
	}
	if err := a.readMembers(ctx, &d); err != nil {
		return Directory{}, err
	}
	return d, nil
}

// readMembers fills in the members of every department. Somebody in two departments is listed in both.
func (a *Adapter) readMembers(ctx context.Context, d *Directory) error {
	at := map[bot.UserID]int{}
	for _, dep := range d.Departments {
		list, err := a.members(ctx, dep.ID)
		if err != nil {
			return err
		}
		for _, w := range list {
			m := w.member()
			if m.ID == "" {
				continue
			}
			i, seen := at[m.ID]
			if !seen {
				i = len(d.Members)
				at[m.ID] = i
				d.Members = append(d.Members, m)
			}
			if w.Leader && len(w.Leads) == 0 {
				d.Members[i].Leads = append(d.Members[i].Leads, dep.ID)
			}
		}
		if len(d.Members) > maxMembers {
			return bot.Refused(bot.Rejected, "more than %d members", maxMembers)
		}
	}
	return nil
}

// departments are those right below one.
func (a *Adapter) departments(ctx context.Context, parent int64) ([]Department, error) {
	var out struct {
		Result []struct {
			ID     int64  `json:"dept_id"`
			Parent int64  `json:"parent_id"`
			Name   string `json:"name"`
		} `json:"result"`
	}
	err := a.patiently(ctx, request{api: apiDepartments, body: map[string]any{"dept_id": parent, "language": "zh_CN"}}, &out)
	if err != nil {
		return nil, err
	}
	list := make([]Department, 0, len(out.Result))
	for _, r := range out.Result {
		list = append(list, Department{ID: r.ID, Parent: r.Parent, Name: cut(r.Name, maxName)})
	}
	return list, nil
}

// members are those right in a department, page by page.
func (a *Adapter) members(ctx context.Context, department int64) ([]wireMember, error) {
	var all []wireMember
	for cursor := int64(0); len(all) <= maxMembers; {
		var out struct {
			Result struct {
				More   bool         `json:"has_more"`
				Cursor int64        `json:"next_cursor"`
				List   []wireMember `json:"list"`
			} `json:"result"`
		}
		err := a.patiently(ctx, request{api: apiUsers, body: map[string]any{
			"dept_id": department, "cursor": cursor, "size": userPage, "language": "zh_CN",
		}}, &out)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Result.List...)
		if !out.Result.More || out.Result.Cursor <= cursor {
			return all, nil
		}
		cursor = out.Result.Cursor
	}
	return nil, bot.Refused(bot.Rejected, "more than %d members", maxMembers)
}

// patiently makes a call of a long row of them: one that is throttled or finds the platform busy is tried again, or all
// before it would have been for nothing.
func (a *Adapter) patiently(ctx context.Context, r request, out any) error {
	const tries = 4
	for n := 1; ; n++ {
		err := a.api.do(ctx, r, out)
		f := (*bot.SendError)(nil)
		if err == nil || n == tries || !errors.As(err, &f) || f.Reason != bot.Down && f.Reason != bot.Throttled {
			return err
		}
		t := time.NewTimer(time.Duration(n) * a.opt.Pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return err
		}
	}
}
