package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"salesflow/store/sales"
)

// secrets are words and figures of 周敏's customer that others must not read, each with the people who may all the same:
// those above her, and whose part it is.
var secrets = []struct {
	words []string
	may   []sales.PersonID
}{
	{[]string{"罗博", "77.7", "777,000", "内情"}, nil}, // what she wrote of a talk is hers
	{[]string{"13899990001"}, []sales.PersonID{wangfang, chengang, hezong}},
	{[]string{"333"}, []sales.PersonID{wangfang, chengang, hezong, wutong}},
	{[]string{"66.6", "666,000"}, []sales.PersonID{wangfang, chengang, hezong, wutong, zhaolei, sunjing}},
	{[]string{"88.8", "888,000", "99.9", "999,000", "44.4", "444,000"}, []sales.PersonID{wangfang, chengang, hezong, wutong, zhaolei, sunjing}},
}

// keptSecret is a bench where 周敏 has filed all that.
func keptSecret(t *testing.T) *bench {
	t.Helper()
	w := newBench(t)
	w.app.Pictures = shelf{}
	for _, text := range []string{
		"联系人 绍兴市立医院 金晓 决策人 13899990001",
		"拜访 绍兴市立医院 金晓 介绍生化分析仪,嫌贵31%,竞品罗博报价77.7万,内情是院长要换,下周二前寄样",
		"商机 绍兴市立医院 生化分析仪 66.6万 下月底签",
		"投诉 绍兴市立医院 仪器报错",
		"费用 绍兴市立医院 招待费333元",
		"提交合同 绍兴市立医院 生化分析仪 88.8万 30%预付 余款验收后30天 交期45天", "无附件",
		"报价 绍兴市立医院 生化分析仪 1台 99.9万",
		"计划 明天上午 绍兴市立医院",
	} {
		w.say(zhoumin, text)
	}
	w.say(wutong, "回款 绍兴市立医院 44.4万")
	w.say(zhoumin, "合同 HT2026-001").expect(zhoumin, "888,000")
	w.say(zhoumin, "费用").expect(zhoumin, "333")
	return w
}

// fragile is a test that goes on after an event that could not be done.
type fragile struct{ testing.TB }

func (fragile) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// withFiles are the commands that want services which the bench has not; they have stories of their own.
var withFiles = map[string]bool{"导入": true, "导出": true, "问题表": true, "取消导入": true, "撤销导入": true, "规则": true, "二维码": true}

// Nothing of another's customer comes out of any command, with whatever it is asked, nor of a question, a suggestion or a
// refusal.
func TestNoCommandTellsOfAnothersCustomer(t *testing.T) {
	t.Parallel()
	args := []string{"", " 绍兴市立医院", " HT2026-001", " BJ2026-001", " 1", " 周敏", " 绍兴市立医院 金晓", " 公司"}
	asked := []string{
		"绍兴市立医院的电话多少", "金晓电话多少", "周敏的客户有哪些", "绍兴市立医院欠多少钱", "绍兴市立医院谈到哪一步了", "周敏这个月签了多少",
		"绍兴市立医院上次谈了什么", "谁去过绍兴市立医院", "绍兴市立医院合同多少钱", "绍兴市立医院报价多少", "周敏报了多少费用", "绍兴市立医院投诉什么",
		"为什么", "为什么 绍兴市立医院", "新客户 绍兴市立医院 13800000000 医疗", "拜访 绍兴市立医院 金晓 聊得不错", "撤销",
	}
	for _, who := range []sales.PersonID{liqiang, wangfang, zhaolei, sunjing, wutong} {
		t.Run(nameOf(who), func(t *testing.T) {
			t.Parallel()
			w := keptSecret(t)
			var forbidden []string
			for _, s := range secrets {
				free := false
				for _, p := range s.may {
					free = free || p == who
				}
				if !free {
					forbidden = append(forbidden, s.words...)
				}
			}
			w.t = fragile{t}
			try := func(text string) {
				defer func() {
					if r := recover(); r != nil && !withFiles[strings.Fields(text)[0]] {
						t.Errorf("%q: %v", text, r)
					}
				}()
				w.say(who, text)
				for _, m := range w.new {
					if m.who != who {
						continue
					}
					said := strings.ReplaceAll(show(m), text, "") // what they wrote themselves is quoted back
					said = strings.ReplaceAll(said, strings.TrimSpace(text[strings.Index(text+" ", " "):]), "")
					for _, f := range forbidden {
						if strings.Contains(said, f) {
							t.Errorf("%q tells %q:\n%s", text, f, show(m))
						}
					}
				}
			}
			for _, c := range w.router.Commands() {
				for _, a := range args {
					try(c.Name + a)
				}
			}
			for _, q := range asked {
				try(q)
			}
		})
	}
}

func nameOf(id sales.PersonID) string {
	for _, p := range people {
		if p.ID == id {
			return p.Name
		}
	}
	return id.String()
}

// What a role may not do is refused in words that say who may, and nothing is done.
func TestARefusedCommandNamesWhoMay(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.app.Pictures = shelf{}
	for _, c := range w.router.Commands() {
		if len(c.Roles) == 0 {
			continue
		}
		for _, p := range people {
			if p.Has(c.Roles...) {
				continue
			}
			w.say(p.ID, c.Name+" 绍兴市立医院")
			told := w.screen()
			if !strings.Contains(told, "用,你没有这个权限") || !strings.Contains(told, c.Roles[0].Name()) {
				t.Errorf("%s, %s: %s", p.Name, c.Name, told)
			}
		}
	}
}
