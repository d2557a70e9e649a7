package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"salesflow/bot/sheet"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// maxLeadRows bounds a file of leads: each one is given out and told of.
const maxLeadRows = 5000

// importLeadsCmd imports leads.
type importLeadsCmd struct {
	File   string `arg:"" help:"Excel file (.xlsx)." type:"existingfile" placeholder:"FILE.xlsx"`
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	DryRun bool   `help:"Say what would happen, write nothing."`
}

// leadRow is one row of a file of leads.
type leadRow struct {
	number  int
	problem string
	text    sales.LeadText
}

// Run implements the command. It can be run again after it was stopped: a row that is in already changes nothing.
func (c *importLeadsCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config, e.environ)
	if err != nil {
		return err
	}
	rows, source, err := readLeads(c.File)
	if err != nil {
		return err
	}
	wrong := 0
	for _, r := range rows {
		if what := r.wrong(); what != "" {
			wrong++
			fmt.Fprintf(e.stdout, "第 %d 行 %s:%s\n", r.number, r.text.Company, what)
		}
	}
	fmt.Fprintf(e.stdout, "读到 %d 行:能导 %d,有问题 %d。\n", len(rows), len(rows)-wrong, wrong)
	if c.DryRun {
		fmt.Fprintln(e.stdout, "只是预览,没有写入。")
		return nil
	}
	if wrong > 0 {
		return fmt.Errorf("%d 行有问题,一行都没写。改好再导", wrong)
	}
	return importLeads(e, cfg, rows, source)
}

// importLeads gives the leads out one by one. The messages go into the outbox; the running bot sends them.
func importLeads(e *env, cfg configs.Config, rows []leadRow, source string) error {
	p, err := build(e.ctx, cfg, options{clock: scheduler.WallClock{Time: time.Now}, poll: time.Second, wall: time.Now})
	if err != nil {
		return err
	}
	fresh, twins := 0, 0
	for i, r := range rows {
		taken, err := p.takeLead(e.ctx, fmt.Sprintf("%s:%d", source, r.number), handlers.LeadIntake{
			Text: r.text, Intake: sales.IntakeExcel, ExternalID: fmt.Sprintf("%s:%d", source, r.number), Spread: true,
		})
		if err != nil {
			return errors.Join(fmt.Errorf("第 %d 行中断,再运行一次会接着导:%w", r.number, err), p.close())
		}
		if taken.Twin {
			twins++
		} else {
			fresh++
		}
		if (i+1)%200 == 0 {
			fmt.Fprintf(e.stderr, "已看 %d 行,共 %d 行\n", i+1, len(rows))
		}
	}
	fmt.Fprintf(e.stdout, "已导入 %d 条,重复 %d 条没有再记。\n", fresh, twins)
	return p.close()
}

func (r leadRow) wrong() string {
	switch {
	case r.problem != "":
		return trimDot(r.problem)
	case r.text.Company == "":
		return "公司空着,补上"
	case r.text.Phone == "":
		return "电话空着,补上"
	}
	if _, err := sales.ParsePhone(r.text.Phone); err != nil {
		return trimDot(messageOf(err))
	}
	return ""
}

// readLeads reads the first sheet of a workbook. source names it in each lead: the beginning of its hash.
func readLeads(name string) (rows []leadRow, source string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, "", fmt.Errorf("open file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, sheet.MaxBytes+1))
	if err != nil {
		return nil, "", fmt.Errorf("read file: %w", err)
	}
	at := func(key string) int { return sheet.Leads.At(key) }
	_, err = sheet.Read(data, []sheet.Layout{sheet.Leads}, func(_ sheet.Found, r sheet.Row) error {
		if len(rows) == maxLeadRows {
			return sales.Errorf(sales.Invalid, fmt.Sprintf("超过 %d 行。拆成几个文件,一个一个导", maxLeadRows))
		}
		rows = append(rows, leadRow{r.No, r.Problem, sales.LeadText{
			Company: r.Cells[at(sheet.Company)], Contact: r.Cells[at(sheet.Contact)], Phone: r.Cells[at(sheet.Phone)], Need: r.Cells[at(sheet.Need)],
			City: r.Cells[at(sheet.City)], Source: r.Cells[at(sheet.Source)], Campaign: r.Cells[at(sheet.Campaign)],
		}})
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(data)
	return rows, "file:" + hex.EncodeToString(sum[:])[:12], nil
}
