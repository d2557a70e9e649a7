package wecom

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sebdah/goldie/v2"

	"salesflow/bot"
)

// decoded is what a golden file keeps of one wire payload.
type decoded struct {
	Event   *bot.Event `json:"event,omitempty"`
	Ignored string     `json:"ignored,omitempty"`
	Error   string     `json:"error,omitempty"`
}

// Payloads are those of the vendor's documents, changed to our company. Each becomes the event in the file beside it.
func TestWirePayloads(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.wire.*")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d payloads: %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.Split(filepath.Base(path), ".")[0]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var out decoded
			var ev bot.Event
			if strings.HasSuffix(path, ".xml") {
				ev, out.Ignored, err = decode(raw)
			} else {
				var f frame
				if err := json.Unmarshal(raw, &f); err != nil {
					t.Fatal(err)
				}
				ev, out.Ignored, err = decodeRobot(f, "小销", time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC))
			}
			switch {
			case err != nil:
				out.Error = err.Error()
			case out.Ignored == "":
				out.Event = &ev
			}
			got, err := json.MarshalIndent(out, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			g := goldie.New(t, goldie.WithNameSuffix(""))
			g.Assert(t, name+".golden.json", append(got, '\n'))
		})
	}
}

func TestTwoEventsOfOneSecondAreTwo(t *testing.T) {
	t.Parallel()
	one := inbound{CorpID: "c", From: "sys", CreateTime: 1, MsgType: "event", Event: "sys_approval_change", Approval: approval{SpNo: "1"}}
	two := one
	two.Approval.SpNo = "2"
	if one.eventID() == two.eventID() {
		t.Error("two approvals share an identity")
	}
	three := one
	three.Approval.Records = append(three.Approval.Records, struct {
		Status  string `xml:"SpStatus"`
		Details []struct {
			Status string `xml:"SpStatus"`
			Time   string `xml:"SpTime"`
		} `xml:"Details"`
	}{Status: "2"})
	if one.eventID() == three.eventID() {
		t.Error("two decisions of one approval in the same second share an identity")
	}
	if again := one; again.eventID() != one.eventID() {
		t.Error("a repeated delivery has another identity")
	}
	long := inbound{MsgType: "text", MsgID: strings.Repeat("9", 500)}
	if n := len(long.eventID()); n > maxEventID {
		t.Errorf("an identity of %d bytes", n)
	}
}

func TestTheRobotsNameIsNotPartOfWhatIsSaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, robot string
		group           bool
		want            string
	}{
		{"in front", "@小销 漏斗", "小销", true, "漏斗"},
		{"with the client's narrow space", "@小销\u2005漏斗", "小销", true, "漏斗"},
		{"with a comma", "@小销,漏斗", "小销", true, "漏斗"},
		{"a name with a space", "@小销 助手 漏斗", "小销 助手", true, "漏斗"},
		{"at the end", "漏斗 @小销", "小销", true, "漏斗"},
		{"name not configured", "@销售机器人 漏斗", "", true, "漏斗"},
		{"renamed since", "@新名字 漏斗", "小销", true, "漏斗"},
		{"a colleague is named too", "@小销 @李强 今天去绍兴", "小销", true, "@李强 今天去绍兴"},
		{"nothing but the name", "@小销", "小销", true, ""},
		{"nothing but an unknown name", "@谁", "", true, ""},
		{"a longer name is another's", "@小销售 漏斗", "小销", true, "漏斗"},
		{"single chats keep what is written", "@小销 漏斗", "小销", false, "@小销 漏斗"},
		{"an address is not a name", "发 a@b.cn", "小销", true, "发 a@b.cn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := withoutMention(tt.in, tt.robot, tt.group); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.wire.xml")
	for _, p := range paths {
		if raw, err := os.ReadFile(p); err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		ev, ignored, err := decode(raw)
		checkDecoded(t, ev, ignored, err)
	})
}

func FuzzDecodeRobot(f *testing.F) {
	paths, _ := filepath.Glob("testdata/*.wire.json")
	for _, p := range paths {
		if raw, err := os.ReadFile(p); err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var fr frame
		if json.Unmarshal(raw, &fr) != nil {
			return
		}
		ev, ignored, err := decodeRobot(fr, "小销", time.Unix(1, 0))
		checkDecoded(t, ev, ignored, err)
	})
}

// checkDecoded holds for every event, whatever came in.
func checkDecoded(t *testing.T, ev bot.Event, ignored string, err error) {
	t.Helper()
	if err != nil || ignored != "" {
		return
	}
	switch {
	case ev.ID == "" || len(ev.ID) > maxEventID || ev.From == "" || ev.Chat.ID == "":
		t.Errorf("event without identity, sender or chat: %+v", ev)
	case ev.Kind == bot.Said && ev.Text == "", ev.Kind == bot.Sent && len(ev.Files) == 0, ev.Kind == bot.Tapped && ev.Tap == nil:
		t.Errorf("empty event: %+v", ev)
	}
	if _, err := json.Marshal(ev); err != nil {
		t.Errorf("event does not survive the spool: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	c, err := newCryptor("t", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	f.Add("")
	f.Fuzz(func(t *testing.T, sealed string) {
		if msg, err := c.open(sealed); err == nil && len(msg) > len(sealed) {
			t.Errorf("%d bytes from %d", len(msg), len(sealed))
		}
	})
}
