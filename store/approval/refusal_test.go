package approval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/store/sales"
)

// refused does a verb that must be refused without changing anything, and gives its sentence.
func refused(t *testing.T, before, r Request, out Outcome, err error, kind sales.Kind) string {
	t.Helper()
	if sales.KindOf(err) != kind {
		t.Fatalf("error %v, want %s", err, kind)
	}
	if diff := cmp.Diff(before, r); diff != "" {
		t.Fatalf("a refusal changed the request:\n%s", diff)
	}
	if len(out.Notify) > 0 || out.Headline != "" {
		t.Fatalf("a refusal tells others: %+v", out)
	}
	return sales.Message(err)
}

func TestApproveRefusals(t *testing.T) {
	t.Parallel()
	now := after(26 * time.Hour) // 12 March, 12:02
	fresh := contract(t)
	atDirector := approve(t, fresh, zhao, time.Hour)
	passed := approve(t, atDirector, chen, 2*time.Hour)
	rejected, _, _ := Reject(fresh, by(zhao), after(time.Hour), "账期太长。")
	returned, _, _ := SendBack(fresh, by(zhao), after(time.Hour), "改账期")
	withdrawn, _, _ := Withdraw(fresh, by(zhou), after(time.Hour), "")
	transferred, _, _ := Transfer(fresh, by(zhao), after(time.Hour), qian, "")
	lawyers, _ := submit(t, draft(), Policy{Kind: Contract, Steps: []StepPolicy{
		{Role: "legals", RoleName: "法务", Mode: AnyOf}, {Role: "director", RoleName: "销售总监", Mode: AnyOf},
	}}, staff())
	oneSigned := approve(t, lawyers, qian, time.Hour)

	for _, tt := range []struct {
		name string
		r    Request
		who  Person
		kind sales.Kind
		want string
	}{
		{"陌生人", fresh, lin, sales.Forbidden, "合同 HT2026-018 不归你审,现在等 法务 赵磊。"},
		{"还没轮到", fresh, chen, sales.Forbidden, "还没轮到你,现在等 法务 赵磊。到你时会通知你。"},
		{"提交人", fresh, zhou, sales.Forbidden, "自己提交的合同不能自己审,现在等 法务 赵磊。你可以催办或撤回。"},
		{"同一人第二次", atDirector, zhao, sales.Conflict, "你 昨天 11:02 已同意 合同 HT2026-018,现在等 销售总监 陈刚。"},
		{"或签已有人签", oneSigned, zhao, sales.Conflict, "法务这一步已由 钱进 昨天 11:02 同意,不用你再处理。现在等 销售总监 陈刚。"},
		{"已转给别人", transferred, zhao, sales.Conflict, "你 昨天 11:02 已转给 钱进,现在等 法务 钱进。"},
		{"已通过", passed, chen, sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 昨天 12:02 同意。"},
		{"已通过,陌生人", passed, lin, sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 昨天 12:02 同意。"},
		{"已驳回", rejected, chen, sales.Conflict, "合同 HT2026-018 已由 赵磊 昨天 11:02 驳回:账期太长。改好后可以重新提交。"},
		{"已退回", returned, zhao, sales.Conflict, "合同 HT2026-018 已由 赵磊 昨天 11:02 退回修改,等 周敏 改好再提交。"},
		{"已撤回", withdrawn, zhao, sales.Conflict, "合同 HT2026-018 已由 周敏 昨天 11:02 撤回,不用再处理。"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, out, err := Approve(tt.r, by(tt.who), now, "")
			if got := refused(t, tt.r, r, out, err, tt.kind); got != tt.want {
				t.Errorf("says %q, want %q", got, tt.want)
			}
			r, out, err = Reject(tt.r, by(tt.who), now, "不行")
			refused(t, tt.r, r, out, err, tt.kind)
			r, out, err = SendBack(tt.r, by(tt.who), now, "改")
			refused(t, tt.r, r, out, err, tt.kind)
			r, out, err = Transfer(tt.r, by(tt.who), now, wu, "")
			refused(t, tt.r, r, out, err, tt.kind)
			r, out, err = AddApprover(tt.r, by(tt.who), now, wu, Before, "")
			refused(t, tt.r, r, out, err, tt.kind)
		})
	}
}

func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	now := after(2 * time.Hour)
	fresh := contract(t)
	returned, _, _ := SendBack(fresh, by(zhao), after(time.Hour), "改账期")
	passed := approve(t, approve(t, fresh, zhao, time.Hour), chen, time.Hour)
	lawyers := oneStep(t, AllOf)
	long := strings.Repeat("长", MaxComment+1)
	type verb = func(r Request) (Request, Outcome, error)
	for _, tt := range []struct {
		name string
		r    Request
		do   verb
		kind sales.Kind
		want string
	}{
		{
			"驳回没写原因", fresh, func(r Request) (Request, Outcome, error) { return Reject(r, by(zhao), now, " \n") },
			sales.Invalid, "驳回要写原因。回 驳回 HT2026-018 加一句原因,例:账期超过制度。",
		},
		{
			"退回没写改什么", fresh, func(r Request) (Request, Outcome, error) { return SendBack(r, by(zhao), now, "") },
			sales.Invalid, "退回要写改什么。回 退回 HT2026-018 加一句,例:账期改成45天。",
		},
		{
			"意见太长", fresh, func(r Request) (Request, Outcome, error) { return Approve(r, by(zhao), now, long) },
			sales.Invalid, "写了 501 字,最多 500 字。短一点再发。",
		},
		{
			"意见里有坏字符", fresh, func(r Request) (Request, Outcome, error) { return Approve(r, by(zhao), now, "\xff") },
			sales.Invalid, "这句话里有读不了的字符,换个写法再发一次。",
		},
		{
			"别人撤回", fresh, func(r Request) (Request, Outcome, error) { return Withdraw(r, by(zhao), now, "") },
			sales.Forbidden, "只有提交人周敏能撤回合同 HT2026-018。不同意可以驳回或退回。",
		},
		{
			"撤回已通过的", passed, func(r Request) (Request, Outcome, error) { return Withdraw(r, by(zhou), now, "") },
			sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 今天 11:02 同意。",
		},
		{
			"别人再提交", returned, func(r Request) (Request, Outcome, error) { return Resubmit(r, by(lin), now, Changes{}) },
			sales.Forbidden, "合同 HT2026-018 已退回修改,只有提交人 周敏 能再提交。",
		},
		{
			"没退回就再提交", fresh, func(r Request) (Request, Outcome, error) { return Resubmit(r, by(zhou), now, Changes{}) },
			sales.Conflict, "合同 HT2026-018 正在审批,不用再提交,现在等 法务 赵磊。",
		},
		{
			"再提交已通过的", passed, func(r Request) (Request, Outcome, error) { return Resubmit(r, by(zhou), now, Changes{}) },
			sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 今天 11:02 同意。",
		},
		{"再提交的说明太长", returned, func(r Request) (Request, Outcome, error) {
			return Resubmit(r, by(zhou), now, Changes{Comment: long})
		}, sales.Invalid, "写了 501 字,最多 500 字。短一点再发。"},
		{
			"转给自己", fresh, func(r Request) (Request, Outcome, error) { return Transfer(r, by(zhao), now, zhao, "") },
			sales.Invalid, "现在就等你,不用转给自己。",
		},
		{
			"没说转给谁", fresh, func(r Request) (Request, Outcome, error) { return Transfer(r, by(zhao), now, Person{}, "") },
			sales.Invalid, "交给谁?写上名字,例:转交 HT2026-018 王芳。",
		},
		{
			"转给提交人", fresh, func(r Request) (Request, Outcome, error) { return Transfer(r, by(zhao), now, zhou, "") },
			sales.Forbidden, "周敏 是提交人,不能审自己的合同。换一个人。",
		},
		{
			"转给同一步的人", lawyers, func(r Request) (Request, Outcome, error) { return Transfer(r, by(zhao), now, qian, "") },
			sales.Conflict, "钱进 已经在这一步里。换一个人,或直接催办。",
		},
		{"加签同一步的人", lawyers, func(r Request) (Request, Outcome, error) {
			return AddApprover(r, by(zhao), now, qian, After, "")
		}, sales.Conflict, "钱进 已经在这一步里。换一个人,或直接催办。"},
		{
			"陌生人催办", fresh, func(r Request) (Request, Outcome, error) { return Nudge(r, by(lin), now) },
			sales.Forbidden, "合同 HT2026-018 和你无关,催办要提交人、他的上级或审批人来。现在等 法务 赵磊。",
		},
		{
			"催自己", fresh, func(r Request) (Request, Outcome, error) { return Nudge(r, by(zhao), now) },
			sales.Invalid, "现在就等你。回 同意 HT2026-018 或 退回 HT2026-018。",
		},
		{
			"催退回的", returned, func(r Request) (Request, Outcome, error) { return Nudge(r, by(zhou), now) },
			sales.Conflict, "合同 HT2026-018 已由 赵磊 今天 11:02 退回修改,等 周敏 改好再提交。",
		},
		{
			"催已通过的", passed, func(r Request) (Request, Outcome, error) { return Nudge(r, by(zhou), now) },
			sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 今天 11:02 同意。",
		},
		{
			"陌生人留言", fresh, func(r Request) (Request, Outcome, error) { return Comment(r, by(lin), now, "看看") },
			sales.Forbidden, "合同 HT2026-018 与你无关,不能留言。有话可以直接找提交人 周敏。",
		},
		{
			"空留言", fresh, func(r Request) (Request, Outcome, error) { return Comment(r, by(zhou), now, "") },
			sales.Invalid, "留言写什么?回 留言 HT2026-018 加一句话。",
		},
		{
			"给已通过的补材料", passed, func(r Request) (Request, Outcome, error) { return Supplement(r, by(zhou), now, "盖章件") },
			sales.Conflict, "合同 HT2026-018 已通过,最后由 陈刚 今天 11:02 同意。材料补不进去了,有话发:留言 HT2026-018 加一句话。",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, out, err := tt.do(tt.r)
			if got := refused(t, tt.r, r, out, err, tt.kind); got != tt.want {
				t.Errorf("says %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNudgeAtMostEveryFourHours(t *testing.T) {
	t.Parallel()
	r := contract(t)
	next, out, err := Nudge(r, by(zhou), after(time.Hour))
	r = act(t, next, out, err)
	if diff := cmp.Diff([]string{"赵磊 nudged"}, notices(out)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	for _, who := range []Actor{by(zhou), by(chen), {Person: lin, Oversees: true}} {
		next, out, err = Nudge(r, who, after(5*time.Hour-time.Second))
		want := "周敏 今天 11:02 催过 法务 赵磊,今天 15:02 后可以再催。"
		if got := refused(t, r, next, out, err, sales.Conflict); got != want {
			t.Errorf("%s: %q, want %q", who.Name, got, want)
		}
	}
	if next, out, err = Nudge(r, Actor{Person: lin, Oversees: true}, after(5*time.Hour)); err != nil || !slices.Contains(notices(out), "赵磊 nudged") {
		t.Errorf("after four hours: %v, told %v", err, notices(out))
	}
	// The next step is other people: they may be nudged at once.
	r = approve(t, next, zhao, 6*time.Hour)
	if _, out, err = Nudge(r, by(zhou), after(6*time.Hour)); err != nil || !slices.Contains(notices(out), "陈刚 nudged") {
		t.Errorf("in the next step: %v, told %v", err, notices(out))
	}

	p := ContractPolicy()
	p.NudgeEvery = -1
	r, _ = submit(t, draft(), p, staff())
	for range 3 {
		if r, _, err = Nudge(r, by(zhou), after(time.Hour)); err != nil {
			t.Errorf("without a limit: %v", err)
		}
	}
}

func TestCommentKeepsThePlace(t *testing.T) {
	t.Parallel()
	r := contract(t)
	next, out, err := Comment(r, by(chen), after(time.Hour), "客户 20 号要签")
	next = act(t, next, out, err)
	if states(next) != states(r) || next.State != Pending || next.NextText() != r.NextText() || !next.StepSince.Equal(r.StepSince.Time) {
		t.Errorf("a comment moved the request: %s", states(next))
	}
	if diff := cmp.Diff([]string{"周敏 commented", "赵磊 commented"}, notices(out)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if _, _, err := Comment(r, Actor{Person: lin, Oversees: true}, after(time.Hour), "我看着"); err != nil {
		t.Errorf("an overseer: %v", err)
	}
	returned, _, _ := SendBack(r, by(zhao), after(time.Hour), "改账期")
	if next, _, err := Comment(returned, by(zhou), after(2*time.Hour), "在改"); err != nil || next.State != Returned {
		t.Errorf("while returned: %v, %s", err, next.State)
	}
}

func TestALogHasAnEndAndADecisionDoesNotNeedIt(t *testing.T) {
	t.Parallel()
	r := contract(t)
	for len(r.Log) < MaxEntries {
		r.Log = append(r.Log, Entry{Verb: VerbComment, Actor: zhou.ID})
	}
	if _, _, err := Comment(r, by(zhou), after(time.Hour), "再说一句"); sales.KindOf(err) != sales.Forbidden {
		t.Errorf("comment: %v", err)
	}
	if _, _, err := Transfer(r, by(zhao), after(time.Hour), qian, ""); sales.KindOf(err) != sales.Forbidden {
		t.Errorf("transfer: %v", err)
	}
	if _, _, err := Approve(r, by(zhao), after(time.Hour), ""); err != nil {
		t.Errorf("approve: %v", err)
	}
}

func TestWithdrawTellsWhoWasAsked(t *testing.T) {
	t.Parallel()
	r, out, err := Withdraw(contract(t), by(zhou), after(time.Hour), "客户改需求")
	r = act(t, r, out, err)
	if diff := cmp.Diff([]string{"赵磊 withdrawn"}, notices(out)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if out.Headline != "合同已撤回 · 周敏 3月11日 11:02" || states(r) != "赵磊:skipped | 陈刚:skipped" {
		t.Errorf("%q, %s", out.Headline, states(r))
	}
	returned, _, _ := SendBack(contract(t), by(zhao), after(time.Hour), "改")
	if r, _, err := Withdraw(returned, by(zhou), after(2*time.Hour), ""); err != nil || r.State != Withdrawn {
		t.Errorf("a returned one: %v, %s", err, r.State)
	}
}
