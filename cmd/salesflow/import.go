package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"salesflow/bot/sheet"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// importCmd imports records from files.
type importCmd struct {
	Customers importCustomersCmd `cmd:"" help:"Import customers from an Excel file."`
	Records   importRecordsCmd   `cmd:"" help:"Import records of a type of the company's own from an Excel file."`
	Leads     importLeadsCmd     `cmd:"" help:"Import leads from an Excel file and give them out."`
	Template  importTemplateCmd  `cmd:"" help:"Write an empty Excel file to fill in."`
}

// importTemplateCmd writes the template.
type importTemplateCmd struct {
	File   string `arg:"" help:"File to write." type:"path" placeholder:"FILE.xlsx"`
	Config string `help:"Configuration file, for the columns of fields.file; the environment alone is enough." type:"path" placeholder:"FILE"`
	Type   string `help:"Key of a record type in fields.file; without it the template is of customers." placeholder:"TYPE"`
}

// Run implements the command.
func (c *importTemplateCmd) Run(e *env) error {
	if exists(c.File) {
		return fmt.Errorf("%s 已经有了,换个文件名", c.File)
	}
	l, err := c.layout(e)
	if err != nil {
		return err
	}
	data, err := sheet.Template(l)
	if err == nil {
		err = os.WriteFile(c.File, data, 0o600)
	}
	if err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	what := "customers"
	if c.Type != "" {
		what = "records " + c.Type
	}
	fmt.Fprintf(e.stdout, "模板已写到 %s。填好后:salesflow import %s %s --dry-run\n", c.File, what, filepath.Base(c.File))
	return nil
}

// layout is the template's layout with the company's own columns, as the chat gives it out. The database is not asked: a field
// that was given another name since is read under both.
func (c *importTemplateCmd) layout(e *env) (sheet.Layout, error) {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return sheet.Layout{}, err
	}
	ways, err := configuredWays(cfg)
	if err != nil {
		return sheet.Layout{}, err
	}
	custom, err := configuredFields(cfg, ways)
	if err != nil {
		return sheet.Layout{}, err
	}
	kind := sales.SheetCustomers
	if c.Type != "" {
		kind = sales.RecordSheet(c.Type)
	}
	l, ok := layoutWith(kind, custom)
	if !ok {
		return l, fmt.Errorf("配置里没有档案 %s,或它没有大家都能看的字段", c.Type)
	}
	return l, nil
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
	if e.spare != nil {
		e.spare()
	}
	cfg, data, db, err := openImport(e, c.Config, c.File)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.KeyCustomers(e.ctx); err != nil {
		return err
	}
	im, err := c.check(e.ctx, cfg, db, data)
	if err != nil {
		return err
	}
	return im.run(e, c.DryRun, c.ValidOnly)
}

// run shows what was found and writes it.
func (im *fileImport) run(e *env, dryRun, validOnly bool) error {
	im.summary(e.stdout)
	switch {
	case dryRun:
		fmt.Fprintln(e.stdout, "只是预览,没有写入。")
		return nil
	case len(im.wrong) > 0 && !validOnly:
		return fmt.Errorf("%d 行有问题,一行都没写。改好再导,或者加 --valid-only 先导没问题的 %d 行", len(im.wrong), len(im.fresh))
	}
	if err := im.write(e.ctx, e.stderr); err != nil {
		return fmt.Errorf("已导入 %d %s后中断,再运行一次会接着导:%w", im.written, im.unit, err)
	}
	fmt.Fprintf(e.stdout, "已导入 %d %s。\n", im.written, im.unit)
	return nil
}

// readSheet reads a file to import.
func readSheet(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	if info.Size() > sheet.MaxBytes {
		return nil, fmt.Errorf("文件超过 %d MB,拆成几个再导", sheet.MaxBytes>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return data, nil
}

// fileImport is a file on its way from the command line into the store.
type fileImport struct {
	db      *store.DB
	kind    importKind
	unit    string // what its rows are counted in: 家
	label   int    // the column by which people know a row
	similar bool   // names alike are no obstacle

	left                  string // the columns nothing is made of, in words
	total, known, written int
	fresh                 []sheet.Row
	wrong                 []wrongRow
}

// wrongRow is a row that cannot be imported, and what to do about it.
type wrongRow struct {
	no         int
	name, what string
}

// importerFor is the command line as an importer of a file's bytes: nobody in particular, who may do all.
func importerFor(ctx context.Context, cfg configs.Config, db *store.DB, data []byte, kind string) (importer, error) {
	org, err := db.LoadOrg(ctx)
	if err != nil {
		return importer{}, err
	}
	ways, err := configuredWays(cfg)
	if err != nil {
		return importer{}, err
	}
	custom, err := configuredFields(cfg, ways)
	if err != nil {
		return importer{}, err
	}
	if custom != nil {
		changed, err := db.AllSetups(ctx)
		if err != nil {
			return importer{}, err
		}
		custom.Become(changed.Fields(custom.Fields))
	}
	cal, err := calendar(cfg)
	if err != nil {
		return importer{}, err
	}
	sum := sha256.Sum256(data)
	im := importer{
		db: db, org: org, scope: sales.Scope{All: true}, source: "import:" + hex.EncodeToString(sum[:])[:12], unlike: "加 --allow-similar",
		now: sales.At(time.Now()),
	}
	return im, im.withCustom(ctx, custom, kind, &books{db: db, cal: cal, wall: time.Now})
}

// check sorts the rows into fresh, known and wrong.
func (c *importCustomersCmd) check(ctx context.Context, cfg configs.Config, db *store.DB, data []byte) (*fileImport, error) {
	by, err := importerFor(ctx, cfg, db, data, sales.SheetCustomers)
	if err != nil {
		return nil, err
	}
	l, _ := layoutWith(sales.SheetCustomers, by.configured)
	im := &fileImport{db: db, similar: c.AllowSimilar, kind: newCustomersImport(by), unit: "家", label: l.At(sheet.Name)}
	return im, errors.Join(im.sort(ctx, data, l), im.kind.trouble())
}

// sort reads a file of a layout and sorts its rows.
func (im *fileImport) sort(ctx context.Context, data []byte, l sheet.Layout) error {
	if err := im.kind.load(ctx); err != nil {
		return err
	}
	found, err := sheet.Read(data, []sheet.Layout{l}, func(_ sheet.Found, r sheet.Row) error {
		im.row(r)
		return nil
	})
	if err != nil {
		return errors.New(messageOf(err))
	}
	im.left = columnsLeft(found)
	return nil
}

// openImport reads the configuration and the file of an import, and opens the database in its newest form. The caller closes it.
func openImport(e *env, config, file string) (cfg configs.Config, data []byte, db *store.DB, err error) {
	if cfg, err = loadConfig(config, e.environ); err != nil {
		return cfg, nil, nil, err
	}
	if data, err = readSheet(file); err != nil {
		return cfg, nil, nil, err
	}
	if db, err = store.Open(e.ctx, storeOptions(cfg)); err != nil {
		return cfg, nil, nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.Migrate(e.ctx); err != nil {
		db.Close()
		return cfg, nil, nil, err
	}
	return cfg, data, db, nil
}

// importRecordsCmd imports records of a type the company made up.
type importRecordsCmd struct {
	Type      string `arg:"" help:"Key of the record type in fields.file." placeholder:"TYPE"`
	File      string `arg:"" help:"Excel file (.xlsx)." type:"existingfile" placeholder:"FILE.xlsx"`
	Config    string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	DryRun    bool   `help:"Say what would happen, write nothing."`
	ValidOnly bool   `help:"Import the rows that are right and leave the others; without it one wrong row stops all."`
}

// Run implements the command. It can be run again after it was stopped: what is there already is counted, not doubled.
func (c *importRecordsCmd) Run(e *env) error {
	cfg, data, db, err := openImport(e, c.Config, c.File)
	if err != nil {
		return err
	}
	defer db.Close()
	kind := sales.RecordSheet(c.Type)
	by, err := importerFor(e.ctx, cfg, db, data, kind)
	if err != nil {
		return err
	}
	l, ok := recordLayout(by.configured, c.Type)
	if !ok {
		return fmt.Errorf("fields.file 里没有档案 %s", c.Type)
	}
	k, err := newKind(by, kind)
	if err != nil {
		return errors.New(messageOf(err))
	}
	im := &fileImport{db: db, kind: k, unit: "条", label: max(l.At(sheet.Customer), 0)}
	if err := errors.Join(im.sort(e.ctx, data, l), im.kind.trouble()); err != nil {
		return err
	}
	return im.run(e, c.DryRun, c.ValidOnly)
}

func (im *fileImport) row(r sheet.Row) {
	im.total++
	switch v := im.kind.check(r, true); {
	case v.state == sales.RowKnown:
		im.known++
	case v.state == sales.RowGood, v.state == sales.RowAlike && im.similar:
		im.fresh = append(im.fresh, r)
	default:
		im.wrong = append(im.wrong, wrongRow{r.No, r.Cells[im.label], v.problem})
	}
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
func (im *fileImport) summary(w io.Writer) {
	fmt.Fprintf(w, "读到 %d 行:可导入 %d,已有 %d,有问题 %d。\n", im.total, len(im.fresh), im.known, len(im.wrong))
	if im.left != "" {
		fmt.Fprintln(w, im.left)
	}
	for i, e := range im.wrong {
		if i == shownErrors {
			fmt.Fprintf(w, "… 另有 %d 行,先改上面的。\n", len(im.wrong)-i)
			break
		}
		fmt.Fprintf(w, "第 %d 行 %s:%s\n", e.no, quoted(cmp.Or(e.name, "(无名称)")), e.what)
	}
}

// write writes the fresh rows. What others create meanwhile is looked at before each batch.
func (im *fileImport) write(ctx context.Context, progress io.Writer) error {
	for left := im.fresh; len(left) > 0; {
		revision, err := im.kind.catchUp(ctx)
		if err != nil {
			return err
		}
		batch := left[:min(sheetBatch, len(left))]
		n := 0
		_, err = im.db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			rev, err := tx.Revisions(ctx)
			if err != nil {
				return err
			}
			if rev.Master != revision {
				return errMoved
			}
			n = 0
			return writing(ctx, tx, im.kind, func() {
				for _, r := range batch {
					if v := im.kind.check(r, false); v.state == sales.RowGood || v.state == sales.RowAlike && im.similar {
						im.kind.write(tx, int64(r.No), v)
						n++
					}
				}
			})
		}})
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return err
		}
		im.written += n
		if left = left[len(batch):]; len(left) > 0 && len(left)/sheetBatch%10 == 0 {
			fmt.Fprintf(progress, "已导入 %d %s,还有 %d %s\n", im.written, im.unit, len(left), im.unit)
		}
	}
	return nil
}
