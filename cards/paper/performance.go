package paper

import (
	"fmt"
	"strings"
	"time"

	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// Performance draws the record of deliveries and service (履约证明) and attaches it. Its proofs must hold; whether its
// checkpoint was signed by the right key is not asked here.
func Performance(r evidence.PerformanceRecord) ([]byte, error) {
	p, err := r.Read(nil)
	if err != nil {
		return nil, fmt.Errorf("draw performance record: %w", err)
	}
	data, err := r.Encode()
	if err != nil {
		return nil, err
	}
	s, err := newSheet("履约证明 " + p.No)
	if err != nil {
		return nil, err
	}
	s.title("履约证明", p.No, p.From.String()+" 至 "+p.To.String())
	s.row("范围", p.Scope)
	s.row("出具", p.By+" "+p.At.In(sales.Shanghai).Format("2006-01-02 15:04")+" #"+fmt.Sprint(p.Leaf))
	sum := p.Sums()
	s.row("按期交付", DeliveryLine(sum))
	s.row("服务响应", ServiceLine(sum, p.Limit))
	s.heading("每个月")
	for _, m := range p.Months {
		s.text(m.Month+"  交付:"+DeliveryLine(m)+";服务:"+ServiceLine(m, p.Limit), body)
	}
	deliveries(s, p)
	services(s, p)
	if err := proof(s, proved{no: p.No, kind: "salesflow-performance", rows: p.Rows, tree: p.Tree, checkpoint: p.Checkpoint}, data); err != nil {
		return nil, err
	}
	pdf, err := s.bytes()
	if err != nil {
		return nil, err
	}
	return attach(pdf, data)
}

// DeliveryLine says how much came on time.
func DeliveryLine(m evidence.Month) string {
	if m.Due+m.Open == 0 {
		return "没有发货"
	}
	out := "没有约定到货日的"
	if m.Due > 0 {
		out = fmt.Sprintf("约定到货日的 %d 单,按期 %d 单(%s)", m.Due, m.OnTime, share(m.OnTime, m.Due))
		if m.Open > 0 {
			out += ",没有约定的"
		}
	}
	if m.Open > 0 {
		out += fmt.Sprintf(" %d 单", m.Open)
	}
	return out
}

// ServiceLine says how fast complaints and service requests were taken; limit is in minutes of working time.
func ServiceLine(m evidence.Month, limit int) string {
	if m.Calls == 0 {
		return "没有投诉和售后"
	}
	out := fmt.Sprintf("投诉和售后 %d 件,受理 %d 件", m.Calls, m.Taken)
	if m.Taken > 0 {
		out += ",平均 " + working(m.Minutes/m.Taken) + "受理"
		if limit > 0 {
			out += fmt.Sprintf(",%s内的 %d 件(%s)", working(limit), m.Within, share(m.Within, m.Calls))
		}
	}
	return out + fmt.Sprintf(",办结 %d 件", m.Closed)
}

func share(n, of int) string { return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of)) }

// working is a working time in words.
func working(minutes int) string {
	if minutes < 60 {
		return fmt.Sprintf("%d 分钟", minutes)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(minutes)/60), ".0") + " 个工作小时"
}

// leaves are the places of rows in the log.
func leaves(list []int64) string {
	var out []string
	for _, l := range list {
		out = append(out, fmt.Sprintf("#%d", l))
	}
	return strings.Join(out, " ")
}

func deliveries(s *sheet, p evidence.PerformancePaper) {
	s.heading("交付")
	if len(p.Deliveries) == 0 {
		s.text("这段时间没有。", body)
	}
	for _, d := range p.Deliveries {
		promised, signed := "没有约定到货日", "还没签收"
		if !d.Promised.IsZero() {
			promised = "约定 " + d.Promised.String()
		}
		if !d.Signed.IsZero() {
			signed = "签收 " + d.Signed.String()
		}
		verdict := ""
		switch {
		case d.OnTime():
			verdict = " 按期"
		case !d.Promised.IsZero() && !d.Signed.IsZero():
			verdict = fmt.Sprintf(" 晚 %d 天", d.Signed.Sub(d.Promised))
		case !d.Promised.IsZero():
			verdict = " 过了约定日"
		}
		s.text(d.No+"  "+promised+"  "+signed+verdict+"  "+leaves(p.Proofs[d.ID]), body)
	}
	if p.LeftDeliveries > 0 {
		s.text(fmt.Sprintf("更早的 %d 单计在上面的数里,没有逐单列。", p.LeftDeliveries), small)
	}
}

func services(s *sheet, p evidence.PerformancePaper) {
	s.heading("服务")
	if len(p.Services) == 0 {
		s.text("这段时间没有。", body)
	}
	at := func(t time.Time) string { return t.In(sales.Shanghai).Format("2006-01-02 15:04") }
	for _, x := range p.Services {
		line := x.Kind.Name() + "  " + at(x.Filed) + " 提出"
		if x.Taken.IsZero() {
			line += "  还没受理"
		} else {
			line += "  " + working(x.Minutes) + "后受理"
		}
		if !x.Closed.IsZero() {
			line += "  " + at(x.Closed) + " 办结"
		}
		s.text(line+"  "+leaves(p.Proofs[x.ID]), body)
	}
	if p.LeftServices > 0 {
		s.text(fmt.Sprintf("更早的 %d 件计在上面的数里,没有逐件列。", p.LeftServices), small)
	}
}
