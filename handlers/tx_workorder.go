package handlers

import (
	"context"

	"salesflow/store/sales"
)

// WorkTx reads and writes work orders, their tasks and notes, and technical agreements.
type WorkTx interface {
	CreateWorkOrder(o sales.WorkOrder)
	UpdateWorkOrder(o sales.WorkOrder)
	WorkOrderByID(ctx context.Context, id sales.ID) (sales.WorkOrder, error)
	WorkOrderByNo(ctx context.Context, no string) (sales.WorkOrder, error)
	WorkOrdersByIDs(ctx context.Context, ids []sales.ID) ([]sales.WorkOrder, error)
	// WorkOrdersOf lists the newest of people in scope, of one customer when customer is not 0.
	WorkOrdersOf(ctx context.Context, scope sales.Scope, customer sales.ID, limit int) ([]sales.WorkOrder, error)
	// WorkOrdersReady lists those whose last task was done between two moments, the second excluded.
	WorkOrdersReady(ctx context.Context, scope sales.Scope, from, until sales.Instant, limit int) ([]sales.WorkOrder, error)

	CreateWorkTask(t sales.WorkTask)
	UpdateWorkTask(t sales.WorkTask)
	WorkTaskByID(ctx context.Context, id sales.ID) (sales.WorkTask, error)
	// WorkTasksOf lists the tasks of work orders in the order of their plans.
	WorkTasksOf(ctx context.Context, orders ...sales.ID) ([]sales.WorkTask, error)
	// WorkQueue lists the tasks that wait for roles or a person, the first to be done first.
	WorkQueue(ctx context.Context, roles []sales.Role, person sales.PersonID, limit int) ([]sales.WorkTask, error)
	// WorkLoad counts the running tasks of people.
	WorkLoad(ctx context.Context, people []sales.PersonID) (map[sales.PersonID]int, error)

	AddWorkNote(n sales.WorkNote)
	// WorkNotesOf lists the newest notes of a work order, the oldest of them first.
	WorkNotesOf(ctx context.Context, order sales.ID, limit int) ([]sales.WorkNote, error)

	CreateAgreement(a sales.Agreement)
	UpdateAgreement(a sales.Agreement)
	AgreementByID(ctx context.Context, id sales.ID) (sales.Agreement, error)
	AgreementByNo(ctx context.Context, no string) (sales.Agreement, error)
	AddAgreementVersion(v sales.AgreementVersion)
	// AgreementVersions lists the versions of a work order's agreements, the first one first.
	AgreementVersions(ctx context.Context, order sales.ID) ([]sales.AgreementVersion, error)
	// AgreementsWith lists the agreement that a file is a version of, first, and the newest of a person.
	AgreementsWith(ctx context.Context, file sales.ID, owner sales.PersonID, limit int) ([]sales.Agreement, error)
}

// DocumentStore makes Word files and keeps them. What is kept but never referred to is cleared away later.
type DocumentStore interface {
	KeepDocument(ctx context.Context, id sales.ID, name string, d sales.Document) (sales.File, error)
}
