package bot

import (
	"regexp"
	"slices"
	"strings"
)

// Traits are what differs from platform to platform and what the core goes by. The adapter's package says them, so that the
// core names no platform; they hold whether the platform is connected or not.
type Traits struct {
	Platform Platform
	// Withdrawal is where in the platform's app its creator takes an approval back, {no} standing for the record's number. It is
	// said where the platform has no call for that (Approvals.WithdrawApproval is Unsupported), and empty where it has one.
	Withdrawal string
	// PicturesOnly says that of what people send the bot in a single chat pictures and voice arrive, and no other files: those
	// come through a page.
	PicturesOnly bool
	// Numbers find the numbers of its approvals in a text. NumberForm says in words how long they are.
	Numbers    []NumberIn
	NumberForm string
}

// NumberIn finds numbers in a text, each as the first group of Form. One of Holds, in small letters, stands in every text that
// has one; they are looked for first, since the form is dear and hardly a message needs it.
type NumberIn struct {
	Form  *regexp.Regexp
	Holds []string
}

// May reports whether a text, in small letters, may hold such a number.
func (n NumberIn) May(low string) bool {
	return slices.ContainsFunc(n.Holds, func(w string) bool { return strings.Contains(low, w) })
}

// WithdrawnByCreator reports whether only who submitted an approval can take it back, there.
func (t Traits) WithdrawnByCreator() bool { return t.Withdrawal != "" }

// HowToWithdraw says where the creator takes back the approval of a record.
func (t Traits) HowToWithdraw(no string) string { return strings.ReplaceAll(t.Withdrawal, "{no}", no) }

// Platforms are the traits of all platforms the program speaks. The order is that in which numbers are looked for.
type Platforms []Traits

// Of are the traits of a platform; those of one that is not known are none.
func (p Platforms) Of(platform Platform) Traits {
	if i := slices.IndexFunc(p, func(t Traits) bool { return t.Platform == platform }); i >= 0 {
		return p[i]
	}
	return Traits{Platform: platform}
}
