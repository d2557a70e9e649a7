package page

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"salesflow/bot/sim"
)

func TestText(t *testing.T) {
	t.Parallel()
	s := &server{opt: Options{Prefix: map[string]string{sim.WeCom: "/_wecom", sim.DingTalk: "/_dingtalk"}}}
	tests := []struct {
		name, platform, kind, text, want string
	}{
		{"粗体", sim.DingTalk, "markdown", "**拜访** 4", "<b>拜访</b> 4"},
		{"粗体里的链接", sim.DingTalk, "markdown", "**[合同](https://a.cn/1)**", `<b><a href="https://a.cn/1" target="_blank" rel="noopener noreferrer">合同</a></b>`},
		{"换行", sim.DingTalk, "markdown", "一\r\n二", "一<br>二"},
		{"空行隔开", sim.DingTalk, "markdown", "一\n\n二", `一<span class="gap"></span>二`},
		{"标题、列表、引用", sim.WeCom, "markdown", "## 本周\n- 一\n2. 二\n> 三", `<strong class="heading">本周</strong><span class="item">· 一</span><span class="item">2. 二</span><span class="quote">三</span>`},
		{"颜色", sim.WeCom, "markdown", `<font color="warning">少 1</font>`, `<span class="warning">少 1</span>`},
		{"不认识的颜色", sim.WeCom, "markdown", `<font color="x">少 1</font>`, `<span class="">少 1</span>`},
		{"模拟器的图片", sim.DingTalk, "markdown", "![漏斗](/media/k)", `<a class="picture" href="/_dingtalk/media/k" data-zoom target="_blank"><img src="/_dingtalk/media/k" alt="漏斗"></a>`},
		{"换了名字的本机图片", sim.WeCom, "markdown", "![](http://127.0.0.1:8080/_wecom/media/1/a.png)", `<a class="picture" href="/_wecom/media/1/a.png" data-zoom target="_blank"><img src="/_wecom/media/1/a.png" alt=""></a>`},
		{"别处的图片只给链接", sim.DingTalk, "markdown", "![x](https://a.cn/x.png)", `<a href="https://a.cn/x.png" target="_blank" rel="noopener noreferrer">[图片]x</a>`},
		{"文字里的网址", sim.WeCom, "text", "看 http://a.cn/?a=1&b=2。", `看 <a href="http://a.cn/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">http://a.cn/?a=1&amp;b=2</a>。`},
		{"引号里的网址", sim.WeCom, "text", `"http://a.cn/x"`, `&#34;<a href="http://a.cn/x" target="_blank" rel="noopener noreferrer">http://a.cn/x</a>&#34;`},
		{"企业微信文字里的链接", sim.WeCom, "text", `<a href="https://a.cn/u">上传</a>`, `<a href="https://a.cn/u" target="_blank" rel="noopener noreferrer">上传</a>`},
		{"文字里没有标记", sim.WeCom, "text", "**2** * 3\n\n# 4", "**2** * 3<br><br># 4"},

		{"脚本是字", sim.DingTalk, "markdown", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"脚本地址不是链接", sim.DingTalk, "markdown", "[点](javascript:alert(1))", "[点](javascript:alert(1))"},
		{"脚本地址不是图片", sim.DingTalk, "markdown", "![点](javascript:x)", "![点](javascript:x)"},
		{"无主机的地址不是链接", sim.DingTalk, "markdown", "[点](//evil.cn/x)", "[点](//evil.cn/x)"},
		{"反斜杠也是斜杠", sim.DingTalk, "markdown", `[点](/\evil.cn/x)`, `[点](/\evil.cn/x)`},
		{"引号出不了属性", sim.DingTalk, "markdown", `[点](https://a.cn/"onclick="x)`, `<a href="https://a.cn/&#34;onclick=&#34;x" target="_blank" rel="noopener noreferrer">点</a>`},
		{"图片说明出不了属性", sim.DingTalk, "markdown", `![" onerror="x](/media/k)`, `<a class="picture" href="/_dingtalk/media/k" data-zoom target="_blank"><img src="/_dingtalk/media/k" alt="&#34; onerror=&#34;x"></a>`},
		{"链接文字是字", sim.WeCom, "text", `<a href="https://a.cn"><img src=x></a>`, `<a href="https://a.cn" target="_blank" rel="noopener noreferrer">&lt;img src=x&gt;</a>`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := s.text(tt.platform, true)
			if tt.kind == "markdown" {
				k = s.markdown(tt.platform)
			}
			if got := string(k.block(tt.text)); got != tt.want {
				t.Errorf("block(%q)\n got %s\nwant %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestTextOfHugeMessages(t *testing.T) {
	t.Parallel()
	k := (&server{}).markdown(sim.WeCom)
	for _, part := range []string{"**", "[", "[a](", "![", "<font color=\"info\">", "`", "> ", "\n", "**a[b](http://c)"} {
		if got := k.block(strings.Repeat(part, 200_000/len(part))); len(got) > 12*maxBlock {
			t.Errorf("%q repeated draws %d bytes", part, len(got))
		}
	}
}

// FuzzText holds what is drawn to a list of elements, attributes and addresses.
func FuzzText(f *testing.F) {
	f.Add("**a** [b](http://c) ![d](/e) <font color=\"info\">f</font> <a href=\"http://g\">h</a> `i` http://j/?k&l")
	f.Add("# a\n> b\n- c\n1. d\n---\n\n**[a](//b)![c](http://d)**")
	f.Add(`[a](http://b"onclick="c) ![" onerror="d](/e) <img src=x onerror=y>`)
	s := &server{}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' || r >= 0xfffe && r <= 0xffff {
				return -1 // the XML reader below has no word for these
			}
			return r
		}, strings.ToValidUTF8(text, ""))
		for _, k := range []markup{s.markdown(sim.DingTalk), s.text(sim.WeCom, true)} {
			drawn := string(k.block(text))
			d := xml.NewDecoder(strings.NewReader("<div>" + drawn + "</div>"))
			d.Strict, d.AutoClose = false, []string{"br", "img"}
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("%q draws %q: %v", text, drawn, err)
				}
				if e, ok := token.(xml.StartElement); ok && !harmless(e) {
					t.Fatalf("%q draws %q with %v", text, drawn, e)
				}
			}
		}
	})
}

func harmless(e xml.StartElement) bool {
	if !slices.Contains([]string{"div", "br", "b", "strong", "span", "code", "a", "img"}, e.Name.Local) {
		return false
	}
	for _, a := range e.Attr {
		own := strings.HasPrefix(a.Value, "/") && !strings.HasPrefix(a.Value, "//") && !strings.HasPrefix(a.Value, `/\`)
		switch a.Name.Local {
		case "class", "alt", "data-zoom", "target", "rel":
		case "src":
			if !own {
				return false
			}
		case "href":
			if !own && !strings.HasPrefix(a.Value, "http://") && !strings.HasPrefix(a.Value, "https://") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func TestCursorsAndSpans(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"49h": "49h0m0s", "2d": "48h0m0s", "1d12h": "36h0m0s", "1.5d": "36h0m0s", "90m": "1h30m0s", "400d": "9600h0m0s",
		"": "0s", "401d": "", "-1h": "", "1d-1h": "23h0m0s", "x": "", "d": "", "9999d": "", "9999999h": "", "2天": "",
	} {
		got, err := parseSpan(text)
		if want == "" && err == nil || want != "" && (err != nil || got.String() != want) {
			t.Errorf("parseSpan(%q) = %s, %v, want %q", text, got, err, want)
		}
	}
	for _, bad := range []string{"x", "-1", "1-2-3", "1-", "99999999999999999999"} {
		if got, err := parseCursor(bad, 2); err == nil {
			t.Errorf("parseCursor(%q) = %v, want an error", bad, got)
		}
	}
}
