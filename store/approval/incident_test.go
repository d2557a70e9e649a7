package approval_test

import (
	"testing"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

func TestStateOfReadsTheStory(t *testing.T) {
	t.Parallel()
	opened := time.Date(2026, 3, 13, 2, 0, 0, 0, time.UTC)
	at := func(h float64) sales.Instant { return sales.At(opened.Add(time.Duration(h * float64(time.Hour)))) }
	step := func(h float64, level int, what string) sales.IncidentStep {
		return sales.IncidentStep{At: at(h), Level: level, What: what, PersonID: 1}
	}
	for _, tc := range []struct {
		name  string
		level int
		steps []sales.IncidentStep
		want  approval.IncidentState
	}{
		{"还没推送", 0, nil, approval.IncidentState{}},
		{
			"一级推给两个人算一次", 1,
			[]sales.IncidentStep{step(0, 0, approval.StepOpened), step(0, 1, approval.StepPushed), step(0, 1, approval.StepPushed)},
			approval.IncidentState{Level: 1, LevelAt: at(0).Time},
		},
		{
			"再推一次是重复", 1,
			[]sales.IncidentStep{step(0, 1, approval.StepPushed), step(5, 1, approval.StepPushed)},
			approval.IncidentState{Level: 1, LevelAt: at(5).Time, Repeats: 1},
		},
		{
			"推后再来不算重复", 1,
			[]sales.IncidentStep{step(0, 1, approval.StepPushed), step(1, 1, approval.StepSnoozed), step(3, 1, approval.StepPushed)},
			approval.IncidentState{Level: 1, LevelAt: at(3).Time, Snoozes: 1},
		},
		{
			"联系不上", 2,
			[]sales.IncidentStep{step(0, 1, approval.StepPushed), step(24, 2, approval.StepUnreachable)},
			approval.IncidentState{Level: 2, LevelAt: at(24).Time, Unreachable: true},
		},
		{
			"上一次超时的不算", 1,
			[]sales.IncidentStep{step(-200, 1, approval.StepPushed), step(-190, 1, approval.StepSnoozed), step(0, 1, approval.StepPushed)},
			approval.IncidentState{Level: 1, LevelAt: at(0).Time},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := approval.StateOf(sales.Incident{Level: tc.level, OpenedAt: at(0)}, tc.steps); got != tc.want {
				t.Errorf("StateOf = %+v, want %+v", got, tc.want)
			}
		})
	}
}

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
