package main

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// container is an old Office file, as far as one is looked at: a stream of a name in its container.
func container(stream string) []byte {
	b := append([]byte("\xd0\xcf\x11\xe0"), make([]byte, 600)...)
	for _, c := range []byte(stream) {
		b = append(b, c, 0)
	}
	return append(b, make([]byte, 600)...)
}

// What a file is goes by what is in it, and each kind that cannot be imported is told what to do.
func TestEachKindOfFileIsToldApart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		before := len(w.master(t).Customers)
		rep := s.As("周敏").Skip()
		for _, tt := range []struct {
			name string
			data []byte
			more int64
			want string
		}{
			{"客户.xlsx", container("EncryptedPackage"), 0, "把密码清空"},
			{"客户.xls", container("Workbook"), 0, "老的 .xls"},
			{"导出客户.xls", []byte("<html><body><table><tr><td>客户名称,联系电话,行业</td></tr></table>"), 0, "其实是网页"},
			{"客户名单.csv", []byte("公司名称,城市,备注\na,b,c\n"), 0, "缺 联系电话、行业"},
			{"大客户名单.xlsx", excel(t, importHeader), 200 << 20, "超过 20 MB"},
		} {
			chat := rep
			if w.wecomOnly(rep) {
				chat = rep.In("robot").Skip()
			}
			chat.SendLarge(tt.name, tt.data, tt.more)
			s.Settle()
			switch {
			case tt.more > 0:
				rep.ExpectText(tt.want, "拆成几个")
			case w.wecomOnly(rep): // files come without a name there, so nothing is shown before it is a list for sure
				rep.ExpectText(tt.want, "导不了")
			default:
				chat.ExpectCard(tt.want, "没有写入")
			}
			rep.Skip()
		}
		if parts, _ := filepath.Glob(filepath.Join(w.program.files.dir, "*", ".part-*")); len(parts) > 0 {
			t.Errorf("parts of files stay behind: %v", parts)
		}
		if n := len(w.master(t).Customers); n != before {
			t.Errorf("%d customers, want %d", n, before)
		}
		workbook := excel(t, importHeader, []any{"临海远洲机械", "13905760001", "制造"})
		for name, data := range map[string][]byte{"改了名.csv": workbook, "其实是文本.xlsx": []byte("客户名称,联系电话,行业\n三门滨海水产,13905760002,快消\n")} {
			sendSheet(rep, w, name, data)
			s.Settle()
			rep.ExpectCard("等你定", "可导入 1 行").Click("不导了")
			rep.Skip()
		}
	})
}

// Telephone numbers are one number however they are spelt, and what is no number is told apart.
func TestPhonesOfEverySpellingAreImported(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		right := []struct{ name, written, want string }{
			{"临海远洲机械", "+86 139 0576 0001", "13905760001"},
			{"仙居康达制药", "0086-139-0576-0002", "13905760002"},
			{"三门滨海水产", "１３９０５７６０００３", "13905760003"},
			{"天台恒力橡胶", "0576-83330004转801", "0576-83330004-801"},
			{"椒江银座酒店", "（０５７６）８８３３－０００５　转　１２", "0576-88330005-12"},
			{"玉环金帆阀门", "86 576 8333 0006", ""},
		}
		rows := [][]any{importHeader}
		for _, r := range right {
			rows = append(rows, []any{r.name, r.written, "制造"})
		}
		rows = append(rows,
			[]any{"路桥宏达塑业", 13905760007, "制造"}, // a number to Excel
			[]any{"黄岩蜜橘商行", "13905760008/13905760009", "快消"},
			[]any{"温岭海之味", "1.39058E+10", "快消"},
			[]any{"临海古城文旅", "139 0576 0001", "文旅"})
		sendSheet(rep, w, "客户.xlsx", excel(t, rows...))
		s.Settle()
		rep.ExpectCard("等你定", "共 10 行", "可导入 6 行", "有问题 4 行")
		rep.Say("问题表")
		rep.ExpectText("标红的格子要改")
		list := fmt.Sprint(w.lastFile(t, "zhoumin").rows)
		for _, want := range []string{"电话没看懂", "写了两个", "科学计数", "和第 2 行一样"} {
			if !strings.Contains(list, want) {
				t.Errorf("the list of mistakes does not say %s:\n%s", want, list)
			}
		}
		rep.Say("导入 好的")
		rep.ExpectCard("导入了 6 家")
		for _, r := range right {
			if r.want == "" {
				continue
			}
			if c := w.customer(t, r.name); c.Phone != r.want {
				t.Errorf("%s has %q, want %q", r.written, c.Phone, r.want)
			}
		}
		if c := w.customer(t, "路桥宏达塑业"); c.Phone != "13905760007" {
			t.Errorf("a number became %q", c.Phone)
		}
	})
}

// A day that is not whole is never guessed.
func TestDatesOfEverySpellingAreImported(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		finance := s.As("吴桐").Skip()
		rows := [][]any{{"到账日期", "付款方", "到账金额", "流水号"}}
		for i, day := range []any{
			"2026年3月5日", 46086, "46086", "2026/3/5 14:03:22", "二〇二六年三月五日", "2026.03.05", "３/５", "三月五号", "2026年3月", "05/03/2026", "2026-02-30", "下周二",
		} {
			rows = append(rows, []any{day, "绍兴市立医院", fmt.Sprint(1000 + i), fmt.Sprintf("LS%04d", i)})
		}
		sendSheet(finance, w, "流水.xlsx", excel(t, rows...))
		s.Settle()
		finance.ExpectCard("导入回款", "等你定", "共 12 行", "可导入 6 行", "有问题 6 行")
		finance.Say("问题表")
		finance.ExpectText("标红的格子要改")
		list := fmt.Sprint(w.lastFile(t, "wutong").rows)
		for _, want := range []string{`没写年份:"３/５"`, `没写年份:"三月五号"`, "没写是几号", "分不清哪个是月", "没有这一天", "没看懂", "2027-03-31"} {
			if !strings.Contains(list, want) {
				t.Errorf("the list of mistakes does not say %s:\n%s", want, list)
			}
		}
	})
}

// Two hundred megabytes come through the upload page in earnest: the page says what to do, the link lives on, nothing is kept.
func TestAHugeUploadIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say("导入 客户")
	link := regexp.MustCompile(`http\S+/u/\S+`).FindString(rep.ExpectText("照模板填", "/u/").Text)
	for _, known := range []bool{true, false} { // a browser says how much it sends, a script may not
		code, page := uploadLarge(t, link, "客户.xlsx", 200<<20, known)
		if code != http.StatusRequestEntityTooLarge || !strings.Contains(page, "拆成几个") || !strings.Contains(page, "<form") {
			t.Errorf("known length %v: %d %s", known, code, page)
		}
	}
	if parts, _ := filepath.Glob(filepath.Join(w.program.files.dir, "*", "*")); len(parts) > 1 { // the template
		t.Errorf("kept: %v", parts)
	}
	if code, page := uploadFile(t, link, "客户.csv", []byte("客户名称,联系电话,行业\n临海远洲机械,13905760001,制造\n")); code != http.StatusOK {
		t.Fatalf("%d %s", code, page)
	}
	s.Settle()
	rep.ExpectCard("等你定", "可导入 1 行")
}

// uploadLarge posts a file of n zero bytes through a page, made as they are sent.
func uploadLarge(t *testing.T, link, name string, n int64, known bool) (int, string) {
	t.Helper()
	var head strings.Builder
	form := multipart.NewWriter(&head)
	if _, err := form.CreateFormFile("file", name); err != nil {
		t.Fatal(err)
	}
	tail := "\r\n--" + form.Boundary() + "--\r\n"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, io.MultiReader(strings.NewReader(head.String()), sim.Zeros(n), strings.NewReader(tail)))
	if err != nil {
		t.Fatal(err)
	}
	if known {
		req.ContentLength = int64(head.Len()) + n + int64(len(tail))
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return answerOf(t, req)
}

// uploadFile posts a file through a page over the network.
func uploadFile(t *testing.T, link, name string, data []byte) (int, string) {
	t.Helper()
	body := &strings.Builder{}
	form := multipart.NewWriter(body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil || form.Close() != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, link, strings.NewReader(body.String()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return answerOf(t, req)
}

func answerOf(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(page)
}

// A code that is not ours is told apart from one that was forged, scanned or photographed.
func TestCodesOfOthersAreTold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		const other = "https://u.wechat.com/kEeQqXyz0123456789abcdef"
		if rep.Platform() == sim.WeCom {
			for _, code := range []string{other, "CODE_128,6901234567892"} {
				rep.Scan(code)
				rep.ExpectText("不是我们的客户码", "没有记")
			}
		}
		rep.Send("别人的码.jpg", photo(t, other))
		rep.ExpectText("图收下了")
		rep.ExpectText("不是我们的客户码", "没按扫码记")
		rep.Say("拜访 绍兴市立医院 王主任 看了样机")
		rep.ExpectCard("拜访已记录")
		rep.Send("样机.jpg", photo(t, other)) // what is on a machine beside a visit is not meant to be scanned
		rep.ExpectText("附在 绍兴市立医院 这次拜访上")
		rep.ExpectNothingElse()
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

// What is no picture, no voice and no table under the name of one is told so.
func TestFilesUnderAWrongName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	for _, tt := range []struct{ name, data, want string }{
		{"现场.jpg", "hello, no picture", "图打不开"},
		{"现场.png", "\x89PNG\r\n\x1a\nxxxxxxxxxxxxxxxx", "图打不开"},
		{"说明.txt", "客户名称", "收下了:说明.txt"},
		{"语音.amr", "MZ this is a program", "没听出字来"},
	} {
		rep.Send(tt.name, []byte(tt.data))
		rep.ExpectText(tt.want)
		rep.Skip()
	}
	if _, err := os.Stat(w.program.files.dir); err != nil {
		t.Fatal(err)
	}
	if n := len(w.visits(t, "zhoumin")) + len(w.filings(t, "zhoumin")); n != 0 {
		t.Errorf("%d records", n)
	}
}
