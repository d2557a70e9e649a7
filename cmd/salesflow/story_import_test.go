package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"salesflow/bot/bottest"
	"salesflow/bot/sheet"
	"salesflow/bot/sim"
	"salesflow/store"
	"salesflow/store/sales"
)

// excel is a workbook of rows.
func excel(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	data, err := os.ReadFile(sheetFile(t, rows...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sendSheet sends a file where the platform lets a bot have it, and returns the phone it is answered on.
func sendSheet(p *bottest.Phone, w world, name string, data []byte) *bottest.Phone {
	if w.wecomOnly(p) {
		p = p.In("robot").Skip()
	}
	return p.Send(name, data)
}

// wecomOnly reports whether a phone is on WeCom, where files reach the bot through the robot's chat.
func (w world) wecomOnly(p *bottest.Phone) bool { return p.Platform() == sim.WeCom }

func TestCustomersAreImportedFromAFileInTheChat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		chat := sendSheet(rep, w, "客户名单.xlsx", excel(t, []any{"2026年客户名单"},
			[]any{"手机", "公司名称", "所属行业", "预算", "简称", "备注"},
			[]any{"+86 139 0576 0001", "临海远洲机械有限公司", "制造", "50-80万", "远洲", "x"},
			[]any{"0576-83330001转801", "三门滨海水产", "快消", "", "", ""},
			[]any{"12", "玉环金帆阀门厂", "制造", "", "", ""},
			[]any{"13905760002", "绍兴市立医完", "医疗", "", "", ""},
			[]any{"13905760003", "临海远洲机械", "制造", "", "", ""},
			[]any{"13905760004", "永康桓达五金有限公司", "制造", "", "", ""},
		))
		if w.wecomOnly(rep) {
			chat.ExpectText("马上出预览")
		} else {
			chat.ExpectCard("导入表格", "客户名单.xlsx")
		}
		s.Settle()
		if w.wecomOnly(rep) {
			chat = rep // the preview comes where cards can change
		}
		preview := chat.ExpectCard("导入客户", "等你定", "共 6 行", "可导入 3 行", "疑似重复 1 行", "有问题 2 行", "第 5 行:电话没看懂")
		if n := w.customersNamed(t, "三门滨海水产"); n != 0 {
			t.Fatalf("%d written before the decision", n)
		}
		preview.Click("问题表")
		chat.ExpectText("马上发你")
		chat.ExpectText("标红的格子要改")
		bad := w.lastFile(t, "zhoumin")
		if got := bad.cell(t, "B2"); got != "12" {
			t.Errorf("the list of mistakes holds %q", got)
		}
		if len(bad.rows) != 4 || !strings.Contains(strings.Join(bad.rows[2], " "), "第 3 行一样") || !strings.Contains(strings.Join(bad.rows[3], " "), "名字很像") {
			t.Errorf("the list of mistakes:\n%v", bad.rows)
		}
		rep.Say("导入 好的")
		rep.ExpectCard("导入了 3 家")
		c := w.customer(t, "临海远洲机械有限公司")
		if c.Phone != "13905760001" || c.OwnerID != w.person(t, "zhoumin").ID || len(c.Aliases) != 1 {
			t.Errorf("imported as %+v", c)
		}
		if got := w.detail(t, c.ID, sales.FieldBudget); got != "50万–80万" {
			t.Errorf("budget %q", got)
		}
		if c := w.customer(t, "三门滨海水产"); c.Phone != "0576-83330001-801" {
			t.Errorf("phone %q", c.Phone)
		}
		if w.customersNamed(t, "永康桓达五金有限公司")+w.customersNamed(t, "玉环金帆阀门厂") != 0 {
			t.Error("wrong or doubtful rows were written")
		}
		rep.Say("导入 好的")
		rep.ExpectText("没有等你定的表")
		rep.Say("客户 远洲")
		rep.ExpectCard("临海远洲机械有限公司", "负责人 周敏")
	})
}

func TestOnlyChosenRowsAreImported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rows := [][]any{importHeader}
	for i, name := range []string{"临海远洲机械", "仙居康达制药", "三门滨海水产", "天台恒力橡胶", "玉环金帆阀门", "椒江银座酒店"} {
		rows = append(rows, []any{name, fmt.Sprintf("1390576000%d", i), "制造"})
	}
	rep.Send("客户.xlsx", excel(t, rows...)).ExpectCard("导入表格")
	s.Settle()
	rep.ExpectCard("等你定", "可导入 6 行")
	rep.Say("导入 2-3,5")
	rep.ExpectText("共导入 3 家")
	for name, want := range map[string]int{"临海远洲机械": 1, "仙居康达制药": 1, "三门滨海水产": 0, "天台恒力橡胶": 1, "玉环金帆阀门": 0} {
		if got := w.customersNamed(t, name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	rep.Say("导入 全部")
	rep.ExpectCard("导入了 6 家")
	if w.customersNamed(t, "椒江银座酒店") != 1 || w.customersNamed(t, "临海远洲机械") != 1 {
		t.Error("the rest did not follow once")
	}
}

func TestFilesThatCannotBeImportedSayWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	merged := excelize.NewFile()
	for i, r := range [][]any{{"客户名称", "联系电话", "行业"}, {"临海远洲机械", "13905760001", "制造"}, {"", "13905760002", "制造"}} {
		_ = merged.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r)
	}
	_ = merged.MergeCell("Sheet1", "A2", "A3")
	var b bytes.Buffer
	if _, err := merged.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		file string
		data []byte
		want string
	}{
		{"客户.xls", append([]byte{0xd0, 0xcf, 0x11, 0xe0}, make([]byte, 600)...), "另存为 .xlsx"},
		{"客户.xlsx", []byte("hello"), "要 Excel 的 .xlsx"},
		{"客户.xlsx", []byte("PK\x03\x04broken"), "坏了"},
		{"客户.xlsx", excel(t, []any{"公司名称", "城市"}, []any{"a", "b"}), "表头缺 联系电话、行业"},
		{"客户.xlsx", excel(t, []any{"a", "b"}, []any{"c", "d"}), "没找到表头"},
		{"客户.xlsx", excel(t, importHeader), "没有数据"},
		{"客户.xlsx", b.Bytes(), "A2:A3 是合并单元格"},
		{"产品.xlsx", excel(t, []any{"产品名称", "产品线", "标准价"}, []any{"甲", "乙", "1"}), "管理员权限"},
	} {
		rep.Send(tt.file, tt.data)
		rep.ExpectCard(tt.want)
		rep.Skip()
	}
}

func TestTheTemplateComesAsFileAndPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("导入 客户")
		rep.ExpectText("客户导入模板.xlsx")
		text := rep.ExpectText("照模板填", "/u/").Text
		link := regexp.MustCompile(`http\S+/u/\S+`).FindString(text)
		page := body(t, http.MethodGet, link)
		if !strings.Contains(page, "/t/customers.xlsx") {
			t.Errorf("the page offers no template:\n%s", page)
		}
		data := body(t, http.MethodGet, strings.Split(link, "/u/")[0]+"/t/customers.xlsx")
		if _, err := sheet.Read([]byte(data), sheet.Layouts, nil); !strings.Contains(messageOf(err), "没有数据") {
			t.Errorf("the template cannot be read back: %v", err)
		}
		rep.Say("导入 产品")
		rep.ExpectText("要管理员权限")
	})
}

// body is what a page answers.
func body(t *testing.T, method, link string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAnImportGoesOnAfterARestartWithoutDoubles(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		rows := [][]any{importHeader}
		for i := range 1200 {
			rows = append(rows, []any{fmt.Sprintf("%s商贸有限公司", unlike(i)), fmt.Sprintf("139%08d", i), "快消"})
		}
		sendSheet(s.As("李强").Skip(), w, "客户.xlsx", excel(t, rows...)).ExpectAny()
		s.Settle()
		s.As("李强").ExpectCard("等你定", "可导入 1200 行")
		s.As("李强").Say("导入 好的").ExpectCard("写入中")
	}, func(t *testing.T, s *bottest.Story, w world) {
		s.FastForward(2 * sheetLease) // the claim of whoever was stopped runs out
		s.Settle()
		if n := w.imported(t); n != 1200 {
			t.Errorf("%d customers, want 1200", n)
		}
	})
}

// unlike is the i-th of many names that nobody takes for one another.
func unlike(i int) string {
	const a, b, c = "赵钱孙李周吴郑王冯陈", "春夏秋冬风花雪月山水", "金木火土日星云雨雷电"
	at := func(s string, i int) string { return string([]rune(s)[i%10]) }
	return at(a, i) + at(b, i/10) + at(c, i/100) + at(a, i/1000+i) + at(b, i/7)
}

// imported counts the customers that came from files.
func (w world) imported(t *testing.T) (n int) {
	t.Helper()
	for _, c := range w.master(t).Customers {
		if strings.HasPrefix(c.SourceEventID, "import:") {
			n++
		}
	}
	return n
}

func TestExportIsWhatOneMaySeeAndNoFormula(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		if _, err := w.program.db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: tx.NewID(), Name: "=HYPERLINK(\"http://x\",\"点我\")", Phone: "13911110000", Industry: "+cmd", OwnerID: w.person(t, "zhoumin").ID, Version: 1})
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		rep.Say("导出 客户")
		rep.ExpectText("在导", "家客户")
		rep.ExpectText("已留痕")
		f := w.lastFile(t, "zhoumin")
		all := fmt.Sprint(f.rows)
		if !strings.Contains(all, "绍兴市立医院") || strings.Contains(all, "李强") {
			t.Error("the export is not what 周敏 may see")
		}
		for _, row := range f.rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
					t.Errorf("a cell begins a formula: %q", cell)
				}
			}
		}
		entries := w.audited(t, "customer.export")
		if entries != 1 {
			t.Errorf("%d entries in the trace", entries)
		}
		if rows := len(f.rows) - 1; rows != len(w.customersOf(t, "zhoumin")) {
			t.Errorf("%d rows, want %d", rows, len(w.customersOf(t, "zhoumin")))
		}
	})
}

// workbook is a file of ours, read.
type workbook struct {
	file *excelize.File
	rows [][]string
}

func (b workbook) cell(t *testing.T, at string) string {
	t.Helper()
	v, err := b.file.GetCellValue(b.file.GetSheetName(0), at)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lastFile is the last Excel file made for a person.
func (w world) lastFile(t *testing.T, code string) workbook {
	t.Helper()
	person := w.person(t, code).ID
	var id sales.ID
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		jobs, err := tx.SheetJobsOf(ctx, person, 10)
		for _, j := range jobs {
			if j.ResultID != 0 {
				id = j.ResultID
				break
			}
		}
		return err
	})
	if id == 0 {
		t.Fatal("no file was made")
	}
	f, err := excelize.OpenFile(w.program.files.path(id))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return workbook{f, rows}
}

func (w world) detail(t *testing.T, id sales.ID, field string) (out string) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		ds, err := tx.Details(ctx, id)
		for _, d := range ds {
			if d.Field == field {
				out = d.Value
			}
		}
		return err
	})
	return out
}

func (w world) customersOf(t *testing.T, code string) (out []sales.Customer) {
	t.Helper()
	owner := w.person(t, code).ID
	for _, c := range w.master(t).Customers {
		if c.OwnerID == owner {
			out = append(out, c)
		}
	}
	return out
}

// audited counts the entries of a verb.
func (w world) audited(t *testing.T, verb string) int {
	t.Helper()
	n, err := w.program.db.CountAudit(context.Background(), verb)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALargeExportIsALinkThatWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	owner := w.person(t, "zhoumin").ID
	for from := 0; from < linkFrom; from += 500 {
		if _, err := w.program.db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			for i := from; i < from+500; i++ {
				tx.CreateCustomer(sales.Customer{ID: tx.NewID(), Name: fmt.Sprintf("%s%d号店", unlike(i), i), Phone: fmt.Sprintf("138%08d", i), OwnerID: owner, Version: 1})
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
	}
	rep.Say("导出 客户")
	rep.ExpectText("在导")
	link := regexp.MustCompile(`http\S+/d/\S+`).FindString(rep.ExpectText("已留痕", "用一次").Text)
	for range 2 { // looking at it uses nothing up
		if page := body(t, http.MethodGet, link); !strings.Contains(page, "只能下载一次") {
			t.Fatalf("the page:\n%s", page)
		}
	}
	data := body(t, http.MethodPost, link)
	f, err := excelize.OpenReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("客户")
	if err != nil || len(rows) <= linkFrom {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if again := body(t, http.MethodPost, link); !strings.Contains(again, "用过或过期") {
		t.Errorf("the link works twice:\n%s", again[:min(len(again), 200)])
	}
	if n := w.audited(t, "customer.download"); n != 1 {
		t.Errorf("%d downloads in the trace", n)
	}
	upload := strings.Replace(link, "/d/", "/u/", 1)
	if page := body(t, http.MethodGet, upload); !strings.Contains(page, "用过或过期") {
		t.Error("a download link takes uploads")
	}
}

func TestAnExcelFileStillGoesWithTheContractThatWaitsForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say(contractFiling)
	rep.ExpectCard("合同草稿")
	rep.Send("报价明细.xlsx", excel(t, []any{"客户名称", "联系电话", "行业"}, []any{"a", "b", "c"}))
	rep.ExpectCard("合同待审批", "报价明细.xlsx")
	s.Settle()
	if w.count(t, "周敏", "导入") != 0 {
		t.Errorf("it was imported too:\n%s", w.screen(t, "周敏"))
	}
}
