package handlers

import (
	"testing"

	"salesflow/store/sales"
)

func TestContractWords(t *testing.T) {
	t.Parallel()
	type want struct {
		amount                              sales.Money
		prepay, payment, delivery, discount int
		rest                                string
	}
	for _, tc := range []struct {
		name, text string
		want       want
	}{
		{"一句话", "绍兴市立医院 生化分析仪 128万 30%预付 交期45天", want{128 * sales.Wan, 30, -1, 45, -1, "绍兴市立医院 生化分析仪"}},
		{"余款验收后", "绍兴市立医院 128万 预付30% 余款验收后60天 45天交货", want{128 * sales.Wan, 30, 60, 45, -1, "绍兴市立医院"}},
		{"账期和折扣", "宁波市立医院 离心机 92折 86.5万 账期60天", want{865000 * sales.Yuan, -1, 60, -1, 92, "宁波市立医院 离心机"}},
		{"中文数字", "宁波市立医院 一百二十万 三成预付 九五折 两个月账期", want{120 * sales.Wan, 30, 60, -1, 95, "宁波市立医院"}},
		{"写明金额的数", "绍兴市立医院 合同金额1280000 交货期 30天", want{128 * sales.Wan, -1, -1, 30, -1, "绍兴市立医院"}},
		{"光一个数", "绍兴市立医院 生化分析仪 1280000", want{128 * sales.Wan, -1, -1, -1, -1, "绍兴市立医院 生化分析仪"}},
		{"全款", "绍兴市立医院 20万 全款预付", want{20 * sales.Wan, 100, 0, -1, -1, "绍兴市立医院"}},
		{"货到付款", "绍兴市立医院 20万 货到付款", want{20 * sales.Wan, 0, 0, -1, -1, "绍兴市立医院"}},
		{"无预付", "绍兴市立医院 20万 无预付 验收后30天付清", want{20 * sales.Wan, 0, 30, -1, -1, "绍兴市立医院"}},
		{"交货后付款不是交期", "绍兴市立医院 20万 交货后60天付款", want{20 * sales.Wan, -1, 60, -1, -1, "绍兴市立医院"}},
		{"全角和标点", "绍兴市立医院,生化分析仪,128万,预付30%,交期:45天", want{128 * sales.Wan, 30, -1, 45, -1, "绍兴市立医院 生化分析仪"}},
		{"改口", "账期改成45天", want{0, -1, 45, -1, -1, ""}},
		{"只有名字", "绍兴市立医院 生化分析仪", want{0, -1, -1, -1, -1, "绍兴市立医院 生化分析仪"}},
		{"范围不算数", "绍兴市立医院 100到120万", want{0, -1, -1, -1, -1, "绍兴市立医院 100到120万"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := readContractWords(tc.text)
			got := want{w.Amount, w.Prepay, w.Payment, w.Delivery, w.Discount, w.rest}
			if got != tc.want {
				t.Errorf("readContractWords(%q)\n got %+v\nwant %+v", tc.text, got, tc.want)
			}
		})
	}
}
