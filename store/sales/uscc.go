package sales

import (
	"regexp"
	"strings"
)

// USCC is a checked unified social credit code (统一社会信用代码), 18 characters in upper case.
type USCC string

// usccChars are the 31 signs of GB 32100-2015: digits and capitals without I, O, S, V and Z. A sign's value is its place.
const usccChars = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// orgWeights are the weights of GB 11714-1997, the organisation code inside the USCC.
var orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// ParseUSCC reads a code as people copy it, with spaces, hyphens, full width or small letters, and verifies both check
// digits: its own (GB 32100-2015, table and formula of annex A) and that of the organisation code in places 9 to 17
// (GB 11714-1997). Invalid says what is wrong.
func ParseUSCC(text string) (USCC, error) {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(halfWidth(clip(text, 64))))
	if len(s) != 18 {
		return "", Errorf(Invalid, `统一社会信用代码是 18 位:"`+clip(text, 24)+`"。照营业执照再发一次。`)
	}
	for _, r := range s {
		if !strings.ContainsRune(usccChars, r) {
			return "", Errorf(Invalid, `统一社会信用代码里不会有"`+string(r)+`":"`+s+`"。字母 I、O 常和 1、0 看混。`)
		}
	}
	for _, r := range s[2:8] {
		if r > '9' {
			return "", Errorf(Invalid, `统一社会信用代码第 3 到 8 位是数字:"`+s+`"。照营业执照再发一次。`)
		}
	}
	if s[17] != usccCheck(s) || s[16] != orgCheck(s[8:16]) {
		return "", Errorf(Invalid, `统一社会信用代码校验不过:"`+s+`"。有一位抄错了,照营业执照再发一次。`)
	}
	return USCC(s), nil
}

// usccCheck is the 18th sign: weights are the powers of 3 modulo 31.
func usccCheck(s string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(usccChars, s[i]) * weight
		weight = weight * 3 % 31
	}
	return usccChars[(31-sum%31)%31]
}

// orgCheck is the check sign of an organisation code, whose letters count from A = 10.
func orgCheck(s string) byte {
	sum := 0
	for i, weight := range orgWeights {
		value := int(s[i] - '0')
		if s[i] >= 'A' {
			value = int(s[i]-'A') + 10
		}
		sum += value * weight
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + check)
	}
}

// Region is the administrative division code of the registering authority, six digits: 330602 is 绍兴市越城区.
func (c USCC) Region() string {
	if len(c) != 18 {
		return ""
	}
	return string(c[2:8])
}

// Organisation is the organisation code inside, nine signs.
func (c USCC) Organisation() string {
	if len(c) != 18 {
		return ""
	}
	return string(c[8:17])
}

var usccInText = regexp.MustCompile(`[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}`)

// FindUSCC finds the first valid code in a text, which must not be part of a longer run of letters and digits.
func FindUSCC(text string) (USCC, bool) {
	s := strings.ToUpper(halfWidth(text))
	for _, at := range usccInText.FindAllStringIndex(s, 100) {
		if (at[0] > 0 && alphanumeric(s[at[0]-1])) || (at[1] < len(s) && alphanumeric(s[at[1]])) {
			continue
		}
		if code, err := ParseUSCC(s[at[0]:at[1]]); err == nil {
			return code, true
		}
	}
	return "", false
}

func alphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z'
}
