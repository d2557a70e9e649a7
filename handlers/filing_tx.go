package handlers

import (
	"context"

	"salesflow/store/sales"
)

// FilingTx reads and writes what is filed beside visits, the actions and companions of visits, and the numbers of
// approvals on the platforms.
type FilingTx interface {
	CreateFiling(f sales.Filing)
	UpdateFiling(f sales.Filing)
	FilingByID(ctx context.Context, id sales.ID) (sales.Filing, error)
	// Filings lists filings, the newest first; those taken back are left out.
	Filings(ctx context.Context, q sales.FilingFilter) ([]sales.Filing, error)
	// Expenses sums what people in scope spent from one day to another, both included.
	Expenses(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.ExpenseSum, error)
	// PutAction keeps that an action of a visit was done; words said later take the place of the first.
	PutAction(a sales.ActionRow)
	ActionsOf(ctx context.Context, visit sales.ID) ([]sales.ActionRow, error)
	CreateCompanion(c sales.Companion)
	UpdateCompanion(c sales.Companion)
	CompanionByID(ctx context.Context, id sales.ID) (sales.Companion, error)
	CompanionsOf(ctx context.Context, visit sales.ID) ([]sales.Companion, error)
	// CompanionsOn lists a person's parts in colleagues' visits of some days, the newest first.
	CompanionsOn(ctx context.Context, person sales.PersonID, from, to sales.Day) ([]sales.Companion, error)
	// CompanionsAsked lists what a person has not confirmed yet, the newest first.
	CompanionsAsked(ctx context.Context, person sales.PersonID) ([]sales.Companion, error)
	// VisitsNear lists a person's filed visits of a customer from one day to another, both included, the newest first.
	VisitsNear(ctx context.Context, person sales.PersonID, customer sales.ID, from, to sales.Day) ([]sales.Visit, error)
	LinkApproval(l sales.ApprovalLink)
	// ApprovalLink is NotFound for a number that was never linked.
	ApprovalLink(ctx context.Context, number string) (sales.ApprovalLink, error)
	ApprovalLinksOf(ctx context.Context, kind string, id sales.ID) ([]sales.ApprovalLink, error)
}

// PlanTx reads and writes planned visits. What is read says which visit was made of a plan.
type PlanTx interface {
	CreatePlan(p sales.VisitPlan)
	UpdatePlan(p sales.VisitPlan)
	PlanByID(ctx context.Context, id sales.ID) (sales.VisitPlan, error)
	// Plans lists open plans of people in scope from one day to another, both included, by day and person.
	Plans(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.VisitPlan, error)
	PlansByCustomer(ctx context.Context, customer sales.ID, from sales.Day) ([]sales.VisitPlan, error)
}

// AbsenceTx reads and writes when people are away.
type AbsenceTx interface {
	CreateAbsence(a sales.Absence)
	UpdateAbsence(a sales.Absence)
	AbsenceByID(ctx context.Context, id sales.ID) (sales.Absence, error)
	// Absences lists when people in scope are away between two moments, the earliest first.
	Absences(ctx context.Context, scope sales.Scope, from, until sales.Instant) ([]sales.Absence, error)
	HeldPushes(ctx context.Context, person sales.PersonID) ([]sales.HeldPush, error)
	// DropHeld forgets what was kept for a person up to and with an id.
	DropHeld(person sales.PersonID, last sales.ID)
}
