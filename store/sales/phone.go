package sales

import "strings"

// Phone is a checked Chinese telephone number in one form, by which two can be compared: a mainland mobile number as its
// eleven digits, "13800138000"; a landline as area code, hyphen, number and, where there is one, an extension,
// "0575-88001234", "0575-88001234-801"; a service number as its ten digits, "4008123123".
type Phone string

// ParsePhone reads a number as people write it: +86 or 0086 before it, spaces, hyphens, brackets, full width, 转 801 behind
// it. A landline needs its area code. Invalid says how to write it.
func ParsePhone(text string) (Phone, error) {
	digits, extension, ok := phoneDigits(text)
	if ok {
		switch {
		case mobile(digits) && extension == "":
			return Phone(digits), nil
		case len(digits) == 10 && (strings.HasPrefix(digits, "400") || strings.HasPrefix(digits, "800")) && extension == "":
			return Phone(digits), nil
		}
		if area := areaCode(digits); area != "" {
			p := area + "-" + digits[len(area):]
			if extension != "" {
				p += "-" + extension
			}
			return Phone(p), nil
		}
	}
	said := `"` + clip(strings.TrimSpace(text), 24) + `"`
	switch {
	case twoPhones(text):
		return "", Errorf(Invalid, `电话写了两个:`+said+`。留一个,手机写 11 位,座机带区号。`)
	case lostDigits(text):
		return "", Errorf(Invalid, `电话被 Excel 改成了科学计数,后几位丢了:`+said+`。把这一列设成文本,重填手机 11 位。`)
	}
	return "", Errorf(Invalid, `电话没看懂:`+said+`。手机写 11 位,座机带区号,比如 0575-88001234。`)
}

// twoPhones reports whether a text holds one number beside another.
func twoPhones(text string) bool {
	if len(text) > 96 {
		return false
	}
	parts := strings.FieldsFunc(halfWidth(text), func(r rune) bool { return strings.ContainsRune("/,;、|或", r) })
	n := 0
	for _, p := range parts {
		if digits, _, ok := phoneDigits(p); ok && len(digits) >= 7 {
			n++
		}
	}
	return n > 1
}

// lostDigits reports whether a text is what a spreadsheet makes of a long number: 1.39058E+10.
func lostDigits(text string) bool {
	s := strings.ToUpper(strings.TrimSpace(text))
	mantissa, exponent, ok := strings.Cut(s, "E+")
	return ok && len(s) <= 24 && mantissa != "" && strings.Trim(mantissa, "0123456789.") == "" && exponent != "" && allDigits(exponent)
}

// phoneDigits cuts a text into digits and extension.
func phoneDigits(text string) (digits, extension string, ok bool) {
	if len(text) > 96 {
		return "", "", false
	}
	s := halfWidth(text)
	for _, mark := range []string{"转", "ext.", "ext", "x", "#"} {
		if head, tail, found := strings.Cut(s, mark); found {
			s, extension = head, strings.TrimLeft(tail, " :.-")
			extension = strings.TrimSpace(extension)
			if extension == "" || len(extension) > 6 || !allDigits(extension) {
				return "", "", false
			}
			break
		}
	}
	plus := strings.HasPrefix(s, "+") || strings.HasPrefix(s, "(+")
	var b strings.Builder
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" -()‐–—·.", r):
		case r == '+' && i <= 1:
		default:
			return "", "", false
		}
	}
	digits = b.String()
	international := plus
	if rest, found := strings.CutPrefix(digits, "0086"); found {
		digits, international = "86"+rest, true
	}
	if international || (len(digits) == 13 && strings.HasPrefix(digits, "861")) {
		rest, found := strings.CutPrefix(digits, "86")
		if !found {
			return "", "", false
		}
		// Abroad the area code is said without its zero.
		if digits = rest; !mobile(digits) && !strings.HasPrefix(digits, "0") && !strings.HasPrefix(digits, "400") {
			digits = "0" + digits
		}
	}
	// 0575-88001234-801: the third group is an extension.
	if extension == "" {
		if groups := strings.Split(s, "-"); len(groups) == 3 && strings.HasPrefix(groups[0], "0") &&
			areaCode(groups[0]+groups[1]) == groups[0] && len(groups[2]) <= 6 && allDigits(groups[2]) {
			return groups[0] + groups[1], groups[2], groups[2] != ""
		}
	}
	return digits, extension, true
}

func allDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

// mobile reports whether the digits are a mainland mobile number: the second digit is 3 to 9 in every range that the
// ministry has given out.
func mobile(digits string) bool {
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3'
}

// areaCode is the area code at the head of a landline number; empty when it is none. 010 and 02x have three digits, the
// rest four; numbers have seven or eight digits and begin with 2 to 9.
func areaCode(digits string) string {
	if len(digits) < 10 || len(digits) > 12 || digits[0] != '0' || digits[1] == '0' {
		return ""
	}
	n := 4
	if digits[1] == '2' || (digits[1] == '1' && digits[2] == '0') {
		n = 3
	} else if digits[1] == '1' {
		return ""
	}
	if rest := digits[n:]; (len(rest) == 7 || len(rest) == 8) && rest[0] >= '2' {
		return digits[:n]
	}
	return ""
}

// Mobile reports whether the number can take a text message.
func (p Phone) Mobile() bool { return mobile(string(p)) }

// Masked is the number as a group may see it: "138****5678", "0575-****1234".
func (p Phone) Masked() string {
	s := string(p)
	if p.Mobile() {
		return s[:3] + "****" + s[7:]
	}
	area, rest, found := strings.Cut(s, "-")
	if found {
		number, _, _ := strings.Cut(rest, "-")
		if len(number) > 4 {
			return area + "-" + strings.Repeat("*", len(number)-4) + number[len(number)-4:]
		}
		return area + "-****"
	}
	if len(s) == 10 {
		return s[:3] + "***" + s[6:]
	}
	return "****"
}
