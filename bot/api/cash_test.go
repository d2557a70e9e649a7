package api_test

import (
	"context"

	"salesflow/bot/api"
	"salesflow/store/sales"
)

func (c *company) Contract(_ context.Context, who api.Caller, id sales.ID) (sales.Contract, sales.ContractCash, sales.ERPOrder, error) {
	if id != 1 || !who.Sees.All {
		return sales.Contract{}, sales.ContractCash{}, sales.ERPOrder{}, sales.Errorf(sales.NotFound, "没有这份合同。")
	}
	return sales.Contract{ID: 1, No: "HT2026-001", PrepayPercent: -1}, sales.ContractCash{ContractID: 1, Invoiced: 100, Paid: 40, Colour: sales.Yellow},
		sales.ERPOrder{ContractID: 1, No: "SO-1", State: sales.OrderShipped, SentAt: sales.At(now), Version: 2}, nil
}

func (c *company) Shipments(_ context.Context, q api.Query) (out []sales.Shipment, _ error) {
	for _, id := range ids(q, 3) {
		out = append(out, sales.Shipment{ID: id, No: "FH2026-001", ContractID: 1, ShippedOn: sales.DayOf(now), State: sales.ShipmentShipped})
	}
	return out, nil
}

func (c *company) Invoices(_ context.Context, q api.Query) ([]sales.Invoice, error) {
	return asked(q, []sales.Invoice{{ID: 1, No: "FP2026-001", Amount: 100, Open: 60, State: sales.InvoiceOpen}}, func(i sales.Invoice) sales.ID { return i.ID })
}

func (c *company) Payments(_ context.Context, q api.Query) ([]sales.Payment, error) {
	if !q.Sees.All {
		return nil, nil
	}
	return asked(q, []sales.Payment{{ID: 1, No: "HK2026-001", Amount: 40, BankRef: "B1"}}, func(p sales.Payment) sales.ID { return p.ID })
}

func (c *company) CreateContract(_ context.Context, r api.Request, in api.NewContract) (sales.Contract, error) {
	return once(c, r, sales.Contract{ID: 9, No: "HT2026-009", CustomerID: in.Customer.Record(), Amount: sales.Money(in.AmountFen), PrepayPercent: -1})
}

func (c *company) CreateShipment(_ context.Context, r api.Request, in api.NewShipment) (sales.Shipment, error) {
	return once(c, r, sales.Shipment{ID: 9, ContractID: in.Contract.Record(), ShippedOn: in.ShippedOn})
}

func (c *company) CreateInvoice(_ context.Context, r api.Request, in api.NewInvoice) (sales.Invoice, error) {
	return once(c, r, sales.Invoice{ID: 9, ContractID: in.Contract.Record(), Amount: sales.Money(in.AmountFen)})
}

func (c *company) CreatePayment(_ context.Context, r api.Request, in api.NewPayment) (sales.Payment, error) {
	if in.Contract == "" && in.Customer == "" {
		return sales.Payment{}, sales.Errorf(sales.Invalid, "contract_id 和 customer_id 要有一个。")
	}
	return once(c, r, sales.Payment{ID: 9, Amount: sales.Money(in.AmountFen)})
}

func (c *company) SetOrder(_ context.Context, r api.Request, in api.OrderStatus) (sales.ERPOrder, error) {
	return once(c, r, sales.ERPOrder{ContractID: in.Contract.Record(), No: in.No, State: in.State, Seq: in.Seq})
}

func (c *company) TellEInvoice(_ context.Context, r api.Request, in api.EInvoiceResult) (sales.EInvoice, error) {
	return once(c, r, sales.EInvoice{ID: in.ID.Record(), State: in.Status, TaxNo: in.TaxNo})
}
