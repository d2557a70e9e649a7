package handlers

import (
	"context"

	"salesflow/store/sales"
)

// LifeTx reads and writes a customer's life with us: who decides there, whose it is, what is known of it.
type LifeTx interface {
	DecisionTx
	StructureTx
	PoolTx
	LeadTx
	HandoverTx
	FreshnessTx
}

// DecisionTx reads and writes decision chains.
type DecisionTx interface {
	SetContactRole(r sales.ContactRole)
	ContactRoles(ctx context.Context, customer sales.ID) ([]sales.ContactRole, error)
	// MergeContact makes a contact another of the same customer; into is that one with what it gained. It is found no more.
	MergeContact(m sales.ContactMerge, from, into sales.Contact)
	// ContactTouches says when each contact of a customer was last met.
	ContactTouches(ctx context.Context, customer sales.ID) ([]sales.ContactTouch, error)
	// TodosByCustomer lists the open to-dos about a customer, the most urgent first.
	TodosByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Todo, error)
	// ContractsByCustomer lists a customer's newest contracts.
	ContractsByCustomer(ctx context.Context, customer sales.ID, limit int) ([]sales.Contract, error)
}

// StructureTx reads and writes the parts of customers and who is in charge of them.
type StructureTx interface {
	CreatePart(p sales.CustomerPart)
	UpdatePart(p sales.CustomerPart)
	PartsByCustomer(ctx context.Context, customer sales.ID) ([]sales.CustomerPart, error)
	// SetCustomerOwner puts somebody in charge of a part or line; owner 0 takes the row away.
	SetCustomerOwner(o sales.CustomerOwner)
	CustomerOwners(ctx context.Context, customers ...sales.ID) ([]sales.CustomerOwner, error)
	// CustomersOf lists a person's customers, one entry for each line or part they are in charge of.
	CustomersOf(ctx context.Context, person sales.PersonID, line string, limit int) ([]sales.MyCustomer, error)
}

// PoolTx reads and writes classes, tags and the open pool.
type PoolTx interface {
	AddTag(customer sales.ID, tag string, by sales.PersonID, at sales.Instant)
	RemoveTag(customer sales.ID, tag string)
	TagsOf(ctx context.Context, customer sales.ID) ([]string, error)
	CustomersTagged(ctx context.Context, scope sales.Scope, tag string, limit int) ([]sales.Customer, error)
	PutKeeping(k sales.Keeping)
	// KeepingOf reads a customer's keeping; Version 0 when it has none yet.
	KeepingOf(ctx context.Context, c sales.Customer) (sales.Keeping, error)
	AddClaim(customer sales.ID, person sales.PersonID, day sales.Day, at sales.Instant)
	ClaimsOn(ctx context.Context, person sales.PersonID, day sales.Day) (int, error)
	OwnedCount(ctx context.Context, person sales.PersonID) (int, error)
	// OpenPool lists customers nobody has, in places when there are any.
	OpenPool(ctx context.Context, places []string, limit int) ([]sales.PoolEntry, error)
	PoolSize(ctx context.Context) (int, error)
	// ContractEnd is when a contract ends; zero when nobody said.
	ContractEnd(ctx context.Context, contract sales.ID) (sales.Day, error)
	SetContractEnd(contract, customer sales.ID, ends sales.Day, by sales.PersonID, at sales.Instant)
	DealsOf(ctx context.Context, ids []sales.ID) ([]sales.CustomerDeals, error)
}

// LeadTx reads and writes leads.
type LeadTx interface {
	CreateLead(l sales.Lead)
	UpdateLead(l sales.Lead)
	LeadByID(ctx context.Context, id sales.ID) (sales.Lead, error)
	LeadByNo(ctx context.Context, no string) (sales.Lead, error)
	// LeadsOf lists the leads of people in scope that wait for something, the longest first.
	LeadsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Lead, error)
	// LeadTwins lists leads with the same phone or name, the newest first.
	LeadTwins(ctx context.Context, phone, nameKey string) ([]sales.Lead, error)
	// LeadLoads counts the open leads of people, and their won deals.
	LeadLoads(ctx context.Context, people []sales.PersonID) (map[sales.PersonID]sales.LeadLoad, error)
	LeadOfCustomer(ctx context.Context, customer sales.ID) (sales.Lead, error)
	// LeadSources sums what became of leads by source and campaign since a day.
	LeadSources(ctx context.Context, scope sales.Scope, since sales.Instant) ([]sales.LeadSource, error)
}

// HandoverTx reads and writes handovers.
type HandoverTx interface {
	CreateHandover(h sales.Handover)
	UpdateHandover(h sales.Handover)
	HandoverByID(ctx context.Context, id sales.ID) (sales.Handover, error)
	// HandoverFrom is the newest handover of a person's work; NotFound when there is none.
	HandoverFrom(ctx context.Context, from sales.PersonID) (sales.Handover, error)
	// HandoverDraft is the newest handover a person has previewed and not confirmed; NotFound when there is none.
	HandoverDraft(ctx context.Context, by sales.PersonID) (sales.Handover, error)
	// HandoverCounts counts what is a person's, of some customers or (nil) of all.
	HandoverCounts(ctx context.Context, from sales.PersonID, customers []sales.ID) (sales.HandoverCounts, error)
	// OwnedCustomers lists a person's customers by name.
	OwnedCustomers(ctx context.Context, owner sales.PersonID, limit int) ([]sales.Customer, error)
	// MoveOwned gives everything open about a customer from one person to another.
	MoveOwned(ctx context.Context, customer sales.ID, from sales.PersonID, to sales.Person) error
}

// FreshnessTx reads and writes key fields and calibrations.
type FreshnessTx interface {
	FactsOf(ctx context.Context, customer sales.ID) ([]sales.Fact, error)
	FactByID(ctx context.Context, id sales.ID) (sales.Fact, error)
	PutFact(f sales.Fact)
	CalibrationByID(ctx context.Context, id sales.ID) (sales.Calibration, error)
	// CalibrationOf is the newest calibration of a customer; NotFound when there is none.
	CalibrationOf(ctx context.Context, customer sales.ID) (sales.Calibration, error)
	CreateCalibration(c sales.Calibration)
	UpdateCalibration(c sales.Calibration)
	CalibrationAnswers(ctx context.Context, id sales.ID) ([]sales.CalibrationAnswer, error)
	PutCalibrationAnswer(a sales.CalibrationAnswer)
}
