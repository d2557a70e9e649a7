package approval_test

import (
	"testing"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

func TestHoldersNearTheRequesterComeFirst(t *testing.T) {
	t.Parallel()
	person := func(id sales.PersonID, team sales.ID, active bool, roles ...sales.Role) sales.Person {
		return sales.Person{ID: id, Name: id.String(), TeamID: team, Roles: roles, Active: active}
	}
	org := sales.NewOrg(1, []sales.Person{
		person(1, 10, true, sales.RoleRep), person(2, 10, true, sales.RoleLead), person(3, 20, true, sales.RoleRep), person(4, 20, true, sales.RoleLead),
		person(5, 10, true, sales.RoleLegal), person(6, 20, true, sales.RoleLegal), person(7, 30, true, sales.RoleDirector),
		person(8, 10, false, sales.RoleLegal), person(9, 30, true, sales.RoleRep),
	}, []sales.Team{
		{ID: 10, Region: "华东", LeadID: 2}, {ID: 20, Region: "华南", LeadID: 4}, {ID: 30, Region: "总部", LeadID: 7},
	}, nil)
	for _, tc := range []struct {
		name, role string
		requester  sales.PersonID
		want       []sales.PersonID
	}{
		{"本线的主管", "lead", 3, []sales.PersonID{4}},
		{"本区域的法务,离职的不算", "legal", 1, []sales.PersonID{5}},
		{"区域里没有就找全公司的", "director", 1, []sales.PersonID{7}},
		{"总部的人没有本区域法务", "legal", 9, []sales.PersonID{5, 6}},
		{"没有人", "gm", 1, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := approval.OrgResolver{Org: org}.Holders(tc.role, tc.requester)
			if len(got) != len(tc.want) {
				t.Fatalf("Holders = %v, want %v", got, tc.want)
			}
			for i := range got {
				if got[i].ID != tc.want[i] {
					t.Errorf("Holders = %v, want %v", got, tc.want)
				}
			}
		})
	}
	if up, ok := (approval.OrgResolver{Org: org}).Superior(1); !ok || up.ID != 2 {
		t.Errorf("Superior = %v %v", up, ok)
	}
}
