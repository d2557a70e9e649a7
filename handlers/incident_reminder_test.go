package handlers_test

import (
	"testing"
	"time"
)

const promising = "拜访 绍兴市立医院 介绍生化分析仪,下周二前寄样" // due on Tuesday 17 March at 18:00

func TestAPromiseIsRemindedOfBeforeAndWhenDue(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, promising).expect(zhoumin, "寄样 → 3月17日 周二")
	w.advance(5*24*time.Hour + 7*time.Hour + 59*time.Minute)
	w.expectNothing(zhoumin)
	w.advance(time.Minute) // Monday 18:00
	w.expect(zhoumin, "提醒 · 寄样", "绍兴市立医院", "到期 明天 周二", "还有 24 小时到期", "3月11日 周三", "[完成][延期]")
	w.advance(24*time.Hour).expect(zhoumin, "提醒 · 寄样", "到期了")
	w.expectNothing(wangfang)
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("one time too many:\n%s", w.screen())
	}
}

func TestAPromiseThatIsOverdueIsForARuleToTell(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.rule("承诺过期", "当 待办.到期日 过后 1个工作日 且 状态 = 未完成 则 推送 负责人、负责人的主管 \"{负责人}的承诺过期了:{内容}\"")
	w.say(zhoumin, promising).advance(7*24*time.Hour + 10*time.Hour) // Wednesday 20:00
	w.expect(wangfang, "周敏的承诺过期了:寄样", "[完成][延期]", "规则\"承诺过期\"")
	w.expect(zhoumin, "周敏的承诺过期了:寄样")
	w.say(zhoumin, "完成 1").expect(zhoumin, "承诺过期", "已完成")
	w.expect(wangfang, "已完成")
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("told of what was done:\n%s", w.screen())
	}
}

func TestAPromiseThatWasKeptIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, promising).advance(5*24*time.Hour + 9*time.Hour)
	w.say(zhoumin, "完成 1").expect(zhoumin, "已完成:寄样")
	w.advance(100 * time.Hour)
	if len(w.new) > 0 {
		t.Errorf("reminded of what was done:\n%s", w.screen())
	}
}

func TestAPromisePutOffIsRemindedOfAtItsNewDate(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, promising).say(zhoumin, "延期 1 3月19日").expect(zhoumin, "改到 3月19日 周四")
	w.advance(6*24*time.Hour + 9*time.Hour) // Tuesday 19:00
	w.expectNothing(zhoumin)
	w.advance(24*time.Hour).expect(zhoumin, "还有 24 小时到期")
	w.say(zhoumin, "为什么催我").expect(zhoumin, "待办\"寄样\"", "明天 周四到期", "到期前 24 小时、到期时各提醒一次")
}
