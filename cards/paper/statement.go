package paper

import (
	"errors"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"

	"salesflow/store/sales"
)

// maxLines is how many lines of a statement its PDF has; the Excel beside it has them all.
const maxLines = 1500

// StatementOf is what a statement's PDF is made of.
type StatementOf struct {
	Company, Customer string
	Statement         sales.Statement
	Lines             []sales.StatementLine
	// Link is where the customer answers; empty leaves the code out.
	Link string
}

// The columns of a statement: where each begins, or ends when its text stands to the right. In points from the left margin.
const (
	colDay, colWhat, colNo              = 0.0, 66.0, 104.0
	colInvoiced, colReceived, colWidest = 318.0, 408.0, width
)

// Statement draws a customer's statement (对账单). The same statement always makes the same bytes.
func Statement(of StatementOf) ([]byte, error) {
	st := of.Statement
	s, err := newSheet(of.Customer + " " + st.Month() + "对账单")
	if err != nil {
		return nil, err
	}
	s.title("对账单", st.Month(), "")
	s.row("客户", of.Customer)
	if of.Company != "" {
		s.row("出具方", of.Company)
	}
	s.row("期间", st.MonthOn.String()+" 至 "+st.LastDay().String())
	s.row("期初", st.Opening.String())
	s.row("本期开票", st.Invoiced.String())
	s.row("本期回款", st.Received.String())
	s.row("期末", st.Closing.String()+map[bool]string{true: "(我方多收,可抵下期)"}[st.Closing < 0])
	s.heading("往来明细")
	s.line("日期", "摘要", "单号", "开票", "回款", "余额")
	s.line(st.MonthOn.String(), "期初", "", "", "", st.Opening.String())
	for _, l := range of.Lines[:min(len(of.Lines), maxLines)] {
		s.line(l.Day.String(), l.What, l.No, figure(l.Invoiced), figure(l.Received), l.Balance.String())
	}
	if n := len(of.Lines) - maxLines; n > 0 {
		s.text(fmt.Sprintf("另有 %d 笔,见同名 Excel。", n), body)
	}
	s.line(st.LastDay().String(), "期末", "", st.Invoiced.String(), st.Received.String(), st.Closing.String())
	s.heading("核对")
	if of.Link == "" {
		s.text("一致就在这里盖章发回;不一致写上你们账上的余额。", body)
	} else {
		s.text("扫码或点开链接,一致点一下就行;不一致写上你们账上的余额。链接 30 天有效。", body)
		s.text(of.Link, small)
	}
	s.row("客户确认", "账上余额 ______________   盖章 ______________   日期 ______________")
	if of.Link != "" {
		q, err := qrcode.New(of.Link, qrcode.Medium)
		if err != nil {
			return nil, fmt.Errorf("make QR code: %w", err)
		}
		q.DisableBorder = true
		s.code(q.Bitmap())
	}
	if s.pages > maxPages {
		return nil, errors.New("statement has too many pages")
	}
	return s.bytes()
}

func figure(m sales.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// line is one row of the table; the number wraps, amounts stand to the right.
func (s *sheet) line(day, what, no, invoiced, received, balance string) {
	nos := s.wrap(strings.TrimSpace(no), small, colInvoiced-colNo-72)
	high := float64(max(len(nos), 1))*small*leading + 3
	s.need(high)
	s.write(margin+colDay, s.y, day, small+1, 40)
	s.write(margin+colWhat, s.y, what, small+1, 20)
	for k, n := range nos {
		s.write(margin+colNo, s.y+float64(k)*small*leading, n, small, 60)
	}
	for _, c := range []struct {
		text  string
		right float64
	}{{invoiced, colInvoiced}, {received, colReceived}, {balance, colWidest}} {
		s.write(margin+c.right-s.measure([]rune(c.text))*(small+1), s.y, c.text, small+1, 20)
	}
	s.y += high
}
