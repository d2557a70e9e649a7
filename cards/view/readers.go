package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

var readWords = map[string]string{
	"customer.read": "客户资料", "api.read": "客户资料(接口)", "customer.readers": "查看记录", "contract.readers": "查看记录", "quote.readers": "查看记录", "agreement.readers": "查看记录", "contract.read": "合同", "contract.files": "合同附件", "contract.record": "审批单",
	"quote.read": "报价", "quote.files": "报价附件", "quote.record": "审批单",
	"agreement.read": "技术协议", "agreement.files": "技术协议文件", "agreement.record": "审批单", "quotes.read": "报价清单",
	"contracts.read": "合同清单", "opportunities.read": "商机清单", "filings.read": "记录清单", "leads.read": "线索清单",
}

// maxReaders bounds how many people are told.
const maxReaders = 20

// Readers are who looked at a customer's data, each person once, whoever looked last first. The owner's own looks are only
// counted.
func Readers(customer string, owner sales.PersonID, reads []sales.AuditEntry, name func(sales.PersonID) string, now time.Time) string {
	type reader struct {
		last  time.Time
		times int
		what  []string
	}
	by := map[sales.PersonID]*reader{}
	var people []sales.PersonID
	for _, e := range reads {
		r := by[e.PersonID]
		if r == nil {
			r = &reader{}
			by[e.PersonID] = r
			people = append(people, e.PersonID)
		}
		r.times++
		if e.At.After(r.last) {
			r.last = e.At.Time
		}
		if word := readWords[e.Verb]; word != "" && !slices.Contains(r.what, word) {
			r.what = append(r.what, word)
		}
	}
	own := 0
	if r := by[owner]; r != nil {
		own = r.times
		people = slices.DeleteFunc(people, func(p sales.PersonID) bool { return p == owner })
	}
	if len(people) == 0 {
		return fmt.Sprintf("近 90 天除了负责人,没有人看过%s的资料(负责人看过 %d 次)。", spaced(customer), own)
	}
	slices.SortStableFunc(people, func(a, b sales.PersonID) int { return by[b].last.Compare(by[a].last) })
	var b strings.Builder
	fmt.Fprintf(&b, "**谁看过 %s**(近 90 天 %d 人)", customer, len(people))
	for _, p := range people[:min(len(people), maxReaders)] {
		r := by[p]
		who := name(p)
		if who == "" {
			who = "已不在职的人"
		}
		fmt.Fprintf(&b, "\n%s %d 次,最近 %s:%s", who, r.times, sales.FormatMoment(r.last), strings.Join(r.what, "、"))
	}
	if more := len(people) - maxReaders; more > 0 {
		fmt.Fprintf(&b, "\n…另有 %d 人", more)
	}
	fmt.Fprintf(&b, "\n负责人 %s 自己看过 %d 次。整表导出另记在留痕里。", name(owner), own)
	return b.String()
}

// spaced is a name that a Chinese word follows: with a blank behind a number.
func spaced(name string) string {
	if name != "" && name[len(name)-1] < 0x80 {
		return name + " "
	}
	return name
}
