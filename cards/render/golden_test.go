package render_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/sebdah/goldie/v2"

	"salesflow/cards"
	"salesflow/cards/render"
)

// account is the platform's user id of a person in these tests.
func account(person int64) string { return "user" + strconv.FormatInt(person, 10) }

func TestSampleCardsLookAsReviewed(t *testing.T) {
	t.Parallel()
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			g := goldie.New(t, goldie.WithNameSuffix(""), goldie.WithDiffEngine(goldie.ColoredDiff))
			g.Assert(t, s.name+".wecom.golden.json", pretty(t, wecom(t, s.card)))
			ding, err := render.DingTalk(s.card, render.DingTalkOptions{Account: account, Viewers: []int64{5}})
			if err != nil {
				t.Fatal(err)
			}
			g.Assert(t, s.name+".dingtalk.golden.json", pretty(t, ding))
			g.Assert(t, s.name+".markdown.golden.md", []byte(render.Markdown(s.card)+"\n"))
			g.Assert(t, s.name+".wecom.golden.md", []byte(render.WeComMarkdown(s.card)+"\n"))
			g.Assert(t, s.name+".golden.txt", []byte(render.Text(s.card)+"\n"))
		})
	}
}

// wecom renders for an app: closed cards as the new face of one that is out, as the bot does after a tap.
func wecom(t *testing.T, c cards.Card) any {
	t.Helper()
	raw, err := render.WeCom(c, render.WeComOptions{TaskID: "t-18_r4", HomeURL: "https://crm.example.com/", Update: c.Closed != ""})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// pretty indents as the files in testdata are, with & and < as they go over the wire.
func pretty(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := render.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}
