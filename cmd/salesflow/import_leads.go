package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// maxLeadRows bounds a file of leads: each one is given out and told of.
const maxLeadRows = 5000

// The columns of a file of leads by the names people give them.
var leadColumnNames = map[string][]string{
	"company": {"公司", "公司名称", "客户名称", "单位"}, "contact": {"联系人", "姓名"}, "phone": {"电话", "手机", "联系电话", "手机号"},
	"need": {"需求", "想要", "备注"}, "city": {"城市", "地区"}, "source": {"来源", "渠道"}, "campaign": {"活动", "展会名称"},
}

// importLeadsCmd imports leads.
type importLeadsCmd struct {
	File   string `arg:"" help:"Excel file (.xlsx)." type:"existingfile" placeholder:"FILE.xlsx"`
	Config string `help:"Configuration file; the environment alone is enough." type:"path" placeholder:"FILE"`
	DryRun bool   `help:"Say what would happen, write nothing."`
}

// leadRow is one row of a file of leads.
type leadRow struct {
	number int
	text   sales.LeadText
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
	if info, err := file.Stat(); err != nil || info.Size() > maxImportBytes {
		return nil, "", fmt.Errorf("文件超过 %d MB,拆成几个再导", maxImportBytes>>20)
	}
	h := sha256.New()
	f, err := excelize.OpenReader(io.TeeReader(file, h), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxInMemory})
	if err != nil {
		return nil, "", errors.New("文件打不开:要 Excel 的 .xlsx 格式,不带密码。另存为 .xlsx 再试")
	}
	defer f.Close()
	sheet, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, "", errors.New("第一张工作表读不出来。把数据放在第一张表里再试")
	}
	defer sheet.Close()
	var at map[string]int
	for number := 1; sheet.Next(); number++ {
		cells, err := sheet.Columns()
		if err != nil {
			return nil, "", fmt.Errorf("第 %d 行读不出来,文件可能坏了。另存一份再试", number)
		}
		if at == nil {
			if at = leadHeader(cells); at == nil && number >= headerWithin {
				break
			}
			continue
		}
		if t := leadCells(at, cells); t != (sales.LeadText{}) {
			if len(rows) == maxLeadRows {
				return nil, "", fmt.Errorf("超过 %d 行。拆成几个文件,一个一个导", maxLeadRows)
			}
			rows = append(rows, leadRow{number, t})
		}
	}
	if at == nil {
		return nil, "", errors.New("没找到表头。第一行要有 公司、电话,可以再有 联系人、需求、城市、来源、活动")
	}
	return rows, "file:" + hex.EncodeToString(h.Sum(nil))[:12], sheet.Error()
}

// leadHeader finds the columns in a row by their names; nil when it is not the header.
func leadHeader(cells []string) map[string]int {
	at := map[string]int{}
	for i, cell := range cells {
		name := strings.Trim(strings.Join(strings.Fields(cell), ""), "*＊")
		for field, names := range leadColumnNames {
			for _, n := range names {
				if _, seen := at[field]; n == name && !seen {
					at[field] = i
				}
			}
		}
	}
	if _, ok := at["company"]; !ok {
		return nil
	}
	if _, ok := at["phone"]; !ok {
		return nil
	}
	return at
}

func leadCells(at map[string]int, cells []string) sales.LeadText {
	cell := func(field string) string {
		i, ok := at[field]
		if !ok || i >= len(cells) {
			return ""
		}
		return tidyCell(cells[i])
	}
	return sales.LeadText{
		Company: cell("company"), Contact: cell("contact"), Phone: cell("phone"), Need: cell("need"), City: cell("city"),
		Source: cell("source"), Campaign: cell("campaign"),
	}
}
