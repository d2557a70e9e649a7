package main

import (
	"strings"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// flows are the flows of approval of the configuration, which has checked them.
func flows(r configs.Rules) []approval.Flow {
	var out []approval.Flow
	for _, f := range r.Approval.Flows {
		p := approval.Policy{
			Name: f.Name, Kind: approval.Kind(f.Kind), Fallback: "legal_head", Empty: approval.EmptyRule(f.Empty),
			Self: approval.SelfRule(f.Self), Repeat: approval.RepeatRule(f.Repeat),
		}
		if p.Kind != approval.Contract {
			p.Fallback = "gm"
		}
		for _, role := range f.CC {
			p.CC = append(p.CC, configs.RoleKey(role))
		}
		if f.Place.Platform != "" {
			p.Place = &sales.NativePlace{
				Platform: f.Place.Platform, Template: f.Place.Template, NativeForm: sales.NativeForm{Fields: f.Place.Fields, Link: f.Place.Link},
			}
		}
		for _, s := range f.Steps {
			p.Steps = append(p.Steps, flowStep(s))
		}
		out = append(out, approval.Flow{Name: f.Name, When: flowCondition(f.When), Policy: timed(p, r)})
	}
	return out
}

// effects are what follows from the approval of people's applications, of the configuration, which has checked them.
func effects(r configs.Rules) []sales.EffectRule {
	var out []sales.EffectRule
	for _, x := range r.Approval.Effects {
		e, ok := sales.ParseEffect(x.Then)
		if !ok { // the configuration was not checked
			panic("effect of an approval: " + x.Then)
		}
		out = append(out, sales.EffectRule{Topic: x.Topic, Effect: e})
	}
	return out
}

// timed gives a policy the company's limits of time.
func timed(p approval.Policy, r configs.Rules) approval.Policy {
	p.NudgeEvery, p.Limit, p.Clock = r.Approval.NudgeEvery, r.ContractEscalation.After, approval.Clock(r.ContractEscalation.Clock)
	return p
}

func flowCondition(text string) approval.Condition {
	if text == "" {
		return nil
	}
	c, err := rules.FlowCondition(text)
	if err != nil { // the configuration was not checked
		panic("condition of an approval flow: " + err.Error())
	}
	return c
}

func flowStep(s configs.FlowStep) approval.StepPolicy {
	p := approval.StepPolicy{Mode: approval.SignMode(s.Mode), When: flowCondition(s.When), Empty: approval.EmptyRule(s.Empty)}
	if p.Mode == "" {
		p.Mode = approval.AnyOf
	}
	var names []string
	for _, who := range s.Who {
		c := approval.Source{Kind: approval.FromRole, Key: configs.RoleKey(who), Name: who}
		switch up := configs.Superiors(who); {
		case up > 0:
			c = approval.Source{Kind: approval.FromSuperior, Name: who, Up: up}
		case strings.HasPrefix(who, "@"):
			c = approval.Source{Kind: approval.FromPerson, Key: strings.TrimPrefix(who, "@"), Name: strings.TrimPrefix(who, "@")}
		default:
			c.Name = sales.Role(c.Key).Name()
		}
		p.Sources = append(p.Sources, c)
		names = append(names, c.Name)
	}
	if len(p.Sources) == 1 {
		p.Role = p.Sources[0].Key
	}
	p.RoleName = strings.Join(names, "、")
	return p
}

func quotePolicy(r configs.Rules) approval.Policy {
	return timed(approval.QuotePolicy(sales.Money(r.Quote.ApproveAboveYuan)*sales.Yuan, r.Quote.Approver, r.Quote.FloorApprover), r)
}

func specialPolicy(r configs.Rules) approval.Policy {
	return timed(approval.SpecialPolicy(r.Quote.FloorApprover), r)
}

func generalPolicy(r configs.Rules) approval.Policy {
	return timed(approval.GeneralPolicy(sales.Money(r.Quote.ApproveAboveYuan)*sales.Yuan, r.Quote.Approver), r)
}

// sealSettings are what follows a contract's approval.
func sealSettings(r configs.Rules) handlers.SealSettings {
	rate, err := configs.TaxRate(r.Paper.TaxPercent)
	if err != nil { // the configuration was not checked
		panic("tax rate: " + err.Error())
	}
	return handlers.SealSettings{Keeper: sales.Role(r.Paper.SealKeeper), Days: r.Paper.SealDays, OriginalDays: r.Paper.OriginalDays, TaxRate: rate}
}
