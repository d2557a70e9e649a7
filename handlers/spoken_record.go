package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// What people say in the evening of what they want filed, planned or put right, with no command's word at its head.
var (
	// reMakeOne names the kind of record first: 报个商机 园区城建 外墙漆 80万.
	reMakeOne = regexp.MustCompile(`^(?:帮我|给我|我|再|我要|我再)?(?:报|记|提|录|建|加|写|登记|新增|新建)(?:一)?(?:个|条|笔|下|一下)(商机|投诉|费用|竞品|样品|售后|拜访|计划|报价|线索)[,，:：、\s]*(.{4,})$`)
	// reMyReport asks for the daily report: 今天日报, 看下我的日报.
	reMyReport = regexp.MustCompile(`^(?:看看|看下|看一下|写|发|出|生成)?(?:我的?)?(?:今天|今日|今晚)的?日报$`)
	// reTodoDone does something to an entry of the list that was shown: 1 完成了, 2号延到周五.
	reTodoDone = regexp.MustCompile(`^([一二三四五六七八九十]|\d{1,2})(?:号|条|[、.,，])?\s*(?:已经|都)?(?:(?:延到|延期到|推到|推迟到|改到|挪到|延期|推迟)[,，\s]*(.{2,12}?)|(?:办完|办好|完成|做完|搞定|弄完|办|做)了?)(?:吧)?$`)
	// reTodoAgain moves the to-do of a moment ago: 那个改成下周四, 改到周五.
	reTodoAgain = regexp.MustCompile(`^(?:把)?(?:刚才|刚刚)?(?:那个|这个|那条|这条|时间|日期)?(?:的)?(?:提醒|待办|时间|日期)?(?:改到|改成|改为|换到|换成|挪到|推到|推迟到|延到|延期到)[,，\s]*(.{2,14}?)(?:吧|了)?$`)
	// reOrderedPlan orders a plan: 帮我排一下 上午绿野 下午惠农.
	reOrderedPlan = regexp.MustCompile(`^(?:帮我|给我|帮忙|我要|我想)?(?:排|安排)(?:一下|下|个|一个)?(?:计划|行程)?[,，:：\s]*((?:今天|明天|后天)?(?:上午|早上|下午|中午|晚上).{2,})$`)
	// reLeaveIt takes an order to withdraw back: 算了不取消, 别撤了.
	reLeaveIt = regexp.MustCompile(`^(?:算了|还是|先|哦|不对)?[,，\s]*(?:先)?(?:不要|不用|不|别)(?:再)?(?:取消|撤销|撤回|撤|删除|删)(?:了|吧|掉)*$`)
	// rePaperSum puts the sum of the contract or quote of a moment ago right: 那个合同金额写错了 是11.8万.
	rePaperSum = regexp.MustCompile(`^(?:刚才|刚刚)?(?:那个|那份|这个|这份)?(?:合同|报价)(?:的)?(?:金额|总价|价格)?(?:写错了?|报错了?|错了|不对)[,，\s]*(?:应该)?(?:是|改成|改为)\s*([0-9０-９.,]+\s*[万千百元块亿wW]*)(?:吧|了)?$`)
)

// recordWords are such sentences as commands.
var recordWords = []otherWord{
	{reMakeOne, func(_ spokenTurn, m []string) string { return m[0] + " " + strings.TrimSpace(m[1]) }},
	{reMyReport, func(t spokenTurn, _ []string) string {
		if !t.Person.Has(sales.RoleRep) {
			return ""
		}
		return "日报"
	}},
	{reOrderedPlan, func(t spokenTurn, m []string) string {
		words := m[0]
		if strings.HasPrefix(words, "今天") || strings.HasPrefix(words, "明天") || strings.HasPrefix(words, "后天") {
			return barePlan(t, words)
		}
		day := "今天"
		if h := t.Now.In(sales.Shanghai).Hour(); h >= 15 || h >= 11 && strings.HasPrefix(words, "上午") || h >= 11 && strings.HasPrefix(words, "早上") {
			day = "明天" // what of the day is over is not planned
		}
		return barePlan(t, day+words)
	}},
	{rePaperSum, func(_ spokenTurn, m []string) string { return "修改 金额改成" + m[0] }},
}

// ofTodo takes what is said of a to-do: of an entry of the list that was shown, of the one of a moment ago.
func (s colloquial) ofTodo(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	if m := reTodoDone.FindStringSubmatch(text); m != nil && t.Dialogue.Topic == topicTodoList && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		command := "完成 " + itoa(ordinal(m[1]))
		if m[2] != "" {
			command = "延期 " + itoa(ordinal(m[1])) + " " + m[2]
		}
		reply, err := s.as(ctx, t, tx, command)
		return reply, true, err
	}
	m := reTodoAgain.FindStringSubmatch(text)
	if m == nil || len(t.Dialogue.Last) == 0 {
		return bot.Reply{}, false, nil
	}
	ref := t.Dialogue.Last[0]
	if ref.Kind != "todo" || t.Now.Sub(ref.At.Time) > shortFor {
		return bot.Reply{}, false, nil
	}
	todo, err := tx.TodoByID(ctx, ref.ID)
	if err != nil || todo.OwnerID != t.Person.ID || todo.State != sales.TodoOpen {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	reply, err := s.postpone(ctx, t, tx, todo, m[1])
	return reply, true, err
}

// leaveIt answers whoever takes an order to withdraw back: what was withdrawn stays so, and nothing else is.
func (s colloquial) leaveIt(text string) (bot.Reply, bool) {
	if !reLeaveIt.MatchString(text) {
		return bot.Reply{}, false
	}
	return bot.Text("好,没有再撤。刚才已经撤掉的要留着,把那句再发一次。"), true
}
