package subject_test

import (
	"errors"
	"testing"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// What people say first is answered with the same thing as the language says it, which then reads.
func TestWhatPeopleSayIsMended(t *testing.T) {
	t.Parallel()
	schema := subject.New(subject.All()).Schema()
	names := rules.Names{
		Roles: map[string]string{"法务": "legal", "财务": "finance"}, People: map[string][]sales.PersonID{"陈刚": {6}, "孙静": {5}}, Approvals: []string{"特价"}, Me: "陈刚",
	}
	for text, want := range map[string]string{
		"当 商机 在 方案提交 超过10天 则 提醒 负责人":           "当 商机 进入 方案提交 超过10天 则 提醒 负责人",
		"当 商机 进入 赢单 则 推送 负责人的主管、我 \"{客户} 签了\"": "当 商机 进入 赢单 则 推送 负责人的主管、陈刚 \"{客户} 签了\"",
		"当 商机 进入 输单 则 推送 我、负责人的主管 \"{客户} 输了\"": "当 商机 进入 输单 则 推送 陈刚、负责人的主管 \"{客户} 输了\"",
		"当 客户 30天内 3次以上 投诉 则 推送 我":             "当 客户 30天内 3次以上 投诉 则 推送 陈刚",
		"当 登记 投诉 且 2小时内 没有 受理 则 推送 孙静":         "当 投诉 进入 待受理 超过 2小时 则 推送 孙静",
		"当 登记 投诉 且 2小时内 没人处理 则 推送 孙静":          "当 投诉 进入 待受理 超过 2小时 则 推送 孙静",
		"当 回款 到账 则 推送 负责人":                     "当 登记 回款 则 推送 负责人",
		"当 收到 回款 则 推送 负责人":                     "当 登记 回款 则 推送 负责人",
		"当 商机 输单 则 推送 负责人的主管":                  "当 商机 进入 输单 则 推送 负责人的主管",
		"输了:当 商机 输单了 则 推送 我":                   "输了:当 商机 进入 输单 则 推送 陈刚",
		"规则 输了\n当 商机 输单 则 推送 我":                "规则 输了\n当 商机 进入 输单 则 推送 陈刚",
		"当 商机 输单 则 发起审批 输单复盘 \"{客户} 输了\"":      "当 商机 进入 输单 则 发起审批 \"输单复盘\" \"{客户} 输了\"",
		"当 合同 提交 且 4小时内 没人审 则 推送 法务":           "当 合同 进入 待审批 超过 4小时 则 推送 法务",
		"当 销售 连续3天没有拜访 则 推送 他的主管":              "当 销售 连续3天没有拜访 则 推送 本人的主管",
		"当 合同 进入 待审批 则 推送 财务、他的主管":             "当 合同 进入 待审批 则 推送 财务、财务的主管",
		"当 合同 进入 待审批 则 推送 负责人、他的主管":            "当 合同 进入 待审批 则 推送 负责人、负责人的主管",
		"当 发货 没签收 超过 7天 则 推送 负责人":              "当 发货 进入 在途 超过 7天 则 推送 负责人",
		"当 投诉 没人受理 超过 2小时 则 推送 孙静":             "当 投诉 进入 待受理 超过 2小时 则 推送 孙静",
		"当 样品 寄出 5天 没反馈 则 提醒 负责人 打电话":          "当 样品 进入 已寄出 超过 5天 则 提醒 负责人 \"打电话\"",
		"当 报价 快到期 3天 则 推送 负责人":                 "当 报价.有效期 前 3天 则 推送 负责人",
		"当 待办 逾期 2天 则 推送 负责人":                  "当 待办.到期日 过后 2天 则 推送 负责人",
		"当 发票 逾期 30天 则 推送 负责人":                 "当 发票.应付日 过后 30天 则 推送 负责人",
		"当 合同 金额大于100万 则 抄送 我":                 "当 登记 合同 且 金额大于100万 则 抄送 陈刚",
		"当 客户 超过30天没有拜访,级别是A或KA 则 推送 负责人":      "当 客户 超过30天没有拜访 且 级别 属于 (A、KA) 则 推送 负责人",
	} {
		_, err := rules.Explain(text, schema, names)
		var p *rules.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: no problem: %v", text, err)
			continue
		}
		if p.Whole != want {
			t.Errorf("%s\n got %q\nwant %q\n%v", text, p.Whole, want, p)
		}
		if p.Whole == "" {
			continue
		}
		if _, err := rules.Parse(p.Whole, schema, names); err != nil {
			t.Errorf("%s: the repair does not read: %v", p.Whole, err)
		}
	}
}
