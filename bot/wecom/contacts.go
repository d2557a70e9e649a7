package wecom

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
)

// rootDepartment is the department everyone is under.
const rootDepartment = 1

// maxDepartments bounds a directory; each costs one call.
const maxDepartments = 5000

// Directory is the company as the app sees it: what is outside its visible range (可见范围) is not there.
type Directory struct {
	Departments []Department
	Members     []Member
}

// Department is a department (部门). The root has no parent.
type Department struct {
	ID, Parent int
	Name       string
	Leaders    []bot.UserID
	Order      int
}

// MemberStatus is what a member's account is good for.
type MemberStatus int

// The states of a member (document 90201).
const (
	MemberActive   MemberStatus = 1
	MemberDisabled MemberStatus = 2
	MemberInvited  MemberStatus = 4 // not activated yet
	MemberLeft     MemberStatus = 5
)

// Member is a member (成员). Phone and mail are not to be had by apps made since June 2022.
type Member struct {
	ID          bot.UserID
	Name        string
	Position    string
	Departments []int
	// Leads are the departments of which he is a leader (部门负责人), DirectLeaders his own leaders (直属上级), nearest first.
	Leads         []int
	DirectLeaders []bot.UserID
	Main          int
	Status        MemberStatus
}

// wireMember is a member in user/list (document 90201).
type wireMember struct {
	UserID       string   `json:"userid"`
	Name         string   `json:"name"`
	Position     string   `json:"position"`
	Department   []int    `json:"department"`
	IsLeader     []int    `json:"is_leader_in_dept"`
	DirectLeader []string `json:"direct_leader"`
	Main         int      `json:"main_department"`
	Status       int      `json:"status"`
}

// Directory reads all departments and members, for a nightly sync: one call for the departments and one for each of
// them. When the app may not read the contacts, the contacts secret is tried, where there is one.
func (a *Adapter) Directory(ctx context.Context) (Directory, error) {
	d, err := a.api.directory(ctx)
	if err != nil && a.contacts != nil && bot.SendFailure(err).Reason == bot.Permission {
		return a.contacts.directory(ctx)
	}
	return d, err
}

func (c *client) directory(ctx context.Context) (Directory, error) {
	list, err := c.departments(ctx)
	if err != nil {
		return Directory{}, err
	}
	if len(list) > maxDepartments {
		return Directory{}, bot.Refused(bot.Rejected, "%d departments, at most %d", len(list), maxDepartments)
	}
	var d Directory
	seen := map[string]bool{}
	for _, w := range list {
		if w == nil {
			continue
		}
		dep := Department{ID: w.ID, Parent: w.ParentID, Name: w.Name, Order: w.Order}
		for _, id := range w.DepartmentLeader {
			dep.Leaders = append(dep.Leaders, bot.UserID(id))
		}
		d.Departments = append(d.Departments, dep)
		members, err := c.members(ctx, w.ID)
		if err != nil {
			return Directory{}, err
		}
		for _, m := range members {
			// User ids do not differ in case, and somebody in two departments is listed in both.
			if key := strings.ToLower(m.UserID); m.UserID != "" && !seen[key] {
				seen[key] = true
				d.Members = append(d.Members, m.member())
			}
		}
	}
	slices.SortFunc(d.Departments, func(a, b Department) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(d.Members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	return d, nil
}

// members lists the members of one department, without those of the departments below it.
func (c *client) members(ctx context.Context, department int) ([]wireMember, error) {
	var out struct {
		List []wireMember `json:"userlist"`
	}
	err := c.get(ctx, "user/list", url.Values{"department_id": {strconv.Itoa(department)}}, &out)
	return out.List, err
}

func (w wireMember) member() Member {
	m := Member{
		ID: bot.UserID(w.UserID), Name: w.Name, Position: w.Position, Departments: w.Department,
		Main: w.Main, Status: MemberStatus(w.Status),
	}
	for i, leads := range w.IsLeader {
		if leads == 1 && i < len(w.Department) {
			m.Leads = append(m.Leads, w.Department[i])
		}
	}
	for _, id := range w.DirectLeader {
		m.DirectLeaders = append(m.DirectLeaders, bot.UserID(id))
	}
	return m
}
