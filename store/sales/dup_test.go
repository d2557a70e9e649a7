package sales

import (
	"fmt"
	"testing"
)

// dirty are the ways in which lists, cards and chats write three customers of ours; every one means the first.
var dirty = map[string][]string{
	"绍兴市云岭康复器械有限公司": {
		"绍兴云岭康复器械有限公司", "绍兴市云岭康复器械", "云岭康复器械有限公司", "云岭康复", "浙江省绍兴市云岭康复器械有限公司", "浙江绍兴云岭康复器械有限公司",
		"绍兴市云岭康复器械有限责任公司", "绍兴市云岭康复器械股份有限公司", "绍兴市云岭康复器械集团有限公司", "云岭康复器械(绍兴)有限公司", "云岭康复器械（绍兴市）有限公司",
		"绍兴市云岭康复器械有限公司(本部)", "绍兴市云岭康复器械有限公司（总部）", "  绍兴市 云岭康复 器械 有限公司 ", "绍兴市云岭康复器械有限公司。", "绍兴市云岭康复器械　有限公司",
		"绍兴市云领康复器械有限公司", "绍兴市云岭康夏器械有限公司", "绍兴市云岭康富器械有限公司", "绍兴市云玲康复器械", "绍兴市云岭复康器械有限公司", "绍兴云岭康复医疗器械有限公司",
		"【绍兴】云岭康复器械有限公司",
	},
	"杭州ABC生物科技股份有限公司": {
		"杭州abc生物科技股份有限公司", "杭州ＡＢＣ生物科技股份有限公司", "ABC生物科技", "杭州市ABC生物科技有限公司", "浙江省杭州市ABC生物科技有限公司", "ABC生物科技(杭州)有限公司",
		"Abc 生物科技 有限公司", "杭州 ABC 生物科技（集团）有限公司", "杭州A.B.C.生物科技有限公司", "杭州ABC生物", "杭州ABC生物科技总公司", "ABC（杭州）生物科技有限公司",
	},
	"永康恒达五金有限公司": {
		"永康市恒达五金有限公司", "永康恒达五金", "恒达五金", "恒达", "浙江永康恒达五金有限公司", "永康恒大五金有限公司", "永康桓达五金有限公司", "恒达五金（永康）有限公司",
		"永康恒达五金机械有限公司", "永康恒达五金工具厂", "永康恒达五金·有限公司", "永康-恒达-五金",
	},
}

func TestDirtyWritingsAreOneCustomer(t *testing.T) {
	t.Parallel()
	x := NewDupIndex(nil)
	id := map[ID]string{}
	for name := range dirty {
		id[ID(len(id)+1)] = name
		x.Add(Customer{ID: ID(len(id)), Name: name})
	}
	for i := range 2000 { // a crowd that must not get in the way
		x.Add(Customer{ID: ID(1000 + i), Name: fmt.Sprintf("宁波第%d机械厂", i)})
	}
	if n := len(dirty["绍兴市云岭康复器械有限公司"]); n < 23 {
		t.Fatalf("%d writings, want at least 23", n)
	}
	for name, writings := range dirty {
		for _, w := range writings {
			hits := x.Alike(ParseName(w), 3, func(Twin) bool { return true })
			if len(hits) == 0 || id[hits[0].ID] != name {
				t.Errorf("%q finds %v (%.2f), want %s", w, hits, SimilarNames(w, name), name)
			}
		}
	}
}

func TestSiblingsStayApart(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"华联商贸有限公司北京分公司", "华联商贸有限公司上海分公司"},
		{"华联商贸有限公司", "华联商贸有限公司上海分公司"},
		{"绍兴市第一医院", "绍兴市第二医院"},
		{"绍兴第一人民医院", "绍兴第二人民医院"},
		{"杭州一中", "杭州二中"},
		{"云岭康复器械(绍兴)有限公司", "云岭康复器械(宁波)有限公司"},
		{"绍兴人民医院", "诸暨人民医院"},
		{"华联超市绍兴店", "华联超市柯桥店"},
		{"绍兴东方红机械", "绍兴西方红机械"},
		{"浙江大学附属第一医院", "浙江大学附属第二医院"},
		{"绍兴市立医院东院区", "绍兴市立医院西院区"},
		{"中国银行绍兴分行", "中国银行宁波分行"},
		{"杭州康宁体检中心", "宁波康宁医院"},
		{"永康恒达五金", "永康鼎力五金"},
		{"绍兴云岭A康复", "绍兴云岭B康复"},
	} {
		if s := SimilarNames(pair[0], pair[1]); s >= DuplicateThreshold {
			t.Errorf("%s and %s are taken for one (%.2f)", pair[0], pair[1], s)
		}
	}
}

func TestTheIndexFindsByCodePhoneAndName(t *testing.T) {
	t.Parallel()
	x := NewDupIndex(func(c Customer) bool { return c.SourceEventID == "import:1:5" })
	x.Add(Customer{ID: 1, Name: "绍兴市立医院", USCC: "91330602MA288T9Y6J", Phone: "0575-88001234", OwnerID: 7})
	x.Add(Customer{ID: 2, Name: "宁波市立医院", Phone: "0575-88001234", SourceEventID: "import:1:5"})
	if c, ok := x.ByUSCC("91330602MA288T9Y6J"); !ok || c.ID != 1 || c.OwnerID != 7 {
		t.Errorf("by code: %+v %v", c, ok)
	}
	if _, ok := x.ByUSCC(""); ok {
		t.Error("no code finds somebody")
	}
	if got := x.ByPhone("0575-88001234"); len(got) != 2 || got[0].Own || !got[1].Own {
		t.Errorf("by phone: %v", got)
	}
	for i := range ID(5000) { // sorted in, and the last few beside the others
		x.Add(Customer{ID: 10 + i, Name: fmt.Sprintf("台州第%d阀门厂", i), Phone: fmt.Sprintf("1390576%04d", i)})
		if i%1000 > 0 {
			continue
		}
		for _, id := range []ID{1, 10, 10 + i/2, 10 + i} {
			phone := "0575-88001234"
			if id > 1 {
				phone = fmt.Sprintf("1390576%04d", id-10)
			}
			if got := x.ByPhone(phone); len(got) == 0 || got[0].ID != id {
				t.Fatalf("with %d more, %s finds %v", i, phone, got)
			}
		}
	}
	if got := x.ByName(ParseName("绍兴市市立医院(本部)")); len(got) != 1 || got[0].ID != 1 {
		t.Errorf("by name: %v", got)
	}
	if got := x.Alike(ParseName("绍兴市立医院"), 3, func(c Twin) bool { return c.ID != 1 }); len(got) != 0 {
		t.Errorf("another town's hospital is alike: %v", got)
	}
}
