package rules_test

import (
	"strings"
	"testing"

	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
)

func company() (*rules.Schema, rules.Names) {
	n := names()
	n.Approvals = []string{"超期发货", "费用超标", "审批申请"}
	n.Roles["财务"], n.Roles["质量"], n.Roles["采购"], n.Roles["管理员"] = "finance", "quality", "purchasing", "admin"
	return subject.New(subject.All()).Schema(), n
}

// What people say of the records between a quote and its money is understood, and read back as it was meant.
func TestRulesOfEveryDepartmentAreReadBack(t *testing.T) {
	t.Parallel()
	schema, names := company()
	for text, want := range map[string]string{
		"当 报价 进入 待审批 超过 24小时 且 未处理 则 推送 当前审批人":             "报价停在待审批超过 24小时,还没人处理\n就 推送给当前审批人",
		"当 工单任务 进入 待接单 超过 2 工作小时 则 推送 部门负责人":               "工单任务停在待接单超过 2个工作小时\n就 推送给部门负责人",
		"当 工单任务 待接单 超过 2个工作日,请假不算 则 推送 工单负责人":              "工单任务停在待接单超过 2个工作日(请假不算)\n就 推送给工单负责人",
		"当 发货 ERP没接单 超过 1小时 则 推送 财务":                       "发货的ERP停在没接单超过 1小时\n就 推送给财务",
		"当 合同.ERP 停在 未接单 超过 1小时 则 推送 财务":                   "合同的ERP停在没接单超过 1小时\n就 推送给财务",
		"当 合同 ERP拒单 变为 是 则 推送 财务":                          "合同的ERP拒单一变,并且 合同的ERP拒单为 是\n就 推送给财务",
		"当 发票 电子票 变为 失败 则 推送 财务":                           "发票的电子票变成 失败\n就 推送给财务",
		"当 发票 电子票 停在 开票中 超过 1天 则 推送 财务":                    "发票的电子票停在开票中超过 1天\n就 推送给财务",
		"当 送货 被拦 且 金额 > 5万 则 推送 财务":                        "合同的发货一被拦,并且 合同的金额 > 5万\n就 推送给财务",
		"当 合同 放行 则 推送 财务":                                  "合同一被放行\n就 推送给财务",
		"当 审批单 进入 待审批 超过 8小时 且 类型 = 报价 则 推送 当前审批人,每 1天 重复": "审批单停在待审批超过 8小时,并且 审批单的类型是 报价\n就 推送给当前审批人,没处理就每 1天再来一次,最多 3 次",
		"当 审批单.第几步 变化 且 当前步骤 包含 \"总监\" 则 推送 发起人":           "审批单的第几步一变,并且 审批单的当前步骤 包含 \"总监\"\n就 推送给发起人",
		"当 对账单 待确认 超过 10天 则 推送 负责人":                        "对账单停在没回超过 10天\n就 推送给负责人",
		"当 技术协议 草稿 超过 3个工作日 则 推送 负责人":                      "技术协议停在草稿超过 3个工作日\n就 推送给负责人",
		"当 工单 进入 都办完了 且 工单.加急 则 紧急 推送 负责人":                 "工单一进入都办完了,并且 工单的加急为 是\n就 推送给负责人\n紧急:静默时段也发",
		"当 导入 进入 失败 则 推送 管理员 \"{文件} {原因}\"":                "导入一进入失败\n就 推送给管理员\"{文件} {原因}\"",
		"当 审批申请 进入 已通过 则 推送 财务":                            "审批申请一进入已通过\n就 推送给财务",
		"当 发货 被拦 则 发起审批 超期发货 \"{编号} 要先发\"":                 "合同的发货一被拦\n就 发起审批 超期发货\"{编号} 要先发\"",
		"当 登记 费用 且 金额 > 5000 则 发起审批 \"展会超支\"":              "一有新的费用,并且 费用的金额 > 5000元\n就 发起审批 展会超支",
	} {
		r, err := rules.Parse(text, schema, names)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := r.Words(); got != want {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", text, got, want)
		}
	}
}

func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	schema, names := company()
	for text, want := range map[string]string{
		"当 发货 被兰 则 推送 财务":                                    "要写的是 被拦 吗",
		"当 发票 电子票 变为 失拜 则 推送 财务":                             "要写的是 失败 吗",
		"当 登记 费用 则 发起审批 \"" + strings.Repeat("长", 21) + "\"": "1 到 20 个字",
		"当 工单任务.到期日 前 2个工作小时 则 推送 负责人":                       "写成 前 2小时",
		"当 登记 费用 则 发起审批":                                     "还没写完",
	} {
		_, err := rules.Explain(text, schema, names)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	// A rule that asks for an approval whenever one is asked for never ends.
	for _, text := range []string{"当 审批单 进入 待审批 则 发起审批 费用超标", "当 登记 审批申请 则 发起审批 费用超标", "当 审批申请 待审批 超过 1天 则 发起审批 审批申请"} {
		r, err := rules.Parse(text, schema, names)
		if err != nil {
			t.Fatal(err)
		}
		if err := rules.Refuse(r, nil, schema); err == nil {
			t.Errorf("%s starts itself", text)
		}
	}
}
