package sales

import (
	"cmp"
	"slices"
	"time"
)

// FactField is a key field of a customer, whose age is watched (关键信息).
type FactField string

// The key fields.
const (
	FactChain  FactField = "decision_chain" // 决策链
	FactBudget FactField = "budget_cycle"   // 预算周期
	FactTech   FactField = "tech_setup"     // 技术配置
	FactBuyer  FactField = "buyer"          // 采购负责人
)

// FactFields are the key fields in the order they are shown.
var FactFields = []FactField{FactChain, FactBudget, FactTech, FactBuyer}

var factNames = map[FactField]string{FactChain: "决策链", FactBudget: "预算周期", FactTech: "技术配置", FactBuyer: "采购负责人"}

// Name is the field in Chinese.
func (f FactField) Name() string { return factNames[f] }

// FactFieldNamed finds a field by what people call it.
func FactFieldNamed(word string) (FactField, bool) {
	for f, n := range factNames {
		if n == word {
			return f, true
		}
	}
	switch word {
	case "预算", "预算时间":
		return FactBudget, true
	case "配置", "技术", "设备配置", "现有设备":
		return FactTech, true
	case "采购", "采购人", "采购联系人":
		return FactBuyer, true
	case "决策人", "谁拍板":
		return FactChain, true
	}
	return "", false
}

// Fact is one key field of a customer, with when it was last known to be true. Version 0 is a row that is not there yet.
type Fact struct {
	ID          ID        `db:"id"`
	CustomerID  ID        `db:"customer_id"`
	Field       FactField `db:"field"`
	Value       string    `db:"value"`
	ConfirmedAt Instant   `db:"confirmed_at"`
	ConfirmedBy PersonID  `db:"confirmed_by"`
	AskedOf     PersonID  `db:"asked_of"`
	AskedOn     Day       `db:"asked_on"`
	Version     int64     `db:"version"`
}

// FactNamed is a field among those of a customer; one that is not there is empty, with ID and Version 0.
func FactNamed(facts []Fact, customer ID, field FactField) Fact {
	if i := slices.IndexFunc(facts, func(f Fact) bool { return f.Field == field }); i >= 0 {
		return facts[i]
	}
	return Fact{CustomerID: customer, Field: field}
}

// Calibration states.
const (
	CalibrationOpen     = "open"     // the sides are asked
	CalibrationConflict = "conflict" // they do not agree; the owner decides
	CalibrationClosed   = "closed"
)

// Side is who knows a customer from where (校准方).
type Side string

// The sides.
const (
	SideSales    Side = "sales"
	SideService  Side = "service"
	SideDelivery Side = "delivery"
)

// Sides are the sides in the order they are shown.
var Sides = []Side{SideSales, SideService, SideDelivery}

// Name is the side in Chinese.
func (s Side) Name() string {
	switch s {
	case SideService:
		return "客服"
	case SideDelivery:
		return "交付"
	}
	return "销售"
}

// Question is one fact a calibration asks about, with the value we have; empty when we have none.
type Question struct {
	Field FactField `json:"field"`
	Value string    `json:"value"`
}

// Calibration is a customer's monthly check of three facts by sales, service and delivery (校准).
type Calibration struct {
	ID         ID             `db:"id"`
	CustomerID ID             `db:"customer_id"`
	Month      string         `db:"month"`
	Questions  List[Question] `db:"questions"`
	State      string         `db:"state"`
	OpenedAt   Instant        `db:"opened_at"`
	ClosedAt   Instant        `db:"closed_at"`
	Version    int64          `db:"version"`
}

// CalibrationAnswer is what one side says of one fact; an empty value is "do not know".
type CalibrationAnswer struct {
	CalibrationID ID        `db:"calibration_id"`
	Field         FactField `db:"field"`
	Side          Side      `db:"side"`
	PersonID      PersonID  `db:"person_id"`
	Value         string    `db:"value"`
	At            Instant   `db:"at"`
}

// CalibrationSize is how many facts a calibration asks about.
const CalibrationSize = 3

// QuestionsOf picks the facts to ask about: the longest unconfirmed first, those we know nothing of among them.
func QuestionsOf(facts []Fact, customer ID) List[Question] {
	all := make([]Fact, 0, len(FactFields))
	for _, f := range FactFields {
		all = append(all, FactNamed(facts, customer, f))
	}
	slices.SortStableFunc(all, func(a, b Fact) int {
		// What has a value can be confirmed at a glance, so it comes first.
		return cmp.Or(boolInt(a.Value == "")-boolInt(b.Value == ""), a.ConfirmedAt.Compare(b.ConfirmedAt.Time))
	})
	var out List[Question]
	for _, f := range all[:CalibrationSize] {
		out = append(out, Question{Field: f.Field, Value: f.Value})
	}
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Verdict is what the sides say of one fact.
type Verdict struct {
	Question
	Answers []CalibrationAnswer // of those who know
	// Agreed is the value all who know agree on; Conflict is set when they do not.
	Agreed   string
	Conflict bool
}

// Verdicts joins the answers of all sides, fact by fact.
func (c Calibration) Verdicts(answers []CalibrationAnswer) []Verdict {
	out := make([]Verdict, 0, len(c.Questions))
	for _, q := range c.Questions {
		v := Verdict{Question: q}
		for _, side := range Sides {
			for _, a := range answers {
				if a.Field == q.Field && a.Side == side && a.Value != "" {
					v.Answers = append(v.Answers, a)
				}
			}
		}
		for i, a := range v.Answers {
			if i == 0 {
				v.Agreed = a.Value
			} else if a.Value != v.Agreed {
				v.Conflict = true
			}
		}
		if v.Conflict {
			v.Agreed = ""
		}
		out = append(out, v)
	}
	return out
}

// Answered reports whether a side has said something of every fact.
func (c Calibration) Answered(answers []CalibrationAnswer, side Side) bool {
	for _, q := range c.Questions {
		if !slices.ContainsFunc(answers, func(a CalibrationAnswer) bool { return a.Side == side && a.Field == q.Field }) {
			return false
		}
	}
	return true
}

// SidePeople finds who answers for each side of a customer: its owner, and a colleague of service and of delivery, those of
// the owner's region before others. A side nobody works for is absent.
func SidePeople(org *Org, owner PersonID, customer ID) map[Side]PersonID {
	out := map[Side]PersonID{}
	own, ok := org.Person(owner)
	if ok && own.Active {
		out[SideSales] = owner
	}
	region := org.Region(own.TeamID)
	for side, roles := range map[Side][]Role{SideService: {RoleService, "success"}, SideDelivery: {"delivery"}} {
		var near, all []Person
		for _, r := range roles {
			for _, p := range org.WithRole(r) {
				all = append(all, p)
				if region != "" && org.Region(p.TeamID) == region {
					near = append(near, p)
				}
			}
		}
		if len(near) > 0 {
			all = near
		}
		if len(all) > 0 { // customers are spread over colleagues, always the same one for the same customer
			out[side] = all[int(uint64(customer)%uint64(len(all)))].ID
		}
	}
	return out
}

// LastAnswer is when the last side answered about a fact.
func (c Calibration) LastAnswer(answers []CalibrationAnswer, field FactField) time.Time {
	var last time.Time
	for _, a := range answers {
		if a.Field == field && a.At.After(last) {
			last = a.At.Time
		}
	}
	return last
}
