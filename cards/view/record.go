package view

import (
	"strconv"

	"salesflow/store/sales"
)

// Says is a record in words for whoever reads it outside its cards: on the sheet of its approval, in a platform's form.
type Says struct {
	Products []string
	// Lines are the other terms: name and words.
	Lines [][2]string
	// Terms is what was said when it was submitted.
	Terms string
	// Findings are what is outside the company's limits, a sentence each.
	Findings []string
}

// Line is the words of a term; empty when the record has none of that name.
func (s Says) Line(name string) string {
	for _, l := range s.Lines {
		if l[0] == name {
			return l[1]
		}
	}
	return ""
}

// maxSaid bounds the lines of a record in words.
const maxSaid = 40

func (v Contract) says() Says {
	s := Says{Products: v.Products, Terms: v.Contract.Terms}
	for _, f := range v.Findings {
		s.Findings = append(s.Findings, f.Sentence())
	}
	v.Findings = nil // they are listed by themselves
	s.Lines = [][2]string{{"付款", paymentLine(v)}, {"交期", deliveryLine(v)}}
	if d := v.Contract.DiscountPercent; d > 0 && d != 100 {
		s.Lines = append(s.Lines, [2]string{"标价", amountLine(v)})
	}
	if v.Contract.Terms != "" {
		s.Lines = append(s.Lines, [2]string{"原话", clip(v.Contract.Terms, 200)})
	}
	return s
}

func (v Quote) says() Says {
	var s Says
	q := v.Quote
	for i, l := range q.Lines {
		s.Products = append(s.Products, l.Name)
		words := clip(l.Name, 40) + " " + l.QtyText() + " × " + l.Price.String() + " = " + l.Sum().String()
		if l.List > 0 {
			words += ",标准价 " + l.List.String()
		}
		s.Lines = append(s.Lines, [2]string{"明细 " + strconv.Itoa(i+1), words})
	}
	if d := q.Discount(); d > 0 && d != sales.Percents(100) {
		s.Lines = append(s.Lines, [2]string{"标价", ofList(d)})
	}
	s.Lines = append(s.Lines, [2]string{"有效", "到 " + q.ValidUntil.String()})
	if q.Reason != "" {
		s.Terms = q.Reason
		s.Lines = append(s.Lines, [2]string{"理由", clip(q.Reason, 200)})
	}
	for _, l := range q.Under() {
		s.Findings = append(s.Findings, clip(l.Name, 20)+" "+l.Price.String()+" 低于底价 "+l.Floor.String())
	}
	return s
}

func (v Agreement) says(last sales.AgreementVersion) Says {
	s := Says{Lines: [][2]string{{"工单", v.Order.No + " · " + v.Order.Title}, {"版本", "V" + strconv.Itoa(v.Agreement.Revision)}}}
	for _, x := range append(append([]sales.WorkValue(nil), last.Values...), last.Results...) {
		if len(s.Lines) < maxSaid && x.Value != "" {
			s.Lines = append(s.Lines, [2]string{x.Field, clip(x.Value, 200)})
		}
	}
	return s
}
