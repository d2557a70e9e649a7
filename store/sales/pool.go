package sales

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// ParseClass reads a class as people write it: "a类", "KA", "重点"; empty when it is none.
func ParseClass(word string) string {
	w := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(word), "级"), "类"))
	switch w {
	case "KA", "A", "B", "C":
		return w
	case "重点", "重点客户", "大客户":
		return "KA"
	}
	return ""
}

// MaxTags bounds the tags of one customer, MaxTagLen the characters of one.
const (
	MaxTags   = 12
	MaxTagLen = 12
)

// ParseTag reads a tag; ok is false when it is none.
func ParseTag(word string) (tag string, ok bool) {
	tag = strings.TrimSpace(strings.Trim(word, "#＃"))
	n := utf8.RuneCountInString(tag)
	return tag, n > 0 && n <= MaxTagLen && !strings.ContainsAny(tag, "|\n\t")
}

// Keeping is since when a customer is somebody's, and what was said about it going back to the open pool (公海). PooledAt is
// zero while somebody has it. Version 0 is a row that is not there yet.
type Keeping struct {
	CustomerID ID       `db:"customer_id"`
	OwnerSince Instant  `db:"owner_since"`
	KeptUntil  Instant  `db:"kept_until"`
	WarnedAt   Instant  `db:"warned_at"`
	WarnedTo   PersonID `db:"warned_to"`
	RecallAt   Instant  `db:"recall_at"`
	Why        string   `db:"why"`
	PooledAt   Instant  `db:"pooled_at"`
	PooledBy   PersonID `db:"pooled_by"`
	Reason     string   `db:"reason"`
	LastOwner  PersonID `db:"last_owner"`
	Version    int64    `db:"version"`
}

// Taken begins the keeping of a customer by somebody anew.
func (k *Keeping) Taken(now time.Time) {
	k.OwnerSince, k.KeptUntil, k.PooledAt, k.PooledBy, k.Reason = At(now), Instant{}, Instant{}, 0, ""
	k.Unwarn()
}

// Pooled puts a customer into the open pool.
func (k *Keeping) Pooled(owner, by PersonID, reason string, now time.Time) {
	k.PooledAt, k.PooledBy, k.Reason, k.LastOwner, k.KeptUntil = At(now), by, reason, owner, Instant{}
	k.Unwarn()
}

// Unwarn forgets a warning.
func (k *Keeping) Unwarn() { k.WarnedAt, k.WarnedTo, k.RecallAt, k.Why = Instant{}, 0, Instant{}, "" }

// ClassDays is a number of days for each class of customer; 0 is never.
type ClassDays struct{ KA, A, B, C, Other int }

// Of is the number for a class.
func (d ClassDays) Of(class string) int {
	switch class {
	case "KA":
		return d.KA
	case "A":
		return d.A
	case "B":
		return d.B
	case "C":
		return d.C
	}
	return d.Other
}

// PoolPolicy says when a customer goes back to the open pool (自动回收), and how many one person may take from it.
type PoolPolicy struct {
	// Idle is after how many days without a contact, AfterContract after how many days from the end of the last contract
	// with no new deal, by class. NoDeal is after how many days without any deal.
	Idle, AfterContract ClassDays
	NoDeal              int
	// WarnBefore is how many days ahead the owner is warned, WarnPerDay how many warnings a rep gets a day.
	WarnBefore, WarnPerDay int
	// KeepFor is for how many days 我会跟进 keeps a customer.
	KeepFor int
	// ClaimPerDay and OwnAtMost bound what one person takes, a day and in all; 0 is no bound. AgainAfter is after how many
	// days the last owner may take a customer again.
	ClaimPerDay, OwnAtMost, AgainAfter int
}

// DefaultPoolPolicy is the policy of a company that has not said anything else.
func DefaultPoolPolicy() PoolPolicy {
	return PoolPolicy{
		Idle: ClassDays{KA: 0, A: 90, B: 60, C: 30, Other: 60}, AfterContract: ClassDays{KA: 0, A: 90, B: 60, C: 30, Other: 90},
		NoDeal: 180, WarnBefore: 7, WarnPerDay: 5, KeepFor: 14, ClaimPerDay: 5, OwnAtMost: 200, AgainAfter: 7,
	}
}

// Held is a customer somebody has, with what decides whether it stays theirs.
type Held struct {
	Class        string
	OwnerSince   time.Time
	LastContact  time.Time
	LastDeal     time.Time // won, or contract approved; zero for none
	ContractEnds Day       // of the last contract; zero when none is known
	// Busy says that a deal is close: a contract in approval, or an opportunity in negotiation. Such a customer stays.
	Busy bool
}

// Recall is when and why a customer goes back to the open pool.
type Recall struct {
	On  Day
	Why string
}

// Recall is the earliest day on which a customer goes back by the policy; false when it never does as things stand.
func (p PoolPolicy) Recall(h Held) (Recall, bool) {
	if h.Busy {
		return Recall{}, false
	}
	var best Recall
	take := func(on Day, why string) {
		if best.On.IsZero() || on.Before(best.On) {
			best = Recall{on, why}
		}
	}
	if n := p.Idle.Of(h.Class); n > 0 {
		since := h.OwnerSince
		if h.LastContact.After(since) {
			since = h.LastContact
		}
		take(DayOf(since).AddDays(n), fmt.Sprintf("%s满 %d 天没有联系", classWord(h.Class), n))
	}
	if n := p.AfterContract.Of(h.Class); n > 0 && !h.ContractEnds.IsZero() && !h.ContractEnds.After(DayOf(maxTime(h.OwnerSince, h.ContractEnds.Start()))) {
		from := h.ContractEnds
		if since := DayOf(h.OwnerSince); since.After(from) {
			from = since
		}
		if h.LastDeal.Before(h.ContractEnds.Start()) {
			take(from.AddDays(n), fmt.Sprintf("合同 %s 到期后 %d 天没有续上", h.ContractEnds.Chinese(), n))
		}
	}
	if p.NoDeal > 0 && h.Class != "KA" {
		since := h.OwnerSince
		if h.LastDeal.After(since) {
			since = h.LastDeal
		}
		if h.ContractEnds.Start().After(since) {
			since = h.ContractEnds.Start()
		}
		take(DayOf(since).AddDays(p.NoDeal), fmt.Sprintf("%d 天没有成交", p.NoDeal))
	}
	return best, !best.On.IsZero()
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func classWord(class string) string {
	switch class {
	case "":
		return "未分级客户"
	case "KA":
		return "KA 客户"
	}
	return class + "类客户"
}

// PoolMove is what is to be done about a customer somebody has.
type PoolMove string

// The moves.
const (
	PoolNone   PoolMove = ""       // nothing
	PoolWarn   PoolMove = "warn"   // tell the owner that it will go back
	PoolClear  PoolMove = "clear"  // the warning is settled: there was a contact or a deal since
	PoolRecall PoolMove = "recall" // it goes back now
)

// Next says what is to be done about a customer at a moment, and when it goes back. A customer never goes back without a
// warning WarnBefore days ahead.
func (p PoolPolicy) Next(h Held, k Keeping, now time.Time) (PoolMove, Recall) {
	r, ok := p.Recall(h)
	today := DayOf(now)
	soon := ok && !today.Before(r.On.AddDays(-p.WarnBefore)) && !k.KeptUntil.After(now)
	switch {
	case k.WarnedAt.IsZero() && soon:
		if earliest := today.AddDays(p.WarnBefore); r.On.Before(earliest) {
			r.On = earliest
		}
		return PoolWarn, r
	case k.WarnedAt.IsZero():
		return PoolNone, r
	case !soon:
		return PoolClear, r
	case !now.Before(k.RecallAt.Time):
		return PoolRecall, r
	}
	return PoolNone, r
}

// MayClaim refuses a claim that goes beyond the policy's bounds. today is how many customers the person has taken today,
// owned how many they have.
func (p PoolPolicy) MayClaim(k Keeping, person PersonID, today, owned int, now time.Time) error {
	switch {
	case p.ClaimPerDay > 0 && today >= p.ClaimPerDay:
		return Errorf(Forbidden, fmt.Sprintf("今天已经领了 %d 家,一天最多 %d 家。明天再领。", today, p.ClaimPerDay))
	case p.OwnAtMost > 0 && owned >= p.OwnAtMost:
		return Errorf(Forbidden, fmt.Sprintf("你名下已有 %d 家,上限 %d 家。先放几家:放回公海 客户 原因。", owned, p.OwnAtMost))
	case k.LastOwner == person && p.AgainAfter > 0 && !k.PooledAt.IsZero() && now.Before(k.PooledAt.AddDate(0, 0, p.AgainAfter)):
		return Errorf(Forbidden, fmt.Sprintf("这家刚从你手上回公海,%s 起才能领回,先让给别人。要留找主管:分配 客户 你的名字。",
			DayOf(k.PooledAt.AddDate(0, 0, p.AgainAfter)).Chinese()))
	}
	return nil
}

// PoolEntry is a customer in the open pool, with how it came there.
type PoolEntry struct {
	Customer
	PooledAt  Instant  `db:"pooled_at"`
	Reason    string   `db:"reason"`
	LastOwner PersonID `db:"last_owner"`
}

// CustomerDeals is what a customer has dealt with us: the last deal, the end of the last contract, and whether one is close.
type CustomerDeals struct {
	CustomerID   ID      `db:"customer_id"`
	LastDeal     Instant `db:"last_deal"`
	ContractEnds Day     `db:"contract_ends"`
	Busy         bool    `db:"busy"`
}
