package approval

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Kind is what is to be approved.
type Kind string

// The kinds of request.
const (
	Contract     Kind = "contract"      // 合同
	Quote        Kind = "quote"         // 报价
	SpecialPrice Kind = "special_price" // 特价申请, a quote below the floor
	Expense      Kind = "expense"       // 报销
	Reset        Kind = "reset"         // 目标重置
	Agreement    Kind = "agreement"     // 技术协议
	General      Kind = "general"       // 审批申请, about whatever it is
)

// Kinds lists the kinds of request.
var Kinds = []Kind{Contract, Quote, SpecialPrice, Agreement, General, Expense, Reset}

// Noun is the kind as people call it.
func (k Kind) Noun() string {
	switch k {
	case Contract:
		return "合同"
	case Quote:
		return "报价"
	case SpecialPrice:
		return "特价申请"
	case Expense:
		return "报销"
	case Reset:
		return "目标重置"
	case Agreement:
		return "技术协议"
	case General:
		return "审批申请"
	}
	return "审批单"
}

// State is where a request stands; doc.go has the picture.
type State string

// The states of a request.
const (
	Pending   State = "pending"
	Approved  State = "approved"
	Rejected  State = "rejected"
	Returned  State = "returned"
	Withdrawn State = "withdrawn"
)

// Final reports whether nothing can happen to a request any more.
func (s State) Final() bool { return s == Approved || s == Rejected || s == Withdrawn }

// SignMode is how the approvers of a step share it.
type SignMode string

// The sign modes.
const (
	AllOf   SignMode = "all_of"   // 会签
	AnyOf   SignMode = "any_of"   // 或签
	EachOf  SignMode = "each_of"  // 会签: one of each of the step's sources
	InOrder SignMode = "in_order" // 依次审批
)

// ApproverState is where one approver stands.
type ApproverState string

// The states of an approver.
const (
	ApproverWaiting     ApproverState = "waiting" // not yet
	ApproverPending     ApproverState = "pending" // it is their turn
	ApproverApproved    ApproverState = "approved"
	ApproverRejected    ApproverState = "rejected"
	ApproverReturned    ApproverState = "returned"
	ApproverTransferred ApproverState = "transferred" // gave it to the next in the seat
	ApproverSkipped     ApproverState = "skipped"     // no longer needed
)

// done reports whether the seat's chain goes on behind this approver.
func (s ApproverState) done() bool {
	return s == ApproverApproved || s == ApproverTransferred || s == ApproverSkipped
}

// Person is somebody with the name they had at the time.
type Person struct {
	ID   sales.PersonID `json:"id"`
	Name string         `json:"name"`
}

// Actor is who acts: the person as the platform told, and what the program knows of their rights.
type Actor struct {
	Person
	ActsFor  []sales.PersonID // absent approvers whose deputy (委托) the actor is today
	Oversees bool             // may see the request though no part of it: a manager, an escalation's addressee
	Succeeds bool             // has taken over from the requester, who has left or handed the record over
	Native   bool             // acted in the platform's own approval, where the request has its place
}

// Approver is one place in a step.
type Approver struct {
	Person  sales.PersonID `json:"person"`
	Name    string         `json:"name"`
	State   ApproverState  `json:"state"`
	Seat    int            `json:"seat"` // approvers of one seat act one after another
	At      sales.Instant  `json:"at"`   // of the decision
	Comment string         `json:"comment,omitempty"`
	AddedBy sales.PersonID `json:"added_by,omitempty"` // who transferred to or added this approver
	By      sales.PersonID `json:"by,omitempty"`       // the deputy who decided for them
	ByName  string         `json:"by_name,omitempty"`
	Auto    bool           `json:"auto,omitempty"`  // had approved in an earlier step already
	Note    string         `json:"note,omitempty"`  // why it is this person: 法务空缺,由 孙静 代审
	Group   int            `json:"group,omitempty"` // the step's source they come from, of EachOf
	// Deputy is who may decide too since the approver is away or has delegated (委托), as of when it became their turn.
	Deputy     sales.PersonID `json:"deputy,omitempty"`
	DeputyName string         `json:"deputy_name,omitempty"`
}

// decider is who really decided.
func (a Approver) decider() sales.PersonID {
	if a.By != 0 {
		return a.By
	}
	return a.Person
}

func (a Approver) deciderName() string {
	if a.By != 0 {
		return a.ByName
	}
	return a.Name
}

// Step is one stage of a request.
type Step struct {
	Role      string     `json:"role"`
	RoleName  string     `json:"role_name"` // 法务
	Mode      SignMode   `json:"mode"`
	Approvers []Approver `json:"approvers"`
}

// Verb is something done to a request.
type Verb string

// The verbs, as they stand in the log.
const (
	VerbSubmit      Verb = "submit"
	VerbApprove     Verb = "approve"
	VerbReject      Verb = "reject"
	VerbSendBack    Verb = "send_back"
	VerbResubmit    Verb = "resubmit"
	VerbTransfer    Verb = "transfer"
	VerbAddApprover Verb = "add_approver"
	VerbNudge       Verb = "nudge"
	VerbWithdraw    Verb = "withdraw"
	VerbComment     Verb = "comment"
	VerbAuto        Verb = "auto_approve" // by the policy, for who has approved before
	VerbSkip        Verb = "skip"         // by the policy
	VerbSupplement  Verb = "supplement"   // 补充: papers or words of the requester
	VerbCopy        Verb = "copy"         // 抄送
	VerbDeputy      Verb = "deputy"       // somebody stands in for an approver who is away
)

// Entry is one line of a request's log. Entries are only ever appended.
type Entry struct {
	At         sales.Instant  `json:"at"`
	Verb       Verb           `json:"verb"`
	Actor      sales.PersonID `json:"actor,omitempty"` // 0: the policy
	ActorName  string         `json:"actor_name,omitempty"`
	For        sales.PersonID `json:"for,omitempty"` // the absent approver a deputy acted for
	ForName    string         `json:"for_name,omitempty"`
	Target     sales.PersonID `json:"target,omitempty"` // of a transfer, an addition, a skip
	TargetName string         `json:"target_name,omitempty"`
	Step       int            `json:"step"`
	Comment    string         `json:"comment,omitempty"`
}

// Rules are what a request keeps of the policy it was submitted under, so that a later policy does not change it.
type Rules struct {
	Flow        string        `json:"flow,omitempty"` // its name
	SelfApprove bool          `json:"self_approve,omitempty"`
	AskAgain    bool          `json:"ask_again,omitempty"`
	NudgeEvery  time.Duration `json:"nudge_every"`
	Limit       time.Duration `json:"limit"`
	Clock       Clock         `json:"clock"`
	Since       Since         `json:"since"`
	// Place is the platform whose own approval decides the request; empty: our cards.
	Place string `json:"place,omitempty"`
}

// Value is the rules as JSON text.
func (r Rules) Value() (driver.Value, error) {
	b, err := json.Marshal(r)
	return string(b), err
}

// Scan reads what Value wrote.
func (r *Rules) Scan(src any) error {
	*r = Rules{}
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, r)
	case string:
		return json.Unmarshal([]byte(v), r)
	}
	return fmt.Errorf("scan approval rules from %T", src)
}

// Request is an approval request (审批单) about a record. Steps and Log are kept as JSON, the rest as columns. Version grows
// by one with every change; a store writes a change only over the version it was made from.
type Request struct {
	ID            sales.ID           `json:"id" db:"id"`
	Kind          Kind               `json:"kind" db:"kind"`
	Record        sales.ID           `json:"record" db:"record_id"`
	No            string             `json:"no" db:"no"` // the record's number, by which people call the request
	Title         string             `json:"title" db:"title"`
	Amount        sales.Money        `json:"amount" db:"amount"`
	Requester     sales.PersonID     `json:"requester" db:"requester_id"`
	RequesterName string             `json:"requester_name" db:"requester_name"`
	State         State              `json:"state" db:"state"`
	Round         int                `json:"round" db:"round"` // 1, one more with every Resubmit
	Step          int                `json:"step" db:"step"`   // index of the step at work, len(Steps) when approved
	Steps         sales.List[Step]   `json:"steps" db:"steps"`
	Version       int64              `json:"version" db:"version"`
	SubmittedAt   sales.Instant      `json:"submitted_at" db:"submitted_at"`
	RoundSince    sales.Instant      `json:"round_since" db:"round_since"` // Submit or the last Resubmit
	StepSince     sales.Instant      `json:"step_since" db:"step_since"`   // the step at work began or was resumed
	NudgedAt      sales.Instant      `json:"nudged_at" db:"nudged_at"`     // in this step
	DecidedAt     sales.Instant      `json:"decided_at" db:"decided_at"`
	CC            sales.List[Person] `json:"cc" db:"cc"` // 抄送: told of the decision
	Rules         Rules              `json:"rules" db:"rules"`
	Log           sales.List[Entry]  `json:"log" db:"log"`
}

// Label is how messages call the request: "合同 HT2026-018".
func (r Request) Label() string {
	if r.No == "" {
		return r.Kind.Noun()
	}
	return r.Kind.Noun() + " " + r.No
}

// Turned reports whether a change made a request wait for others than before, or begin to wait.
func Turned(before, after Request) bool {
	if after.State != Pending {
		return false
	}
	return before.State != Pending || before.Round != after.Round || before.Step != after.Step || !slices.Equal(before.Turn(), after.Turn())
}

// Turn lists the approvers whose turn it is; none unless the request is pending.
func (r Request) Turn() []Person {
	if r.State != Pending || r.Step >= len(r.Steps) {
		return nil
	}
	var turn []Person
	for _, a := range r.Steps[r.Step].Approvers {
		if a.State == ApproverPending {
			turn = append(turn, Person{a.Person, a.Name})
		}
	}
	return turn
}

// TurnIDs lists the ids of the approvers whose turn it is.
func (r Request) TurnIDs() []sales.PersonID {
	var out []sales.PersonID
	for _, p := range r.Turn() {
		out = append(out, p.ID)
	}
	return out
}

// Deputies lists who may decide beside those whose turn it is, as was known when it became their turn.
func (r Request) Deputies() []Person {
	if r.State != Pending || r.Step >= len(r.Steps) {
		return nil
	}
	var out []Person
	for _, a := range r.Steps[r.Step].Approvers {
		if a.State == ApproverPending && a.Deputy != 0 {
			out = append(out, Person{a.Deputy, a.DeputyName})
		}
	}
	return unique(out)
}

// NextText names whose turn it is: "法务 赵磊", "法务 赵磊、钱进", any of them "法务 赵磊 或 钱进"; the requester while returned.
func (r Request) NextText() string {
	if r.State == Returned {
		return r.RequesterName
	}
	turn := r.Turn()
	if len(turn) == 0 {
		return ""
	}
	names := make([]string, len(turn))
	for i, p := range turn {
		names[i] = p.Name
	}
	step, sep := r.Steps[r.Step], "、"
	if step.Mode == AnyOf {
		sep = " 或 "
	}
	return strings.TrimSpace(step.label(func(a Approver) bool { return a.State == ApproverPending }) + " " + strings.Join(names, sep))
}

// label is what some places of a step are called: of 法务、财务 those two, or the one of them that is still to sign. Whoever the
// step asks for by name is not called so twice.
func (s Step) label(of func(Approver) bool) string {
	var out []string
	for i, name := range strings.Split(s.Post(), "、") {
		wanted := !slices.ContainsFunc(s.Approvers, of)
		for _, a := range s.Approvers {
			wanted = wanted || of(a) && (a.Group == i || a.AddedBy != 0 || s.Mode == AnyOf)
		}
		own := slices.ContainsFunc(s.Approvers, func(a Approver) bool { return a.Name == name })
		if wanted && !own && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, "、")
}

// Path is the way of the request for its card: "法务 赵磊 → 销售总监 陈刚". Approvers who handed on or were not needed are left
// out.
func (r Request) Path() string {
	var steps []string
	for _, s := range r.Steps {
		var names []string
		for _, a := range s.Approvers {
			if a.State == ApproverTransferred || a.State == ApproverSkipped {
				continue
			}
			if a.Deputy != 0 && a.State == ApproverPending {
				names = append(names, a.Name+"("+a.DeputyName+" 代)")
			} else {
				names = append(names, a.Name)
			}
		}
		sep := "、"
		switch s.Mode {
		case AnyOf:
			sep = "/"
		case InOrder:
			sep = " → "
		}
		if len(names) > 0 {
			steps = append(steps, strings.TrimSpace(s.label(func(Approver) bool { return false })+" "+strings.Join(names, sep)))
		}
	}
	return strings.Join(steps, " → ")
}

// Post is what the step is called beside a name: "主管 王芳" on a card that says who handed it in, and not "提交人的主管 王芳".
func (s Step) Post() string { return strings.ReplaceAll(s.RoleName, "提交人的", "") }

// People lists everybody the request concerns, each once: requester, approvers, copied. All of them have its card.
func (r Request) People() []Person {
	people := []Person{{r.Requester, r.RequesterName}}
	for _, s := range r.Steps {
		for _, a := range s.Approvers {
			people = append(people, Person{a.Person, a.Name})
			if a.By != 0 {
				people = append(people, Person{a.By, a.ByName})
			}
			if a.Deputy != 0 {
				people = append(people, Person{a.Deputy, a.DeputyName})
			}
		}
	}
	return unique(append(people, r.CC...))
}

// concerns reports whether p has a part in the request.
func (r Request) concerns(p sales.PersonID) bool {
	return slices.ContainsFunc(r.People(), func(q Person) bool { return q.ID == p })
}

func unique(people []Person) []Person {
	seen := map[sales.PersonID]bool{}
	return slices.DeleteFunc(people, func(p Person) bool {
		again := seen[p.ID] || p.ID == 0
		seen[p.ID] = true
		return again
	})
}

// clone is a copy that shares nothing with r.
func (r Request) clone() Request {
	r.Steps = slices.Clone(r.Steps)
	for i := range r.Steps {
		r.Steps[i].Approvers = slices.Clone(r.Steps[i].Approvers)
	}
	r.CC = slices.Clone(r.CC)
	r.Log = slices.Clone(r.Log)
	return r
}
