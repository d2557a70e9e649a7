package rules_test

import (
	"errors"
	"strings"
	"testing"

	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func TestConditionsOfApprovalFlows(t *testing.T) {
	t.Parallel()
	f := approval.Facts{
		Amount: 128 * sales.Wan, DiscountPercent: 9150, Customer: "绍兴市立医院", Class: "A", Region: "华东", Lines: []string{"设备", "试剂"},
		PrepayPercent: 30, PaymentDays: 60, DeliveryDays: -1, Findings: 1,
	}
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"金额 > 100万", true},
		{"金额 > 1280000", false},
		{"金额 ≥ ¥1,280,000.00", true},
		{"折扣 < 91.5%", false},
		{"折扣 < 92% 且 客户级别 = A", true},
		{"客户级别 属于 (KA、A)", true},
		{"客户级别 是 KA 或 产品线 包含 \"试剂\"", true},
		{"区域 = \"华南\"", false},
		{"账期 > 45 且 预付 < 50%", true},
		{"交期 < 30", false}, // not said: nothing is concluded
		{"低于底价", false},
		{"破例 > 0", true},
		{"非 (金额 > 100万)", false},
	} {
		c, err := rules.FlowCondition(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := c.Holds(f); got != tt.want || c.String() != tt.text {
			t.Errorf("%s is %v", c, got)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"", "还没写完"},
		{"金额", "还没写完"},
		{"金额 > 50万 且 折扣 < 90% 或 低于底价", "混着写"},
		{"金额 > 85%", "金额不能和百分比比"},
		{"客户级别 = D", "KA、A、B、C"},
		{"金额 > 50万 则 推送", "则"},
		{strings.Repeat("(", 30) + "金额 > 1", "括号套得太深"},
		{strings.Repeat("金额 > 1 且 ", 400), "太长了"},
	} {
		_, err := rules.FlowCondition(tt.text)
		var p *rules.Problem
		if !errors.As(err, &p) || !strings.Contains(p.Error(), tt.want) {
			t.Errorf("%q: %v", tt.text, err)
		}
	}
}
