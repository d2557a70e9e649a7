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
	Numbers    []NumberForm
	NumberForm string
}

// NumberForm finds a kind of number in a text.
type NumberForm struct {
	// Form has the number as its first group. Possible tells cheaply of most texts that they hold none.
	Form     *regexp.Regexp
	Possible func(text string) bool
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
