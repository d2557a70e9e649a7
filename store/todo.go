package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const todoColumns = `
	id,
	owner_id,
	customer_id,
	source_kind,
	source_id,
	text,
	due_on,
	due_at,
	state,
	created_at,
	closed_at,
	postponed,
	platform_task,
	source_event_id,
	version`

// The platform's task is written by SetTask alone: it becomes known behind the transaction's back.
var todos = tableOf[sales.Todo]("todos", todoColumns).
	watching("todo", "owner_id, customer_id, due_on, state").keeping("platform_task").leaving("due_on, due_at, closed_at, postponed, platform_task")

// CreateTodo makes a to-do.
func (tx *Tx) CreateTodo(t sales.Todo) { tx.create(todos, t.ID, t) }

// UpdateTodo changes a to-do over the version it was read at.
func (tx *Tx) UpdateTodo(t sales.Todo) { tx.update(todos, t.ID, t.Version, t) }

// TodoByID reads a to-do.
func (tx *Tx) TodoByID(ctx context.Context, id sales.ID) (sales.Todo, error) {
	var t sales.Todo
	err := tx.get(ctx, "没找到这条待办。", &t, "SELECT "+todoColumns+" FROM todos WHERE id = ?", id)
	return t, err
}

const openTodos = "SELECT " + todoColumns + `
	FROM todos
	WHERE owner_id = ? AND state = 'open'
	ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, id
	LIMIT ?`

// OpenTodos lists a person's open to-dos, the most urgent first, those without a date last.
func (tx *Tx) OpenTodos(ctx context.Context, owner sales.PersonID, limit int) ([]sales.Todo, error) {
	var out []sales.Todo
	err := tx.list(ctx, &out, openTodos, owner, bound(limit, 500))
	return out, err
}

const todosBySource = "SELECT " + todoColumns + `
	FROM todos
	WHERE source_kind = ? AND source_id = ?
	ORDER BY id
	LIMIT 200`

// TodosBySource lists the to-dos that came from a record, the oldest first.
func (tx *Tx) TodosBySource(ctx context.Context, kind string, id sales.ID) ([]sales.Todo, error) {
	var out []sales.Todo
	err := tx.list(ctx, &out, todosBySource, kind, id)
	return out, err
}

// SetTask records the platform's id of a to-do's task. It does not change the version.
func (db *DB) SetTask(ctx context.Context, todo sales.ID, task string) error {
	return db.write(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE todos SET platform_task = ? WHERE id = ?", task, todo); err != nil {
			return fmt.Errorf("set task of todo %d: %w", todo, err)
		}
		return nil
	})
}

// CurrentTask is the platform's id of a to-do's task; empty when it has none.
func (db *DB) CurrentTask(ctx context.Context, todo sales.ID) (string, error) {
	var task []string
	if err := db.r.SelectContext(ctx, &task, "SELECT platform_task FROM todos WHERE id = ?", todo); err != nil {
		return "", fmt.Errorf("task of todo %d: %w", todo, err)
	}
	if len(task) == 0 {
		return "", nil
	}
	return task[0], nil
}
