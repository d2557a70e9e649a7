package sales

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ContactPart is the part a contact plays when the customer decides to buy (决策角色).
type ContactPart string

// The parts. A customer's purchase involves several people, so one contact alone is a risk.
const (
	PartDecider    ContactPart = "decider"    // 决策人
	PartUser       ContactPart = "user"       // 使用人
	PartTechnical  ContactPart = "technical"  // 技术把关
	PartBuyer      ContactPart = "buyer"      // 采购
	PartInfluencer ContactPart = "influencer" // 影响者
	PartChampion   ContactPart = "champion"   // 支持者
	PartOpponent   ContactPart = "opponent"   // 反对者
)

// ContactParts are the parts in the order a card shows them.
var ContactParts = []ContactPart{PartDecider, PartTechnical, PartBuyer, PartUser, PartInfluencer, PartChampion, PartOpponent}

var contactPartNames = map[ContactPart]string{
	PartDecider: "决策人", PartUser: "使用人", PartTechnical: "技术把关", PartBuyer: "采购", PartInfluencer: "影响者",
	PartChampion: "支持者", PartOpponent: "反对者",
}

// How else people call the parts.
var contactPartWords = map[string]ContactPart{
	"决策者": PartDecider, "拍板人": PartDecider, "拍板": PartDecider, "最终决策": PartDecider, "使用者": PartUser, "用户": PartUser,
	"操作人": PartUser, "技术": PartTechnical, "技术负责人": PartTechnical, "把关人": PartTechnical, "采购人": PartBuyer,
	"采购负责人": PartBuyer, "影响人": PartInfluencer, "内线": PartChampion, "教练": PartChampion, "支持人": PartChampion, "反对人": PartOpponent,
}

// Name is the part in Chinese; "联系人" for none.
func (p ContactPart) Name() string {
	if n, ok := contactPartNames[p]; ok {
		return n
	}
	return "联系人"
}

// ContactPartNamed finds a part by what people call it.
func ContactPartNamed(word string) (ContactPart, bool) {
	for p, n := range contactPartNames {
		if n == word {
			return p, true
		}
	}
	p, ok := contactPartWords[word]
	return p, ok
}

// ContactPartWords lists what the parts are called, for a question.
func ContactPartWords() string {
	names := make([]string, len(ContactParts))
	for i, p := range ContactParts {
		names[i] = p.Name()
	}
	return strings.Join(names, "、")
}

// ContactRole is the part a contact plays.
type ContactRole struct {
	ContactID  ID          `db:"contact_id"`
	CustomerID ID          `db:"customer_id"`
	Role       ContactPart `db:"role"`
	SetBy      PersonID    `db:"set_by"`
	SetAt      Instant     `db:"set_at"`
}

// ContactTouch is when a contact was last met, and how often.
type ContactTouch struct {
	ContactID ID      `db:"contact_id"`
	LastAt    Instant `db:"last_at"`
	Visits    int     `db:"visits"`
}

// Chain is a customer's decision chain (决策链): each contact with their part and last touch.
type Chain []ChainLink

// ChainLink is one contact of a chain.
type ChainLink struct {
	Contact Contact
	Part    ContactPart
	LastAt  Instant
	Visits  int
}

// NewChain joins contacts with their parts and touches: those with a part first, in the order of ContactParts, then by
// the last touch.
func NewChain(contacts []Contact, roles []ContactRole, touches []ContactTouch) Chain {
	part, touch := map[ID]ContactPart{}, map[ID]ContactTouch{}
	for _, r := range roles {
		part[r.ContactID] = r.Role
	}
	for _, t := range touches {
		touch[t.ContactID] = t
	}
	chain := make(Chain, 0, len(contacts))
	for _, c := range contacts {
		chain = append(chain, ChainLink{Contact: c, Part: part[c.ID], LastAt: touch[c.ID].LastAt, Visits: touch[c.ID].Visits})
	}
	rank := func(l ChainLink) int {
		if i := slices.Index(ContactParts, l.Part); i >= 0 {
			return i
		}
		return len(ContactParts)
	}
	slices.SortStableFunc(chain, func(a, b ChainLink) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return b.LastAt.Compare(a.LastAt.Time)
	})
	return chain
}

// Missing are the parts nobody plays that a purchase cannot do without.
func (c Chain) Missing() []ContactPart {
	var out []ContactPart
	for _, p := range []ContactPart{PartDecider, PartTechnical, PartBuyer} {
		if !slices.ContainsFunc(c, func(l ChainLink) bool { return l.Part == p }) {
			out = append(out, p)
		}
	}
	return out
}

// Sole is the only contact anybody has been in touch with, when there is just one.
func (c Chain) Sole() (ChainLink, bool) {
	var met []ChainLink
	for _, l := range c {
		if !l.LastAt.IsZero() {
			met = append(met, l)
		}
	}
	if len(met) == 1 {
		return met[0], true
	}
	if len(met) == 0 && len(c) == 1 {
		return c[0], true
	}
	return ChainLink{}, false
}

// PulseFacts are what a customer's pulse is told from.
type PulseFacts struct {
	LastContact Instant
	Created     Instant
	Overdue     int // promises that are overdue
	Stuck       int // opportunities beyond StuckDays in their stage
	Complaints  int // in the last 90 days
	Sole        string
}

// Pulse is how a customer is doing, in a word, with the reasons.
type Pulse struct {
	Mark    string // 🟢 🟡 🔴
	Word    string
	Reasons []string
}

// String is the pulse in one line.
func (p Pulse) String() string { return p.Mark + " " + p.Word + ":" + strings.Join(p.Reasons, ";") }

// PulseOf tells how a customer is doing: each reason costs a level or two, and is said.
func PulseOf(f PulseFacts, now time.Time) Pulse {
	bad := 0
	var why []string
	last := f.LastContact
	if last.IsZero() {
		last = f.Created
	}
	days := DayOf(now).Sub(DayOf(last.Time))
	switch {
	case f.LastContact.IsZero() && days > 7:
		bad, why = bad+1, append(why, "还没拜访过")
	case days > 60:
		bad, why = bad+2, append(why, fmt.Sprintf("%d 天没联系", days))
	case days > 21:
		bad, why = bad+1, append(why, fmt.Sprintf("%d 天没联系", days))
	}
	if f.Overdue > 0 {
		bad, why = bad+1, append(why, fmt.Sprintf("承诺过期 %d 件", f.Overdue))
	}
	if f.Complaints > 0 {
		bad, why = bad+2, append(why, fmt.Sprintf("近期投诉 %d 次", f.Complaints))
	}
	if f.Stuck > 0 {
		bad, why = bad+1, append(why, fmt.Sprintf("%d 单停滞", f.Stuck))
	}
	if f.Sole != "" {
		why = append(why, "只认识"+f.Sole)
	}
	p := Pulse{Mark: "🟢", Word: "良好", Reasons: why}
	switch {
	case bad >= 2:
		p.Mark, p.Word = "🔴", "有风险"
	case bad == 1:
		p.Mark, p.Word = "🟡", "要留意"
	case len(why) == 0 && f.LastContact.IsZero():
		p.Reasons = []string{"刚建,还没拜访"}
	case !f.LastContact.IsZero():
		seen := fmt.Sprintf("%d 天前联系过", days)
		if days <= 0 {
			seen = "今天联系过"
		}
		p.Reasons = append([]string{seen}, why...)
	}
	return p
}
