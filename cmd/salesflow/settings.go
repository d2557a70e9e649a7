package main

import (
	"slices"
	"time"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// settings are the numbers and policies of the configuration as the handlers take them.
func settings(c configs.Config) handlers.Settings {
	r := c.Rules
	s := handlers.Settings{
		UndoFor: r.UndoWindow, DraftFor: r.DraftTTL,
		DueHour: sales.EndOfWork, RemindBefore: r.Promise.RemindBefore,
		Approval: approvalPolicy(r), Flows: flows(r), QuoteApproval: quotePolicy(r), SpecialApproval: specialPolicy(r), GeneralApproval: generalPolicy(r),
		Effects: effects(r),
		Numbers: map[approval.Kind]sales.Numbering{
			approval.Contract: sales.Numbering(r.Paper.ContractNo), approval.Quote: sales.Numbering(r.Paper.QuoteNo),
			approval.SpecialPrice: sales.Numbering(r.Paper.SpecialNo),
		},
		Seal: sealSettings(r),
		Clauses: sales.ClauseLimits{
			MaxPaymentDays:       r.ContractLimits.PaymentDaysMax,
			MinDeliveryDays:      r.ContractLimits.DeliveryDaysMin,
			MinPrepayPercent:     sales.Percents(r.ContractLimits.PrepayPercentMin),
			FloorDiscountPercent: sales.Percents(r.ContractLimits.PricePercentMin),
			MaxDeliveryDays:      r.ContractLimits.DeliveryDaysMax,
			CreditLimit:          sales.Money(r.ContractLimits.CreditLimitYuan) * sales.Yuan,
			BlockDiscount:        slices.Contains(r.ContractLimits.Block, "discount"),
			BlockCredit:          slices.Contains(r.ContractLimits.Block, "credit"),
		},
		ContractSeries: "HT", PublicURL: c.PublicURL, UploadFor: 30 * time.Minute, PhotoWithin: r.ScanPhoto, OwnQuiet: c.Channels.OwnQuiet,
		CustomerFields: c.Customers.Complete, UnmergeFor: c.Customers.UnmergeFor, Registry: c.Registry.URL != "",
		PromptHour: r.Daily.ReportPrompt.Hour(), PromptMinute: r.Daily.ReportPrompt.Minute(),
		CaptureHour: r.Daily.Capture.Hour(), CaptureMinute: r.Daily.Capture.Minute(),
		MorningHour: r.Daily.Morning.Hour(), MorningMinute: r.Daily.Morning.Minute(),
		FilingSettings: handlers.FilingSettings{
			ActionWithin: map[sales.VisitAction]time.Duration{
				sales.ActionNeed: r.Visit.NeedWithin, sales.ActionDemo: r.Visit.DemoWithin,
				sales.ActionObjection: r.Visit.ObjectionWithin, sales.ActionPromise: r.Visit.PromiseWithin,
			},
			AcceptWithin: r.Service.AcceptWithin, CloseWithin: r.Service.CloseWithin,
		},
		Life: lifeSettings(r), RuleSettings: ruleSettings(c),
		Cash: cashSettings(c),
		Work: handlers.WorkSettings{Plan: workPlan(c), Approver: configs.RoleKey(c.WorkOrders.Approver)},
	}
	return s
}

func approvalPolicy(r configs.Rules) approval.Policy {
	p := approval.ContractPolicy()
	p.Steps = nil
	for _, role := range r.Approval.Contract {
		p.Steps = append(p.Steps, approval.StepPolicy{Role: role, RoleName: sales.Role(role).Name(), Mode: approval.AnyOf})
	}
	p.NudgeEvery, p.Limit = r.Approval.NudgeEvery, r.ContractEscalation.After
	p.Clock = approval.Clock(r.ContractEscalation.Clock)
	return p
}
