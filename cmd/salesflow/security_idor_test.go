package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/cards"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// abroad adds a team of another region with a rep, and a colleague who sells nothing.
func abroad(platform string) func(*demoOptions) {
	return func(o *demoOptions) {
		o.change = func(c *configs.Config, org *configs.Org) {
			org.Teams = append(org.Teams, configs.Team{ID: "west1", Name: "西北一组", Region: "西北", Parent: "sales", Lead: "guogang"})
			org.People = append(org.People,
				configs.Person{ID: "liuyang", Name: "刘洋", Roles: []string{"rep"}, Team: "west1"},
				configs.Person{ID: "guogang", Name: "郭刚", Roles: []string{"lead"}, Team: "west1"},
				configs.Person{ID: "hanxue", Name: "韩雪", Roles: []string{"marketing"}, Team: "finance"},
			)
			everybodyOn(org, platform)
			everyWay(c, org)
		}
	}
}

// filled gives 周敏 one of everything that has a number. What only those concerned may know has a word or figure of its own.
func filled(s *bottest.Story) {
	for i, line := range [][2]string{
		{"周敏", "拜访 绍兴市立医院 王主任 13655667788 介绍生化分析仪,机密异议嫌贵10%,竞品迈瑞报价91.7万,下周二前发报价"},
		{"周敏", "关键信息 绍兴市立医院 预算周期 机密周期每年10月报"},
		{"周敏", "商机 绍兴市立医院 全自动生化分析仪 50.7万 下月底签"},
		{"周敏", "工单 绍兴市立医院 机密轴套 " + workSheet + " 毛利40%"},
		{"方远", "接单 GD2026-001"},
		{"方远", "完成 GD2026-001 机密评审没问题"},
		{"钱进", "接单 GD2026-001"},
		{"钱进", "完成 GD2026-001 没问题"},
		{"石垒", "接单 GD2026-001"},
		{"石垒", "完成 GD2026-001 没问题"},
		{"严明", "接单 GD2026-001"},
		{"严明", "完成 GD2026-001 没问题"},
		{"周敏", "技术协议 GD2026-001"},
		{"周敏", "送审 JX2026-001"},
		{"周敏", "报价 绍兴市立医院 全自动生化分析仪 1台 45.3万"},
		{"陈刚", "同意 BJ2026-001"},
		{"周敏", "转合同 BJ2026-001 30%预付 账期30天 交期45天"},
		{"周敏", "无附件提交"},
		{"赵磊", "同意 HT2026-001"},
		{"陈刚", "同意 HT2026-001"},
		{"周敏", "用印 HT2026-001"},
		{"郑凯", "已用印 HT2026-001"},
		{"吴桐", "回款 绍兴市立医院 13.6万"},
		{"吴桐", "认款 HK2026-001 HT2026-001"},
		{"方远", "发货 HT2026-001 1台"},
		{"方远", "签收 HT2026-001"},
		{"吴桐", "开票 HT2026-001 31.7万"},
		{"吴桐", "回款 绍兴市立医院 7.3万"},
		{"吴桐", "对账单 绍兴市立医院 2月"},
		{"周敏", "提交合同 绍兴市立医院 全自动生化分析仪 73.9万 预付30% 交期45天"},
		{"周敏", "无附件提交"},
		{"周敏", "特价申请 绍兴市立医院 全自动生化分析仪 8折 理由 机密降价"},
		{"周敏", "审批申请 绍兴市立医院 延长账期 机密月底才结账 金额 5.9万"},
		{"王芳", "线索 绍兴机密诊所 13911112222 展会 想要机密仪"},
		{"周敏", "接线索 L1"},
		{"周敏", "报销 绍兴市立医院 招待 868元 机密招待"},
		{"周敏", "投诉 绍兴市立医院 机密故障"},
		{"周敏", "计划 明天上午 绍兴市立医院"},
		{"周敏", "请假 下周一到下周二"},
	} {
		p := s.As(line[0]).Skip()
		p.Say(line[1])
		p.ExpectAny()
		if i%10 == 9 {
			s.FastForward(20 * time.Minute) // WeCom takes thirty messages a minute to one member
		}
		s.Settle()
	}
}

// secrets are what filled says and a stranger must not be told.
var secrets = regexp.MustCompile(`机密|13655667788|13911112222|91\.7|50\.7|507,?000|45\.3万|453,?000|73\.9|739,?000|31\.7万|317,?000|13\.6万|136,?000|7\.3万|73,000|5\.9万|59,000|¥868|38\.4万|384,000`)

// foreignNos are the numbers that filled made, as a stranger would count them up, and whom they belong to.
var foreignNos = []string{
	"HT2026-001", "HT2026-002", "BJ2026-001", "TJ2026-001", "JX2026-001", "SQ2026-001", "GD2026-001", "FH2026-001", "FP2026-001", "HK2026-001", "HK2026-002",
	"L1", "绍兴市立医院", "周敏",
}

// watched is a transaction that remembers what was traced.
type watched struct {
	*store.Tx
	traced []sales.AuditEntry
}

// Audit implements handlers.Tx.
func (w *watched) Audit(e sales.AuditEntry) {
	w.traced = append(w.traced, e)
	w.Tx.Audit(e)
}

// errAside undoes what a stranger's try has written.
var errAside = errors.New("tried")

// try has a person do something as if they had said nothing before, and undoes it: what they are told is returned, and what was traced
// in their name.
func (w world) try(t *testing.T, who sales.Person, ev bot.Event) (told string, traced []sales.AuditEntry) {
	t.Helper()
	for _, id := range w.org(t).Identities(who.ID) {
		ev.Platform, ev.From = bot.Platform(id.Platform), bot.UserID(id.UserID)
	}
	ev.At, ev.Chat = w.Now(), bot.Chat{Platform: ev.Platform}
	var reply bot.Reply
	watch := &watched{}
	_, err := storage{w.program.books, w.program.db}.do(t.Context(), ev, who.ID, func(ctx context.Context, tx *store.Tx) error {
		org, err := w.program.books.Org(ctx)
		if err != nil {
			return err
		}
		watch.Tx = tx
		if reply, err = w.program.router.Dispatch(ctx, bot.Turn{Event: ev, Now: ev.At, Today: sales.DayOf(ev.At), Org: org, Person: who}, watch); err != nil {
			return err
		}
		traced = watch.traced
		return errAside
	})
	var refused *sales.Error
	if err != nil && !errors.Is(err, errAside) && !errors.As(err, &refused) {
		t.Errorf("%s %+v: %v", ev.Text, ev.Tap, err)
	}
	told = sales.Message(err)
	for _, s := range reply.Say {
		if s.Chat != nil || len(s.To) > 0 && !slices.Contains(s.To, who.ID) {
			continue
		}
		b, err := json.Marshal(s.Out)
		if err != nil {
			t.Fatal(err)
		}
		told += string(b)
	}
	return told, traced
}

func (w world) org(t *testing.T) *sales.Org {
	t.Helper()
	org, err := w.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// strangers are those whom nothing of 周敏's concerns.
var strangers = []string{"liuyang", "hanxue"}

// records are the ids of everything the company has, by what the trace and the cards name them.
func (w world) records(t *testing.T) map[sales.ID]int64 {
	t.Helper()
	out := map[sales.ID]int64{}
	everybody := sales.Scope{All: true}
	customer := w.customer(t, "绍兴市立医院")
	out[customer.ID] = customer.Version
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		var errs []error
		add := func(id sales.ID, version int64) { out[id] = version }
		for _, no := range foreignNos {
			switch no[:2] {
			case "HT":
				c, err := tx.ContractByNo(ctx, no)
				add(c.ID, c.Version)
				r, rerr := tx.RequestByID(ctx, c.RequestID)
				add(r.ID, r.Version)
				errs = append(errs, err, rerr)
			case "BJ", "TJ":
				q, err := tx.QuoteByNo(ctx, no)
				add(q.ID, q.Version)
				r, rerr := tx.RequestByID(ctx, q.RequestID)
				add(r.ID, r.Version)
				errs = append(errs, err, rerr)
			case "JX":
				g, err := tx.AgreementByNo(ctx, no)
				add(g.ID, g.Version)
				errs = append(errs, err)
			case "SQ":
				x, err := tx.ApplicationByNo(ctx, no)
				add(x.ID, x.Version)
				errs = append(errs, err)
			case "GD":
				o, err := tx.WorkOrderByNo(ctx, no)
				add(o.ID, o.Version)
				tasks, terr := tx.WorkTasksOf(ctx, o.ID)
				for _, x := range tasks {
					add(x.ID, x.Version)
				}
				errs = append(errs, err, terr)
			case "FH":
				x, err := tx.ShipmentByNo(ctx, no)
				add(x.ID, x.Version)
				errs = append(errs, err)
			case "FP":
				x, err := tx.InvoiceByNo(ctx, no)
				add(x.ID, x.Version)
				errs = append(errs, err)
			case "HK":
				x, err := tx.PaymentByNo(ctx, no)
				add(x.ID, x.Version)
				errs = append(errs, err)
			case "L1":
				x, err := tx.LeadByNo(ctx, no)
				add(x.ID, x.Version)
				errs = append(errs, err)
			}
		}
		deals, err := tx.OpenOpportunities(ctx, customer.ID)
		for _, x := range deals {
			add(x.ID, x.Version)
		}
		contacts, cerr := tx.ContactsByCustomer(ctx, customer.ID)
		for _, x := range contacts {
			add(x.ID, x.Version)
		}
		plans, perr := tx.Plans(ctx, everybody, sales.DayOf(w.Now()), sales.DayOf(w.Now()).AddDays(7))
		for _, x := range plans {
			add(x.ID, x.Version)
		}
		return errors.Join(append(errs, err, cerr, perr)...)
	})
	for _, x := range w.filings(t, "zhoumin") {
		out[x.ID] = x.Version
	}
	v := w.lastVisit(t, "zhoumin")
	out[v.ID] = v.Version
	for _, x := range w.todos(t, "zhoumin") {
		out[x.ID] = x.Version
	}
	delete(out, 0)
	return out
}

// harmless is a text with what a stranger wrote themselves, and the examples everybody is shown, taken out.
func harmless(told, said string) string { return strings.ReplaceAll(told, said, "") }

// Every command, with the number of every record that is not theirs: a stranger is told nothing of it and changes nothing of it.
func TestNoCommandOpensAnothersRecordByItsNumber(t *testing.T) {
	t.Parallel()
	onBothStrange(t, func(t *testing.T, w world) {
		theirs := w.records(t)
		number := regexp.MustCompile(`[A-Z]{2}\d{4}-\d{3}|L12|客户|编号`)
		n := 0
		for _, name := range strangers {
			who := w.person(t, name)
			for _, c := range w.program.router.Commands() {
				for i, no := range foreignNos {
					texts := []string{c.Name + " " + no, c.Name + " " + no + " 5万 理由"}
					for form := range strings.SplitSeq(c.Usage, " / ") {
						texts = append(texts, strings.ReplaceAll(number.ReplaceAllLiteralString(form, no), "李强", "刘洋"))
					}
					for k, text := range texts {
						if (i+k)%len(strangers) != slices.Index(strangers, name) && k > 0 { // the longer forms, one stranger each
							continue
						}
						n++
						told, traced := w.try(t, who, bot.Event{ID: fmt.Sprint("stranger", n), Kind: bot.Said, Text: text})
						checkStranger(t, theirs, who, text, harmless(told, text), traced)
					}
				}
			}
		}
	})
}

// Every verb with every record that is not theirs, in its present version.
func TestNoTapOpensAnothersRecord(t *testing.T) {
	t.Parallel()
	onBothStrange(t, func(t *testing.T, w world) {
		theirs := w.records(t)
		keys := map[string]bool{}
		self := w.person(t, strangers[0])
		for _, verb := range w.program.router.Verbs() {
			for id, version := range theirs {
				for _, arg := range []string{"", "1", sales.ID(self.ID).String()} {
					keys[cards.Action{Verb: verb, Record: int64(id), Version: version, Arg: arg}.Encode()] = true
				}
			}
		}
		n := 0
		for key := range keys {
			n++
			who := w.person(t, strangers[n%len(strangers)])
			told, traced := w.try(t, who, bot.Event{
				ID: fmt.Sprint("stranger", n), Kind: bot.Tapped,
				Tap: &bot.Tap{Action: key, Card: "sfzzz", Input: map[string]string{"reason": "理由", "text": "理由", "amount": "5万"}},
			})
			checkStranger(t, theirs, who, key, told, traced)
		}
	})
}

func onBothStrange(t *testing.T, story func(t *testing.T, w world)) {
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, abroad(platform))
			filled(bottest.New(t, w))
			story(t, w)
		})
	}
}

// checkStranger checks what a stranger was told and what of others was traced in their name.
func checkStranger(t *testing.T, theirs map[sales.ID]int64, who sales.Person, did, told string, traced []sales.AuditEntry) {
	t.Helper()
	if leaks := secrets.FindAllString(told, 3); leaks != nil {
		t.Errorf("%s: %q tells %q:\n%.400s", who.Name, did, leaks, told)
	}
	for _, e := range traced {
		if _, ok := theirs[e.SubjectID]; ok {
			t.Errorf("%s: %q did %s to %s %d", who.Name, did, e.Verb, e.SubjectKind, e.SubjectID)
		}
	}
}

// Who visits a colleague's customer is told nothing of the deal there, and does not overwrite what is known of the people.
func TestAVisitToAnothersCustomerChangesNothingOfTheirs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("林夏").Skip()
		rep.Say("商机 绍兴市立医院 全自动生化分析仪 50.7万 下月底签")
		rep.ExpectCard("商机已建")
		phoneOf := func() string {
			t.Helper()
			id := w.customer(t, "绍兴市立医院").ID
			var phone string
			w.view(t, func(ctx context.Context, tx *store.Tx) error {
				contacts, err := tx.ContactsByCustomer(ctx, id)
				for _, c := range contacts {
					if c.Name == "王建国" {
						phone = c.Phone
					}
				}
				return err
			})
			return phone
		}
		rep.Say("拜访 绍兴市立医院 王主任 13655667788 看了生化分析仪,要报价")
		rep.ExpectCard("拜访已记录", "商机")
		if got := phoneOf(); got != "13655667788" {
			t.Fatalf("王建国 has the number %q", got)
		}
		other.Say("拜访 绍兴市立医院 王主任 13911112222 看了生化分析仪,要报价")
		other.ExpectCard("拜访已记录", "绍兴市立医院").Without("初步接触", "方案提交", "推进")
		rep.ExpectText("林夏去了你的客户绍兴市立医院")
		if got := phoneOf(); got != "13655667788" {
			t.Errorf("林夏 gave 王建国 the number %q", got)
		}
	})
}

// What was pushed about a record is found by its number, whatever its kind, and refused without a word of what stands in it.
func TestPushesAreFoundByAnyNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("林夏").Skip()
		openWork(t, rep, "主轴套", "")
		rep.Say("送达 GD2026-001")
		rep.ExpectText("工单 GD2026-001").Without("没有合同")
		other.Say("送达 GD2026-001")
		other.ExpectText("GD2026-001").Without("绍兴", "主轴套", "没有合同")
		rep.Say("报价 绍兴市立医院 全自动生化分析仪 1台 45.3万")
		rep.ExpectCard("报价待审批 · BJ2026-001")
		other.Say("送达 BJ2026-001")
		other.ExpectText("没有 BJ2026-001,或者不归你看").Without("绍兴", "45.3")
	})
}
