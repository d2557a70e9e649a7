package configs

import (
	"strings"
	"testing"
	"time"
)

func TestFlowsAreCheckedWhereTheyStand(t *testing.T) {
	t.Parallel()
	good := `rules:
  approval:
    flows:
      - name: 大额合同
        kind: contract
        when: 金额 > 100万 或 折扣 < 85%
        steps:
          - {who: [法务, finance], mode: each_of}
          - {who: [提交人的主管的主管], empty: pass}
          - {who: ["@陈刚"], when: 客户级别 = KA}
        cc: [财务]
`
	path := write(t, "good.yaml", good)
	c, err := Load(path, nil)
	if err != nil || len(c.Rules.Approval.Flows) != 1 || len(c.Rules.Approval.Flows[0].Steps) != 3 {
		t.Fatalf("%+v, %v", c.Rules.Approval.Flows, err)
	}
	for _, tt := range []struct{ name, old, now, want string }{
		{"条件里的错字", "金额 > 100万", "金颜 > 100万", "bad.yaml:6: rules.approval.flows[0].when: 第 1 行第 1 个字"},
		{"单位不对", "折扣 < 85%", "折扣 < 85万", "百分比不能和金额比"},
		{"没有的人", "[法务, finance]", "[法无, finance]", "bad.yaml:8: rules.approval.flows[0].steps[0].who[0]: 法无 is nobody; fix: did you mean 法务?"},
		{"没有的方式", "each_of", "every", `"every" is not known; fix: use one of any_of, all_of, each_of, in_order`},
		{"没有的类型", "kind: contract", "kind: 合同", "use one of contract, quote, special_price"},
		{"没有的键", "empty: pass", "emtpy: pass", "did you mean empty?"},
	} {
		ps := strings.Join(problemsOf(t, strings.Replace(good, tt.old, tt.now, 1)), "\n")
		if want := strings.TrimPrefix(tt.want, "bad.yaml"); !strings.Contains(ps, want) {
			t.Errorf("%s: %s", tt.name, ps)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"rules:\n  paper:\n    contract_no: HT{year}{seq:3}\n", ":3: rules.paper.contract_no: HT{year}{seq:3}"},
		{"rules:\n  paper:\n    quote_no: HT{yy}-{seq:3}\n", "begins with the same letters as rules.paper.contract_no"},
		{"rules:\n  paper:\n    tax_percent: 13.555\n", `"13.555" is not a percentage; fix: write 13, 6 or 0`},
		{"rules:\n  contract_limits:\n    block: [payment]\n", "payment cannot block; fix: use one of discount, credit"},
	} {
		if ps := strings.Join(problemsOf(t, tt.text), "\n"); !strings.Contains(ps, tt.want) {
			t.Errorf("%s: %s", tt.text, ps)
		}
	}
}

func TestTheNativePlaceOfAFlowIsChecked(t *testing.T) {
	t.Parallel()
	good := `dingtalk: {client_id: c, client_secret: s}
rules:
  approval:
    native_poll: 20m
    flows:
      - name: 大额合同
        kind: contract
        when: 金额 > 100万
        steps:
          - {who: [法务]}
        place: {platform: dingtalk, template: PROC-1, fields: {no: 合同编号, reason: 理由}, link: "https://oa.example.com/{ref}"}
`
	c, err := Load(write(t, "good.yaml", good), nil)
	if err != nil || c.Rules.Approval.Flows[0].Place.Fields["no"] != "合同编号" || c.Rules.Approval.NativePoll != 20*time.Minute {
		t.Fatalf("%+v, %v", c.Rules.Approval, err)
	}
	for _, tt := range []struct{ name, old, now, want string }{
		{"没有步骤", "steps:\n          - {who: [法务]}", "steps: []", ":10: rules.approval.flows[0].place: has nobody to decide there"},
		{"没配的平台", "platform: dingtalk", "platform: wecom", "rules.approval.flows[0].place.platform: is wecom, which is not configured"},
		{"没有的平台", "platform: dingtalk", "platform: feishu", `"feishu" is not known; fix: use one of wecom, dingtalk`},
		{"不是模板号", "PROC-1", "12", "is no process code"},
		{"没有模板", "template: PROC-1, ", "", "place.template: is empty"},
		{"没有编号", "no: 合同编号, ", "", "place.fields.no: is missing"},
		{"没有的栏", "reason: 理由", "reson: 理由", "place.fields.reson: is not a field"},
		{"不是地址", "https://oa.example.com/{ref}", "oa {ref}", "place.link"},
		{"太勤", "20m", "10s", "rules.approval.native_poll: 10s is not between 1m and 24h"},
	} {
		ps := strings.Join(problemsOf(t, strings.Replace(good, tt.old, tt.now, 1)), "\n")
		if !strings.Contains(ps, tt.want) {
			t.Errorf("%s: %s", tt.name, ps)
		}
	}
}

func TestTheOldPlaceOfNativeApprovalsIsRefusedWithWhatToWrite(t *testing.T) {
	t.Parallel()
	ps := problemsOf(t, "native_approval:\n  contract: {place: wecom}\n")
	if len(ps) != 1 || !strings.Contains(ps[0], ":1: native_approval: is not used any more") || !strings.Contains(ps[0], "rules.approval.flows[…].place") {
		t.Errorf("%q", ps)
	}
	_, err := Load("", []string{"SALESFLOW_NATIVE_APPROVAL_CONTRACT_PLACE=wecom"})
	if err == nil || !strings.Contains(err.Error(), "SALESFLOW_NATIVE_APPROVAL_CONTRACT_PLACE") || !strings.Contains(err.Error(), "is not used any more") {
		t.Errorf("%v", err)
	}
}
