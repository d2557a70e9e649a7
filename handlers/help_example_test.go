package handlers_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/handlers"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// helpless are what an answer says when an example did not work as it stands.
var helpless = []string{
	"没看懂", "这个指令", "没处理成功", "用不了", "没有这个权限", "没找到", "没有合同 HT", "?例:", "不认识", "还差", "看不完", "写错了", "哪一条?带上",
}

// reNumbered is a usage that takes a paper or a lead.
var reNumbered = regexp.MustCompile(`[A-Z]{2}2026-\d{3}|L12`)

// outside are the parts of the program that make files and links, as far as examples need them.
type outside struct{ noLinks }

func (outside) ColumnKey(_, word string) string { return word }

func (outside) ColumnNames(string) []string { return []string{"金额", "日期"} }

func (outside) Template(_ context.Context, id sales.ID, _ string) (sales.File, error) {
	return sales.File{ID: id, Name: "模板.xlsx", State: sales.FileKept, Version: 1}, nil
}

func (outside) KeepPicture(_ context.Context, id sales.ID, _ []byte) (sales.File, error) {
	return sales.File{ID: id, Name: "chart.png", MIME: "image/png", State: sales.FileKept, Version: 1}, nil
}

func (outside) Code(sales.ID, time.Time) string { return "https://bot.example.com/c/1" }

// Every command that somebody may use has an example in its help that works as it is: made of their own customers, contracts and
// leads. Each is tried by each of the company.
func TestTheExampleOfEveryCommandWorks(t *testing.T) {
	t.Parallel()
	everyone(t, func(t *testing.T, w *bench, p sales.Person) {
		w.app.Sheets, w.app.Pictures, w.app.Links, w.app.Columns = outside{}, outside{}, outside{}, outside{}
		w.app.Rule = handlers.RuleLanguage{Schema: subject.New(subject.All()).Schema}
		for _, say := range []string{
			"提交合同 绍兴市立 生化分析仪 128万 30%预付 余款验收后60天 交期45天", "无附件", "投诉 绍兴市立 仪器老报警",
			"拜访 绍兴市立 王主任 聊了生化分析仪,下周二前寄样", "线索 杭州博远医疗 13900001111 展会 活动:春季展 想要生化仪",
			"计划 明天上午 绍兴市立",
		} {
			w.say(zhoumin, say)
		}
		for _, c := range w.router.Commands() {
			if len(c.Roles) > 0 && !p.Has(c.Roles...) {
				continue
			}
			w.say(p.ID, "帮助 "+c.Name)
			_, example, found := strings.Cut(w.told(p.ID), "试试:")
			example, _, _ = strings.Cut(example, "\n")
			if example = strings.TrimSpace(example); !found && reNumbered.MatchString(c.Usage) {
				continue // they have none
			}
			if example == "" {
				t.Errorf("帮助 %s shows no example", c.Name)
				continue
			}
			w.say(p.ID, example)
			answered := false
			for _, m := range w.new {
				if m.who != p.ID {
					continue
				}
				answered = true
				got := show(m)
				if i := slices.IndexFunc(helpless, func(bad string) bool { return strings.Contains(got, bad) }); i >= 0 {
					t.Errorf("%s: 帮助 %s says 试试:%s\n%s", p.Name, c.Name, example, got)
				}
			}
			if !answered {
				t.Errorf("%s: 帮助 %s says 试试:%s, which nothing answers", p.Name, c.Name, example)
			}
		}
	})
}
