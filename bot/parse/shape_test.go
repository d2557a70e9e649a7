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
