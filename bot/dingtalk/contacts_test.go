package dingtalk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/bot/sim"
	peer "salesflow/bot/sim/dingtalk"
)

func TestDirectory(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) {
		for i := range 230 { // three pages
			o.Company.People = append(o.Company.People, sim.Person{ID: fmt.Sprint("p", i), Name: fmt.Sprint("人", i), Team: "华东一组"})
		}
	}})
	w.fault(sim.RateLimited, 2) // a busy moment in the middle of the night
	d, err := w.Directory(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Members) != 233 || len(d.Departments) != 3 {
		t.Fatalf("%d members, %d departments", len(d.Members), len(d.Departments))
	}
	i := slices.IndexFunc(d.Members, func(m Member) bool { return m.ID == "liqiang" })
	if m := d.Members[i]; m.Name != "李强" || m.Manager != "chengang" || !m.Active || m.UnionID != w.UnionID("liqiang") || len(m.Departments) != 1 {
		t.Errorf("member %+v", m)
	}
	if w.counted() != 0 {
		t.Errorf("reading the contacts cost %d calls of the month", w.counted())
	}
}

func TestUnknownMember(t *testing.T) {
	t.Parallel()
	w := start(t)
	if _, err := w.Member(context.Background(), "nobody"); bot.SendFailure(err).Reason != bot.NoRecipient {
		t.Errorf("error = %v", err)
	}
}

// verdicts are the findings as "+ what" and "- what → where".
func verdicts(list []Finding) string {
	var b strings.Builder
	for _, f := range list {
		if f.OK {
			fmt.Fprintf(&b, "+ %s\n", f.What)
		} else {
			fmt.Fprintf(&b, "- %s → %s\n", f.What, f.Where)
		}
	}
	return b.String()
}

func TestCheck(t *testing.T) {
	t.Parallel()
	full := Checkup{User: "chengang", Edition: "standard", Load: Load{People: 43, VisitsPerDay: 5}}
	for _, c := range []struct {
		name   string
		change change
		want   string
	}{
		{"一切都好,只是量不够", change{}, "+ 应用凭证可用\n+ Stream 网关可用\n+ 通讯录可读:根部门下 2 个部门、1 人\n" +
			"+ 测试卡片已发出,看看标题、正文和灰字是不是都在\n" +
			"- 43 人一个月约要 4730 次 API 调用,标准版有 5000 次,不够,要专业版 → " + whereUpgrade + "\n"},
		{"密钥不对", change{adapt: func(o *Options) { o.ClientSecret = "wrong" }}, "- 应用凭证不能用(invalidClientIdOrSecret) → " + whereSecret +
			"\n- 43 人一个月约要 4730 次 API 调用,标准版有 5000 次,不够,要专业版 → " + whereUpgrade + "\n"},
		{
			"没开卡片权限",
			change{peer: func(o *peer.Options) { o.Denied = []string{peer.ScopeCard} }},
			"+ 应用凭证可用\n+ Stream 网关可用\n+ 通讯录可读:根部门下 2 个部门、1 人\n" +
				"- 测试卡片发不出去,缺权限 Card.Instance.Write → 开发者后台 → 点开应用 → 权限管理,搜 Card.Instance.Write,点 申请权限\n" +
				"- 43 人一个月约要 4730 次 API 调用,标准版有 5000 次,不够,要专业版 → " + whereUpgrade + "\n",
		},
		{
			"没开通讯录权限",
			change{peer: func(o *peer.Options) { o.Denied = []string{peer.ScopeContacts} }},
			"+ 应用凭证可用\n+ Stream 网关可用\n- 读不到通讯录(60011) → " + whereRange + "\n" +
				"+ 测试卡片已发出,看看标题、正文和灰字是不是都在\n" +
				"- 43 人一个月约要 4730 次 API 调用,标准版有 5000 次,不够,要专业版 → " + whereUpgrade + "\n",
		},
		{
			"模板 ID 不对",
			change{adapt: func(o *Options) { o.CardTemplateID = "other.schema" }},
			"+ 应用凭证可用\n+ Stream 网关可用\n+ 通讯录可读:根部门下 2 个部门、1 人\n" +
				"- 测试卡片发不出去(param.templateNotExist) → " + whereTemplate + "\n" +
				"- 43 人一个月约要 4730 次 API 调用,标准版有 5000 次,不够,要专业版 → " + whereUpgrade + "\n",
		},
		{
			"文字模式",
			change{adapt: func(o *Options) { o.CardTemplateID = "" }},
			"+ 应用凭证可用\n+ Stream 网关可用\n+ 通讯录可读:根部门下 2 个部门、1 人\n+ 测试消息已发出\n" +
				"+ 没填 card_template_id,卡片都用文字发\n+ 43 人一个月约要 0 次 API 调用,标准版有 5000 次\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, c.change)
			if got := verdicts(w.Check(context.Background(), full)); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
			if n := len(w.Connections()); n != 0 {
				t.Errorf("the check opened %d connections, which take messages from the program", n)
			}
		})
	}
}

func TestCheckOfAUserWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	w := start(t)
	got := verdicts(w.Check(context.Background(), Checkup{User: "nobody"}))
	if !strings.Contains(got, "- 测试卡片没送到这个人 → "+whereVisible) {
		t.Errorf("got\n%s", got)
	}
}

func TestCheckWithoutNetwork(t *testing.T) {
	t.Parallel()
	w := start(t, change{adapt: func(o *Options) { o.Transport = broken{} }})
	if got := verdicts(w.Check(context.Background(), Checkup{})); !strings.Contains(got, "连不上") || !strings.Contains(got, whereNetwork) {
		t.Errorf("got\n%s", got)
	}
}
