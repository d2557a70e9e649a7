package sales

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// ProductKey is a product's name as it is compared: width, case and blanks level.
func ProductKey(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(halfWidth(clip(name, 400))), ""))
}

// ProductChanges lists what differs between two states of a product, for the trace.
func ProductChanges(old, now Product) []Change {
	var out []Change
	add := func(name, was, is string) {
		if was != is {
			out = append(out, Change{Field: name, Old: was, New: is})
		}
	}
	day := func(d Day) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	add("名称", old.Name, now.Name)
	add("编码", old.Code, now.Code)
	add("产品线", old.Line, now.Line)
	add("型号", old.Model, now.Model)
	add("单位", old.Unit, now.Unit)
	add("标准价", old.ListPrice.String(), now.ListPrice.String())
	add("底价折扣", fmt.Sprint(old.FloorPercent), fmt.Sprint(now.FloorPercent))
	add("适用行业", old.Industries, now.Industries)
	add("话术", old.Talk, now.Talk)
	add("注册证号", old.CertNo, now.CertNo)
	add("有效期", day(old.CertUntil), day(now.CertUntil))
	add("负责人", old.OwnerID.String(), now.OwnerID.String())
	add("别名", strings.Join(old.Aliases, "、"), strings.Join(now.Aliases, "、"))
	return out
}

// ReadPrice takes yuan as a plain number, or an amount with its unit: "480000", "¥480,000.00", "48万".
func ReadPrice(s string) (Money, error) {
	s = strings.NewReplacer(",", "", "¥", "", "￥", "", " ", "").Replace(halfWidth(clip(s, 40)))
	if strings.Trim(s, "0123456789.") == "" {
		s += "元"
	}
	m, err := ParseMoney(s)
	if err != nil || m < 0 {
		return 0, Errorf(Invalid, `标准价没看懂:"`+clip(s, 20)+`"。写 480000 或 48万。`)
	}
	return m, nil
}

// ReadFloor takes "85", "85%", "8.5折" or "0.85" as 85 percent.
func ReadFloor(text string) (int, error) {
	s, scale := strings.TrimSpace(halfWidth(clip(text, 20))), 1.0
	if rest, ok := strings.CutSuffix(s, "折"); ok {
		if s, scale = rest, 10; len(rest) > 1 && !strings.Contains(rest, ".") {
			scale = 1 // 85折
		}
	}
	f, err := strconv.ParseFloat(strings.TrimRight(s, "% "), 64)
	if scale == 1 && f > 0 && f <= 1 {
		scale = 100
	}
	n := math.Round(f * scale)
	if err != nil || !(n > 0 && n <= 100) {
		return 0, Errorf(Invalid, `底价折扣没看懂:"`+clip(text, 20)+`"。写 85 或 8.5折。`)
	}
	return int(n), nil
}

// Set reads a value into a field of the product, by the field's Chinese name. Invalid says how to write it. The owner is not
// among them: that takes the organisation.
func (p *Product) Set(field, value string) error {
	text := func(to *string, most int) error {
		if len([]rune(value)) > most {
			return Errorf(Invalid, fmt.Sprintf("%s太长,%d 个字以内。", field, most))
		}
		*to = value
		return nil
	}
	var err error
	switch field {
	case "标准价":
		p.ListPrice, err = ReadPrice(value)
	case "底价折扣", "底价":
		p.FloorPercent, err = ReadFloor(value)
	case "注册证有效期", "有效期":
		p.CertUntil, err = ReadDate(value)
	case "注册证号":
		err = text(&p.CertNo, 100)
	case "话术":
		err = text(&p.Talk, 200)
	case "适用行业":
		err = text(&p.Industries, 60)
	case "产品线":
		err = text(&p.Line, 30)
	case "型号":
		err = text(&p.Model, 60)
	case "单位":
		err = text(&p.Unit, 10)
	case "别名":
		p.Aliases = nil
		for _, a := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("、,，;；/ ", r) }) {
			p.Aliases = append(p.Aliases, a)
		}
	default:
		return Errorf(Invalid, "产品没有\""+clip(field, 12)+"\"这一项。")
	}
	return err
}
