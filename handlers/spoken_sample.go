package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// What people say a moment after they filed something, of that very thing.
var (
	// reOnItsWay tells where the sample is that was filed a moment ago, with its number: 寄了, 寄出了 单号SF1234567890123.
	reOnItsWay   = regexp.MustCompile(`^(?:已经|已|都|刚)?(?:寄了|寄出了?|寄出去了|寄走了?|发了|发出了?|发出去了)?[,，\s]*(?:快递)?(?:单号)?(?:是|为|:|：)?\s*((?:顺丰|京东|中通|圆通|韵达|申通|邮政|极兔|德邦|EMS)?\s*[A-Za-z]{0,3}\d{10,18})?$`)
	reArrivedNow = regexp.MustCompile(`^(?:已经|已|都|样品)?(?:到了|送到了|收到了|签收了|送达了?|到货了)$`)
	reToldOfIt   = regexp.MustCompile(`^(?:他们|客户|对方)?(?:的)?(?:反馈|试用|用下来|用了|试了)(?:说|觉得|下来|情况|是|都)?`)
	// reNobody says of a check-in that nobody was met.
	reNobody = regexp.MustCompile(`^(?:人)?(?:没见到|没见着|没碰到|没碰上|不在|扑了?个?空|扑空)(?:人|他|她|本人)?(?:了|,?下次再来|,?改天再来)?$`)
	// reAllBack takes back all that was filed of one message.
	reAllBack = regexp.MustCompile(`^(?:都|全部?|统统|两[条笔个]都|三[条笔个]都|刚才的都|这几[条笔]都)(?:撤了?|撤掉|撤销|撤回|不要了?|删了?|删掉)(?:吧)?$`)
)

// afterSample carries the sample that was filed a moment ago on by a few words about it. ok is false when they are none, or it is at
// its end.
func (s colloquial) afterSample(ctx context.Context, t bot.Turn, tx Tx, text string, ref sales.Ref) (bot.Reply, bool, error) {
	words := ""
	switch {
	case text == "":
	case reArrivedNow.MatchString(text):
		words = "样品已送达"
	case reOnItsWay.MatchString(text):
		words = "样品已寄出 " + reOnItsWay.FindStringSubmatch(text)[1]
	case reToldOfIt.MatchString(text) && sentimentOf(text) != "":
		words = "样品反馈 " + text
	}
	if words == "" {
		return bot.Reply{}, false, nil
	}
	f, err := tx.FilingByID(ctx, ref.ID)
	if err != nil || f.Kind != sales.FilingSample || !f.Pending() || f.PersonID != t.Person.ID || words == "样品已送达" && f.State != sales.FilingSent {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	book, err := s.Names.Book(ctx)
	if err != nil || f.CustomerID == 0 {
		return bot.Reply{}, false, err
	}
	reply, err := s.as(ctx, t, tx, strings.TrimSpace("样品 "+book.Customer(f.CustomerID)+" "+words))
	return reply, true, err
}

// afterCheckIn files that nobody was met where the person has just checked in.
func (s colloquial) afterCheckIn(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	ref, ok := lastOf(t.Dialogue, "checkin")
	if !ok || !reNobody.MatchString(text) || sales.DayOf(ref.At.Time) != t.Today {
		return bot.Reply{}, false, nil
	}
	v, err := tx.VisitByID(ctx, ref.ID)
	if err != nil || v.State != sales.VisitFiled || v.PersonID != t.Person.ID {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	reply, err := s.as(ctx, t, tx, "拜访 "+book.Customer(v.CustomerID)+" 没见到人")
	return reply, true, err
}

// allBack takes back the filings that were made of the latest message, when there are several.
func (s colloquial) allBack(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	refs := filedAtOnce(t)
	if len(refs) < 2 || !reAllBack.MatchString(text) {
		return bot.Reply{}, false, nil
	}
	var reply bot.Reply
	for i, ref := range refs {
		f, err := s.ownFiling(ctx, t, tx, ref.ID)
		if err != nil {
			return bot.Reply{}, true, err
		}
		one, err := s.undoFiling(ctx, t, tx, f)
		if err != nil {
			return bot.Reply{}, true, err
		}
		for k := range one.Say {
			one.Say[k].Slot += "back" + itoa(i)
		}
		if one.Dialogue != nil {
			t.Dialogue = *one.Dialogue
		}
		reply = reply.And(one)
	}
	return reply, true, nil
}
