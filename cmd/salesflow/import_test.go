package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// sheetFile writes an Excel file of rows and returns its path.
func sheetFile(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "客户.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

var importHeader = []any{"客户名称*", "联系电话*", "行业*", "统一社会信用代码", "城市", "负责人(姓名或账号)", "别名"}

// workplace is a data folder with the demo's people and customers in it.
func workplace(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db := openAt(t, dir)
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := seed(context.Background(), db, demoOrg(t), testStart); err != nil {
		t.Fatal(err)
	}
	return dir
}

func openAt(t *testing.T, dir string) *store.DB {
	t.Helper()
	clock := scheduler.NewStepClock(time.Now, testStart)
	db, err := store.Open(context.Background(), store.Options{DataDir: dir, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// command runs the program as a person would and returns the exit code and everything printed.
func command(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(&env{ctx: context.Background(), stdin: strings.NewReader(""), stdout: &out, stderr: &out, environ: []string{"SALESFLOW_DATA_DIR=" + dir}}, args)
	return code, out.String()
}

func customersCalled(t *testing.T, dir, name string) []sales.Customer {
	t.Helper()
	db := openAt(t, dir)
	defer db.Close()
	m, err := db.LoadMaster(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []sales.Customer
	for _, c := range m.Customers {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

func wantIn(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(out, p) {
			t.Errorf("%q is missing in:\n%s", p, out)
		}
	}
}

func TestImportNamesEachWrongRowAndWritesNothing(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	file := sheetFile(t, importHeader,
		[]any{"临海远洲机械有限公司", "13905760001", "制造", "", "临海", "李强", "远洲"},
		[]any{"", "13905760002", "制造"},
		[]any{"玉环金帆阀门厂", "12", "制造"},
		[]any{"仙居康达制药", "13905760003", "医药", "91330000000000000X"},
		[]any{"天台恒力橡胶", "13905760004", "制造", "", "", "马云飞"},
		[]any{"临海远洲机械有限公司", "13905760005", "制造"},
		[]any{"绍兴市立医院", "13905760006", "医疗"},
	)
	code, out := command(t, dir, "import", "customers", file)
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	wantIn(t, out, "读到 7 行:可导入 1,已有 0,有问题 6", "第 3 行 (无名称):客户名称空着", "第 4 行 玉环金帆阀门厂:", "第 5 行 仙居康达制药:",
		"负责人\"马云飞\"不在组织里", "第 7 行 临海远洲机械有限公司:客户名称和第 2 行一样", "第 8 行 绍兴市立医院:客户名称和已有客户\"绍兴市立医院\"(周敏的)相同",
		"一行都没写")
	if got := customersCalled(t, dir, "临海远洲机械有限公司"); len(got) != 0 {
		t.Errorf("%d were written", len(got))
	}
}

func TestImportWritesValidRowsOnceHoweverOftenItRuns(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	file := sheetFile(t, []any{"2026年客户名单"}, importHeader,
		[]any{"临海远洲机械有限公司", 13905760001, "制造", "", "临海", "liqiang", "远洲、远洲机械"},
		[]any{"玉环金帆阀门厂", "12", "制造"},
		[]any{"三门滨海水产", "0576-83330001", "快消"},
	)
	if code, out := command(t, dir, "import", "customers", file, "--valid-only", "--dry-run"); code != 0 || len(customersCalled(t, dir, "三门滨海水产")) != 0 {
		t.Errorf("preview: code %d\n%s", code, out)
	}
	code, out := command(t, dir, "import", "customers", file, "--valid-only")
	if code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	wantIn(t, out, "可导入 2,已有 0,有问题 1", "已导入 2 家")
	got := customersCalled(t, dir, "临海远洲机械有限公司")
	if len(got) != 1 || got[0].Phone != "13905760001" || got[0].OwnerID == 0 || len(got[0].Aliases) != 2 || got[0].City != "临海" {
		t.Fatalf("written as %+v", got)
	}
	_, out = command(t, dir, "import", "customers", file, "--valid-only")
	wantIn(t, out, "可导入 0,已有 2,有问题 1")
	if got := customersCalled(t, dir, "三门滨海水产"); len(got) != 1 {
		t.Errorf("%d times there after the second run", len(got))
	}
}

func TestImportAsksAboutNamesThatAreAlike(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	file := sheetFile(t, importHeader, []any{"永康顶力工具", "13905760009", "制造"}, []any{"天台恒力橡胶", "13905760010", "制造"})
	code, out := command(t, dir, "import", "customers", file)
	if code != 1 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	wantIn(t, out, "可导入 1", "永康顶力工具:和已有客户\"永康鼎力工具\"(周敏的)名字很像", "--allow-similar")
	if code, out := command(t, dir, "import", "customers", file, "--allow-similar"); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestImportRefusesWhatIsNoSheetOfCustomers(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	tests := []struct {
		name, file, want string
	}{
		{"没有表头", sheetFile(t, []any{"a", "b"}, []any{"c", "d"}), "没找到表头"},
		{"缺必填列", sheetFile(t, []any{"客户名称", "城市"}), "表头缺 联系电话、行业"},
		{"不是 Excel", filepath.Join(dir, "salesflow.db"), "要 Excel 的 .xlsx 格式"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out := command(t, dir, "import", "customers", tt.file)
			if code != 1 {
				t.Errorf("exit code %d", code)
			}
			wantIn(t, out, tt.want)
		})
	}
}

func TestImportTemplateCanBeFilledInAndImported(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	path := filepath.Join(t.TempDir(), "模板.xlsx")
	if code, out := command(t, dir, "import", "template", path); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("客户", "A2", &[]any{"临海远洲机械有限公司", "13905760001", "制造"}); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	code, out := command(t, dir, "import", "customers", path)
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, out, "已导入 1 家")
}

// The template has the company's own columns, as the one that the chat gives out, and what is written into them is read.
func TestImportTemplateHasTheCompanysOwnColumns(t *testing.T) {
	t.Parallel()
	dir, folder := workplace(t), t.TempDir()
	fields, config := filepath.Join(folder, "fields.yaml"), filepath.Join(folder, "salesflow.yaml")
	for name, text := range map[string]string{
		fields: storyFields, config: "fields: {file: " + fields + "}\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(folder, "客户.xlsx")
	if code, out := command(t, dir, "import", "template", path, "--config", config); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("客户")
	if err != nil {
		t.Fatal(err)
	}
	head := strings.Join(rows[0], " ")
	if !strings.Contains(head, "预算月份") || strings.Contains(head, "信用备注") { // the second one not everybody may see
		t.Errorf("the columns are %s", head)
	}
	row := make([]any, len(rows[0]))
	for i, h := range rows[0] {
		switch {
		case strings.Contains(h, "客户名称"):
			row[i] = "临海远洲机械有限公司"
		case strings.Contains(h, "电话"):
			row[i] = "13905760001"
		case strings.Contains(h, "行业"):
			row[i] = "制造"
		case strings.Contains(h, "预算月份"):
			row[i] = "每年3月"
		}
	}
	if err := errors.Join(f.SetSheetRow("客户", "A2", &row), f.Save()); err != nil {
		t.Fatal(err)
	}
	if code, out := command(t, dir, "import", "customers", path, "--config", config); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	made := customersCalled(t, dir, "临海远洲机械有限公司")
	if len(made) != 1 {
		t.Fatalf("%d customers", len(made))
	}
	db := openAt(t, dir)
	defer db.Close()
	var values []sales.CustomValue
	if err := db.View(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		values, err = tx.CustomValues(ctx, made[0].ID)
		return err
	}); err != nil || len(values) != 1 || values[0].Text != "每年3月" {
		t.Errorf("%+v, %v", values, err)
	}
	device := filepath.Join(folder, "设备.xlsx")
	if code, out := command(t, dir, "import", "template", device, "--config", config, "--type", "device"); code != 0 || !strings.Contains(out, "import records device") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out := command(t, dir, "import", "template", filepath.Join(folder, "x.xlsx"), "--config", config, "--type", "ship"); code == 0 {
		t.Errorf("a template of a type that is none:\n%s", out)
	}
}
