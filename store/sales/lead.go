package sales

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Lead states.
const (
	LeadNew       = "new"       // nobody could be found for it
	LeadAssigned  = "assigned"  // it waits for its owner to take it
	LeadAccepted  = "accepted"  // taken (接下), not contacted yet
	LeadContacted = "contacted" // first contact made, quality graded
	LeadConverted = "converted" // a customer now
	LeadInvalid   = "invalid"   // wrong number, no need, and so on
)

// How a lead came in.
const (
	IntakeChat  = "chat"
	IntakeExcel = "excel"
	IntakeAPI   = "api"
)

// Lead is somebody who may become a customer (线索).
type Lead struct {
	ID ID `db:"id"`
	// No is the number people say, such as L12.
	No      string `db:"no"`
	Company string `db:"company"`
	NameKey string `db:"name_key"`
	Contact string `db:"contact"`
	Phone   string `db:"phone"`
	Need    string `db:"need"`
	City    string `db:"city"`
	Region  string `db:"region"`
	// Source is the channel (展会), Campaign the event or advertisement (春季展); both stay with what becomes of the lead.
	Source   string `db:"source"`
	Campaign string `db:"campaign"`
	// Level is how much it asks of whoever takes it: 1 is for everyone, 2 for those with experience.
	Level   int      `db:"level"`
	State   string   `db:"state"`
	Quality string   `db:"quality"` // A, B or C, at the first contact
	OwnerID PersonID `db:"owner_id"`
	TeamID  ID       `db:"team_id"`
	// Why says why it went to its owner. Round counts assignments.
	Why           string  `db:"why"`
	Round         int     `db:"round"`
	AssignedAt    Instant `db:"assigned_at"`
	AcceptedAt    Instant `db:"accepted_at"`
	ContactedAt   Instant `db:"contacted_at"`
	ClosedAt      Instant `db:"closed_at"`
	Reason        string  `db:"reason"`
	CustomerID    ID      `db:"customer_id"`
	OpportunityID ID      `db:"opportunity_id"`
	Intake        string  `db:"intake"`
	// ExternalID is the id in the system it came from; one from the API is taken once.
	ExternalID    string   `db:"external_id"`
	CreatedBy     PersonID `db:"created_by"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// Open reports whether something is still to be done about a lead.
func (l Lead) Open() bool { return l.State != LeadConverted && l.State != LeadInvalid }

// SourceText is where a lead came from: "展会 · 春季展".
func (l Lead) SourceText() string {
	var parts []string
	for _, s := range []string{l.Source, l.Campaign} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// StateName is a lead's state in Chinese.
func (l Lead) StateName() string {
	switch l.State {
	case LeadNew:
		return "待分配"
	case LeadAssigned:
		return "待接"
	case LeadAccepted:
		return "已接,待联系"
	case LeadContacted:
		return "已联系 " + l.Quality + "级"
	case LeadConverted:
		return "已转客户"
	}
	return "无效:" + l.Reason
}

// LeadSources are the channels known by name; others can be said too.
var LeadSources = []string{
	"展会", "官网", "转介绍", "电话", "广告", "公众号", "抖音", "百度", "老客户", "招标网", "地推", "扫码", "直播", "小红书", "会议", "代理商", "陌拜",
}

// LeadQualities are the grades of a first contact.
var LeadQualities = []struct{ Grade, Text string }{
	{"A", "A 有需求有预算"}, {"B", "B 有需求没预算"}, {"C", "C 先了解"},
}

// InvalidReasons are offered when a lead is worth nothing; any other words are taken as they are.
var InvalidReasons = []string{"空号错号", "没有需求", "同行打听", "重复", "其他"}

// LeadText is what a message says of one lead.
type LeadText struct {
	Company, Contact, Phone, Need, City, Source, Campaign string
	// BadPhone is a number that is none.
	BadPhone string
	// Spread asks for it to be given out, not kept.
	Spread bool
}

var contactEnds = []string{
	"先生", "女士", "小姐", "老师", "主任", "院长", "科长", "处长", "部长", "经理", "总监", "厂长", "校长", "所长", "工", "总", "老板",
}

// ReadLead reads one line of an intake: the first word is the company, then in any order phone, contact, city, source,
// 活动:…; the rest is what is wanted.
func ReadLead(line string) LeadText {
	var l LeadText
	var need []string
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t,，;；|", r) }) {
		number := strings.Trim(w, "+-()0123456789") == "" && len(w) >= 5
		switch name, value, tagged := cutTag(w); {
		case tagged && name == "活动":
			l.Campaign = clipHard(value, 40)
		case tagged && name == "来源":
			l.Source = clipHard(value, 20)
		case tagged && name == "城市":
			l.City = clipHard(value, 20)
		case tagged && (name == "需求" || name == "想要"):
			need = append(need, value)
		case l.Phone == "" && l.BadPhone == "" && number:
			if p, err := ParsePhone(w); err == nil {
				l.Phone = string(p)
			} else {
				l.BadPhone = clipHard(w, 20)
			}
		case l.Company == "":
			l.Company = clipHard(w, 60)
		case l.Source == "" && slices.Contains(LeadSources, w):
			l.Source = w
		case l.Contact == "" && isContactName(w):
			l.Contact = w
		case l.City == "" && isPlace(w):
			l.City = strings.TrimRight(w, "省市区县")
		case w == "派" || w == "派出去" || w == "分配":
			l.Spread = true
		default:
			need = append(need, w)
		}
	}
	l.Need = clipHard(strings.Join(need, " "), 200)
	if l.City == "" {
		l.City = ParseName(l.Company).Place
	}
	return l
}

// cutTag splits "活动:春季展".
func cutTag(w string) (name, value string, ok bool) {
	for _, sep := range []string{":", "："} {
		if name, value, ok = strings.Cut(w, sep); ok && value != "" {
			return name, value, true
		}
	}
	return "", "", false
}

func isContactName(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= 2 && n <= 5 && slices.ContainsFunc(contactEnds, func(end string) bool { return strings.HasSuffix(w, end) && w != end })
}

func isPlace(w string) bool {
	_, ok := regionIndex()[strings.TrimRight(w, "省市区县")]
	return ok
}

// LeadLevel is how much a lead asks of whoever takes it: 2 when it speaks of a tender, a project or a large sum.
func LeadLevel(need string, amount, from Money) int {
	if amount >= from && from > 0 {
		return 2
	}
	for _, w := range []string{"招标", "投标", "集采", "项目", "批量", "整体方案", "战略"} {
		if strings.Contains(need, w) {
			return 2
		}
	}
	return 1
}

// LeadLoad is how much somebody has on their hands.
type LeadLoad struct {
	Open int // leads that wait
	Won  int // deals won so far
	Last Instant
}

// LeadPolicy says who gets a lead and how long they have.
type LeadPolicy struct {
	// RemindAfter and EscalateAfter are working time from the assignment, ContactWithin from taking it to the first contact,
	// AckFor how long 我来处理 holds the next push back.
	RemindAfter, EscalateAfter, ContactWithin, AckFor time.Duration
	// LoadAtMost is how many open leads one person has at most. NewcomerDays and DealsToRise are who counts as a newcomer,
	// who gets leads of level 1 only.
	LoadAtMost, NewcomerDays, DealsToRise int
	// LargeFrom is the sum from which a lead is of level 2.
	LargeFrom Money
	// TwinDays is for how many days a lead that is closed still counts as a double.
	TwinDays int
}

// DefaultLeadPolicy is the policy of a company that has not said anything else.
func DefaultLeadPolicy() LeadPolicy {
	return LeadPolicy{
		RemindAfter: 2 * time.Hour, EscalateAfter: 4 * time.Hour, ContactWithin: 9 * time.Hour, AckFor: 4 * time.Hour,
		LoadAtMost: 30, NewcomerDays: 90, DealsToRise: 3, LargeFrom: 50 * Wan, TwinDays: 90,
	}
}

// LeadLevelOf is up to which level a person gets leads: newcomers get level 1 until they have won DealsToRise deals.
func (p LeadPolicy) LeadLevelOf(person Person, load LeadLoad, today Day) int {
	if !person.HiredOn.IsZero() && today.Sub(person.HiredOn) < p.NewcomerDays && load.Won < p.DealsToRise {
		return 1
	}
	return 2
}

// Assign finds whom a lead goes to among reps: those of its region, of its level, with the fewest open leads; of two
// equals the one who got none for the longest time. why says all that in a line. ok is false when nobody can take it.
func (p LeadPolicy) Assign(l Lead, reps []Person, region func(Person) string, loads map[PersonID]LeadLoad, today Day) (who Person, why string, ok bool) {
	pool := slices.DeleteFunc(slices.Clone(reps), func(r Person) bool { return l.Region != "" && region(r) != l.Region })
	where := l.Region
	switch {
	case l.Region == "":
		pool, where = reps, "地区不明"
	case len(pool) == 0:
		pool, where = reps, l.Region+"没有销售,全公司派"
	}
	able := slices.DeleteFunc(slices.Clone(pool), func(r Person) bool { return p.LeadLevelOf(r, loads[r.ID], today) < l.Level })
	free := slices.DeleteFunc(slices.Clone(able), func(r Person) bool { return p.LoadAtMost > 0 && loads[r.ID].Open >= p.LoadAtMost })
	if len(free) == 0 {
		switch {
		case len(able) == 0:
			return Person{}, where + ",没有能接 2 级线索的人", false
		default:
			return Person{}, where + ",能接的人手上都满了", false
		}
	}
	best := slices.MinFunc(free, func(a, b Person) int {
		x, y := loads[a.ID], loads[b.ID]
		if x.Open != y.Open {
			return x.Open - y.Open
		}
		if c := x.Last.Compare(y.Last.Time); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	why = fmt.Sprintf("%s,手上 %d 条,最少", where, loads[best.ID].Open)
	if l.Level > 1 {
		why += ",能接 2 级线索"
	}
	return best, why, true
}

// LeadSource is what became of the leads of one source and campaign. Deals and contracts are those of the customers the
// leads became, from then on; a customer counts for its first lead.
type LeadSource struct {
	Source    string `db:"source"`
	Campaign  string `db:"campaign"`
	Leads     int    `db:"leads"`
	Taken     int    `db:"taken"`
	Good      int    `db:"good"` // graded A or B
	Invalid   int    `db:"invalid"`
	Customers int    `db:"customers"`
	Deals     int    `db:"deals"`
	Amount    Money  `db:"amount"`
	Won       int    `db:"won"`
	WonAmount Money  `db:"won_amount"`
	Contracts int    `db:"contracts"`
	Signed    Money  `db:"signed"`
	// Payments and Paid are what came from their customers since.
	Payments int   `db:"payments"`
	Paid     Money `db:"paid"`
}
