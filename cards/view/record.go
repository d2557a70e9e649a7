package view

// TermLines are the terms of a contract beside its amount, as its card shows them: name and words.
func TermLines(v Contract) [][2]string {
	v.Findings = nil // they are listed by themselves
	lines := [][2]string{{"付款", paymentLine(v)}, {"交期", deliveryLine(v)}}
	if d := v.Contract.DiscountPercent; d > 0 && d != 100 {
		lines = append(lines, [2]string{"标价", amountLine(v)})
	}
	if v.Contract.Terms != "" {
		lines = append(lines, [2]string{"原话", clip(v.Contract.Terms, 200)})
	}
	return lines
}
