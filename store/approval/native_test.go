package approval_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// office is a resolver with two people a role.
type office struct{}

func (office) Holders(role string, _ sales.PersonID) []approval.Person {
	if role == "legal" {
		return []approval.Person{{ID: 2, Name: "赵磊"}, {ID: 3, Name: "孙静"}}
	}
	return []approval.Person{{ID: 4, Name: "陈刚"}}
}

func (office) Superior(sales.PersonID) (approval.Person, bool) { return approval.Person{}, false }

var filed = time.Date(2026, 3, 11, 2, 0, 30, 0, time.UTC)

func placed(t interface{ Fatal(args ...any) }, mode approval.SignMode) approval.Request {
	p := approval.ContractPolicy()
	p.Steps[0].Mode = mode
	r, _, err := approval.Submit(approval.Draft{
		ID: 1, Kind: approval.Contract, Record: 9, No: "HT2026-001", Amount: sales.Wan, Requester: approval.Person{ID: 1, Name: "周敏"},
	}, p, office{}, filed)
	if err != nil {
		t.Fatal(err)
	}
	r.Rules.Place = "dingtalk"
	return r
}

func TestWhatIsDecidedElsewhereIsNotDecidedHere(t *testing.T) {
	t.Parallel()
	r := placed(t, approval.AnyOf)
	legal := approval.Actor{Person: approval.Person{ID: 2, Name: "赵磊"}}
	for name, try := range map[string]func() error{
		"approve": func() error { _, _, err := approval.Approve(r, legal, filed, ""); return err },
		"reject":  func() error { _, _, err := approval.Reject(r, legal, filed, "太贵"); return err },
		"return":  func() error { _, _, err := approval.SendBack(r, legal, filed, "改"); return err },
		"transfer": func() error {
			_, _, err := approval.Transfer(r, legal, filed, approval.Person{ID: 5, Name: "王芳"}, "")
			return err
		},
	} {
		if err := try(); sales.KindOf(err) != sales.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The platform tells the time to the minute: its decision is not before the submission.
	got, _, err := approval.Follow(r, approval.Person{ID: 2, Name: "赵磊"}, true, "", filed.Truncate(time.Minute))
	if err != nil || got.Step != 1 || got.Log[1].At.Before(filed) {
		t.Errorf("%+v, %v", got.Log, err)
	}
}

// TestARequestFollowsThePlatform lets any people decide in any order, the policy's or not: whatever the platform's end is,
// ours is the same, decided once, and nothing is left to do.
func TestARequestFollowsThePlatform(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := placed(t, rapid.SampledFrom([]approval.SignMode{approval.AllOf, approval.AnyOf, approval.InOrder}).Draw(t, "mode"))
		people := []approval.Person{{ID: 1, Name: "周敏"}, {ID: 2, Name: "赵磊"}, {ID: 3, Name: "孙静"}, {ID: 4, Name: "陈刚"}, {ID: 8, Name: "王芳"}, {Name: "钉钉账号 x"}}
		at := filed
		for range rapid.IntRange(0, 6).Draw(t, "decisions") {
			at = at.Add(time.Duration(rapid.IntRange(-120, 120).Draw(t, "minutes")) * time.Minute)
			who := rapid.SampledFrom(people).Draw(t, "who")
			after, _, err := approval.Follow(r, who, rapid.IntRange(0, 4).Draw(t, "refuses") > 0, "", at)
			if err != nil && sales.KindOf(err) == "" {
				t.Fatal(err)
			}
			if err == nil {
				r = after
			}
		}
		end := rapid.SampledFrom([]approval.State{approval.Approved, approval.Rejected, approval.Withdrawn}).Draw(t, "end")
		before := r.State
		after, _, err := approval.Conclude(r, end, people[3], "", at)
		switch {
		case before.Final() && err == nil:
			t.Fatal("decided twice")
		case !before.Final() && (err != nil || after.State != end):
			t.Fatalf("ended as %s, want %s: %v", after.State, end, err)
		}
		if err == nil && len(after.Turn()) > 0 {
			t.Fatalf("somebody still has to decide: %+v", after.Turn())
		}
		last := after.Log[0].At
		for _, e := range after.Log {
			if e.At.Before(last.Time) {
				t.Fatalf("the log runs backwards: %+v", after.Log)
			}
			last = e.At
		}
	})
}
