package rules_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

func schema() *rules.Schema {
	opt := func(kv ...string) (out []rules.Option) {
		for i := 0; i < len(kv); i += 2 {
			out = append(out, rules.Option{Key: kv[i], Name: kv[i+1]})
		}
		return out
	}
	owner := []rules.Relation{{Key: "owner", Name: "负责人"}, {Key: "last_contact", Name: "最近接触人"}}
	return rules.NewSchema([]rules.Object{
		{Key: "contract", Name: "合同", Relations: owner, Fields: []rules.Field{
			{Key: "state", Name: "状态", Type: rules.Enum, State: true, Options: opt("pending", "待审批", "approved", "已通过")},
			{Key: "amount", Name: "金额", Type: rules.Money, Told: true},
			{Key: "prepay", Name: "预付比例", Type: rules.Percent},
			{Key: "customer", Name: "客户", Type: rules.Text, Ref: "customer"},
			{Key: "due", Name: "到期日", Type: rules.Date},
			{Key: "turn", Name: "轮到时间", Type: rules.Date, Exact: true},
		}, Cards: opt("step", "审批单")},
		{Key: "customer", Name: "客户", Relations: owner, Fields: []rules.Field{
			{Key: "name", Name: "名称", Type: rules.Text},
			{Key: "class", Name: "级别", Type: rules.Enum, Told: true, Writable: true, Options: opt("KA", "KA", "A", "A", "B", "B")},
			{Key: "size", Name: "规模", Type: rules.Number},
			{Key: "key", Name: "重点", Type: rules.Bool},
		}},
		{Key: "opportunity", Name: "商机", Relations: owner, Fields: []rules.Field{
			{Key: "stage", Name: "阶段", Type: rules.Enum, State: true, Options: opt("proposal", "方案提交")},
			{Key: "amount", Name: "金额", Type: rules.Money},
		}},
		{Key: rules.ObjectCompany, Name: "公司"},
		{Key: "person", Name: "销售", Relations: []rules.Relation{{Key: "self", Name: "本人"}}},
		{Key: "visit", Name: "拜访", Filed: true, Relations: owner, Fields: []rules.Field{{Key: "customer", Name: "客户", Type: rules.Text, Ref: "customer"}}},
		{Key: "complaint", Name: "投诉", Filed: true, Relations: owner},
	})
}

func names() rules.Names {
	return rules.Names{
		Roles:     map[string]string{"法务主管": "legal_head", "销售总监": "director", "总经理": "gm", "主管": "lead", "客服": "service", "法务": "legal"},
		People:    map[string][]sales.PersonID{"王芳": {3}, "李强": {4, 5}},
		Groups:    []string{"华东一组"},
		Rosters:   []string{"法务"},
		Webhooks:  []string{"ERP"},
		Approvals: []string{"特价申请", "超期发货"},
	}
}

func TestRulesAreReadBackAsTheyWereMeant(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{
			"合同 48 小时", "当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管、销售总监 并 创建待办;再过 24小时 则 推送 总经理",
			"合同停在待审批超过 48小时,还没人处理\n就 推送给法务主管、销售总监,并给被通知的人建待办\n再过 24小时还没处理,就 推送给总经理",
		},
		{
			"不写空格,全角标点", "当合同进入待审批超过48小时且未处理则推送法务主管、销售总监并创建待办；再过24小时则推送总经理。",
			"合同停在待审批超过 48小时,还没人处理\n就 推送给法务主管、销售总监,并给被通知的人建待办\n再过 24小时还没处理,就 推送给总经理",
		},
		{
			"多行,有名字", "规则 大单看紧\n当 合同 进入 待审批\n且 合同.金额 > 5万 且 客户.级别 = \"KA\"\n则 推送 负责人的主管 \"大单,盯一下\"\n再过 8个工作小时 则 紧急 推送 总经理",
			"合同一进入待审批,并且 合同的金额 > 5万,并且 客户的级别是 KA\n就 推送给负责人的主管\"大单,盯一下\"\n再过 8个工作小时还没处理,就 推送给总经理\n紧急:静默时段也发",
		},
		{"太久没拜访", "当 客户 超过 90天 没有 拜访 且 级别 属于 (KA、A) 则 推送 最近接触人", "客户超过 90天没有拜访,并且 客户的级别是 KA、A 之一\n就 推送给最近接触人"},
		{"连续没有", "当 销售 连续 3个工作日 没有 拜访 则 推送 本人的主管", "销售连续 3个工作日没有拜访\n就 推送给本人的主管"},
		{"几次", "当 客户 30天内 3次 投诉 则 转任务给 客服 \"回访\" 2个工作日内", "客户在 30天内有 3 次投诉\n就 转任务给客服\"回访\"(2个工作日内)"},
		{"到期前", "当 距 合同.到期日 60天 则 推送 负责人", "离合同的到期日还有 60天\n就 推送给负责人"},
		{"到期后", "当 合同.到期日 过后 1个月 则 推送 负责人", "合同的到期日过了 1个月\n就 推送给负责人"},
		{"登记后没有跟进", "当 登记 投诉 且 24小时内 没有 拜访 则 推送 负责人 并 调用 \"ERP\"", "一有新的投诉,之后 24小时内没有拜访\n就 推送给负责人,并调用 ERP"},
		{"改字段", "当 客户 超过 半年 没有 拜访 则 修改 级别 为 B", "客户超过 6个月没有拜访\n就 把级别改成 B"},
		{"字段变化", "当 合同.金额 变化 则 推送 群\"华东一组\"", "合同的金额一变\n就 推送给群\"华东一组\""},
		{"定时", "当 每周一 上午9点半 对每个 商机 且 阶段 = 方案提交 则 推送 负责人", "每周一 09:30,对每个商机,并且 商机的阶段是 方案提交\n就 推送给负责人"},
		{"算式", "当 合同 进入 待审批 且 合同.金额 * 30% >= 10万 则 推送 王芳", "合同一进入待审批,并且 合同的金额×30% ≥ 10万\n就 推送给王芳"},
		{"或要有括号", "当 合同 进入 待审批 且 (金额 > 100万 或 预付比例 < 30%) 且 客户.重点 则 推送 总经理", "合同一进入待审批,并且 (合同的金额 > 100万 或 合同的预付比例 < 30%),并且 客户的重点为 是\n就 推送给总经理"},
		{"审批", "当 合同 进入 待审批 且 金额 不低于 50000 则 发起审批 特价申请", "合同一进入待审批,并且 合同的金额 ≥ 50000元\n就 发起审批 特价申请"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := rules.Parse(tc.text, schema(), names())
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Words(); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestProblemsSayWhereAndWhat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"没有这个对象", "当 合通 进入 待审批 则 推送 总经理", "第 1 行第 3 个字\"合通\":这里看不懂。要写的是 合同 吗"},
		{"没有这个状态", "当 合同 进入 待审皮 则 推送 总经理", "第 1 行第 9 个字\"待审皮\":这里看不懂。要写的是 待审批 吗"},
		{"没有这个人", "当 合同 进入 待审批 则 推送 王方", "第 1 行第 18 个字\"王方\":这里看不懂。要写的是 王芳 吗"},
		{"同名", "当 合同 进入 待审批 则 推送 李强", "第 1 行第 18 个字\"李强\":叫李强的不止一个。换成角色,例如 法务主管"},
		{"没写完", "当 合同 进入 待审批 则", "第 1 行第 14 个字:还没写完。这里可以写 推送给"},
		{"类型不对", "当 合同 进入 待审批 且 金额 > 30% 则 推送 总经理", "第 1 行第 18 个字\">\":金额不能和百分比比。金额写成 5万 或 ¥50000"},
		{"且或混写", "当 合同 进入 待审批 且 金额 > 3万 且 金额 < 9万 或 预付比例 < 30% 则 推送 总经理", "混着写,分不清先后。用括号标出先后"},
		{"不能改", "当 合同 进入 待审批 则 修改 金额 为 3万", "金额不能由规则修改。规则能改的:没有"},
		{"没有群", "当 合同 进入 待审批 则 推送 群\"华东二组\"", "要写的是 华东一组 吗"},
		{"没有资料", "当 合同 进入 待审批 则 发资料 \"对比表\"", "还没有配置任何资料名。先请管理员在配置里加上"},
		{"末尾多字", "当 合同 进入 待审批 则 推送 总经理 谢谢", "第 1 行第 22 个字\"谢谢\":这里看不懂"},
		{"停在要有多久", "当 商机 停在 方案提交 则 推送 负责人", "这里可以写 超过"},
		{"空的", "", "还没写完。这里可以写 当"},
		{"第二行", "当 合同 进入 待审批\n则 推送 总经里", "第 2 行第 6 个字\"总经里\":这里看不懂。要写的是 总经理 吗"},
		{"括号太深", "当 合同 进入 待审批 且 " + strings.Repeat("(", 50) + "金额 > 3万" + strings.Repeat(")", 50) + " 则 推送 总经理", "括号套得太深"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := rules.Parse(tc.text, schema(), names())
			var p *rules.Problem
			if !errors.As(err, &p) {
				t.Fatalf("err = %v", err)
			}
			if !strings.Contains(p.Error(), tc.want) {
				t.Errorf("got  %s\nwant %s", p, tc.want)
			}
		})
	}
}

type record map[string]rules.Value

func (r record) Value(via, f *rules.Field) rules.Value {
	k := f.Key
	if via != nil {
		k = via.Key + "." + k
	}
	v, ok := r[k]
	v.None, v.Type = !ok, f.Type
	return v
}

func TestConditionsHold(t *testing.T) {
	t.Parallel()
	big := record{"amount": {N: 30_000_000}, "prepay": {N: 3000}, "customer.class": {S: "KA"}, "due": {Day: sales.NewDay(2026, 3, 31)}}
	for _, tc := range []struct {
		cond string
		r    record
		want bool
	}{
		{"金额 > 5万", big, true},
		{"金额 > 30万", big, false},
		{"金额 ≥ 300000", big, true},
		{"金额 * 30% = 9万", big, true},
		{"预付比例 不低于 30%", big, true},
		{"客户.级别 = KA", big, true},
		{"客户.级别 ≠ KA", big, false},
		{"客户.级别 属于 A、B", big, false},
		{"到期日 早于 2026-04-01", big, true},
		{"到期日 - 2026-03-01 = 30", big, true},
		{"非 金额 > 5万", big, false},
		{"(金额 > 100万 或 预付比例 = 30%)", big, true},
		{"金额 > 5万", record{}, false},
		{"非 金额 > 5万", record{}, false},
		{"客户.级别 ≠ KA", record{}, false},
		{"金额 没填", record{}, true},
		{"金额 没填", big, false},
		{"(金额 > 5万 或 预付比例 < 10%)", record{"amount": {N: 30_000_000}}, true},
		{"客户.名称 包含 \"医院\"", record{"customer.name": {S: "绍兴市立医院"}}, true},
	} {
		t.Run(tc.cond, func(t *testing.T) {
			t.Parallel()
			r, err := rules.Parse("当 合同 进入 待审批 且 "+tc.cond+" 则 推送 总经理", schema(), names())
			if err != nil {
				t.Fatal(err)
			}
			if got := rules.Holds(r.If, tc.r); got != tc.want {
				t.Errorf("Holds = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestSchedulesKnowTheirNextMoment(t *testing.T) {
	t.Parallel()
	now := sales.NewDay(2026, 3, 13).At(18, 0) // a Friday
	workday := func(t time.Time) bool {
		w := sales.DayOf(t).Weekday()
		return w != time.Saturday && w != time.Sunday
	}
	for _, tc := range []struct {
		text string
		want time.Time
	}{
		{"每天 17:00", sales.NewDay(2026, 3, 14).At(17, 0)},
		{"每天 19:00", sales.NewDay(2026, 3, 13).At(19, 0)},
		{"每个工作日 17:00", sales.NewDay(2026, 3, 16).At(17, 0)},
		{"每周五 下午5点", sales.NewDay(2026, 3, 20).At(17, 0)},
		{"每月31号 9:00", sales.NewDay(2026, 3, 31).At(9, 0)},
	} {
		r, err := rules.Parse("当 "+tc.text+" 对每个 客户 则 推送 负责人", schema(), names())
		if err != nil {
			t.Fatal(tc.text, err)
		}
		if got := r.Trigger.Schedule.Next(now, workday); !got.Equal(tc.want) {
			t.Errorf("%s: %v, want %v", tc.text, got, tc.want)
		}
	}
	r, _ := rules.Parse("当 每月31号 9:00 对每个 客户 则 推送 负责人", schema(), names())
	if got := r.Trigger.Schedule.Next(sales.NewDay(2026, 4, 1).At(10, 0), workday); !got.Equal(sales.NewDay(2026, 4, 30).At(9, 0)) {
		t.Errorf("a month without a 31st: %v", got)
	}
}

func FuzzRule(f *testing.F) {
	f.Add("当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管、销售总监 并 创建待办;再过 24小时 则 推送 总经理")
	f.Add("当 客户 超过 90天 没有 拜访 且 级别 属于 (KA、A) 则 推送 最近接触人 \"盯一下\"")
	f.Add("当 合通 进入 待审皮 超过 48小时(金额 > 五十万 时 24小时) 且 未处理 则 推送 法务 \"{金额}\" 按钮 稍后,每 2小时 重复,最多 3次;认领 4小时 有效;到 2026-12-31 止")
	f.Add("规则 x\n当 每月5号 9:00 对每个 客户 且 (规模 + 1 > 3 或 非 重点) 则 修改 级别 为 B 并 转任务给 客服 \"回访\" 2个工作日内")
	s, n := schema(), names()
	f.Fuzz(func(t *testing.T, text string) {
		r, err := rules.Explain(text, s, n)
		if err != nil {
			var p *rules.Problem
			if !errors.As(err, &p) || p.Line < 1 || p.Column < 1 || p.Msg == "" {
				t.Errorf("%q: %v", text, err)
			}
			if _, err := rules.Parse(p.Whole, s, n); p.Whole != "" && err != nil {
				t.Errorf("%q is mended to %q: %v", text, p.Whole, err)
			}
			return
		}
		rules.Causes(r, s)
		if d := rules.Difference(r, r); len(d) > 0 {
			t.Errorf("%q differs from itself: %q", text, d)
		}
		if r.Words() == "" || len(r.Steps) == 0 {
			t.Errorf("%q read as nothing", text)
		}
		rules.Holds(r.If, record{})
	})
}

func TestMistakesOfSomebodyWhoWritesTheFirstRule(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, near, says, whole string }{
		{"万打成完", "当 合同 进入 待审批 且 金额 大于 五十完 则 推送 法务", "五十完", "金额写成 5万", "当 合同 进入 待审批 且 金额 大于 五十万 则 推送 法务"},
		{"没有这个人", "当 合同 进入 待审批 则 推送 王小明", "王小明", "没有叫王小明的同事", ""},
		{"他是谁", "当 合同 进入 待审批 则 推送 负责人、他的主管", "他的主管", "不知道他的主管说的是谁", "当 合同 进入 待审批 则 推送 负责人、负责人的主管"},
		{"定时没有负责人", "当 每天9点 则 推送 负责人 \"早\"", "负责人", "要逐条看就写 对每个", ""},
		{"条件写成时候", "当 合同金额超过50万 则 推送 法务", "50万", "当 合同 进入 待审批 且 金额 > 50万 则", ""},
		{"取值写错", "当 客户.级别 变为 S 则 推送 法务", "S", "这里可以写 KA、A、B", ""},
		{"且接动作", "当 合同 进入 待审批 则 推送 法务 且 创建待办", "且", "动作之间用 并 接", "当 合同 进入 待审批 则 推送 法务 并 创建待办"},
		{"话没加引号", "当 合同 进入 待审批 则 推送 法务 看一下合同", "看一下合同", "要说的话加引号", "当 合同 进入 待审批 则 推送 法务 \"看一下合同\""},
		{"大括号没关", "当 合同 进入 待审批 则 推送 法务 \"{金额 进审批了\"", "\"{金额", "大括号没有配对", ""},
		{"没有自己", "当 投诉 超过 30天 没有 投诉 则 推送 法务", "则", "说不通", ""},
		{"逾期是哪个日子", "当 合同 到期 30天 则 推送 法务", "到期", "当 合同.到期日 前 30天", "当 合同.到期日 前 30天 则 推送 法务"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := rules.Explain(tc.text, schema(), names())
			var p *rules.Problem
			if !errors.As(err, &p) {
				t.Fatalf("no problem: %v", err)
			}
			if !strings.HasPrefix(p.Near, tc.near) && !strings.HasPrefix(tc.near, p.Near) || !strings.Contains(p.Error(), tc.says) || p.Whole != tc.whole {
				t.Errorf("got  %v\n%q", p, p.Whole)
			}
		})
	}
}

func TestANameBeforeTheRule(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"大客户没人管:当 客户 超过 20天 没有 拜访 则 推送 负责人": "大客户没人管", "大单：如果 合同 进入 待审批 则 推送 法务": "大单",
		"规则 大单: 当 合同 进入 待审批 则 推送 法务": "大单", "当 每天 9:00 则 推送 法务": "", "客户说:合同没问题": "", "客户说:当面谈": "客户说",
	} {
		if got := rules.Title(text); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
	if got := rules.Body("大单,要看:当 合同 进入 待审批 则 推送 法务"); !strings.HasPrefix(got, "当 合同") {
		t.Errorf("body %q", got)
	}
}
