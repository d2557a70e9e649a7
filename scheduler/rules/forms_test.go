package rules_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

func read(t *testing.T, text string) rules.Rule {
	t.Helper()
	r, err := rules.Parse(text, schema(), names())
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestFormsBeyondTheUsual(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{
			"分情况的期限", "当 合同 进入 待审批 超过 48小时(金额 > 100万 时 24小时;客户.级别 = KA 时 36小时) 则 推送 法务",
			"合同停在待审批超过 48小时(合同的金额 > 100万 时 24小时;客户的级别是 KA 时 36小时)\n就 推送给法务",
		},
		{
			"重复,认领,有效期", "当 合同 进入 待审批 超过 48小时 则 推送 法务,每 24小时 重复,最多 3次;再过 2个工作日 则 推送 总经理;认领 4个工作小时 有效;从 2026-01-01 起;到 2026-12-31 止",
			"合同停在待审批超过 48小时\n就 推送给法务,没处理就每 24小时再来一次,最多 3 次\n再过 2个工作日还没处理,就 推送给总经理\n点了我来处理,4个工作小时没结果接着催\n从 2026-01-01 起\n到 2026-12-31 止",
		},
		{"不写次数就是 3 次", "当 登记 投诉 则 推送 客服 每隔 2小时 重复;紧急", "一有新的投诉\n就 推送给客服,没处理就每 2小时再来一次,最多 3 次\n紧急:静默时段也发"},
		{
			"按钮和字段", "当 合同 进入 待审批 则 推送 法务 \"{客户.名称} 的合同 {金额}\" 按钮 我来处理、稍后",
			"合同一进入待审批\n就 推送给法务\"{客户.名称} 的合同 {金额}\"(按钮 我来处理、稍后提醒)",
		},
		{"字段变成一个值", "当 客户.级别 变为 B 则 推送 负责人", "客户的级别变成 B\n就 推送给负责人"},
		{"数变成一个值", "当 合同.金额 变为 5万 则 推送 负责人", "合同的金额一变,并且 合同的金额是 5万\n就 推送给负责人"},
		{"文字里的标点照原样", "当 登记 投诉 则 推送 客服 “来投诉了，快去。”", "一有新的投诉\n就 推送给客服\"来投诉了，快去。\""},
		{"省了进入", "当 合同 待审批 超过 48小时 则 推送 法务", "合同停在待审批超过 48小时\n就 推送给法务"},
		{"没有在前", "当 客户 没有 拜访 超过 90天 则 推送 负责人", "客户超过 90天没有拜访\n就 推送给负责人"},
		{"全公司的定时", "当 每周五 16:00 遇休息日顺延 则 推送 群\"华东一组\" \"周报\"", "每周五 16:00(遇休息日顺延)\n就 推送给群\"华东一组\"\"周报\""},
		{"最后一个工作日", "当 每月最后一个工作日 9:00 对每个 客户 则 推送 负责人", "每月最后一个工作日 09:00,对每个客户\n就 推送给负责人"},
		{"第几个工作日", "当 每月第3个工作日 9点 则 推送 主管", "每月第 3 个工作日 09:00\n就 推送给主管"},
		{"相对的日期", "当 每天 9:00 对每个 合同 且 到期日 早于 今天 + 30天 则 推送 负责人", "每天 09:00,对每个合同,并且 合同的到期日 < 今天 + 30天\n就 推送给负责人"},
		{
			"几个日子和几点", "当 合同.到期日 前 90天、30天、当天 9:00 则 推送 负责人 \"{金额}\" 只发文字",
			"离合同的到期日还有 90天、30天、当天(09:00 看)\n就 推送给负责人\"{金额}\"(只发文字)",
		},
		{
			"从时刻算,单子自己的卡片", "当 合同.轮到时间 过后 24小时、36小时 且 状态 = 待审批 则 推送 负责人 卡片 审批单;静默时段不补",
			"合同的轮到时间过了 24小时、36小时,并且 合同的状态是 待审批\n就 推送给负责人(卡片 审批单)\n到点正好是静默时段的,不补发",
		},
		{
			"月初,每人每天", "当 每个工作日 9:30 对每个 合同 且 今天 ≥ 月初 + 4天 则 推送 负责人;每人每天最多 3条",
			"每个工作日 09:30,对每个合同,并且 今天 ≥ 月初 + 4天\n就 推送给负责人\n每人每天最多 3 条,多的第二天再说",
		},
		{"发起校准", "当 每月5号 10:30 对每个 客户 则 发起校准", "每月 5 号 10:30,对每个客户\n就 发起校准"},
		{"没有,请假不算", "当 客户 超过 90天 没有 拜访 请假不算 则 推送 负责人", "客户超过 90天没有拜访(请假不算)\n就 推送给负责人"},
		{"没有在前,请假不算", "当 客户 没有 拜访 超过 90天(请假不算) 则 推送 负责人", "客户超过 90天没有拜访(请假不算)\n就 推送给负责人"},
		{"请假不算跟着时长", "当 客户 超过 90天,不算请假 没有 拜访 则 推送 负责人", "客户超过 90天没有拜访(请假不算)\n就 推送给负责人"},
		{"连续,请假不算", "当 客户 连续 10个工作日 没有 拜访,请假不算 则 推送 负责人", "客户连续 10个工作日没有拜访(请假不算)\n就 推送给负责人"},
		{
			"几天内没有,请假不算", "当 登记 投诉 且 4个工作小时内 没有 拜访 请假不算 则 推送 客服",
			"一有新的投诉,之后 4个工作小时内没有拜访(请假不算)\n就 推送给客服",
		},
		{"口语的数", "当 合同 进入 待审批 且 金额 > 五十万 且 预付比例 < 三成 则 推送 法务", "合同一进入待审批,并且 合同的金额 > 五十万,并且 合同的预付比例 < 三成\n就 推送给法务"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := read(t, tc.text).Words(); got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rules.Value{
		"金额 > 5万": {Type: rules.Money, N: 5_000_000}, "金额 > ¥50,000": {Type: rules.Money, N: 5_000_000}, "金额 > 五十万": {Type: rules.Money, N: 50_000_000},
		"金额 > 50000": {Type: rules.Money, N: 5_000_000}, "金额 > 1.2亿元": {Type: rules.Money, N: 12_000_000_000},
		"预付比例 < 30%": {Type: rules.Percent, N: 3000}, "预付比例 < 百分之三十": {Type: rules.Percent, N: 3000}, "预付比例 < 3成": {Type: rules.Percent, N: 3000},
		"预付比例 < 85折": {Type: rules.Percent, N: 8500}, "预付比例 < 8.5折": {Type: rules.Percent, N: 8500}, "预付比例 < 30": {Type: rules.Percent, N: 3000},
	} {
		r := read(t, "当 合同 进入 待审批 且 "+text+" 则 推送 法务")
		if got := r.If.(rules.Operation).Args[1].(rules.Literal).Value; got != want {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

func TestTheWholeTextIsProposedMended(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"一个字", "当 合通 进入 待审批 则 推送 总经理", "当 合同 进入 待审批 则 推送 总经理"},
		{"两处", "当 合同 进入 待审皮 超过 48小时 则 推送 法务主官", "当 合同 进入 待审批 超过 48小时 则 推送 法务主管"},
		{"少了则", "当 合同 进入 待审批 推送 总经理", "当 合同 进入 待审批 则 推送 总经理"},
		{"少了引号", "当 合同 进入 待审批 且 客户.名称 包含 医院 则 推送 总经理", "当 合同 进入 待审批 且 客户.名称 包含 \"医院\" 则 推送 总经理"},
		{"有名字的", "规则 大单\n当 合同 进入 待审皮 则 推送 总经理", "规则 大单\n当 合同 进入 待审批 则 推送 总经理"},
		{"完全不像", "今天天气不错", ""},
		{"不确定的不猜", "当 合同 进入 待审批 则 推送 张三丰", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := rules.Explain(tc.text, schema(), names())
			var p *rules.Problem
			if !errors.As(err, &p) {
				t.Fatalf("err = %v", err)
			}
			if p.Whole != tc.want {
				t.Errorf("%s\ngot  %q\nwant %q", p, p.Whole, tc.want)
			}
		})
	}
}

func TestMeaninglessRulesAreRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"大小写反", "当 合同 进入 待审批 且 金额 > 5万 且 金额 < 3万 则 推送 法务", "第 1 行第 15 个字\"金额\":这些条件不可能同时成立"},
		{"两个取值", "当 客户 超过 90天 没有 拜访 且 级别 = A 且 级别 = B 则 推送 负责人", "不可能同时成立"},
		{"空的又有值", "当 合同 进入 待审批 且 金额 没填 且 金额 > 3万 则 推送 法务", "不可能同时成立"},
		{"每种都不可能", "当 合同 进入 待审批 且 金额 > 9万 且 (金额 < 3万 或 金额 = 5万) 则 推送 法务", "不可能同时成立"},
		{"待办没人", "当 合同 进入 待审批 则 创建待办", "待办没有说给谁。写成 创建待办 给 负责人"},
		{"太密", "当 合同 进入 待审批 则 推送 法务,每 1分钟 重复", "重复得太密。至少隔 10分钟"},
		{"次数", "当 合同 进入 待审批 则 推送 法务,每 1小时 重复,最多 99次", "次数要在 1 到 30 之间"},
		{"没有这个字段", "当 合同 进入 待审批 则 推送 法务 \"{金鹅}到了\"", "文字里的 {金鹅} 不是合同的字段。要写的是 金额 吗"},
		{"不是每天看的", "当 登记 投诉 则 推送 客服;每人每天最多 3条", "每人每天最多 只能写在每天看一遍的规则里"},
		{"时刻不写几点", "当 合同.轮到时间 过后 1天 9:00 则 推送 负责人", "轮到时间本来就有几点几分"},
		{"没有卡片", "当 登记 投诉 则 推送 客服 卡片 审批单", "投诉没有现成的卡片"},
		{"只发文字没有文字", "当 登记 投诉 则 推送 客服 只发文字", "只发文字,却没有写文字"},
		{"校准不是客户", "当 登记 投诉 则 发起校准", "校准的是客户的关键信息"},
		{"日子反了", "当 登记 投诉 则 推送 客服;从 2026-05-01 起;到 2026-03-01 止", "结束的日子早于开始的日子"},
		{"没有后面是状态", "当 合同 进入 待审批 且 24小时内 没有 变成 已通过 则 推送 法务", "要看状态就写在前面,例如 当 合同 进入 待审批 超过 24小时"},
		{"看不到变化", "当 合同.到期日 变化 则 推送 法务", "到期日什么时候变了看不到。能看到变化的:金额"},
		{"进入没有时长,请假不算", "当 合同 进入 待审批 请假不算 则 推送 法务", "要有多长时间才能算。写成 当 合同 进入 待审批 超过 2个工作日 请假不算"},
		{"定时,请假不算", "当 每天 9:00 对每个 客户 请假不算 则 推送 负责人", "到点就看,跟请不请假没关系。去掉 请假不算;要算等了多久"},
		{"日子,请假不算", "当 合同.到期日 过后 3天 请假不算 则 推送 法务", "日子到没到跟请不请假没关系。去掉 请假不算,或者从进入状态那天算"},
		{"数次数,请假不算", "当 客户 30天内 3次 投诉 请假不算 则 推送 负责人", "数次数跟请不请假没关系。去掉 请假不算"},
		{"都有,请假不算", "当 客户 连续 3天 都有 投诉 请假不算 则 推送 负责人", "连续几天都有 数的是有投诉的日子,请假不影响。去掉 请假不算"},
		{"没有时长的没有,请假不算", "当 登记 投诉 且 没有 拜访 请假不算 则 推送 客服", "写成 且 2个工作日内 没有 拜访 请假不算"},
		{"条件后面,请假不算", "当 合同 进入 待审批 超过 48小时 且 金额 > 5万 请假不算 则 推送 法务", "写在时长后面,例如 超过 2个工作日 请假不算"},
		{"升级,请假不算", "当 合同 进入 待审批 超过 48小时 则 推送 法务;再过 24小时 请假不算 则 推送 总经理", "请假不算 只能跟在等了多久后面"},
		{"通过后没得办", "当 登记 投诉 则 发起审批 特价申请 通过后放行", "投诉的审批通过后没有能自动办的事"},
		{"没有的日子", "当 每月32号 9:00 对每个 客户 则 推送 负责人", "写 1 到 31 号"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := rules.Parse(tc.text, schema(), names())
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestPossibleConditionsAreLetThrough(t *testing.T) {
	t.Parallel()
	for _, cond := range []string{
		"金额 > 3万 且 金额 < 5万", "金额 ≥ 3万 且 金额 ≤ 3万", "(金额 > 9万 或 金额 < 3万) 且 金额 < 5万", "客户.级别 ≠ A 且 客户.级别 属于 (A、B)",
		"非 金额 > 5万 且 金额 > 5万 - 1万", "到期日 早于 今天 且 到期日 晚于 2026-01-01",
	} {
		read(t, "当 合同 进入 待审批 且 "+cond+" 则 推送 法务")
	}
}

func named(t *testing.T, name, text string) rules.Rule {
	t.Helper()
	r := read(t, text)
	r.Name = name
	return r
}

func TestCirclesOfRulesAreRefused(t *testing.T) {
	t.Parallel()
	s := schema()
	down := named(t, "降级", "当 客户.级别 变为 A 则 修改 级别 为 B")
	up := named(t, "升级", "当 客户.级别 变为 B 则 修改 级别 为 A")
	self := named(t, "都归B", "当 客户.级别 变化 则 修改 级别 为 B")
	calm := named(t, "都归B一次", "当 客户.级别 变化 且 级别 ≠ B 则 修改 级别 为 B")
	watch := named(t, "看着", "当 客户.级别 变化 则 推送 负责人")
	if err := rules.Refuse(down, []rules.Rule{watch, up}, s); err == nil || !strings.Contains(err.Error(), "\"降级\" → \"升级\" → \"降级\"") {
		t.Errorf("down and up: %v", err)
	}
	if err := rules.Refuse(self, nil, s); err == nil || !strings.Contains(err.Error(), "会触发自己") || !strings.Contains(err.Error(), "且 级别 ≠ B") {
		t.Errorf("self: %v", err)
	}
	for _, r := range []rules.Rule{calm, watch, down} {
		if err := rules.Refuse(r, []rules.Rule{watch}, s); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
	// A new version takes the old one's place.
	if err := rules.Refuse(named(t, "升级", "当 客户.级别 变为 B 则 推送 负责人"), []rules.Rule{down, up}, s); err != nil {
		t.Errorf("a new version: %v", err)
	}
}

// Two schedules that change a field back and forth show no circle of events; which conditions exclude each other may stay.
func TestSchedulesThatUndoEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	s := schema()
	const daily = "当 每天 9:00 对每个 客户 且 "
	for _, tc := range []struct {
		name, one, other string
		refused          bool
	}{
		{"来回改", daily + "级别 = A 则 修改 级别 为 B", daily + "级别 = B 则 修改 级别 为 A", true},
		{"不看级别", "当 每天 9:00 对每个 客户 则 修改 级别 为 B", daily + "级别 ≠ A 则 修改 级别 为 A", true},
		{"一条定时一条看变化", daily + "级别 = A 则 修改 级别 为 B", "当 客户.级别 变为 B 则 修改 级别 为 A", true},
		{"条件错开", daily + "级别 = A 且 名称 = \"甲\" 则 修改 级别 为 B", daily + "级别 = B 且 名称 = \"乙\" 则 修改 级别 为 A", false},
		{"一路往下", daily + "级别 = A 则 修改 级别 为 B", daily + "级别 = KA 则 修改 级别 为 A", false},
		{"改成一样", daily + "级别 = A 则 修改 级别 为 B", daily + "级别 = KA 则 修改 级别 为 B", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			err := rules.Refuse(named(t, "甲", tc.one), []rules.Rule{named(t, "乙", tc.other)}, s)
			if back := rules.Refuse(named(t, "乙", tc.other), []rules.Rule{named(t, "甲", tc.one)}, s); (err == nil) != (back == nil) {
				t.Errorf("one way %v, the other %v", err, back)
			}
			if (err != nil) != tc.refused {
				t.Errorf("got %v, want refused %v", err, tc.refused)
			}
			if err != nil && !strings.Contains(err.Error(), "改来改去") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What an approval changes counts as what the rule does.
func TestACircleThroughAnApprovalIsRefused(t *testing.T) {
	t.Parallel()
	down := named(t, "降", "当 客户.级别 变为 A 则 发起审批 特价申请 通过后 修改 级别 为 B")
	up := named(t, "升", "当 客户.级别 变为 B 则 修改 级别 为 A")
	if err := rules.Refuse(down, []rules.Rule{up}, schema()); err == nil || !strings.Contains(err.Error(), "互相触发") {
		t.Errorf("got %v", err)
	}
}

// What can be written badly on purpose is refused at once: neither depth nor alternatives cost more than the text is long.
func TestHostileTextsAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	const head, tail = "当 合同 进入 待审批 且 ", " 则 推送 法务"
	for name, text := range map[string]string{
		"很多非":  head + strings.Repeat("非 ", 500) + "金额 > 5万" + tail,
		"很多括号": head + strings.Repeat("(", 400) + "金额 > 5万" + strings.Repeat(")", 400) + tail,
		"没关的":  head + strings.Repeat("(金额 > 5万 或 ", 150),
		"很多或":  head + "(" + strings.Repeat("金额 > 5万 或 ", 150) + "金额 < 1万)" + tail,
		"层层交替": head + strings.Repeat("(金额 > 5万 且 (金额 < 9万 或 ", 9) + "金额 = 6万" + strings.Repeat("))", 9) + tail,
		"分期限":  "当 合同 进入 待审批 超过 48小时(" + strings.Repeat("金额 > 100万 时 24小时;", 90) + ")" + tail,
		"很多步":  "当 合同 进入 待审批 则 推送 法务" + strings.Repeat(";再过 1小时 则 推送 法务", 100),
		"引号":   "当 合同 进入 待审批 则 推送 法务 \"" + strings.Repeat("{", 199) + "\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			r, err := rules.Explain(text, schema(), names())
			if err == nil {
				_ = r.Words()
				if rules.Impossible(r.If) {
					t.Error("it can never hold")
				}
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}

func TestWarningsNameWhomNobodyHolds(t *testing.T) {
	t.Parallel()
	r := read(t, "当 合同 进入 待审批 则 推送 法务主管、销售总监;到 2026-01-31 止")
	got := rules.Warnings(r, func(to rules.Recipient) bool { return to.Key != "legal_head" }, sales.NewDay(2026, 3, 11))
	if len(got) != 2 || !strings.Contains(got[0], "2026-01-31") || !strings.Contains(got[1], "法务主管 现在没有人") {
		t.Errorf("got %q", got)
	}
}

func TestTheDeadlineGoesByTheRecord(t *testing.T) {
	t.Parallel()
	r := read(t, "当 合同 进入 待审批 超过 48小时(金额 > 100万 时 24小时;客户.级别 = KA 时 36小时) 则 推送 法务")
	for _, tc := range []struct {
		r    record
		want string
	}{
		{record{"amount": {N: 200_000_000}}, "24小时"},
		{record{"amount": {N: 1}, "customer.class": {S: "KA"}}, "36小时"},
		{record{}, "48小时"},
	} {
		if got := r.Trigger.Deadline(tc.r).String(); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.r, got, tc.want)
		}
	}
}

type dated struct{ record }

func (dated) Today() sales.Day { return sales.NewDay(2026, 3, 11) }

func TestTodayIsTheDayItIsLookedAt(t *testing.T) {
	t.Parallel()
	r := read(t, "当 每天 9:00 对每个 合同 且 到期日 早于 今天 + 30天 则 推送 负责人")
	soon, late := record{"due": {Day: sales.NewDay(2026, 4, 1)}}, record{"due": {Day: sales.NewDay(2026, 5, 1)}}
	if !rules.Holds(r.If, dated{soon}) || rules.Holds(r.If, dated{late}) || rules.Holds(r.If, soon) {
		t.Error("30 days from today are not counted from today")
	}
	say := read(t, "当 合同 进入 待审批 则 推送 法务 \"{客户.级别}类客户,{金额},{到期日}到期\"")
	full := record{"customer.class": {S: "KA"}, "amount": {N: 12_345_600}}
	if got := say.Steps[0].Actions[0].Say(full, occasion{}); got != "KA类客户,¥123,456.00,没填到期" {
		t.Errorf("say: %s", got)
	}
}

// occasion is a moment about which texts say something.
type occasion struct{}

func (occasion) Waited() string { return "49 小时" }

func (occasion) Who(to rules.Recipient) string {
	return map[string]string{"owner": "周敏", "法务": "赵磊"}[to.Key]
}

// A text says how long it has been and who it waits for at the moment it goes out; where that means nothing, it is refused.
func TestATextSaysHowThingsStand(t *testing.T) {
	t.Parallel()
	r := read(t, "当 合同 进入 待审批 超过 48小时 则 推送 法务 \"等了 {已等},{负责人}催 {值班(法务)}\"")
	if got := r.Steps[0].Actions[0].Say(record{}, occasion{}); got != "等了 49 小时,周敏催 赵磊" {
		t.Errorf("say: %s", got)
	}
	for text, fix := range map[string]string{
		"当 合同.到期日 前 60天 则 推送 法务 \"{已等}\"":    "写 {到期日}",
		"当 每天 9:00 对每个 合同 则 推送 负责人 \"{已等}\"": "到点看的没有",
		"当 合同 进入 待审批 则 推送 负责人 \"{已等等}\"":     "字段",
	} {
		_, err := rules.Parse(text, schema(), names())
		if err == nil || !strings.Contains(err.Error(), fix) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// All steps are gone through again, when that is said, so often and after so long.
func TestAllStepsAreGoneThroughAgain(t *testing.T) {
	t.Parallel()
	const head = "当 合同 进入 待审批 超过 48小时 则 推送 法务;再过 24小时 则 推送 负责人"
	for text, want := range map[string]string{
		";再过 8小时 从头重复,最多 2次": "再过 8小时还没处理,就 从头再来,最多 2 次",
		";再过 8小时 从头再来":       "再过 8小时还没处理,就 从头再来,最多 1 次",
		";重复 3次":             "再过 24小时还没处理,就 从头再来,最多 3 次",
	} {
		if words := read(t, head+text).Words(); !strings.Contains(words, want) {
			t.Errorf("%s: %s", text, words)
		}
	}
	for text, want := range map[string]string{
		head + ";再过 8小时 从头重复,最多 99次":         "1 到 10",
		head + ";再过 1分钟 从头重复":                "太密",
		"当 合同 进入 待审批 超过 48小时 则 推送 法务;重复 2次":  "再过 24小时 从头重复,最多 2次",
		head + ";再过 8小时 从头重复;再过 2小时 则 推送 法务": "",
	} {
		if _, err := rules.Parse(text, schema(), names()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Who is on duty can be told by either form.
func TestWhoIsOnDutyIsToldByEitherForm(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"值班(法务)", "值班（法务）", "法务值班"} {
		to := read(t, "当 合同 进入 待审批 超过 48小时 则 推送 "+form).Steps[0].Actions[0].To[0]
		if to.Kind != rules.ToRoster || to.Key != "法务" || to.Name != "值班(法务)" {
			t.Errorf("%s: %+v", form, to)
		}
	}
	up := read(t, "当 合同 进入 待审批 超过 48小时 则 推送 值班(法务)的主管、法务").Steps[0].Actions[0].To
	if len(up) != 2 || up[0].Superiors != 1 || up[1].Kind != rules.ToRole {
		t.Errorf("%+v", up)
	}
	if _, err := rules.Parse("当 合同 进入 待审批 超过 48小时 则 推送 值班(客服)", schema(), names()); err == nil {
		t.Error("a roster nobody has is told")
	}
}

func TestSchedulesOfTheWorkingCalendar(t *testing.T) {
	t.Parallel()
	holidays := []sales.Day{sales.NewDay(2026, 4, 3), sales.NewDay(2026, 4, 6)}
	workday := func(at time.Time) bool {
		d := sales.DayOf(at)
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !slices.Contains(holidays, d)
	}
	now := sales.NewDay(2026, 3, 31).At(18, 0) // a Tuesday
	for _, tc := range []struct {
		text string
		want sales.Day
	}{
		{"每周五 16:00", sales.NewDay(2026, 4, 3)},
		{"每周五 16:00 遇休息日顺延", sales.NewDay(2026, 4, 7)},
		{"每月5号 9:00 遇休息日顺延", sales.NewDay(2026, 4, 7)},
		{"每月第1个工作日 9:00", sales.NewDay(2026, 4, 1)},
		{"每月第3个工作日 9:00", sales.NewDay(2026, 4, 7)},
		{"每月最后一个工作日 9:00", sales.NewDay(2026, 4, 30)},
		{"每月倒数第2个工作日 9:00", sales.NewDay(2026, 4, 29)},
	} {
		r := read(t, "当 "+tc.text+" 对每个 客户 则 推送 负责人")
		if got := sales.DayOf(r.Trigger.Schedule.Next(now, workday)); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.text, got, tc.want)
		}
	}
}

func TestVersionsAreComparedInWords(t *testing.T) {
	t.Parallel()
	old := read(t, "当 合同 进入 待审批 超过 48小时 则 推送 法务主管")
	now := read(t, "当 合同 进入 待审批 超过 24小时 且 金额 > 5万 则 推送 法务主管;再过 24小时 则 推送 总经理;紧急")
	got := strings.Join(rules.Difference(old, now), "\n")
	want := "什么时候:合同停在待审批超过 48小时 → 合同停在待审批超过 24小时\n条件:加了 合同的金额 > 5万\n第二步:加了 再过 24小时还没处理,就 推送给总经理\n其他:加了 紧急:静默时段也发"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if d := rules.Difference(old, read(t, "当合同进入待审批超过48小时就通知法务主管")); len(d) != 0 {
		t.Errorf("the same rule in other words: %q", d)
	}
}

func TestFilesOfRulesAreSplit(t *testing.T) {
	t.Parallel()
	got, err := rules.Split("# 我们的规则\n\n规则 甲\n当 登记 投诉 则 推送 客服\n\n# 另一条\n规则 乙: 当 登记 投诉\n则 推送 总经理\n")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v %v", got, err)
	}
	if got[0].Name != "甲" || got[0].Line != 3 || got[1].Name != "乙" || got[1].Line != 7 {
		t.Errorf("got %+v", got)
	}
	for _, w := range got {
		if r := read(t, w.Text); r.Name != w.Name {
			t.Errorf("%q is named %q", w.Text, r.Name)
		}
	}
	if rules.Body(got[0].Text) != "当 登记 投诉 则 推送 客服" || rules.Body(got[1].Text) != "当 登记 投诉\n则 推送 总经理" {
		t.Errorf("bodies %q, %q", rules.Body(got[0].Text), rules.Body(got[1].Text))
	}
	if s := "规则 甲, 当 登记 投诉 则 推送 客服"; read(t, s).Name != "甲" || rules.Title(s) != "甲" || rules.Body(s) != "当 登记 投诉 则 推送 客服" {
		t.Errorf("%q, %q", rules.Title(s), rules.Body(s))
	}
	const wide = "规则 大单（华东）：当 登记 投诉，则 推送 客服"
	if r := read(t, wide); r.Name != "大单(华东)" || rules.Title(wide) != r.Name || rules.Body(wide) != "当 登记 投诉，则 推送 客服" {
		t.Errorf("%q has the title %q and the body %q", r.Name, rules.Title(wide), rules.Body(wide))
	}
	for text, want := range map[string]string{
		"当 登记 投诉 则 推送 客服":      "前面加一行",
		"规则 甲\n当 a\n规则 甲\n当 b": "第 3 行第 1 个字\"甲\":名字重复了",
		"规则\n当 登记 投诉 则 推送 客服":  "规则没有名字",
	} {
		if _, err := rules.Split(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A company of two thousand: an answer with the whole text mended comes while the person still looks at the phone.
func TestALargeCompanyIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	n := names()
	for i := range 2000 {
		n.People["员工"+string(rune('一'+i))+string(rune('丁'+i%7))] = []sales.PersonID{sales.PersonID(i + 10)}
	}
	text := "当 合通 进入 待审皮 则 推送 法务主官" + strings.Repeat("、王方", 15)
	start := time.Now()
	if _, err := rules.Explain(text, schema(), n); err == nil {
		t.Fatal("it was understood")
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v", d)
	} else {
		t.Log(d)
	}
}

func TestARuleMayBeNamedInFrontOfIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"规则 大单:当 登记 投诉 则 推送 客服":                    "大单",
		"大单不动:当 登记 投诉 则 推送 客服":                     "大单不动",
		"大单不动：\n如果 登记 投诉 则 推送 客服":                  "大单不动",
		"大单不动\n当 登记 投诉 则 推送 客服":                    "大单不动",
		"当 登记 投诉 则 推送 客服 \"来投诉了:当心\"":              "",
		"当 每周五 16:00 遇休息日顺延 则 推送 群\"华东一组\" \"周报\"": "",
	} {
		if got := read(t, text).Name; got != want {
			t.Errorf("%s: named %q, want %q", text, got, want)
		}
	}
}

func TestAMissingBeginningIsProposed(t *testing.T) {
	t.Parallel()
	_, err := rules.Explain("每周五 16:00 则 推送 群\"华东一组\" \"周报\"", schema(), names())
	var p *rules.Problem
	if !errors.As(err, &p) || p.Whole != "当 每周五 16:00 则 推送 群\"华东一组\" \"周报\"" {
		t.Errorf("%v", err)
	}
}
