package parse

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

// todos are the to-dos of all frames as "who what due", in their order.
func todos(r Result) string {
	var out []string
	for _, f := range r.Frames {
		for _, p := range f.Promises {
			due := "-"
			if !p.Due.IsZero() {
				due = p.Due.Start.Format("01-02")
				if p.Due.HasTime {
					due = p.Due.Start.Format("01-02T15:04")
				}
			}
			out = append(out, string(p.Who)+" "+p.What+" "+due)
		}
	}
	return strings.Join(out, "; ")
}

// TestToDosByForm reads to-dos whose verbs are in no list, who has to do them and until when.
func TestToDosByForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"红星超市谭店长的堆头,月底前搭好":                "us 搭好(堆头) 03-31",
		"湖滨市立王主任的售后单,周五之前销掉":              "us 销掉(售后单) 03-13",
		"宏远罗总要检测报告,我说最晚周五开好":              "us 开好(检测报告) 03-13",
		"宏远罗总说下周三前把盖了章的合同寄过来":             "customer 把盖了章的合同寄过来 03-18",
		"湖滨市立王主任同意下周一把讨论结果告诉我":            "customer 把讨论结果告诉我 03-16",
		"宏远罗总说月底前会下首单":                    "customer 下首单 03-31",
		"宏远罗总口头答应了,合同下礼拜三签字":              "customer 合同签字 03-18",
		"湖滨市立王主任说下周给回音":                   "customer 给回音 03-22",
		"湖滨市立王主任让我下周一带合同过去盖章":             "us 带合同过去盖章 03-16",
		"湖滨市立王主任叫我后天上午8:40到电教室":           "us 到电教室 03-13T08:40",
		"明晚7点红星超市谭店长约我吃饭":                 "us 吃饭 03-12T19:00",
		"湖滨市立王主任下周六值班,让我那天带样机":            "us 带样机 03-21",
		"红星超市谭店长要看样品,我回头给她寄四盒过去":          "us 回头给她寄四盒过去(看样品) -",
		"宏远罗总没让我周三过去,改电话聊了":               "",
		"给湖滨市立王主任寄了两份彩页和三年质保的承诺函":         "",
		"没约上湖滨市立王主任,改到下周四下午两点":            "us 约见 03-19T14:00",
		"湖滨市立王主任的培训推迟到下周四":                "us 培训 03-19",
		"答应宏远罗总:1周五前补发票 2月底前换掉坏的离心机":      "us 补发票 03-13; us 换掉坏的离心机 03-31",
		"跟宏远罗总对齐了:今天把参数发他,月底前做方案":         "us 把参数发他 03-11; us 做方案 03-31",
		"承诺罗总后天带样品过去,顺便把发票给他":             "us 带样品过去 03-13; us 把发票给他 03-13",
		"湖滨市立王主任要技术交流,定在3月20号下午,我带研发的人去":  "us 技术交流 03-20T14:00; us 带研发的人去 03-20T14:00",
		"我跟宏远罗总约了个时间,下周四十点,谈年框":           "us 谈年框 03-19T10:00",
		"湖滨市立王主任他说下周五前定数量":                "customer 定数量 03-20",
		"红星超市谭店长我今天没见着说他开会去了明天上午我再跑一趟":    "us 再跑一趟 03-12T09:00",
		"湖滨市立王主任看合同,国庆放假前给他发过去":           "us 给他发过去(看合同) 09-30",
		"宏远罗总那120台离心机,我们这个季度末交货":          "us 交货 03-31",
		"湖滨市立离心机又停机了,王主任要48小时内恢复":         "us 恢复 03-13T10:00",
		"湖滨市立王主任打算年后换离心机":                 "",
		"湖滨市立王主任嫌交期太长,要我们12天内交":           "us 交 03-23",
		"跟湖滨市立王主任讲好下周一发邮件":                "us 发邮件 03-16",
		"湖滨市立王主任的离心机,我应承下来了,周五前送到":        "us 送到(离心机) 03-13",
		"湖滨市立王主任说设备科这周就报采购计划,最迟3月底出结果":    "customer 出结果 03-31",
		"答应湖滨市立王主任,三天之内解决离心机报警的问题":        "us 解决离心机报警的问题 03-14",
		"湖滨市立的离心机,王主任要求开学前全部装完":           "us 开学前全部装完 -",
		"给湖滨市立送了一台离心机试用,两周后收回":            "us 收回 03-25",
		"湖滨市立王主任,这两天就把准入表填好发我":            "",
		"湖滨市立王主任说她这两天就把准入表填好发我":           "customer 这两天就把准入表填好发我 -",
		"宏远罗总:图纸今天发,样件下周四寄":               "us 图纸发 03-11; us 样件寄 03-19",
		"红星超市谭店长的协议,周一前一定交她手里":            "us 一定交她手里(协议) 03-16",
		"宏远罗总那边的图纸我揽下了,四个工作日出":            "us 出(图纸) 03-17",
		"湖滨市立王主任松口了,说下周三把试用报告写出来":         "customer 把试用报告写出来 03-18",
		"宏远罗总这人爽快,说明天就把章盖了":               "customer 把章盖了 03-12",
		"湖滨市立离心机又黑屏,王主任催了两遍,喊明天中午前弄好":     "us 弄好(离心机又黑屏) 03-12T12:00",
		"湖滨市立王主任要的数据,我拍胸脯了周五交":            "us 交(数据) 03-13",
		"宏远罗总放话了,这周内不给报告就不结款":             "",
		"给宏远罗总打包票:下月10号前离心机全部到位":          "us 离心机全部到位 04-10",
		"湖滨市立王主任跟我敲了下周四的时间,去给她们讲离心机":      "us 去给她们讲离心机 03-19",
		"宏远罗总口头应了我们,下月10号前走采购流程":          "customer 走采购流程 04-10",
		"红星超市谭店长那批纯奶说好明天送,她改到后天了":         "us 批纯奶说好送 03-13",
		"下周二给湖滨市立王主任送说明书,已经应下来了":          "us 给送说明书 03-17",
		"湖滨市立王主任交代我三样:明天送说明书;周五前改合同":      "us 送说明书 03-12; us 改合同 03-13",
		"26号跑了湖滨市立,王主任叫8号再去讲一次":           "us 再去讲一次 04-08",
		"宏远的对账单我承诺4个工作日之内给":               "us 给(对账单) 03-17",
		"湖滨市立王主任,入库手续她说下周一给办":             "customer 给办(入库手续) 03-16",
		"罗海答应我下周三把宏远的库存数报过来":              "customer 把的库存数报过来 03-18",
		"明早九点半到宏远,跟罗总对账,说定了":              "us 到宏远,对账 03-12T09:30",
		"跟湖滨市立王主任约的是礼拜一,两点,院里小会议室,谈离心机分期": "us 约的是,谈离心机分期 03-16T14:00",
		"宏远罗总要质保书,回去就给他弄":                 "us 回去就给他弄(质保书) -",
		"湖滨市立贴膜的事,王主任盯得紧,我应她周五之前收尾":       "us 应她收尾 03-13",
		"12号之前吧,我把宏远的差价退他":                "us 把的差价退他 03-12",
		"红星超市谭店长定的周六上午九点半,开放日,咱们去摆展台":     "us 去摆展台 03-14T09:30",
		"湖滨市立王主任那儿答应的网线整改,11月13号前弄利索":     "us 弄利索 11-13",
		"湖滨市立王主任下班前要看到报价,我四点半前给他":         "us 给他(看到报价) 03-11T16:30",
		"跟罗海说好了,两周内把宏远的返修件寄回去":            "us 把的返修件寄回去 03-25",
		"红星超市谭店长说样品先放她那,试吃完下周反馈":          "customer 试吃完反馈 03-22",
		"红星超市五一堆头28号之前必须布好,谭店长放了狠话":       "us 五一堆头必须布好 03-28",
		"给湖滨市立王主任的方案,本周五交第一稿,下周五定稿":       "us 交第一稿 03-13; us 定稿 03-20",
		"罗海答应过完五一把前面的账清了":                 "customer 把前面的账清了 05-04",
		"湖滨市立王主任讲下周质控检查":                  "",
		"湖滨市立王主任27号前要拿到比价表,咱们25号交":        "us 咱们交(拿到比价表) 03-25",
		"明天去不了红星超市了,改后天上午,跟谭店长说过了":        "us 去拜访 03-13T09:00",
		"红星超市要200箱纯奶,下周五送":                "us 送(200箱纯奶) 03-20",
		"红星超市谭店长说上批纯奶到货破了3箱要赔":            "us 赔(上批纯奶到货破了3箱) -",
		"宏远罗总,这周六加班试离心机,让我派个师傅过去":         "us 派个师傅过去 03-14",
	} {
		if got := todos(testParser().Parse(Input{Text: text, Now: testNow, User: 10})); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestTwoCustomersInOneBreath tells the news of two by their people.
func TestTwoCustomersInOneBreath(t *testing.T) {
	t.Parallel()
	r := testParser().Parse(Input{Text: "今天跑了宏远和红星超市,罗总要两台离心机,谭店长约周五谈陈列", Now: testNow, User: 10})
	if len(r.Frames) != 2 {
		t.Fatalf("frames %+v", r.Frames)
	}
	a, b := r.Frames[0], r.Frames[1]
	if a.Customer.ID != 103 || a.Contact.ID != 204 || len(a.Quantities) != 1 || len(a.Promises) != 0 {
		t.Errorf("first %+v", a)
	}
	if b.Customer.ID != 106 || b.Contact.ID != 205 || len(b.Quantities) != 0 || len(b.Promises) != 1 {
		t.Errorf("second %+v", b)
	}
}

// TestTheDayOfWhatIsTold holds the day for the second customer, and the money told to come has its day.
func TestTheDayOfWhatIsTold(t *testing.T) {
	t.Parallel()
	r := testParser().Parse(Input{Text: "昨天上午见了宏远罗总聊离心机,下午红星超市谭店长要4箱纯奶", Now: testNow, User: 10})
	if len(r.Frames) != 2 || r.Frames[1].When.Start.Format(time.DateOnly) != "2026-03-10" {
		t.Errorf("frames %+v", r.Frames)
	}
	if f, _ := parseOne(t, "5号跟湖滨市立王主任吃的饭,他讲15号院里开会过离心机", 10); f.When.Start.Format(time.DateOnly) != "2026-03-05" || len(f.Promises) != 0 {
		t.Errorf("what was done: %+v", f)
	}
	if f, _ := parseOne(t, "湖滨市立王主任承诺周五前把入院单签了", 10); f.Kind != KindPromise || f.Stage.Stage != "" {
		t.Errorf("what is to be signed is no deal: %+v", f)
	}
	if f, _ := parseOne(t, "今天去湖滨市立王主任没在", 10); !f.NotMet {
		t.Errorf("nobody was there: %+v", f)
	}
	for text, want := range map[string]string{
		"宏远的9.6万,罗总说流程在走,4月初能到": "2026-04-10 expected 9600000",
		"宏远的货款2.2万元月底结":         "2026-03-31 expected 2200000",
		"宏远罗总说15600元月底前打过来":     "2026-03-31 expected 1560000",
		"宏远那3万4千,罗总说周五走账":       "2026-03-13 expected 3400000",
		"宏远罗总说11万2最晚下周一到我们账上":   "2026-03-16 expected 11200000",
		"宏远罗总说明天就给我们转15000":     "2026-03-12 expected 1500000",
		"宏远尾款18.5万,罗总说暑假结束前付清":  "0001-01-01 expected 18500000",
	} {
		f, _ := parseOne(t, text, 10)
		if len(f.Amounts) != 1 {
			t.Errorf("%s: %s %+v", text, f.Kind, f.Amounts)
			continue
		}
		if got := f.When.Start.Format(time.DateOnly) + " " + string(f.Payment) + " " + strconv.FormatInt(f.Amounts[0].Value, 10); got != want || f.Kind != KindPayment {
			t.Errorf("%s: %s %s, want %s", text, f.Kind, got, want)
		}
	}
}
