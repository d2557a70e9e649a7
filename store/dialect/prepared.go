package dialect

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

const (
	// maxKept is how many statements a connection to SQLite keeps prepared. One takes some kilobytes.
	maxKept = 128
	// maxKeptText is the longest text of a statement that is kept, in bytes. Longer ones are inserts of many rows, no two alike.
	maxKeptText = 4 << 10
)

// SQLite plans for the number behind LIMIT, and so reads a statement anew each time it is given one, be it the same. A sum it
// takes as it comes. (sqlite3ExprIsInteger, sqlite3VdbeSetVarmask)
const limit, limitUnseen = "LIMIT ?", "LIMIT ? + 0"

// preparing makes connections to SQLite keep the statements that they have prepared: the program says the same few hundred
// again and again, and reading the text of one takes several times as long as doing what it says.
type preparing struct{ driver.Connector }

// sqliteConn is what database/sql finds in a connection of the driver. A wrapped one must have all of it.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// sqliteStmt is what is kept.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of the sqlite driver is a %T", conn), conn.Close())
	}
	return &keeper{sqliteConn: c, kept: map[string]*list.Element{}}, nil
}

// keeper is a connection with the statements it keeps. Like every connection it is used by one goroutine at a time.
type keeper struct {
	sqliteConn
	kept map[string]*list.Element // of *keptStmt, by text
	last list.List                // of the same, the one used last in front
}

// keptStmt is one statement. It cannot be asked again while its rows are being read.
type keptStmt struct {
	sqliteStmt
	text string
	busy bool
}

// take finds or prepares the statement of a text; nil says that it is to be done without keeping it.
func (k *keeper) take(ctx context.Context, text string) (*keptStmt, error) {
	if e, ok := k.kept[text]; ok {
		s := e.Value.(*keptStmt)
		if s.busy {
			return nil, nil
		}
		k.last.MoveToFront(e)
		s.busy = true
		return s, nil
	}
	if len(text) > maxKeptText || !keepable(text) {
		return nil, nil
	}
	if err := k.makeRoom(); err != nil {
		return nil, err
	}
	prepared, err := k.PrepareContext(ctx, strings.ReplaceAll(text, limit, limitUnseen))
	if err != nil {
		return nil, err
	}
	stmt, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, prepared.Close()
	}
	s := &keptStmt{sqliteStmt: stmt, text: text, busy: true}
	k.kept[text] = k.last.PushFront(s)
	return s, nil
}

// makeRoom forgets the statement that was not used for longest, if there are too many.
func (k *keeper) makeRoom() error {
	for e := k.last.Back(); e != nil && len(k.kept) >= maxKept; {
		s, before := e.Value.(*keptStmt), e.Prev()
		if !s.busy {
			k.last.Remove(e)
			delete(k.kept, s.text)
			if err := s.Close(); err != nil {
				return err
			}
		}
		e = before
	}
	return nil
}

// keepable reports whether a text is one that reads or writes rows. Others, such as a PRAGMA, may do part of their work while they
// are prepared.
func keepable(text string) bool {
	const space = " \t\r\n"
	word := strings.TrimLeft(text, space)
	if end := strings.IndexAny(word, space); end >= 0 {
		word = word[:end]
	}
	switch strings.ToUpper(word) {
	case "SELECT", "WITH", "INSERT", "UPDATE", "DELETE":
		return true
	}
	return false
}

// ExecContext implements driver.ExecerContext.
func (k *keeper) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return k.sqliteConn.ExecContext(ctx, text, args)
	}
	defer func() { s.busy = false }()
	return s.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (k *keeper) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return k.sqliteConn.QueryContext(ctx, text, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		s.busy = false
		return nil, err
	}
	return &keptRows{rows, s}, nil
}

// Close implements driver.Conn.
func (k *keeper) Close() error {
	var errs []error
	for e := k.last.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*keptStmt).Close())
	}
	k.last.Init()
	clear(k.kept)
	return errors.Join(append(errs, k.sqliteConn.Close())...)
}

// keptRows gives the statement back once its rows are closed.
type keptRows struct {
	driver.Rows
	stmt *keptStmt
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.stmt.busy = false
	return err
}
