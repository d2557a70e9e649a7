package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

const day = 24 * time.Hour

// The test's clock stands at Wednesday, 11 March, 10:00.
func TestEachKindOfTriggerFiresWhenItShould(t *testing.T) {
	t.Parallel()
	visit := func(w *bench, p sales.PersonID) { w.say(p, "拜访 绍兴市立医院 看了仪器") }
	complaint := func(w *bench) { w.say(zhoumin, "投诉 绍兴市立医院 仪器报错") }
	for _, tt := range []struct {
		name, rule string
		play       func(w *bench) // what happens; the last step is looked at
		who        sales.PersonID
		want       string // "": nothing
	}{
		{"进入状态就推", "当 合同 进入 待审批 则 推送 销售总监 \"{编号} 来了\"", func(w *bench) {
			w.say(zhoumin, filing).say(zhoumin, "无附件")
		}, chengang, "HT2026-001 来了"},
		{"条件不成立不推", "当 合同 进入 待审批 且 金额 > 500万 则 推送 销售总监 \"{编号} 来了\"", func(w *bench) {
			w.say(zhoumin, filing).say(zhoumin, "无附件")
		}, chengang, ""},
		{"离开状态", "当 合同 离开 待审批 则 推送 财务 \"{编号} 审完了\"", func(w *bench) {
			w.say(zhoumin, filing).say(zhoumin, "无附件").say(zhaolei, "同意").say(chengang, "同意")
		}, wutong, "HT2026-001 审完了"},
		{"没离开不推", "当 合同 离开 待审批 则 推送 财务 \"{编号} 审完了\"", func(w *bench) {
			w.say(zhoumin, filing).say(zhoumin, "无附件").say(zhaolei, "同意")
		}, wutong, ""},
		{"字段变化", "当 客户.级别 变化 则 推送 负责人的主管 \"{名称} 改成 {级别} 了\"", func(w *bench) {
			w.say(zhoumin, "分级 绍兴市立医院 B")
		}, wangfang, "绍兴市立医院 改成 B 了"},
		{"登记就推", "当 登记 投诉 则 推送 负责人的主管 \"{客户} 投诉了\"", complaint, wangfang, "绍兴市立医院 投诉了"},
		{"两次才推", "当 客户 30天内 2次 投诉 则 推送 负责人的主管 \"{名称} 又投诉\"", func(w *bench) {
			complaint(w)
			w.advance(time.Hour)
			complaint(w)
		}, wangfang, "绍兴市立医院 又投诉"},
		{"一次不推", "当 客户 30天内 2次 投诉 则 推送 负责人的主管 \"{名称} 又投诉\"", complaint, wangfang, ""},
		{"隔太久不算", "当 客户 3天内 2次 投诉 则 推送 负责人的主管 \"{名称} 又投诉\"", func(w *bench) {
			complaint(w)
			w.advance(4 * day)
			complaint(w)
		}, wangfang, ""},
		{"多天没有拜访", "当 客户 超过 5天 没有 拜访 则 推送 负责人的主管 \"{名称} 没去\"", func(w *bench) {
			visit(w, zhoumin)
			w.advance(4 * day)
			visit(w, zhoumin)
			w.advance(8 * day) // over the weekend
		}, wangfang, "绍兴市立医院 没去"},
		{"几小时没有拜访", "当 客户 超过 5小时 没有 拜访 则 推送 负责人 \"{名称} 没去\"", func(w *bench) {
			visit(w, zhoumin)
			w.advance(4 * time.Hour)
			visit(w, zhoumin)
			w.advance(5*time.Hour + time.Minute)
		}, zhoumin, "绍兴市立医院 没去"},
		{"去了就不推", "当 客户 超过 5小时 没有 拜访 则 推送 负责人 \"{名称} 没去\"", func(w *bench) {
			visit(w, zhoumin)
			w.advance(4 * time.Hour)
			visit(w, zhoumin)
			w.advance(4 * time.Hour)
		}, zhoumin, ""},
		{"连续几天没有", "当 销售 连续 2个工作日 没有 拜访 则 推送 本人的主管 \"{姓名} 没动静\"", func(w *bench) {
			visit(w, zhoumin) // Wednesday; Thursday and Friday nothing
			w.advance(5 * day)
		}, wangfang, "周敏 没动静"},
		{"有一天去了", "当 销售 连续 2个工作日 没有 拜访 则 推送 本人的主管 \"{姓名} 没动静\"", func(w *bench) {
			visit(w, zhoumin)
			visit(w, liqiang)
			w.advance(day)
			visit(w, zhoumin)
			visit(w, liqiang)
			w.advance(day)
			visit(w, zhoumin)
			visit(w, liqiang)
			w.advance(3 * day) // Monday: Friday was not empty
		}, wangfang, ""},
		{"连续几天都有", "当 销售 连续 2个工作日 登记 投诉 则 推送 本人的主管 \"{姓名} 天天有投诉\"", func(w *bench) {
			complaint(w)
			w.advance(day)
			complaint(w)
			w.advance(day)
		}, wangfang, "周敏 天天有投诉"},
		{"到期日前", "当 距 待办.到期日 1天 则 推送 负责人的主管 \"{内容} 快到期\"", func(w *bench) {
			w.say(zhoumin, promising).advance(5*day + time.Hour) // due on Tuesday, the 17th
		}, wangfang, "寄样 快到期"},
		{"到期日前还早", "当 距 待办.到期日 3天 则 推送 负责人的主管 \"{内容} 快到期\"", func(w *bench) {
			w.say(zhoumin, promising).advance(2 * day)
		}, wangfang, ""},
		{"到期日后", "当 待办.到期日 过后 1个工作日 且 状态 = 未完成 则 推送 负责人的主管 \"{内容} 过期\"", func(w *bench) {
			w.say(zhoumin, promising).advance(7 * day)
		}, wangfang, "寄样 过期"},
		{"好几个日子,到一个说一次", "当 待办.到期日 前 5天、1天 9:00 则 推送 负责人的主管 \"{内容} 快到期\"", func(w *bench) {
			w.say(zhoumin, promising).advance(day) // told on the 12th
			w.advance(4 * day)                     // and again on the 16th, though nobody has said anything
		}, wangfang, "寄样 快到期"},
		{"静默时段不补", "当 登记 拜访 且 11小时内 没有 投诉 则 推送 负责人 \"试试补一下\" 只发文字;静默时段不补", func(w *bench) {
			visit(w, zhoumin)
			w.advance(30 * time.Hour) // 21:00 is quiet, and in the morning nobody asks any more
		}, zhoumin, ""},
		{"到点不静默就说", "当 登记 拜访 且 5小时内 没有 投诉 则 推送 负责人 \"试试补一下\" 只发文字;静默时段不补", func(w *bench) {
			visit(w, zhoumin)
			w.advance(6 * time.Hour)
		}, zhoumin, "试试补一下"},
		{"定时", "当 每个工作日 15:00 对每个 客户 且 级别 = A 则 推送 负责人 \"{名称} 该联系\"", func(w *bench) {
			w.advance(6 * time.Hour)
		}, zhoumin, "绍兴市立医院 该联系"},
		{"定时,条件不成立", "当 每个工作日 15:00 对每个 客户 且 级别 = C 则 推送 负责人 \"{名称} 该联系\"", func(w *bench) {
			w.advance(6 * time.Hour)
		}, zhoumin, ""},
		{"没人处理再往上", "当 登记 投诉 则 推送 负责人 按钮 我来处理;再过 3小时 则 推送 负责人的主管 \"{客户} 没人管\"", func(w *bench) {
			complaint(w)
			w.advance(4 * time.Hour)
		}, wangfang, "绍兴市立医院 没人管"},
		{"有人接下先不往上", "当 登记 投诉 则 推送 负责人 按钮 我来处理;再过 3小时 则 推送 负责人的主管 \"{客户} 没人管\"", func(w *bench) {
			complaint(w)
			w.say(zhoumin, "我来处理").advance(3*time.Hour + 30*time.Minute)
		}, wangfang, ""},
		{"建待办", "当 登记 投诉 则 转任务给 主管 \"回访 {客户}\" 2个工作日内", complaint, wangfang, "回访 绍兴市立医院"},
		{"推给群", "当 登记 投诉 则 推送 群\"华东一组\" \"{客户} 有投诉\"", func(w *bench) {
			w.write(func(tx *store.Tx) {
				tx.PutGroupChat(sales.GroupChat{Platform: "chat", ChatID: groupChat, Name: "华东一组", SeenAt: sales.At(w.Now())})
			})
			complaint(w)
		}, 0, "绍兴市立医院 有投诉"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newBench(t)
			w.write(func(tx *store.Tx) {
				for _, p := range people {
					p.Code = fmt.Sprint("p", p.ID)
					tx.PutPerson(p)
				}
			})
			w.rule("试试", tt.rule)
			tt.play(w)
			if tt.want != "" {
				w.expect(tt.who, tt.want)
				return
			}
			for _, m := range w.new {
				if m.who == tt.who && strings.Contains(show(m), "试试") {
					t.Errorf("pushed:\n%s", show(m))
				}
			}
		})
	}
}

// The card of a higher level, and of one that waited for the morning, is of the incident as it stands.
func TestTheCardOfAHigherLevelCanBeTakenUp(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("试试", "当 登记 投诉 则 推送 负责人 按钮 我来处理;再过 3小时 则 推送 负责人的主管 \"{客户} 没人管\" 按钮 我来处理;再过 8小时 则 推送 销售总监 \"{客户} 还没人管\" 按钮 我来处理")
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").advance(4 * time.Hour)
	m := w.expect(wangfang, "绍兴市立医院 没人管", "[我来处理]")
	w.tap(wangfang, m.out.Card.Key, "我来处理").expect(wangfang, "王芳,到", "没结果再提醒")
	w.advance(20 * time.Hour) // through the night
	m = w.expect(chengang, "绍兴市立医院 还没人管")
	w.tap(chengang, m.out.Card.Key, "我来处理").expect(chengang, "陈刚,到", "没结果再提醒")
}

// What is more than a person may hear of on a day comes on the next.
func TestNobodyHearsOfMoreThanTheBoundOnADay(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("试试", "当 每个工作日 15:00 对每个 客户 则 推送 销售总监 \"{名称} 该联系\" 按钮 我来处理、已处理;每人每天最多 1条")
	heard := map[string]int{}
	for range 3 {
		w.advance(day)
		for _, m := range w.new {
			for _, name := range []string{"绍兴市立医院", "宁波市立医院"} {
				if m.who == chengang && m.kind == "push" && strings.Contains(show(m), name+" 该联系") {
					heard[name]++
				}
			}
		}
	}
	if heard["绍兴市立医院"] != 1 || heard["宁波市立医院"] != 1 {
		t.Errorf("heard of %v, want each customer on a day of its own", heard)
	}
}

func TestARuleChangesAFieldInItsOwnName(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("投诉降级", "当 登记 投诉 则 推送 负责人的主管 \"{客户} 投诉\"")
	w.rule("降到 C", "当 客户 30天内 2次 投诉 则 修改 级别 为 C")
	w.rule("降级告知", "当 客户.级别 变化 则 推送 负责人的主管 \"{名称} 现在是 {级别}\"")
	w.say(zhoumin, "投诉 绍兴市立医院 仪器报错").say(zhoumin, "投诉 绍兴市立医院 又报错")
	w.expect(wangfang, "绍兴市立医院 现在是 C")
	trail := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.AuditEntry, error) {
		return tx.AuditOf(ctx, "customer", shaoxing, 20)
	})
	for _, e := range trail {
		if e.Verb == "rule.set" && len(e.Changes) == 2 && e.Changes[0].Old == "A" && e.Changes[0].New == "C" && e.Changes[1].New == "降到 C" {
			return
		}
	}
	t.Errorf("the trace does not say that the rule did it: %+v", trail)
}

func TestRulesThatStartEachOtherAreCut(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("甲", "当 客户.级别 变化 且 级别 = B 则 修改 级别 为 C")
	w.rule("乙", "当 客户.级别 变化 且 级别 = C 则 修改 级别 为 B")
	w.say(zhoumin, "分级 绍兴市立医院 B")
	fired := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.RuleDay, error) {
		return tx.RuleFired(ctx, sales.DayOf(w.Now()))
	})
	for _, f := range fired {
		if f.Fired > 1 {
			t.Errorf("a rule was its own cause %d times", f.Fired)
		}
	}
	if len(fired) != 2 {
		t.Errorf("%d rules fired", len(fired))
	}
}
