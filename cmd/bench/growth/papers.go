package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/store/approval"
	"salesflow/store/sales"
)

// papers loads quotes, work orders with their tasks, and records of a type of the company's own with their fields.
func (w *world) papers(ctx context.Context, s size, d *data) error {
	quote, order, task := columnsOf[sales.Quote](), columnsOf[sales.WorkOrder](), columnsOf[sales.WorkTask]()
	record, value := columnsOf[sales.CustomRecord](), columnsOf[sales.CustomValue]()
	if err := w.load(ctx, s, "quotes", quote.names, func(b []byte, i int) []byte { q := d.quote(i); return quote.add(b, &q) }, s.quotes); err != nil {
		return err
	}
	// The approvals of contracts are there already; a second load into the table takes longer, so they are few.
	request := columnsOf[approval.Request]()
	err := w.load(ctx, s, "requests", request.names, func(b []byte, i int) []byte { r := d.quoteRequest(i); return request.add(b, &r) }, s.quotes)
	if err != nil {
		return err
	}
	if err := w.load(ctx, s, "work_orders", order.names, func(b []byte, i int) []byte { o := d.order(i); return order.add(b, &o) }, s.orders); err != nil {
		return err
	}
	err = w.load(ctx, s, "work_tasks", task.names, func(b []byte, i int) []byte {
		for _, t := range d.tasks(i) {
			b = task.add(b, &t)
		}
		return b
	}, s.orders)
	if err != nil {
		return err
	}
	if err := w.load(ctx, s, "custom_records", record.names, func(b []byte, i int) []byte { r := d.device(i); return record.add(b, &r) }, s.devices); err != nil {
		return err
	}
	return w.load(ctx, s, "custom_values", value.names, func(b []byte, i int) []byte {
		for _, v := range d.values(i) {
			b = value.add(b, &v)
		}
		return b
	}, s.devices)
}

func (d *data) quoteRequest(i int) approval.Request {
	q := d.quote(i)
	rep, _ := d.buyer(i)
	return d.decided(approval.Request{
		ID: q.RequestID, Kind: approval.Quote, Record: q.ID, No: q.No, Title: q.No, Amount: q.Amount, Requester: q.OwnerID,
		RequesterName: fmt.Sprintf("销售%03d", rep),
	}, q.CreatedAt, true)
}

func (d *data) quote(i int) sales.Quote {
	at := d.moment(i, d.quotes)
	rep, c := d.buyer(i)
	price := d.amount(i)
	q := sales.Quote{
		ID: idAt(at, quoteNode, i), No: fmt.Sprintf("BJ%d-%06d", at.Year(), 100000+i), Kind: sales.QuotePlain, CustomerID: d.customer[c],
		OwnerID: d.persons[rep], TeamID: d.teams[rep/repsOfTeam],
		Lines:  sales.List[sales.QuoteLine]{{Product: d.productID[i%4], Name: "生化分析仪", Unit: "台", Qty: 100, Price: price, List: price}},
		Amount: price, ListAmount: price, ValidUntil: sales.DayOf(at).AddDays(30), State: sales.QuoteApproved, CreatedAt: sales.At(at),
		RequestID: idAt(at, quoteRequestNode, i), SourceEventID: fmt.Sprintf("load:q%d", i), Version: 1,
	}
	if i%2 == 0 {
		q.State = sales.QuoteContracted
	}
	return q
}

// order is a work order. Those of the last two weeks are at work, older ones done.
func (d *data) order(i int) sales.WorkOrder {
	at := d.moment(i, d.orders)
	rep, c := d.buyer(i)
	o := sales.WorkOrder{
		ID: idAt(at, orderNode, i), No: fmt.Sprintf("GD%d-%06d", at.Year(), 100000+i), Family: "机加工件", Title: "主轴套", CustomerID: d.customer[c],
		OwnerID: d.persons[rep], TeamID: d.teams[rep/repsOfTeam], Margin: sales.Percents(i%40 + 5), Amount: d.amount(i), Priority: i % 4,
		Values: sales.List[sales.WorkValue]{{Field: "材质", Value: "45钢"}, {Field: "公差", Value: "±0.02"}, {Field: "数量", Value: "500 件"}, {Field: "用途", Value: "数控机床主轴"}},
		NeedOn: sales.DayOf(at).AddDays(60), State: sales.WorkDone, CreatedAt: sales.At(at), SubmittedAt: sales.At(at.Add(time.Hour)),
		ReadyAt: sales.At(at.Add(30 * time.Hour)), ClosedAt: sales.At(at.Add(60 * time.Hour)), SourceEventID: fmt.Sprintf("load:g%d", i), Version: 1,
	}
	if d.today.Sub(sales.DayOf(at)) < 14 {
		o.State, o.ReadyAt, o.ClosedAt = sales.WorkWorking, sales.Instant{}, sales.Instant{}
	}
	return o
}

func (d *data) tasks(i int) []sales.WorkTask {
	o := d.order(i)
	var out []sales.WorkTask
	for k, step := range []struct {
		name string
		role sales.Role
	}{{"技术评审", sales.RoleDelivery}, {"采购询价", sales.RolePurchasing}, {"生产排期", sales.RoleProduction}, {"质量确认", sales.RoleQuality}} {
		opened := o.SubmittedAt.Add(time.Duration(k) * 6 * time.Hour)
		t := sales.WorkTask{
			ID: idAt(o.CreatedAt.Time, taskNode, i*4+k), OrderID: o.ID, Step: k, Name: step.name, Role: step.role, OwnerID: d.works, Hours: 8,
			State: sales.TaskDone, OpenedAt: sales.At(opened), DueAt: sales.At(opened.Add(24 * time.Hour)), AcceptedAt: sales.At(opened.Add(time.Hour)),
			DoneAt: sales.At(opened.Add(5 * time.Hour)), Result: "可做", Version: 3,
		}
		switch {
		case o.State == sales.WorkDone:
		case k == 0:
			t.State, t.DoneAt, t.AcceptedAt, t.Result, t.Version = sales.TaskOpen, sales.Instant{}, sales.Instant{}, "", 1
		default:
			t.State, t.OpenedAt, t.DueAt, t.AcceptedAt, t.DoneAt = sales.TaskWaiting, sales.Instant{}, sales.Instant{}, sales.Instant{}, sales.Instant{}
			t.Result, t.Version = "", 1
		}
		out = append(out, t)
	}
	return out
}

// deviceFields is the company's own record type, and a field of contracts, as they stand in a file.
const deviceFields = `fields:
  - {object: 客户, key: cycle_month, name: 预算月份, type: text, max: 20, card: true}
  - {object: 合同, key: source, name: 资金来源, type: choice, options: [财政, 自筹], card: true}
records:
  - key: device
    name: 设备档案
    aliases: [设备]
    prefix: SB
    customer: true
    fields:
      - {key: model, name: 型号, type: text, required: true}
      - {key: installed, name: 装机日期, type: date, required: true}
      - {key: price, name: 成交价, type: money}
`

func (d *data) device(i int) sales.CustomRecord {
	at := d.moment(i, d.devices)
	rep, c := d.buyer(i)
	return sales.CustomRecord{
		ID: idAt(at, deviceNode, i), Kind: "device", No: fmt.Sprintf("SB%07d", 1000000+i), CustomerID: d.customer[c], PersonID: d.persons[rep],
		TeamID: d.teams[rep/repsOfTeam], Day: sales.DayOf(at), FiledAt: sales.At(at), State: sales.CustomFiled, SourceEventID: fmt.Sprintf("load:d%d", i), Version: 1,
	}
}

// values are the fields of a record, and that of a contract of the same number.
func (d *data) values(i int) []sales.CustomValue {
	r := d.device(i)
	v := sales.CustomValue{Object: "device", RecordID: r.ID, Filled: true, PersonID: r.PersonID, At: r.FiledAt, Version: 1}
	out := []sales.CustomValue{v, v, v}
	for k := range out {
		out[k].ID = idAt(r.FiledAt.Time, valueNode, i*4+k)
	}
	out[0].Field, out[0].Text = "model", fmt.Sprintf("AU%d", 400+i%60)
	out[1].Field, out[1].Day = "installed", r.Day
	out[2].Field, out[2].Num = "price", int64(d.amount(i))
	if i < d.contracts {
		v.ID, v.Object, v.RecordID, v.Field, v.Text = idAt(r.FiledAt.Time, valueNode, i*4+3), "contract", d.contract(i).ID, "source", []string{"财政", "自筹"}[i%2]
		out = append(out, v)
	}
	return out
}
