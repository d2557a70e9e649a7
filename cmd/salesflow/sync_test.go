package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// synced plans with ids 100, 101, ….
func synced(t *testing.T, org *sales.Org, file map[string]bool, dirs ...directory) (syncPlan, error) {
	t.Helper()
	next := sales.ID(99)
	return planSync(org, file, nil, dirs, sales.At(testStart), func() (sales.ID, error) { next++; return next, nil })
}

// apply is the organisation after a plan.
func apply(org *sales.Org, plan syncPlan) *sales.Org {
	people, teams := map[sales.PersonID]sales.Person{}, map[sales.ID]sales.Team{}
	var accounts []sales.Identity
	for _, p := range org.Everybody() {
		people[p.ID] = p
		accounts = append(accounts, org.Identities(p.ID)...)
	}
	for _, t := range org.Teams() {
		teams[t.ID] = t
	}
	for _, c := range plan.people {
		people[c.person.ID] = c.person
	}
	for _, t := range plan.teams {
		teams[t.ID] = t
	}
	for _, a := range plan.accounts {
		accounts = slices.DeleteFunc(accounts, func(i sales.Identity) bool { return i.Platform == a.Platform && i.UserID == a.UserID })
		accounts = append(accounts, a)
	}
	var pl []sales.Person
	for _, p := range people {
		pl = append(pl, p)
	}
	var tl []sales.Team
	for _, t := range teams {
		tl = append(tl, t)
	}
	return sales.NewOrg(org.Revision+1, pl, tl, accounts)
}

func wecomOf(members ...directoryMember) directory {
	return directory{
		platform: "wecom",
		teams: []directoryTeam{
			{id: "1", name: "华东精仪", root: true},
			{id: "2", name: "华东一组", parent: "1", leaders: []string{"WangFang"}},
			{id: "3", name: "绍兴小组", parent: "2"},
		},
		members: members,
	}
}

func TestSyncBringsPeopleTeamsAndAccounts(t *testing.T) {
	t.Parallel()
	dir := wecomOf(
		directoryMember{account: "WangFang", name: "王芳", team: "2", leads: []string{"2"}},
		directoryMember{account: "ZhouMin", name: "周敏", team: "3", manager: "wangfang"},
	)
	plan, err := synced(t, sales.NewOrg(1, nil, nil, nil), nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	org := apply(sales.NewOrg(1, nil, nil, nil), plan)
	lead, ok := org.ByAccount("wecom", "wangfang")
	if !ok || !lead.Has(sales.RoleLead) {
		t.Errorf("王芳 is %+v", lead)
	}
	rep, _ := org.ByAccount("wecom", "zhoumin")
	boss, _ := org.Manager(rep.ID)
	team, _ := org.Team(rep.TeamID)
	above, _ := org.Team(team.ParentID)
	if !rep.Has(sales.RoleRep) || boss.ID != lead.ID || team.Name != "绍兴小组" || above.Name != "华东一组" || above.LeadID != lead.ID || above.ParentID != 0 {
		t.Errorf("周敏 %+v reports to %s in %+v below %+v", rep, boss.Name, team, above)
	}
	again, err := synced(t, org, nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.people)+len(again.teams)+len(again.accounts) > 0 {
		t.Errorf("the same directory changes %+v", again)
	}
}

func TestSyncLeavesTheOrganisationFileAlone(t *testing.T) {
	t.Parallel()
	org := sales.NewOrg(1,
		[]sales.Person{{ID: 1, Code: "zhoumin", Name: "周敏", Roles: sales.List[sales.Role]{sales.RoleLegal}, TeamID: 7, Active: true}},
		[]sales.Team{{ID: 7, Code: "east1", Name: "华东一组", LeadID: 1}},
		[]sales.Identity{{Platform: "wecom", UserID: "zhoumin", PersonID: 1}})
	file := map[string]bool{"zhoumin": true, "east1": true}
	plan, err := synced(t, org, file, wecomOf(
		directoryMember{account: "ZhouMin", name: "周敏(测试)", team: "3"},
		directoryMember{account: "LinXia", name: "林夏", team: "2"},
	))
	if err != nil {
		t.Fatal(err)
	}
	after := apply(org, plan)
	if p, _ := after.Person(1); p.Name != "周敏" || p.TeamID != 7 || !p.Has(sales.RoleLegal) {
		t.Errorf("the file's person became %+v", p)
	}
	if team, _ := after.Team(7); team.LeadID != 1 {
		t.Errorf("the file's team became %+v", team)
	}
	if p, _ := after.ByAccount("wecom", "linxia"); p.TeamID != 7 {
		t.Errorf("林夏 is in team %d, want the file's team of the same name", p.TeamID)
	}
	gone, err := synced(t, after, file, wecomOf(directoryMember{account: "LinXia", name: "林夏", team: "2"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(gone.people) != 0 {
		t.Errorf("the file's person was changed: %+v", gone.people)
	}
}

func TestSyncMakesOnePersonOfTwoAccountsWithOnePhone(t *testing.T) {
	t.Parallel()
	org := sales.NewOrg(1, []sales.Person{{ID: 1, Code: "zhoumin", Name: "周敏", Phone: "13800000001", Active: true}}, nil,
		[]sales.Identity{{Platform: "wecom", UserID: "zhoumin", PersonID: 1}})
	plan, err := synced(t, org, map[string]bool{"zhoumin": true},
		wecomOf(directoryMember{account: "zhoumin", name: "周敏", team: "2"}),
		directory{platform: "dingtalk", members: []directoryMember{{account: "0123", union: "u1", name: "周敏", phone: "13800000001"}}})
	if err != nil {
		t.Fatal(err)
	}
	after := apply(org, plan)
	if p, _ := after.ByAccount("dingtalk", "0123"); p.ID != 1 {
		t.Errorf("the DingTalk account belongs to %+v", p)
	}
	if len(after.People()) != 1 {
		t.Errorf("%d people, want one", len(after.People()))
	}
}

func TestSyncMarksThoseWhoLeftAndBringsThemBack(t *testing.T) {
	t.Parallel()
	both := wecomOf(directoryMember{account: "a", name: "甲", team: "2"}, directoryMember{account: "b", name: "乙", team: "2"})
	empty := sales.NewOrg(1, nil, nil, nil)
	plan, err := synced(t, empty, nil, both)
	if err != nil {
		t.Fatal(err)
	}
	org := apply(empty, plan)
	plan, err = synced(t, org, nil, wecomOf(both.members[0]))
	if err != nil {
		t.Fatal(err)
	}
	if plan.left != 1 || len(plan.people) != 1 || plan.people[0].verb != "person.leave" {
		t.Fatalf("plan %+v", plan)
	}
	org = apply(org, plan)
	if _, active := org.ByAccount("wecom", "b"); active || len(org.Everybody()) != 2 {
		t.Errorf("乙 is still active, or gone for good: %+v", org.Everybody())
	}
	if plan, err = synced(t, org, nil, both); err != nil {
		t.Fatal(err)
	}
	if _, active := apply(org, plan).ByAccount("wecom", "b"); !active {
		t.Error("乙 came back and is not active")
	}
}

func TestSyncRefusesADirectoryInWhichMostAreMissing(t *testing.T) {
	t.Parallel()
	var members []directoryMember
	for i := range 12 {
		members = append(members, directoryMember{account: fmt.Sprint("u", i), name: fmt.Sprint("员工", i), team: "2"})
	}
	empty := sales.NewOrg(1, nil, nil, nil)
	plan, err := synced(t, empty, nil, wecomOf(members...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := synced(t, apply(empty, plan), nil, wecomOf(members[:3]...)); err == nil {
		t.Error("nine of twelve people left overnight, and nobody asked")
	}
}

func TestSyncReadsTheRealDirectories(t *testing.T) {
	t.Parallel()
	_, environ := offices(t, "")
	cfg, err := loadConfig("", environ)
	if err != nil {
		t.Fatal(err)
	}
	program, err := build(context.Background(), cfg, options{
		clock: scheduler.WallClock{Time: time.Now}, log: zerolog.Nop(), poll: servePoll, wall: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer program.close()
	if err := newDirectorySync(program, configs.Org{}).once(context.Background()); err != nil {
		t.Fatal(err)
	}
	org, err := program.books.Org(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p, ok := org.ByAccount("dingtalk", "liqiang")
	if !ok || p.Name != "李强" {
		t.Errorf("李强 is %+v", p)
	}
	union := ""
	for _, i := range org.Identities(p.ID) {
		union = i.UnionID
	}
	if union == "" {
		t.Error("the union id is missing: to-dos of DingTalk need it")
	}
}

func TestAHintOfThePlatformAsksForAReading(t *testing.T) {
	t.Parallel()
	p := demoProgram(t)
	s := newDirectorySync(p, demoOrg(t))
	s.watch(p.front)
	for range 3 {
		p.front.Observe(bot.Event{Platform: "wecom", Kind: bot.Changed}, bot.OutcomeDone, time.Millisecond)
	}
	p.front.Observe(bot.Event{Platform: "wecom", Kind: bot.Said}, bot.OutcomeDone, time.Millisecond)
	if len(s.hint) != 1 {
		t.Errorf("%d readings asked for, want one for all hints", len(s.hint))
	}
}

func TestDirectoriesAreReadAtNight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ now, want string }{
		{"2026-03-11T10:00:00+08:00", "2026-03-12T03:30:00+08:00"},
		{"2026-03-11T01:00:00+08:00", "2026-03-11T03:30:00+08:00"},
		{"2026-03-11T03:30:00+08:00", "2026-03-12T03:30:00+08:00"},
	} {
		now, _ := time.Parse(time.RFC3339, tt.now)
		if got := nextSync(now).In(sales.Shanghai).Format(time.RFC3339); got != tt.want {
			t.Errorf("after %s comes %s, want %s", tt.now, got, tt.want)
		}
	}
}
