package parse

import "testing"

func TestWordsThatLookLikeCustomersAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"去医院看病请假半天", "下午到学校接孩子", "跟物流公司说好了明天发", "从上海总公司回来要开会", "今天去了工商银行开户",
	} {
		for _, f := range testParser().Parse(Input{Text: text, Now: testNow, User: 10}).Frames {
			if f.Customer.NewName != "" {
				t.Errorf("%q: new customer %s", text, f.Customer.NewName)
			}
		}
	}
}

// What is to be done later the same day is a promise, whoever it is for.
func TestALaterHourOfTodayIsAPromise(t *testing.T) {
	t.Parallel()
	for text, hour := range map[string]int{
		"拜访 红星超市 谭店长 聊了纯奶,下午3点给他回电话": 15, "拜访 红星超市 聊了纯奶,今天16:20给他们送样": 16, "拜访 红星超市 聊了纯奶,下午5点给对方发资料": 17,
	} {
		found := 0
		for _, f := range testParser().Parse(Input{Text: text, Now: testNow, User: 10}).Frames {
			for _, p := range f.Promises {
				if found++; !p.Due.HasTime || p.Due.Start.Hour() != hour {
					t.Errorf("%q: due %v", text, p.Due.Start)
				}
			}
		}
		if found != 1 {
			t.Errorf("%q: %d promises", text, found)
		}
	}
	for _, text := range []string{"拜访 红星超市 谭店长 下午3点给他打电话没人接", "今天上午给他们介绍了纯奶"} {
		for _, f := range testParser().Parse(Input{Text: text, Now: testNow, User: 10}).Frames {
			if len(f.Promises) > 0 {
				t.Errorf("%q: a promise of what is over: %+v", text, f.Promises)
			}
		}
	}
}

// Who types in a hurry puts blanks where a comma belongs: a short complaint is no part of the promise behind it.
func TestABlankEndsAShortThoughtBeforeAPromise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"拜访 红星超市 聊了纯奶 嫌贵 答应下周二前寄样":  "寄样",
		"拜访 红星超市 聊了纯奶 嫌贵 保证周五前给报价":  "给报价",
		"拜访 红星超市 聊了纯奶 说太贵了 承诺明天送样品": "送样品",
	} {
		var what []string
		for _, f := range testParser().Parse(Input{Text: text, Now: testNow, User: 10}).Frames {
			for _, p := range f.Promises {
				what = append(what, p.What)
			}
		}
		if len(what) != 1 || what[0] != want {
			t.Errorf("%q: promises %q, want %q", text, what, want)
		}
	}
}
