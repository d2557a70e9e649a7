package scheduler

import (
	"context"
	"strconv"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// costs reports whether a rule does more than tell people in the chats: to-dos, mail, short messages, approvals, changes. Other
// systems are called as often as something happens.
func costs(r *incident.Rule) bool {
	for _, st := range r.Steps {
		for _, a := range st.Actions {
			if costly(a) {
				return true
			}
		}
	}
	return false
}

func costly(a rules.Action) bool {
	switch a.Do {
	case rules.Push, rules.Webhook, rules.Calibrate:
		return false
	}
	return true
}

// enough reports whether a rule that costs has fired for as many records today as it may, and tells the administrators once a day.
func (w *work) enough(ctx context.Context, r *incident.Rule) (bool, error) {
	most := w.r.ActsPerDay
	if most <= 0 || !costs(r) {
		return false, nil
	}
	n, err := w.firedToday(ctx, r.ID)
	if err != nil || n < most {
		return false, err
	}
	if !w.stopped[r.ID] {
		w.stopped[r.ID] = true
		w.tellAdmins(enoughText(r, most), "enough:"+r.ID.String()+":"+w.today.String())
	}
	return true, nil
}

func enoughText(r *incident.Rule, most int) string {
	text := "规则\"" + r.Name + "\"今天触发满 " + strconv.Itoa(most) + " 次了,"
	if r.Trigger.Daily() {
		text += "剩下的明天再办。"
	} else {
		text += "后面的只推送,不建待办、不发邮件短信、不改数据。"
	}
	return text + "条件要是写宽了,先发:规则 停用 " + r.Name
}

// firedToday is how often a rule has fired today, this unit's times included.
func (w *work) firedToday(ctx context.Context, rule sales.ID) (int, error) {
	if n, asked := w.fired[rule]; asked {
		return n, nil
	}
	n, err := w.tx.FiredOn(ctx, rule, w.today)
	w.fired[rule] = n
	return n, err
}

// spent reports whether an action of a first step is left out, because its rule has done enough today. What comes later is of
// records for which the first was done.
func (w *work) spent(c *incident.Case, level int, a rules.Action) bool {
	return level == 1 && costly(a) && w.stopped[c.Rule.ID]
}
