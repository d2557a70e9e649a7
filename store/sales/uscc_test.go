package sales

import (
	"strings"
	"testing"
)

// The first vector is the worked example of GB 32100-2015, the others are on public business licences.
var publishedUSCC = []string{
	"91350100M000100Y43",
	"91110000600037341L",
	"9144030071526726XG",
	"91330100799655058B",
	"914403001922038216",
	"91110000802100433B",
	"91230184MA1BUFLT44",
	"92371000MA3MXH0E3W",
}

func TestParseUSCC(t *testing.T) {
	t.Parallel()
	for _, code := range publishedUSCC {
		for _, text := range []string{code, strings.ToLower(code), " " + code[:4] + " " + code[4:10] + "-" + code[10:] + " "} {
			if got, err := ParseUSCC(text); err != nil || string(got) != code {
				t.Errorf("ParseUSCC(%q) = %q, %v", text, got, err)
			}
		}
	}
	if got, err := ParseUSCC("９１１１００００６０００３７３４１Ｌ"); err != nil || got != "91110000600037341L" {
		t.Errorf("full width: %q, %v", got, err)
	}
	c := USCC("91110000600037341L")
	if c.Region() != "110000" || c.Organisation() != "600037341" {
		t.Errorf("%s is of region %q, organisation %q", c, c.Region(), c.Organisation())
	}
}

func TestAnyWrongSignOfAUSCCIsFound(t *testing.T) {
	t.Parallel()
	for _, code := range publishedUSCC {
		for i := range code {
			for _, r := range usccChars {
				wrong := code[:i] + string(r) + code[i+1:]
				if _, err := ParseUSCC(wrong); wrong != code && KindOf(err) != Invalid {
					t.Errorf("ParseUSCC(%q) takes a wrong copy of %q", wrong, code)
				}
			}
		}
	}
}

func TestParseUSCCRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, says string }{
		{"", "18 位"},
		{"9111000060003734", "18 位"},
		{"91110000600037341L0", "18 位"},
		{strings.Repeat("9", 10000), "18 位"},
		{"9I110000600037341L", `不会有"I"`},
		{"91110000600037341O", `不会有"O"`},
		{"9111000060003734号", "18 位"},
		{"911100A0600037341L", "第 3 到 8 位是数字"},
		{"91350100M000100Y4Y", "校验不过"},
		{"91110000600037342L", "校验不过"},
		{"91350100M000100Y53", "校验不过"},
	} {
		_, err := ParseUSCC(tt.text)
		if KindOf(err) != Invalid || !strings.Contains(Message(err), tt.says) {
			t.Errorf("ParseUSCC(%.30q): %v, want a sentence with %q", tt.text, err, tt.says)
		}
	}
}

func TestOrganisationCodeOfTheStandard(t *testing.T) {
	t.Parallel()
	if got := orgCheck("D2143569"); got != 'X' { // GB 11714-1997, annex A
		t.Errorf("check sign of D2143569 is %c, want X", got)
	}
}

func TestBothCheckSignsMustFit(t *testing.T) {
	t.Parallel()
	wrong := "91110000600037342" // organisation code 60003734-1
	wrong += string(usccCheck(wrong))
	if _, err := ParseUSCC(wrong); KindOf(err) != Invalid {
		t.Errorf("ParseUSCC(%q) takes a wrong organisation code", wrong)
	}
}

func TestFindUSCC(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want USCC
	}{
		{"新客户 绍兴恒达 税号91110000600037341L,电话13800138000", "91110000600037341L"},
		{"税号:91110000600037341l。", "91110000600037341L"},
		{"先抄错 91110000600037342L 再写 91110000600037341L", "91110000600037341L"},
		{"编号X91110000600037341L", ""},
		{"91110000600037341L8", ""},
		{"没有", ""},
	} {
		got, found := FindUSCC(tt.text)
		if got != tt.want || found != (tt.want != "") {
			t.Errorf("FindUSCC(%q) = %q, %v, want %q", tt.text, got, found, tt.want)
		}
	}
}
