package handlers_test

import "testing"

// An amount that no deal reaches is not kept, however it is written: two of them would be more than a sum holds, and nobody's funnel
// could be read any more.
func TestNoDealIsTooLargeToBeAddedUp(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.app.Pictures = shelf{}
	for _, amount := range []string{"九千万亿", "90000万亿", "9千万亿元"} {
		w.say(zhoumin, "新商机 绍兴市立医院 生化分析仪").expect(zhoumin, "大概多少钱")
		w.say(zhoumin, amount).expect(zhoumin, "金额")
		w.expectNothing(zhoumin, "商机已建")
		w.say(zhoumin, "算了")
	}
	w.say(zhoumin, "新商机 绍兴市立医院 生化分析仪")
	w.say(zhoumin, "八十万").expect(zhoumin, "商机已建", "80万")
	w.say(chengang, "漏斗").expect(chengang)
}

// A text of nothing but marks is answered like any that was not understood.
func TestMarksAloneAreAnswered(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	for _, s := range []string{"？！", "??", "。？", "?,?", "！！！", "……?"} {
		w.say(zhoumin, s).expect(zhoumin)
	}
}
