package approval

import (
	"fmt"
	"slices"
	"time"

	"salesflow/store/sales"
)

// SelfRule says what becomes of a seat whose holder is the requester.
type SelfRule string

// The self rules.
const (
	SelfSuperior SelfRule = "superior" // the requester's superior takes the seat; the default
	SelfSkip     SelfRule = "skip"     // the seat stays empty where others sign in the step, else as SelfSuperior
	SelfAllow    SelfRule = "allow"    // the requester approves like anybody else
)

// RepeatRule says what becomes of a seat whose holder has approved in an earlier step.
type RepeatRule string

// The repeat rules.
const (
	RepeatAuto RepeatRule = "auto" // approved with a trace; the default
	RepeatAsk  RepeatRule = "ask"
)

// Clock says how spans are counted.
type Clock string

// The clocks.
const (
	Natural Clock = "natural" // hours of the clock; the default
	Working Clock = "working" // the calendar's working time
)

// Since says from when a wait counts.
type Since string

// The starts of a wait.
const (
	SinceSubmitted Since = "submitted" // since Submit or the last Resubmit; the default
	SinceStep      Since = "step"      // since the step at work began
)

// StepPolicy is one step of a policy.
type StepPolicy struct {
	Role     string
	RoleName string   // 法务
	Sources  []Source // where its approvers come from; empty: who holds Role
	Mode     SignMode
	Above    sales.Money // the step is needed for amounts above this; 0: always
	When     Condition   // and where this holds; nil: always
	Empty    EmptyRule   // where nobody holds it; empty: the policy's
}

// Policy is how requests of one kind are approved.
type Policy struct {
	Name     string // of the flow, as people read it
	Kind     Kind
	Steps    []StepPolicy
	CC       []string // roles that are told of the decision
	Fallback string   // role that stands in where a role has nobody
	Empty    EmptyRule
	None     bool // no step is wanted: approved at once
	Self     SelfRule
	Repeat   RepeatRule

	// Place is the platform's own approval where its requests are decided; nil: our cards.
	Place *sales.NativePlace

	NudgeEvery time.Duration // shortest time between nudges of one step; 0: 4 h, negative: no limit
	Limit      time.Duration // how long it may take; 0: 48 h, negative: no limit
	Clock      Clock
	Since      Since
}

// Bounds of a request.
const (
	MaxSteps     = 10
	MaxApprovers = 50 // of one step
	MaxEntries   = 500
	MaxComment   = 500 // runes
)

// ContractPolicy is the default for contracts: legal, then the sales director.
func ContractPolicy() Policy {
	return Policy{
		Kind: Contract,
		Steps: []StepPolicy{
			{Role: "legal", RoleName: "法务", Mode: AnyOf},
			{Role: "director", RoleName: "销售总监", Mode: AnyOf},
		},
		Fallback: "legal_head",
	}
}

// QuotePolicy is the default for quotes: above an amount, ¥50,000 as the product has it, the sales director; under the
// floor of a product who holds floorRole.
func QuotePolicy(above sales.Money, role, floorRole string) Policy {
	return Policy{
		Kind: Quote,
		Steps: []StepPolicy{
			{Role: role, RoleName: sales.Role(role).Name(), Mode: AnyOf, Above: above},
			{Role: floorRole, RoleName: sales.Role(floorRole).Name(), Mode: AnyOf, When: When{"低于底价", func(f Facts) bool { return f.BelowFloor }}},
		},
		Fallback: "gm",
	}
}

// SpecialPolicy is the default for requests for a special price: the requester's superior, then who holds role.
func SpecialPolicy(role string) Policy {
	return Policy{
		Kind: SpecialPrice,
		Steps: []StepPolicy{
			{RoleName: "提交人的主管", Sources: []Source{{Kind: FromSuperior, Name: "提交人的主管", Up: 1}}, Mode: AnyOf},
			{Role: role, RoleName: sales.Role(role).Name(), Mode: AnyOf},
		},
		Empty: EmptyPass, Fallback: "gm",
	}
}

// AgreementPolicy is the default for technical agreements: who holds role, which is legal.
func AgreementPolicy(role string) Policy {
	return Policy{
		Kind:     Agreement,
		Steps:    []StepPolicy{{Role: role, RoleName: sales.Role(role).Name(), Mode: AnyOf}},
		Fallback: "legal_head",
	}
}

// GeneralPolicy is the default for applications: the requester's superior, and above an amount who holds role, too.
func GeneralPolicy(above sales.Money, role string) Policy {
	return Policy{
		Kind: General,
		Steps: []StepPolicy{
			{RoleName: "提交人的主管", Sources: []Source{{Kind: FromSuperior, Name: "提交人的主管", Up: 1}}, Mode: AnyOf},
			{Role: role, RoleName: sales.Role(role).Name(), Mode: AnyOf, Above: above},
		},
		Empty: EmptyPass, Fallback: "gm",
	}
}

// When is a condition of the program's own.
type When struct {
	Text string
	If   func(f Facts) bool
}

// Holds implements Condition.
func (w When) Holds(f Facts) bool { return w.If(f) }

// String implements Condition.
func (w When) String() string { return w.Text }

// Validate reports what makes a policy unusable, Invalid, in words for the administrator.
func (p Policy) Validate() error {
	if len(p.Steps) == 0 && !p.None || len(p.Steps) > MaxSteps {
		return sales.Errorf(sales.Invalid, fmt.Sprintf("审批流程要有 1 到 %d 步。", MaxSteps))
	}
	for i, s := range p.Steps {
		if s.Role == "" && len(s.Sources) == 0 || s.RoleName == "" {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("审批流程第 %d 步没写角色。", i+1))
		}
		if !slices.Contains([]SignMode{AllOf, AnyOf, EachOf, InOrder}, s.Mode) {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("审批流程第 %d 步的方式写 all_of、any_of、each_of 或 in_order。", i+1))
		}
		if !slices.Contains([]EmptyRule{"", EmptyFallback, EmptyPass, EmptyAdmin, EmptySuperior}, s.Empty) {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("审批流程第 %d 步没人时写 fallback、pass、admin 或 superior。", i+1))
		}
		if s.Above < 0 {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("审批流程第 %d 步的金额不能是负数。", i+1))
		}
	}
	if !slices.Contains([]SelfRule{"", SelfSuperior, SelfSkip, SelfAllow}, p.Self) {
		return sales.Errorf(sales.Invalid, "本人审批的规则写 superior、skip 或 allow。")
	}
	if !slices.Contains([]RepeatRule{"", RepeatAuto, RepeatAsk}, p.Repeat) {
		return sales.Errorf(sales.Invalid, "重复审批人的规则写 auto 或 ask。")
	}
	if !slices.Contains([]Clock{"", Natural, Working}, p.Clock) || !slices.Contains([]Since{"", SinceSubmitted, SinceStep}, p.Since) {
		return sales.Errorf(sales.Invalid, "时限的算法写 natural 或 working,起点写 submitted 或 step。")
	}
	return nil
}

func (p Policy) rules() Rules {
	r := Rules{
		SelfApprove: p.Self == SelfAllow, AskAgain: p.Repeat == RepeatAsk,
		Flow: p.Name, NudgeEvery: p.NudgeEvery, Limit: p.Limit, Clock: p.Clock, Since: p.Since,
	}
	if r.NudgeEvery == 0 {
		r.NudgeEvery = 4 * time.Hour
	}
	if r.Limit == 0 {
		r.Limit = 48 * time.Hour
	}
	if r.Clock == "" {
		r.Clock = Natural
	}
	if r.Since == "" {
		r.Since = SinceSubmitted
	}
	return r
}

// Resolver knows who is who. Submit asks it; a request keeps the answers.
type Resolver interface {
	// Holders lists who holds a role for the requester's team, in the order in which they are asked.
	Holders(role string, requester sales.PersonID) []Person
	// Superior is a person's manager; false at the top.
	Superior(person sales.PersonID) (Person, bool)
}

// NoApproverError says that a step has nobody who could approve. It is the cause inside Submit's error, so that the
// administrator can be told.
type NoApproverError struct {
	Kind Kind
	Role string
}

// Error is the operator's text.
func (e *NoApproverError) Error() string {
	return fmt.Sprintf("nobody to approve a %s as %s", e.Kind, e.Role)
}

// seats fills one step of a policy with people; none when its rule for an empty step leaves it out.
func (p Policy) seats(s StepPolicy, requester Person, res Resolver) ([]Approver, error) {
	seats, missing := s.holders(requester.ID, res)
	passed := 0
	for _, m := range missing {
		people, pass := p.standIns(s, requester, res)
		switch {
		case pass:
			passed++
			continue
		case len(people) == 0 && len(seats) > 0:
			return nil, p.nobody(m.name, m.name)
		}
		for _, h := range people {
			if !slices.ContainsFunc(seats, func(a Approver) bool { return a.Person == h.ID }) {
				seats = append(seats, Approver{Person: h.ID, Name: h.Name, Group: m.group, Note: m.name + "空缺,代为审批"})
			}
		}
	}
	if len(seats) == 0 && passed > 0 {
		return nil, nil
	}
	if p.Self != SelfAllow {
		seats = p.replaceSelf(s, seats, requester, res)
	}
	if len(seats) == 0 {
		return nil, p.nobody(s.RoleName, s.Role)
	}
	if len(seats) > MaxApprovers {
		return nil, sales.Errorf(sales.Forbidden, fmt.Sprintf("%s 有 %d 个人,一步最多 %d 个。请管理员收窄这一步。", s.RoleName, len(seats), MaxApprovers))
	}
	for i := range seats {
		seats[i].Seat, seats[i].State = i, ApproverWaiting
	}
	return seats, nil
}

// nobody is the error of a step that nobody could approve.
func (p Policy) nobody(name, role string) error {
	return &sales.Error{
		Kind: sales.Forbidden,
		Msg:  name + " 现在没有人能审,提交不了。请管理员先指定" + name + ",再提交一次。",
		Err:  &NoApproverError{p.Kind, role},
	}
}

// fallback lists who stands in for a role without holders; never the requester.
func (p Policy) fallback(requester Person, res Resolver) []Person {
	if p.Fallback == "" {
		return nil
	}
	return slices.DeleteFunc(unique(slices.Clone(res.Holders(p.Fallback, requester.ID))), func(h Person) bool {
		return h.ID == requester.ID
	})
}

// replaceSelf takes the requester's own seat away: to the superior, or to nobody where others sign anyway.
func (p Policy) replaceSelf(s StepPolicy, seats []Approver, requester Person, res Resolver) []Approver {
	own := slices.IndexFunc(seats, func(a Approver) bool { return a.Person == requester.ID })
	if own < 0 {
		return seats
	}
	others := slices.Delete(slices.Clone(seats), own, own+1)
	if len(others) > 0 && (s.Mode == AnyOf || p.Self == SelfSkip) {
		return others
	}
	if up, ok := res.Superior(requester.ID); ok && up.ID != requester.ID && up.ID != 0 {
		if slices.ContainsFunc(others, func(a Approver) bool { return a.Person == up.ID }) {
			return others
		}
		seats[own] = Approver{Person: up.ID, Name: up.Name, Group: seats[own].Group, Note: "提交人是本步审批人,由上级审批"}
		return seats
	}
	if len(others) > 0 {
		return others
	}
	for _, h := range p.fallback(requester, res) {
		others = append(others, Approver{Person: h.ID, Name: h.Name, Note: "提交人是本步审批人,代为审批"})
	}
	return others
}
