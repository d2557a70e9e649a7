package parse

import (
	"os"
	"strings"
	"testing"
)

// TestTalkOfOtherThingsIsNoRecord: the weather, streets, sizes, posts and numbers of people become nobody's customer, contact
// or amount, whoever writes of them.
func TestTalkOfOtherThingsIsNoRecord(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/neutral.txt")
	if err != nil {
		t.Fatal(err)
	}
	master := demoMaster(t)
	p := Parser{Index: NewIndex(master), Calendar: testCalendar{}}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		for _, who := range master.People {
			for _, f := range p.Parse(Input{Text: line, Now: testNow, User: who.ID}).Frames {
				if f.Customer.ID != 0 || f.Customer.NewName != "" || f.Contact.ID != 0 || f.Contact.NewName != "" || len(f.Customer.Candidates) > 0 || len(f.Amounts) > 0 {
					t.Errorf("%q from %s: customer %+v, contact %+v, amounts %+v", line, who.Name, f.Customer, f.Contact, f.Amounts)
				}
			}
		}
	}
}

// TestHouseNumbersAreNoDays: a number behind a street is where something is.
func TestHouseNumbersAreNoDays(t *testing.T) {
	t.Parallel()
	p := Parser{Index: NewIndex(demoMaster(t)), Calendar: testCalendar{}}
	for _, s := range []string{"百惠在车站大道577弄12号", "货送永康市五金大道28号，恒达五金收"} {
		for _, f := range p.Parse(Input{Text: s, Now: testNow}).Frames {
			if len(f.Promises) > 0 || !f.When.IsZero() {
				t.Errorf("%q: to do %+v, when %+v", s, f.Promises, f.When)
			}
		}
	}
	if f := p.Parse(Input{Text: "答应恒达五金潘经理28号送货", Now: testNow}).Frames; len(f) != 1 || len(f[0].Promises) != 1 {
		t.Errorf("28号 behind a person is no day: %+v", f)
	}
}

// TestDaysOffByLaw: nobody's three working days are counted over a holiday whose arrangement has not been published.
func TestDaysOffByLaw(t *testing.T) {
	t.Parallel()
	p := Parser{Index: NewIndex(demoMaster(t))}
	now := testNow.AddDate(0, 9, 20) // 31 December
	for now.Month() != 12 || now.Day() != 31 {
		now = now.AddDate(0, 0, 1)
	}
	f := p.Parse(Input{Text: "答应恒达五金潘经理一个工作日内出合同", Now: now}).Frames
	if len(f) != 1 || len(f[0].Promises) != 1 || f[0].Promises[0].Due.Start.Day() == 1 {
		t.Errorf("from %s: %+v", now, f)
	}
}
