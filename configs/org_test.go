package configs

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestDemoCompany(t *testing.T) {
	t.Parallel()
	o, err := LoadOrg(DemoOrg, Demo.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	type who struct{ name, role, platform, team string }
	want := map[string]who{
		"zhoumin":  {"周敏", "rep", "wecom", "east1"},
		"liqiang":  {"李强", "rep", "dingtalk", "east1"},
		"wangfang": {"王芳", "lead", "wecom", "east1"},
		"zhaolei":  {"赵磊", "legal", "dingtalk", "legal"},
		"sunjing":  {"孙静", "legal_head", "wecom", "legal"},
		"chengang": {"陈刚", "director", "dingtalk", "sales"},
		"wutong":   {"吴桐", "finance", "wecom", "finance"},
		"linxia":   {"林夏", "rep", "wecom", "east1"},
		"zhengkai": {"郑凯", "admin", "dingtalk", "sales"},
		"fangyuan": {"方远", "delivery", "dingtalk", "works"},
		"qianjin":  {"钱进", "purchasing", "wecom", "works"},
		"shilei":   {"石垒", "production", "dingtalk", "works"},
		"yanming":  {"严明", "quality", "wecom", "works"},
	}
	got := map[string]who{}
	for _, p := range o.People {
		for platform := range p.Platforms {
			got[p.ID] = who{p.Name, p.Roles[0], platform, p.Team}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(who{})); diff != "" {
		t.Errorf("people -want +got:\n%s", diff)
	}

	owned := map[string]int{}
	owner := map[string]string{}
	for _, c := range o.Master.Customers {
		owned[c.Owner]++
		owner[c.Name] = c.Owner
	}
	if diff := cmp.Diff(map[string]int{"zhoumin": 28, "liqiang": 32}, owned); diff != "" {
		t.Errorf("customers by owner -want +got:\n%s", diff)
	}
	if owner["绍兴市立医院"] != "zhoumin" || owner["宁波市立医院"] != "liqiang" {
		t.Errorf("绍兴市立医院 belongs to %s, 宁波市立医院 to %s", owner["绍兴市立医院"], owner["宁波市立医院"])
	}
	if len(o.Master.Contacts) == 0 || len(o.Master.Products) == 0 || len(o.Master.Contracts) == 0 || len(o.Master.Competitors) == 0 {
		t.Error("contacts, products, contracts or competitors are missing")
	}
	if len(o.Groups) != 2 || o.Groups[0].Chat != "group_wecom" || o.Groups[1].Name != "华东一组" {
		t.Errorf("groups %+v", o.Groups)
	}

	if err := Default().CheckOrg(o); err != nil {
		t.Errorf("the demo lacks somebody the default rules need: %v", err)
	}
}

// small is an organisation that is right, for tests to break.
const small = `company: 甲公司
teams:
  - {id: t1, name: 一组, lead: a}
people:
  - {id: a, name: 甲, phone: "13800000001", roles: [lead], team: t1, platforms: {wecom: ua}}
  - {id: b, name: 乙, phone: "13800000002", roles: [rep, legal], team: t1, platforms: {dingtalk: ub}}
groups:
  - {id: g, platform: wecom, name: 群, chat: wrXXX, members: [a]}
master: {file: m.json, owners: {X: b}}
`

const smallMaster = `{"customers":[{"id":"C1","name":"某医院","owner":"X","contacts":["K1"]},{"id":"C2","name":"某厂","owner":"Y"}],
"contacts":[{"id":"K1","customer":"C1","name":"丙"}],"products":[{"id":"P1","name":"仪器","list_price":"480000.5"}],
"contracts":[{"no":"HT1","customer":"C1","amount":"480000"}]}`

func loadOrg(org, master string) (Org, error) {
	files := fstest.MapFS{"etc/org.yaml": {Data: []byte(org)}, "etc/m.json": {Data: []byte(master)}}
	return LoadOrg("etc/org.yaml", func(name string) ([]byte, error) { return fs.ReadFile(files, name) })
}

func TestOrganisation(t *testing.T) {
	t.Parallel()
	o, err := loadOrg(small, smallMaster)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := o.Person("b"); !ok || p.Name != "乙" || p.Platforms["dingtalk"] != "ub" {
		t.Errorf("person b is %+v", p)
	}
	if _, ok := o.Person("nobody"); ok {
		t.Error("found a person who does not exist")
	}
	if legal := o.WithRole("legal"); len(legal) != 1 || legal[0].ID != "b" {
		t.Errorf("legal is %+v", legal)
	}
	if o.Master.Customers[0].Owner != "b" || o.Master.Customers[1].Owner != "" {
		t.Errorf("owners: %q and, with no default owner, %q", o.Master.Customers[0].Owner, o.Master.Customers[1].Owner)
	}
	if o.Groups[0].Chat != "wrXXX" {
		t.Errorf("the group's chat is %q", o.Groups[0].Chat)
	}
}

func TestOrganisationProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string
		want     string
	}{
		{"unknown team", "[lead], team: t1", "[lead], team: t2", `etc/org.yaml:5: people[0].team: there is no team "t2"; fix: did you mean t1?`},
		{"no team", "[lead], team: t1, ", "[lead], ", `etc/org.yaml:5: people[0].team: is missing; fix: name a team`},
		{"missing lead", ", lead: a", "", `etc/org.yaml:3: teams[0].lead: is missing; fix: name a person`},
		{"unknown lead", ", lead: a", ", lead: zhou", `etc/org.yaml:3: teams[0].lead: there is no person "zhou"; fix: add it, or name one that exists`},
		{"a team that is its own parent", "lead: a}", "lead: a, parent: t1}", `etc/org.yaml:3: teams[0].parent: leads back to the team itself; fix: let one team of the circle have no parent`},
		{"duplicate id", "{id: b,", "{id: a,", `etc/org.yaml:6: people[1].id: "a" is taken by people[0]; fix: give each its own id
etc/org.yaml:9: master.owners.X: there is no person "b"; fix: add it, or name one that exists`},
		{"malformed id", "{id: b,", "{id: 乙,", `etc/org.yaml:6: people[1].id: "乙" is not an id; fix: write letters, digits, - _ . (at most 64), e.g. zhoumin
etc/org.yaml:9: master.owners.X: there is no person "b"; fix: add it, or name one that exists`},
		{"unknown role", "[lead]", "[boss]", `etc/org.yaml:5: people[0].roles[0]: "boss" is not a role; fix: use one of ` + strings.Join(Roles, ", ")},
		{"no role", "[lead]", "[]", `etc/org.yaml:5: people[0].roles: is empty; fix: name at least one role, such as director`},
		{"a phone twice", "13800000002", "13800000001", `etc/org.yaml:6: people[1].phone: is the same phone number as that of a; fix: give each person their own`},
		{"not a phone", `"13800000002"`, `138-0000`, `etc/org.yaml:6: people[1].phone: is not a phone number; fix: write digits only, e.g. 13800000001`},
		{"unknown platform", "{dingtalk: ub}", "{feishu: ub}", `etc/org.yaml:6: people[1].platforms.feishu: "feishu" is not known; fix: use one of wecom, dingtalk`},
		{"an account twice", "{dingtalk: ub}", "{wecom: ua}", `etc/org.yaml:6: people[1].platforms.wecom: is the same account as that of a; fix: give each person their own`},
		{"a member without an account there", "members: [a]", "members: [a, b]", `etc/org.yaml:8: groups[0].members[1]: b has no account on wecom; fix: give one under platforms, or leave the person out of this group`},
		{"not a day", "{id: b,", "{id: b, hired: 2026-3-2,", `etc/org.yaml:6: people[1].hired: "2026-3-2" is not a day; fix: write it as 2026-03-02`},
		{"unknown owner", "{X: b}", "{X: c}", `etc/org.yaml:9: master.owners.X: there is no person "c"; fix: add it, or name one that exists`},
		{"unknown key", "roles: [lead]", "role: [lead]", `etc/org.yaml:5: people[0].role: unknown key; fix: did you mean roles?`},
		{"no such master file", "m.json", "n.json", `etc/org.yaml:9: master.file: cannot be read: open etc/n.json: file does not exist; fix: name a JSON file beside this one`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			broken := strings.Replace(small, tt.old, tt.new, 1)
			if broken == small {
				t.Fatal("the test changes nothing")
			}
			_, err := loadOrg(broken, smallMaster)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestMasterDataProblems(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"customers[1].id \"C1\" is taken":                     {`"id":"C2"`, `"id":"C1"`},
		"contacts[0].customer there is no customer \"C9\"":    {`"K1","customer":"C1"`, `"K1","customer":"C9"`},
		"customers[0].contacts[0] there is no contact \"K7\"": {`["K1"]`, `["K7"]`},
		"products[0].list_price is not an amount in yuan":     {"480000.5", "48万"},
		"contracts[0].amount is not an amount in yuan":        {`"amount":"480000"`, `"amount":""`},
		"is not master data":                                  {`{"customers"`, `"customers"`},
	} {
		_, err := loadOrg(small, strings.Replace(smallMaster, change[0], change[1], 1))
		if err == nil || !strings.Contains(err.Error(), name) || !strings.HasPrefix(err.Error(), "etc/org.yaml:9: master.file: ") {
			t.Errorf("want %s, got %v", name, err)
		}
	}
}

func TestEveryProblemOfTheOrganisationAtOnce(t *testing.T) {
	t.Parallel()
	broken := strings.NewReplacer("lead: a", "lead: x", "[lead]", "[boss]", "13800000002", "1", "members: [a]", "members: [x]").Replace(small)
	_, err := loadOrg(broken, smallMaster)
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("want four lines, got:\n%v", err)
	}
}

func TestConfigurationAgainstOrganisation(t *testing.T) {
	t.Parallel()
	o, err := loadOrg(small, smallMaster)
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.Admin.People = []string{"a", "zhou"}
	err = c.CheckOrg(o)
	want := `admin.people[1]: there is no person "zhou"; fix: add it, or name one that exists
rules.approval.contract[1]: nobody has the role director; fix: give it to a person in the organisation file, or take it out
rules.contract_escalation.next_notify: nobody has one of these roles; fix: name a role that somebody has
rules.contract_escalation.notify: nobody has one of these roles; fix: name a role that somebody has`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}
