package handlers

import "testing"

// A long name that has an address or a branch in it is asked about as a whole, and no news of an unknown customer joins the visit to
// another that is open today.
func TestAnUnknownCustomersNameIsTakenWhole(t *testing.T) {
	t.Parallel()
	const name = "绍兴市越城区斗门街道三江村工业园区东区第三排十八号门面康泽针纺织品进出口贸易有限公司经营分部第二"
	for _, text := range []string{"拜访 " + name + " 王总 介绍离心机", "签到 " + name, "现场签到 " + name, "投诉 " + name + " 离心机坏了", "需求 " + name + " 想要两台离心机"} {
		d := newDesk(t)
		expect(t, d.say(zhoumin, text), "是新客户吗?", "绍兴市越城区斗门街道")
		d.say(zhoumin, "新建客户")
		expect(t, d.say(zhoumin, "13812345678"), name, "是什么行业")
	}
	d := newDesk(t)
	expect(t, d.say(zhoumin, "签到 绍兴市立医院"), "绍兴市立医院")
	expect(t, d.say(zhoumin, "演示 绍兴越州大药房 生化分析仪"), "\"绍兴越州大药房\"是新客户吗?")
	expect(t, d.say(zhoumin, "现场签到 绍兴越州诊所"), "\"绍兴越州诊所\"是新客户吗?")
	expect(t, d.say(zhoumin, "算了"), "没记")
	expect(t, d.say(zhoumin, "演示 生化分析仪 参数都看了"), "绍兴市立医院", "●演示")
}
