package sales

import (
	"testing"
	"time"
)

func onDay(m time.Month, d int) time.Time { return NewDay(2026, m, d).At(10, 0) }

func TestWhenACustomerGoesBack(t *testing.T) {
	t.Parallel()
	p := DefaultPoolPolicy()
	tests := []struct {
		name string
		held Held
		on   string // "" is never
		why  string
	}{
		{"C类 30 天没联系", Held{Class: "C", OwnerSince: onDay(1, 1), LastContact: onDay(3, 1)}, "2026-03-31", "C类客户满 30 天没有联系"},
		{"没联系过从归属那天算", Held{Class: "C", OwnerSince: onDay(3, 5)}, "2026-04-04", "C类客户满 30 天没有联系"},
		{"未分级 60 天", Held{OwnerSince: onDay(1, 1)}, "2026-03-02", "未分级客户满 60 天没有联系"},
		{"KA 不回公海", Held{Class: "KA", OwnerSince: onDay(1, 1)}, "", ""},
		{"快成交的不回", Held{Class: "C", OwnerSince: onDay(1, 1), Busy: true}, "", ""},
		{"天天联系但 180 天没成交", Held{Class: "A", OwnerSince: onDay(1, 1), LastContact: onDay(6, 20)}, "2026-06-30", "180 天没有成交"},
		{"成交过从成交算", Held{Class: "A", OwnerSince: onDay(1, 1), LastContact: onDay(7, 1), LastDeal: onDay(3, 1)}, "2026-08-28", "180 天没有成交"},
		{"合同到期 30 天没续", Held{Class: "C", OwnerSince: onDay(1, 1), LastContact: onDay(6, 20), LastDeal: onDay(1, 2), ContractEnds: NewDay(2026, 5, 31)}, "2026-06-30", "合同 5月31日"},
		{"到期后续上了", Held{Class: "C", OwnerSince: onDay(1, 1), LastContact: onDay(6, 20), LastDeal: onDay(6, 10), ContractEnds: NewDay(2026, 5, 31)}, "2026-07-20", "C类客户满 30 天"},
	}
	for _, tt := range tests {
		r, ok := p.Recall(tt.held)
		got := ""
		if ok {
			got = r.On.String()
		}
		if got != tt.on || tt.why != "" && (len(r.Why) < len(tt.why) || r.Why[:len(tt.why)] != tt.why) {
			t.Errorf("%s: %s %q, want %s %q", tt.name, got, r.Why, tt.on, tt.why)
		}
	}
}

func TestNoCustomerGoesBackUnwarned(t *testing.T) {
	t.Parallel()
	p := DefaultPoolPolicy()
	idle := Held{Class: "C", OwnerSince: onDay(1, 1), LastContact: onDay(3, 1)} // due March 31
	warned := Keeping{WarnedAt: At(onDay(3, 24)), RecallAt: At(onDay(3, 31))}
	tests := []struct {
		name string
		held Held
		k    Keeping
		now  time.Time
		want PoolMove
		on   string
	}{
		{"还早", idle, Keeping{}, onDay(3, 23), PoolNone, "2026-03-31"},
		{"提前 7 天提醒", idle, Keeping{}, onDay(3, 24), PoolWarn, "2026-03-31"},
		{"早就过了,也先提醒 7 天", idle, Keeping{}, onDay(5, 4), PoolWarn, "2026-05-11"},
		{"提醒过,没到日子", idle, warned, onDay(3, 30), PoolNone, "2026-03-31"},
		{"到日子了", idle, warned, onDay(4, 1), PoolRecall, "2026-03-31"},
		{"提醒后联系了", Held{Class: "C", OwnerSince: onDay(1, 1), LastContact: onDay(3, 25)}, warned, onDay(4, 1), PoolClear, "2026-04-24"},
		{"说了跟进,先不提醒", idle, Keeping{KeptUntil: At(onDay(4, 7))}, onDay(4, 1), PoolNone, "2026-03-31"},
	}
	for _, tt := range tests {
		got, r := p.Next(tt.held, tt.k, tt.now)
		if got != tt.want || r.On.String() != tt.on {
			t.Errorf("%s: %q on %s, want %q on %s", tt.name, got, r.On, tt.want, tt.on)
		}
	}
}

func TestClaimsHaveBounds(t *testing.T) {
	t.Parallel()
	p := DefaultPoolPolicy()
	now := onDay(3, 11)
	tests := []struct {
		name         string
		k            Keeping
		today, owned int
		refused      bool
	}{
		{"可以", Keeping{}, 4, 199, false},
		{"今天满了", Keeping{}, 5, 10, true},
		{"名下满了", Keeping{}, 0, 200, true},
		{"刚从自己手上回去", Keeping{LastOwner: 7, PooledAt: At(onDay(3, 8))}, 0, 0, true},
		{"回去一周了", Keeping{LastOwner: 7, PooledAt: At(onDay(3, 1))}, 0, 0, false},
		{"别人的", Keeping{LastOwner: 8, PooledAt: At(onDay(3, 10))}, 0, 0, false},
	}
	for _, tt := range tests {
		if err := p.MayClaim(tt.k, 7, tt.today, tt.owned, now); (err != nil) != tt.refused {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestPlacesHaveARegion(t *testing.T) {
	t.Parallel()
	for place, want := range map[string]string{
		"绍兴": "华东", "浙江省": "华东", "广州市": "华南", "北京": "华北", "呼和浩特": "华北", "大连": "东北", "武汉": "华中", "重庆": "西南", "喀什": "西北", "火星": "", "": "",
	} {
		if got := RegionOf(place); got != want {
			t.Errorf("%s: %q, want %q", place, got, want)
		}
	}
	if got := RegionOfCustomer(Customer{Name: "绍兴市立医院"}); got != "华东" {
		t.Errorf("by name: %q", got)
	}
}

func TestWhoIsInChargeOfWhat(t *testing.T) {
	t.Parallel()
	rows := []CustomerOwner{{PartID: 5, OwnerID: 2}, {Line: "耗材", OwnerID: 3}, {PartID: 5, Line: "耗材", OwnerID: 4}}
	for _, tt := range []struct {
		name string
		part ID
		line string
		want PersonID
	}{
		{"整家", 0, "", 1}, {"科室", 5, "", 2}, {"产品线", 0, "耗材", 3}, {"科室加产品线", 5, "耗材", 4}, {"科室,别的线", 5, "设备", 2}, {"别的科室", 6, "耗材", 3}, {"别的都不沾", 6, "设备", 1},
	} {
		if got := InCharge(1, rows, tt.part, tt.line); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestAVerdictNeedsAgreement(t *testing.T) {
	t.Parallel()
	cal := Calibration{ID: 1, Questions: List[Question]{{FactBudget, "10月"}, {FactTech, "贝克曼"}, {FactBuyer, ""}}}
	answers := []CalibrationAnswer{
		{Field: FactBudget, Side: SideSales, Value: "10月"}, {Field: FactBudget, Side: SideService, Value: "10月"},
		{Field: FactTech, Side: SideSales, Value: "贝克曼"}, {Field: FactTech, Side: SideDelivery, Value: "迈瑞"},
		{Field: FactBuyer, Side: SideSales, Value: ""}, {Field: FactBuyer, Side: SideService, Value: "赵科长"},
	}
	v := cal.Verdicts(answers)
	if v[0].Agreed != "10月" || v[0].Conflict || !v[1].Conflict || v[1].Agreed != "" || v[2].Agreed != "赵科长" {
		t.Errorf("%+v", v)
	}
	if !cal.Answered(answers, SideSales) || cal.Answered(answers, SideService) {
		t.Error("who has answered")
	}
}
