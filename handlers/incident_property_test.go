package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Whatever people do and whenever: an open incident is always looked at again, and one that has ended pushes nothing.
func TestIncidentsAreNeverLostNorPushedAfterTheirEnd(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 48))
			w, c := submitted(t)
			w.rule("每四小时催", "当 合同 进入 待审批 超过 3小时 则 推送 当前审批人的主管 每 4小时 重复,最多 5次;再过 2个工作日 则 推送 销售总监")
			w.rule("没人的先试", "当 合同 进入 待审批 超过 2小时 则 紧急 推送 HRBP;再过 3天 则 推送 总经理")
			w.rule("轮到就催", "当 合同.轮到时间 过后 1小时、5小时、2天 且 状态 = 待审批 则 推送 当前审批人 卡片 审批单;再过 1天 则 推送 当前审批人的主管")
			w.rule("登记就看", "当 登记 拜访 且 48小时内 没有 投诉 则 推送 负责人的主管 按钮 我来处理、已处理、稍后提醒;再过 8个工作小时 则 推送 总经理")
			told := 0
			people := []sales.PersonID{sunjing, chengang, wangfang, hezong, zhaolei}
			for range 40 {
				who := people[r.IntN(len(people))]
				if w.unreachable[who] {
					who = sunjing
				}
				switch r.IntN(16) {
				case 0:
					w.say(who, "我来处理 "+c.No)
				case 1:
					w.say(who, "稍后 "+c.No)
				case 2:
					w.say(who, "转给 李强 "+c.No)
				case 3:
					w.say(who, "已处理")
				case 4:
					w.say(zhoumin, "拜访 绍兴市立医院 看了仪器")
				case 5:
					w.say(who, "退回 "+c.No+" 改账期")
				case 6:
					w.say(zhoumin, "重新提交 "+c.No+" 账期改成30天")
				case 7:
					if r.IntN(4) == 0 {
						w.say(zhaolei, "同意 "+c.No).say(chengang, "同意 "+c.No)
					}
				case 8:
					if r.IntN(4) == 0 {
						w.switchRule(t, "每四小时催")
					}
				case 9: // another process goes on
					w.app.Incidents.Book = &incident.Book{Source: w, Registry: w.app.Incidents.Book.Registry, Names: w.app.Incidents.Book.Names}
				case 10: // somebody is away, with or without a deputy, and comes back early
					w.say(who, []string{"请假 明天到后天 代理 李强", "请假 今天到大后天", "请假 明天 代理 周敏"}[r.IntN(3)])
				case 11:
					w.say(who, "销假")
				case 12: // the platform says that somebody has no account there any more, or has one again
					w.reach([]sales.PersonID{hezong, chengang, wangfang}[r.IntN(3)], r.IntN(2) == 0)
				default:
					w.advance(time.Duration(1+r.IntN(30*60)) * time.Minute)
				}
				w.expectSound(t)
				for _, m := range w.new {
					if m.out.Card != nil && strings.HasPrefix(m.out.Card.Key, "incident:") {
						told++
					}
				}
			}
			if told == 0 {
				t.Error("nobody was told of anything")
			}
		})
	}
}

// reach takes somebody's chat accounts away, or gives them back.
func (w *bench) reach(who sales.PersonID, reachable bool) {
	if w.unreachable == nil {
		w.unreachable = map[sales.PersonID]bool{}
	}
	w.unreachable[who] = !reachable
	w.regroup(w.unreachable)
	w.drain()
}

// expectClimbs checks that a level nobody could be told of was followed by the next one at once, outside quiet hours.
func (w *bench) expectClimbs(t *testing.T, r sales.Rule, i sales.Incident, now time.Time) {
	t.Helper()
	steps := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.IncidentStep, error) {
		return tx.IncidentSteps(ctx, i.ID)
	})
	told, at := true, time.Time{}
	for _, s := range steps {
		if s.At.Before(i.OpenedAt.Time) || s.Level != i.Level {
			continue
		}
		switch s.What {
		case approval.StepPushed, incident.StepActed:
			told = true
		case approval.StepUnreachable:
			told, at = false, s.At.Time
		}
	}
	version := read(w, func(ctx context.Context, tx *store.Tx) (sales.RuleVersion, error) {
		return tx.RuleVersion(ctx, r.ID, i.RuleN)
	})
	more := strings.Count(version.Text, "再过") >= i.Level
	if i.Level > 0 && !told && more && !at.After(now) && i.AckUntil.IsZero() && i.SnoozedUntil.IsZero() && !w.app.Calendar.Quiet(now) {
		t.Fatalf("%s: nobody of level %d could be told at %s, and it stays there at %s", r.Name, i.Level, at, now)
	}
}

// switchRule switches a rule off or on.
func (w *bench) switchRule(t *testing.T, name string) {
	t.Helper()
	w.write(func(tx *store.Tx) {
		r, err := tx.RuleByName(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		if r.State == sales.RuleOn {
			r.State = sales.RuleOff
		} else {
			r.State = sales.RuleOn
		}
		tx.UpdateRule(r)
	})
	w.drain()
}

// expectSound checks what must hold of incidents at any time, and of what was just sent about them.
func (w *bench) expectSound(t *testing.T) {
	t.Helper()
	open := map[string]bool{}
	now := w.Now()
	for _, r := range read(w, func(ctx context.Context, tx *store.Tx) ([]sales.Rule, error) { return tx.Rules(ctx) }) {
		list := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.Incident, error) {
			return tx.IncidentsOfRule(ctx, r.ID, 0, 500)
		})
		for _, i := range list {
			open["incident:"+i.ID.String()] = true
			dues := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.Due, error) {
				return tx.DuesOf(ctx, incident.DueSubject, i.ID)
			})
			pending := 0
			for _, d := range dues {
				if d.State == sales.DuePending {
					pending++
				}
			}
			if pending != 1 {
				t.Fatalf("%s about %s %d is open at level %d and has %d moments", r.Name, i.SubjectKind, i.SubjectID, i.Level, pending)
			}
			w.expectClimbs(t, r, i, now)
			if r.State != sales.RuleOn {
				t.Fatalf("%s is off and has an open incident", r.Name)
			}
		}
	}
	for _, m := range w.new {
		if m.out.Card == nil || !strings.HasPrefix(m.out.Card.Key, "incident:") || m.kind != "push" && m.kind != "card" {
			continue
		}
		id, _, _ := strings.Cut(m.out.Card.Key, "/")
		if !open[id] && len(m.out.Card.Buttons) > 0 && m.out.Card.Closed == "" {
			i := read(w, func(ctx context.Context, tx *store.Tx) (sales.Incident, error) {
				n, err := sales.ParseID(strings.TrimPrefix(id, "incident:"))
				if err != nil {
					return sales.Incident{}, err
				}
				return tx.IncidentByID(ctx, n)
			})
			if i.State != sales.IncidentOpen && i.ResolvedAt.Before(m.at) {
				t.Fatalf("%s ended %s, and was pushed after that:\n%s", id, i.ResolvedAt, w.screen())
			}
		}
	}
}
