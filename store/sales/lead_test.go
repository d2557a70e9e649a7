package sales

import (
	"strings"
	"testing"
)

func TestReadingALead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want LeadText
	}{
		{"绍兴云岭康复医院 13800005678 展会 想要生化仪", LeadText{Company: "绍兴云岭康复医院", Phone: "13800005678", Source: "展会", Need: "想要生化仪", City: "绍兴"}},
		{"云岭康复,李院长,0575-85123456,官网,绍兴,两台离心机,活动:春季展", LeadText{
			Company: "云岭康复", Contact: "李院长", Phone: "0575-85123456", Source: "官网", City: "绍兴", Need: "两台离心机", Campaign: "春季展",
		}},
		{"某某公司 138000056 展会 派", LeadText{Company: "某某公司", BadPhone: "138000056", Source: "展会", Spread: true}},
		{"", LeadText{}},
		{"13800005678", LeadText{Phone: "13800005678"}},
	}
	for _, tt := range tests {
		if got := ReadLead(tt.text); got != tt.want {
			t.Errorf("%q:\n got %+v\nwant %+v", tt.text, got, tt.want)
		}
	}
}

func TestWhoGetsALead(t *testing.T) {
	t.Parallel()
	today := NewDay(2026, 3, 11)
	p := DefaultLeadPolicy()
	reps := []Person{{ID: 1, Name: "东一"}, {ID: 2, Name: "东二"}, {ID: 3, Name: "南一"}, {ID: 4, Name: "东新", HiredOn: NewDay(2026, 3, 2)}}
	region := func(p Person) string {
		if p.ID == 3 {
			return "华南"
		}
		return "华东"
	}
	busy := map[PersonID]LeadLoad{1: {Open: 3}, 2: {Open: 1}, 4: {Open: 0}}
	full := map[PersonID]LeadLoad{1: {Open: 30}, 2: {Open: 30}, 4: {Open: 30}}
	tests := []struct {
		name  string
		lead  Lead
		loads map[PersonID]LeadLoad
		want  PersonID
		why   string
	}{
		{"本区手上最少的", Lead{Region: "华东", Level: 1}, busy, 4, "华东,手上 0 条,最少"},
		{"2 级不给新人", Lead{Region: "华东", Level: 2}, busy, 2, "能接 2 级"},
		{"新人赢过 3 单", Lead{Region: "华东", Level: 2}, map[PersonID]LeadLoad{1: {Open: 2}, 2: {Open: 2}, 4: {Won: 3}}, 4, "能接 2 级"},
		{"没有那个区的人", Lead{Region: "西北", Level: 1}, busy, 3, "西北没有销售,全公司派"},
		{"地区不明", Lead{Level: 1}, busy, 3, "地区不明"},
		{"都满了", Lead{Region: "华东", Level: 1}, full, 0, "都满了"},
		{"一样多给最久没派的", Lead{Region: "华东", Level: 1}, map[PersonID]LeadLoad{1: {Last: At(today.At(9, 0))}, 2: {Last: At(today.At(8, 0))}, 4: {Open: 1}}, 2, "最少"},
	}
	for _, tt := range tests {
		got, why, ok := p.Assign(tt.lead, reps, region, tt.loads, today)
		if got.ID != tt.want || ok != (tt.want != 0) || !strings.Contains(why, tt.why) {
			t.Errorf("%s: %d %q, want %d %q", tt.name, got.ID, why, tt.want, tt.why)
		}
	}
}

func FuzzReadLead(f *testing.F) {
	for _, s := range []string{"绍兴云岭康复医院 13800005678 展会 想要生化仪", "活动:春季展", "派", "\x00|:：", strings.Repeat("长", 9000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := ReadLead(s)
		if len([]rune(l.Company)) > 60 || len([]rune(l.Need)) > 200 || len([]rune(l.Campaign)) > 40 {
			t.Errorf("%q is not bounded: %+v", s, l)
		}
	})
}

func TestAChainTellsWhoIsMissing(t *testing.T) {
	t.Parallel()
	c := NewChain(
		[]Contact{{ID: 1, Name: "甲"}, {ID: 2, Name: "乙"}, {ID: 3, Name: "丙"}},
		[]ContactRole{{ContactID: 2, Role: PartDecider}, {ContactID: 3, Role: PartOpponent}},
		[]ContactTouch{{ContactID: 3, LastAt: At(NewDay(2026, 3, 1).Start()), Visits: 2}},
	)
	if c[0].Contact.Name != "乙" || c[1].Contact.Name != "丙" || c[2].Contact.Name != "甲" {
		t.Errorf("order %+v", c)
	}
	if m := c.Missing(); len(m) != 2 || m[0] != PartTechnical || m[1] != PartBuyer {
		t.Errorf("missing %v", m)
	}
	if sole, ok := c.Sole(); !ok || sole.Contact.Name != "丙" {
		t.Errorf("sole %+v %v", sole, ok)
	}
}
