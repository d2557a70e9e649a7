package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"salesflow/store"
	"salesflow/store/sales"
)

// importCmd imports records from files.
type importCmd struct {
	Customers importCustomersCmd `cmd:"" help:"Import customers from an Excel file."`
	Leads     importLeadsCmd     `cmd:"" help:"Import leads from an Excel file and give them out."`
	Template  importTemplateCmd  `cmd:"" help:"Write an empty Excel file to fill in."`
}

// importTemplateCmd writes the template.
type importTemplateCmd struct {
	File string `arg:"" help:"File to write." type:"path" placeholder:"FILE.xlsx"`
}

// Run implements the command.
func (c *importTemplateCmd) Run(e *env) error {
	if exists(c.File) {
		return fmt.Errorf("%s 已经有了,换个文件名", c.File)
	}
	if err := writeTemplate(c.File); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	fmt.Fprintf(e.stdout, "模板已写到 %s。填好后:salesflow import customers %s --dry-run\n", c.File, filepath.Base(c.File))
	return nil
}

// importCustomersCmd imports customers.
type importCustomersCmd struct {
	File         string `arg:"" help:"Excel file (.xlsx)." type:"existingfile" placeholder:"FILE.xlsx"`
	Config       string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	DryRun       bool   `help:"Say what would happen, write nothing."`
	ValidOnly    bool   `help:"Import the rows that are right and leave the others; without it one wrong row stops all."`
	AllowSimilar bool   `help:"Import customers whose names are like those of others too."`
}

// Run implements the command. It can be run again after it was stopped: what is there already is counted, not doubled.
func (c *importCustomersCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	rows, source, err := c.read()
	if err != nil {
		return err
	}
	db, err := store.Open(e.ctx, storeOptions(cfg))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	if err := db.Migrate(e.ctx); err != nil {
		return err
	}
	im := &importer{db: db, source: source, similar: c.AllowSimilar, progress: e.stderr}
	if err := im.check(e.ctx, rows); err != nil {
		return err
	}
	im.summary(e.stdout)
	switch {
	case c.DryRun:
		fmt.Fprintln(e.stdout, "只是预览,没有写入。")
		return nil
	case len(im.wrong) > 0 && !c.ValidOnly:
		return fmt.Errorf("%d 行有问题,一行都没写。改好再导,或者加 --valid-only 先导没问题的 %d 行", len(im.wrong), len(im.fresh))
	}
	if err := im.write(e.ctx); err != nil {
		return fmt.Errorf("已导入 %d 家后中断,再运行一次会接着导:%w", im.written, err)
	}
	fmt.Fprintf(e.stdout, "已导入 %d 家。\n", im.written)
	return nil
}

// read reads the file. source names it in each record: the beginning of its hash.
func (c *importCustomersCmd) read() ([]sheetRow, string, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, "", fmt.Errorf("open file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", fmt.Errorf("open file: %w", err)
	}
	if info.Size() > maxImportBytes {
		return nil, "", fmt.Errorf("文件超过 %d MB,拆成几个再导", maxImportBytes>>20)
	}
	h := sha256.New()
	rows, err := readSheet(io.TeeReader(f, h))
	if err != nil {
		return nil, "", errors.New(messageOf(err))
	}
	return rows, "import:" + hex.EncodeToString(h.Sum(nil))[:12], nil
}

// messageOf is what a person is told of an error.
func messageOf(err error) string {
	if msg := sales.Message(err); msg != "" {
		return msg
	}
	return err.Error()
}

// shownErrors bounds the list of wrong rows; nobody mends more at a time.
const shownErrors = 200

// summary says what was found, the same for a preview and for the real thing.
func (im *importer) summary(w io.Writer) {
	fmt.Fprintf(w, "读到 %d 行:可导入 %d,已有 %d,有问题 %d。\n", im.total, len(im.fresh), im.known, len(im.wrong))
	slices.SortStableFunc(im.wrong, func(a, b wrongRow) int { return a.row.number - b.row.number })
	for i, e := range im.wrong {
		if i == shownErrors {
			fmt.Fprintf(w, "… 另有 %d 行,先改上面的。\n", len(im.wrong)-i)
			break
		}
		name := e.row.cells[colName]
		if name == "" {
			name = "(无名称)"
		}
		fmt.Fprintf(w, "第 %d 行 %s:%s\n", e.row.number, quoted(name), strings.Join(e.what, ";"))
	}
}

// importBatch is how many customers one transaction writes: few enough that the bot's own transactions hardly wait.
const importBatch = 200

// write writes the fresh rows. Customers that others create meanwhile are looked at before each batch.
func (im *importer) write(ctx context.Context) error {
	for len(im.fresh) > 0 {
		if err := im.catchUp(ctx); err != nil {
			return err
		}
		batch := im.fresh[:min(importBatch, len(im.fresh))]
		_, err := im.db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			rev, err := tx.Revisions(ctx)
			if err != nil {
				return err
			}
			if rev.Master != im.revision {
				return errMoved
			}
			for _, c := range batch {
				im.create(tx, c)
			}
			return nil
		}})
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return err
		}
		im.written += len(batch)
		im.fresh = im.fresh[len(batch):]
		if len(im.fresh) > 0 {
			fmt.Fprintf(im.progress, "已导入 %d 家,还有 %d 家\n", im.written, len(im.fresh))
		}
	}
	return nil
}

// errMoved says that master data changed since it was looked at.
var errMoved = errors.New("master data has changed meanwhile")

func (im *importer) create(tx *store.Tx, f freshCustomer) {
	c := f.customer
	c.ID = tx.NewID()
	tx.CreateCustomer(c)
	tx.Audit(sales.AuditEntry{
		Verb: "customer.import", SubjectKind: "customer", SubjectID: c.ID, At: c.CreatedAt, EventID: c.SourceEventID,
		Changes: sales.List[sales.Change]{{Field: "行", New: fmt.Sprint(f.row.number)}},
	})
	tx.Emit(sales.DomainEvent{Kind: "customer.created", SubjectKind: "customer", SubjectID: c.ID, At: c.CreatedAt, Data: "{}"})
}
