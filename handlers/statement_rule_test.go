package handlers_test

import (
	"testing"
	"time"
)

// A statement nobody answers is a matter for a rule, and so is one that does not agree.
func TestRulesHearOfStatements(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("对账单没回", "当 对账单 进入 没回 超过 3个工作日 则 推送 客户负责人\"{客户} 的对账单还没回,打个电话问问\";再过 5个工作日 则 推送 财务")
	w.rule("对账单有出入", "当 对账单 进入 有出入 则 推送 财务")
	w.say(wutong, "对账单 绍兴市立医院 2月").expect(wutong, "对账单 2026年2月", "绍兴市立医院")
	w.say(wutong, "对账单 宁波市立医院 2月")
	w.advance(time.Hour)
	w.say(liqiang, "对账单 宁波市立医院 2月 对方 5万").expect(liqiang, "对不上")
	w.expect(wutong, "对账单有出入", "宁波市立医院")
	w.advance(8 * 24 * time.Hour)
	w.expect(zhoumin, "对账单没回", "绍兴市立医院")
	w.expectNothing(liqiang, "对账单没回")
}
