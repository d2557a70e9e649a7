package wecom

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Soft limits of a card, in characters: what is longer is accepted, and cut off on the phone
// (developer.work.weixin.qq.com/document/path/90236).
const (
	softSource    = 20
	softTitle     = 36
	softTitleDesc = 44
	softEmphasis  = 14
	softSubTitle  = 160
	softKeyname   = 5
	softValue     = 30
	softJump      = 18
	softButton    = 10
	softOption    = 16
	softVote      = 17
)

// noteSoftLimits notes what of a card a phone would cut off.
func (s *Server) noteSoftLimits(now time.Time, c *templateCard) {
	check := func(what, text string, limit int) {
		if n := utf8.RuneCountInString(text); n > limit {
			s.violate(now, "soft_limit", fmt.Sprintf("%s has %d characters, phones show %d", what, n, limit))
		}
	}
	if c.Source != nil {
		check("source.desc", c.Source.Desc, softSource)
	}
	if c.MainTitle != nil {
		check("main_title.title", c.MainTitle.Title, softTitle)
		check("main_title.desc", c.MainTitle.Desc, softTitleDesc)
	}
	if c.Emphasis != nil {
		check("emphasis_content.title", c.Emphasis.Title, softEmphasis)
	}
	check("sub_title_text", c.SubTitle, softSubTitle)
	for _, l := range c.Horizontal {
		check("keyname", l.Keyname, softKeyname)
		check("value", l.Value, softValue)
	}
	for _, j := range c.Jumps {
		check("jump title", j.Title, softJump)
	}
	for _, b := range c.Buttons {
		check("button text", b.Text, softButton)
	}
	for _, q := range c.questions() {
		limit := softOption
		if c.CardType == cardVote {
			limit = softVote
		}
		for _, o := range q.options {
			check("option text", o.Text, limit)
		}
	}
}
