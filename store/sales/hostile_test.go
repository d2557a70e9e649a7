package sales

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Whatever people paste into a chat is read or refused with a sentence, and never shown back at length.
func TestAnyTextIsSafe(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[0-9+()\-转 ]{0,20}`),
		rapid.StringMatching(`[0-9A-Z]{16,20}`),
		rapid.StringMatching(`(浙江|绍兴|市|立|第二|医院|公司|分公司|集团|[(（]|[)）]|店|北京){0,8}`),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.String(), func(s string) string { return strings.Repeat(s, 500) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := text.Draw(t, "text")
		_, money := ParseMoney(s)
		_, phone := ParsePhone(s)
		_, code := ParseUSCC(s)
		_, date := ParseDay(s)
		_, book := ParseHolidays(strings.NewReader(s))
		for _, err := range []error{money, phone, code, date, book} {
			if err != nil && (Message(err) == "" || utf8.RuneCountInString(Message(err)) > 140) {
				t.Fatalf("%q: %q", s, Message(err))
			}
		}
		FindUSCC(s)
		if n := SimilarNames(s, s); n != 0 && n != 1 {
			t.Fatalf("%q is like itself by %v", s, n)
		}
		Phone(s).Masked()
	})
}
