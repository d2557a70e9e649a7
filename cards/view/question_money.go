package view

import (
	"fmt"
	"strings"

	"salesflow/store/sales"
)

// AskedContract is a contract in an answer. Waits names whose turn it is, For how long.
type AskedContract struct {
	Contract         sales.Contract
	Waits, Path, For string
}

// AskedContracts are several contracts somebody asked about.
type AskedContracts struct {
	Lines    []AskedContract
	Group    bool
	More     bool
	Today    sales.Day
	Customer func(sales.ID) string
}

// AskedContractsText lists contracts with where each stands and who has it.
func AskedContractsText(v AskedContracts) string {
	lines := []string{fmt.Sprintf("合同 %d 份:", len(v.Lines))}
	if v.More {
		lines[0] = fmt.Sprintf("合同不止 %d 份,先列这些:", len(v.Lines))
	}
	for _, l := range v.Lines {
		c := l.Contract
		money := c.Amount.Short()
		if v.Group {
			money = c.Amount.Rounded()
		}
		state := orWord(contractStates[c.State], "之前已签")
		if c.RequestID == 0 {
			state = "之前已签"
		}
		if l.Waits != "" {
			state = "等 " + l.Waits
			if l.For != "" {
				state += ",已等 " + l.For
			}
		}
		lines = append(lines, "· "+c.No+" · "+v.Customer(c.CustomerID)+" · "+money+" · "+state)
	}
	return strings.Join(lines, "\n") + "\n看一份:合同 " + v.Lines[0].Contract.No
}

// EndingText lists contracts that end in some days.
func EndingText(list []sales.EndingContract, from, to, today sales.Day, more, group bool, customer func(sales.ID) string) string {
	span := from.Chinese() + " 到 " + to.Chinese()
	if len(list) == 0 {
		return span + "没有合同到期。记到期日:合同到期 HT2026-018 2026-12-31"
	}
	lines := []string{fmt.Sprintf("%s到期的合同 %d 份:", span, len(list))}
	if more {
		lines[0] = fmt.Sprintf("%s到期的合同不止 %d 份,先列这些:", span, len(list))
	}
	for _, c := range list {
		money := c.Amount.Short()
		if group {
			money = c.Amount.Rounded()
		}
		lines = append(lines, "· "+c.No+" · "+customer(c.CustomerID)+" · "+money+" · "+c.EndsOn.ChineseFrom(today))
	}
	return strings.Join(lines, "\n") + "\n看一份:合同 " + list[0].No
}

// Sums are what came in and what was signed in some days.
type Sums struct {
	Who, Word       string
	From, To, Today sales.Day
	// Before is what came in from BeforeFrom to the day before From.
	BeforeFrom          sales.Day
	Cash, Before        sales.CashSum
	Signed, Deliverable sales.Money
	Contracts           int
	// Whole says that Word is understood by 明细.
	Whole bool
}

// PaidText is what came in, beside the span before.
func PaidText(v Sums) string {
	span := daysSpan(v.From, v.To, v.Today)
	before := sales.NewPeriod(v.BeforeFrom, v.From.AddDays(-1), v.Today).Name
	s := fmt.Sprintf("%s,%s回款 %s,%d 笔。", span, v.Who, v.Cash.Received.Short(), v.Cash.Payments)
	if v.Cash.Payments == 0 {
		s = fmt.Sprintf("%s,%s还没有回款。", span, v.Who)
	}
	if was := v.Before.Received; was > 0 {
		s += before + " " + was.Short() + compared(v.Cash.Received, was) + "。"
	}
	if v.Whole && v.Cash.Payments > 0 {
		s += fmt.Sprintf("\n看明细:明细 回款 %s 近%d天", strings.TrimSuffix(v.Word, "的"), max(v.Today.Sub(v.From)+1, 1))
	}
	return s
}

// compared says how much more or less now is than was, in percent.
func compared(now, was sales.Money) string {
	percent := (int64(now) - int64(was)) * 100 / int64(was)
	switch {
	case percent > 0:
		return fmt.Sprintf(",多 %d%%", percent)
	case percent < 0:
		return fmt.Sprintf(",少 %d%%", -percent)
	}
	return ",差不多"
}

// SignedText is what was signed.
func SignedText(v Sums) string {
	span := daysSpan(v.From, v.To, v.Today)
	if v.Contracts == 0 {
		return span + "," + v.Who + "还没有签下的合同。看在谈的:商机"
	}
	s := fmt.Sprintf("%s,%s新签 %s,%d 份。", span, v.Who, v.Signed.Short(), v.Contracts)
	if v.Deliverable != v.Signed {
		s += "其中可交付新签 " + v.Deliverable.Short() + "。"
	}
	return s + "\n看到每一份:新签额"
}

// TargetText is how far one has come. No targets are kept, and it says so.
func TargetText(v Sums) string {
	return fmt.Sprintf("%s,%s新签 %s(%d 份),回款 %s(%d 笔)。\n还没有录目标,差多少算不出来。看进展:漏斗 / 新签额",
		daysSpan(v.From, v.To, v.Today), v.Who, v.Signed.Short(), v.Contracts, v.Cash.Received.Short(), v.Cash.Payments)
}

// OwedText is what is owed to a team or region, and by whom most.
func OwedText(who string, sum sales.Receivable, debtors []sales.Debtor, customer func(sales.ID) string) string {
	if sum.Count == 0 {
		return who + "没有开了票没到的款。"
	}
	s := fmt.Sprintf("%s未收 %s,%d 张票", who, sum.Open.Short(), sum.Count)
	if sum.OverdueCount > 0 {
		s += fmt.Sprintf(",其中逾期 %s,%d 张", sum.Overdue.Short(), sum.OverdueCount)
	}
	lines := []string{s + "。欠得最多的:"}
	for _, d := range debtors {
		lines = append(lines, "· "+customer(d.CustomerID)+" "+d.Open.Short())
	}
	return strings.Join(lines, "\n")
}

// UninvoicedText lists a customer's contracts that still lack an invoice.
func UninvoicedText(customer string, list []sales.ContractCash) string {
	if len(list) == 0 {
		return customer + "签收了的都开了票。"
	}
	lines := []string{fmt.Sprintf("%s有 %d 份合同签收了还没开全票:", customer, len(list))}
	for _, c := range list[:min(len(list), shownLines)] {
		line := "· " + c.No + " 合同 " + c.Amount.Short() + ",已开 " + c.Invoiced.Short() + ",还差 " + (c.Amount - c.Invoiced).Short()
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n开票:开票 " + list[0].No + " 全开"
}

// PhoneLine is how one person is reached.
type PhoneLine struct {
	Customer, Contact, Name string
	Phone                   sales.Phone
}

// Phones are how people of a customer are reached; Phone is the customer's own.
type Phones struct {
	Customer, Phone string
	Lines           []PhoneLine
	Group, More     bool
}

// PhonesText is how people are reached; a group sees masked numbers.
func PhonesText(v Phones) string {
	var lines []string
	show := func(p sales.Phone) string {
		if v.Group {
			return p.Masked()
		}
		return string(p)
	}
	if v.Phone != "" {
		lines = append(lines, v.Customer+" "+show(sales.Phone(v.Phone)))
	}
	for _, l := range v.Lines {
		number := "还没记电话"
		if l.Phone != "" {
			number = show(l.Phone)
		}
		lines = append(lines, l.Customer+" "+l.Contact+" "+number)
	}
	switch {
	case len(lines) == 0:
		return v.Customer + "还没记联系方式。补:联系人 " + v.Customer + " 姓名 职务 手机"
	case len(v.Lines) == 1 && v.Lines[0].Phone == "":
		lines = append(lines, "补:联系人 "+v.Lines[0].Customer+" "+v.Lines[0].Name+" 手机号")
	case v.More:
		lines = append(lines, "同名的还有,带上客户名再问一次。")
	}
	if v.Group {
		lines = append(lines, "完整号码单聊我问。")
	}
	return strings.Join(lines, "\n")
}

// Owned is whose a customer is. Lines name who is in charge of parts and lines.
type Owned struct {
	Customer, Owner, Team string
	Lines                 []string
	You, Rep              bool
}

// OwnedText says whose a customer is.
func OwnedText(v Owned) string {
	var s string
	switch {
	case v.Owner == "" && v.Rep:
		s = v.Customer + "在公海,没人跟。要跟发:领取 " + v.Customer
	case v.Owner == "":
		s = v.Customer + "在公海,没人跟。"
	case v.You:
		s = v.Customer + "是你的客户。"
	case v.Team != "":
		s = v.Customer + "是" + v.Owner + "的客户(" + v.Team + ")。"
	default:
		s = v.Customer + "是" + v.Owner + "的客户。"
	}
	if len(v.Lines) > 0 {
		s += "\n分管:" + strings.Join(v.Lines, "、")
	}
	return s
}

// CustomerCount is how many customers somebody has, and how many of them are silent.
func CustomerCount(who string, n, idle, days int) string {
	if n == 0 {
		return who + "名下没有客户。"
	}
	return fmt.Sprintf("%s名下 %d 家客户,%d 家超过 %d 天没联系。看是哪些:%s哪些客户最久没联系", who, n, idle, days, who)
}
