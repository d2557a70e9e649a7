package render_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"salesflow/cards/render"
)

func TestWhatPeopleWroteStaysPlain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, plain, markdown string
		marked                    bool
	}{
		{"一句话", "收到,周五前给。", "收到,周五前给。", "收到,周五前给。", false},
		{"标题", "**漏斗** · 本月\n线索 3", "**漏斗** · 本月\n线索 3", "**漏斗** · 本月\n线索 3", true},
		{"标题里有加粗", "**合同 **HT2026-001** · 已签", "**合同 **HT2026-001＊＊ · 已签", "**合同 **HT2026-001＊＊ · 已签", true},
		{"名字带假链接", "负责人 [点这里](http://evil.example)", "负责人 [点这里] (http://evil.example)", "负责人 [点这里] (http://evil.example)", false},
		{"图片", "![x](http://evil.example/a.png)", "![x] (http://evil.example/a.png)", "![x] (http://evil.example/a.png)", false},
		{"微信的链接", `原因 <a href="http://evil.example">同意</a>`, `原因 ＜a href="http://evil.example">同意＜/a>`, `原因 ＜a href="http://evil.example">同意＜/a>`, false},
		{"提醒所有人", "<@all> @所有人", "＜@all> @所有人", "＜@all> @所有人", false},
		{"彩色", `<font color="warning">红</font>`, `＜font color="warning">红＜/font>`, `＜font color="warning">红＜/font>`, false},
		{"比大小不动", "库存<5 台,价格 <= 3万,a < b", "库存<5 台,价格 <= 3万,a < b", "库存<5 台,价格 <= 3万,a < b", false},
		{"中间的加粗", "客户说 **急** 要", "客户说 **急** 要", "客户说 ＊＊急＊＊ 要", false},
		{"行首的井号", "#1 先办\n # 再办\n> 引用", "＃1 先办\n ＃ 再办\n＞ 引用", "＃1 先办\n ＃ 再办\n＞ 引用", false},
		{"藏电话的星号", "电话 138****5678", "电话 138****5678", "电话 138****5678", false},
		{"藏两处", "绍兴****医院 138****5678", "绍兴****医院 138****5678", "绍兴＊＊＊＊医院 138＊＊＊＊5678", false},
		{"反引号", "`rm -rf`", "`rm -rf`", "'rm -rf'", false},
		{"反向文字", "金额 \u202e0001¥", "金额 0001¥", "金额 0001¥", false},
		{"控制字符", "a\x00\x1b[31mb\r\nc", "a[31mb\nc", "a[31mb\nc", false},
		{"地址照旧", "上传:https://bot.example.com/u/abc?x=1&y=2", "上传:https://bot.example.com/u/abc?x=1&y=2", "上传:https://bot.example.com/u/abc?x=1&y=2", false},
	}
	for _, tt := range tests {
		got, marked := render.Say(tt.in, false)
		if got != tt.plain || marked != tt.marked {
			t.Errorf("%s: %q, %v, want %q, %v", tt.name, got, marked, tt.plain, tt.marked)
		}
		if got, _ := render.Say(tt.in, true); got != tt.markdown {
			t.Errorf("%s as markdown: %q, want %q", tt.name, got, tt.markdown)
		}
	}
}

// checkSaid is what holds of every text that goes out.
func checkSaid(t *testing.T, in string) {
	t.Helper()
	for _, markdown := range []bool{false, true} {
		got, marked := render.Say(in, markdown)
		if !utf8.ValidString(got) {
			t.Errorf("%q is not text", got)
		}
		for _, bad := range []string{"](", "<a", "<A", "<f", "<@", "</", "<!", "\n#", "\n>"} {
			if strings.Contains("\n"+got, bad) {
				t.Errorf("%q has %q: from %q", got, bad, in)
			}
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || r == '\u202e' }); i >= 0 {
			t.Errorf("%q has something invisible at %d", got, i)
		}
		if !marked && !markdown {
			continue
		}
		for line := range strings.Lines(got) {
			if n := strings.Count(strings.Replace(line, "****", "", 1), "**"); n != 0 && (n != 2 || !strings.HasPrefix(line, "**")) {
				t.Errorf("%q is bold where it should not be: from %q", line, in)
			}
		}
	}
}

func FuzzSay(f *testing.F) {
	for _, s := range []string{
		"**漏斗** · 本月\n[a](http://b)\n<a href=c>d</a>", "****\n** **\n***a**b***", "** a **** b **", "# \n>\n<\n](\n]\u200b(", "[a]\u202e(http://b)",
		"<\x00a href=x>", "]\x00(", "*\u2066*x**", "\n\n#", " \t# a", "\u3000# a", "[a]\r(b)", "<\u200fa>",
	} {
		f.Add(s)
	}
	f.Fuzz(checkSaid)
}
