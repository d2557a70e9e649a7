package handlers

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// linkFor is how long a link code works.
const linkFor = 10 * time.Minute

// maxLinkTries is how many messages an account may send in that time before its codes are not looked at any more.
const maxLinkTries = 10

func (a *App) registerLink(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "绑定", Aliases: []string{"bd"}, Summary: "把企业微信和钉钉的账号连成一个人", Usage: "绑定 / 绑定 6位码",
		Detail:    "在已经能用的平台发 绑定,拿到 6 位码;10 分钟内到另一个平台发 绑定 加这 6 位码。",
		Strangers: true, Handle: a.Link,
	})
}

// Link gives a code to a known person, or takes the code a person got on the other platform (绑定).
func (a *App) Link(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	code := strings.Join(strings.Fields(t.Args), "")
	switch {
	case t.InGroup():
		return bot.Text("绑定请单聊我,码不要发在群里。"), nil
	case code == "" && t.Person.ID == 0:
		return bot.Text("先在你已经能用的那个平台发 绑定,拿到 6 位码,再到这里发 绑定 加 6 位码。"), nil
	case code == "":
		return a.giveCode(t, tx)
	}
	return a.takeCode(ctx, t, tx, code)
}

func (a *App) giveCode(t bot.Turn, tx Tx) (bot.Reply, error) {
	b, err := a.Secret(8)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("make link code: %w", err)
	}
	code := fmt.Sprintf("%06d", binary.BigEndian.Uint64(b)%1_000_000)
	tx.CreateLinkCode(code, t.Person.ID, sales.At(t.Now.Add(linkFor)))
	audit(tx, t, "link.code", "person", sales.ID(t.Person.ID))
	return bot.Text("绑定码 " + code + ",10 分钟内有效。到另一个平台单聊我,发:绑定 " + code), nil
}

func (a *App) takeCode(ctx context.Context, t bot.Turn, tx Tx, code string) (bot.Reply, error) {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return bot.Text("绑定码是 6 位数字。在已经能用的平台发 绑定 再拿一个。"), nil
	}
	// A code is one of a million and lives ten minutes. Whoever writes this much in that time is guessing.
	tries, err := tx.EventsSince(ctx, string(t.Event.Platform), string(t.Event.From), sales.At(t.Now.Add(-linkFor)))
	if err != nil {
		return bot.Reply{}, err
	}
	if tries >= maxLinkTries {
		return bot.Text("试得太多了,10 分钟后再来。码在你已经能用的平台上发 绑定 拿。"), nil
	}
	person, err := tx.TakeLinkCode(ctx, code, sales.At(t.Now))
	if sales.KindOf(err) == sales.NotFound {
		return bot.Text("这个码不对或已过期。在已经能用的平台发 绑定 再拿一个。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	p, ok := t.Org.Person(person)
	switch {
	case !ok || !p.Active:
		return bot.Text("这个码的主人已不在职,绑定不了。找管理员看看。"), nil
	case t.Person.ID == person:
		return bot.Text("这个账号本来就是你的,不用再绑。"), nil
	case t.Person.ID != 0:
		return bot.Text("这个账号已经是" + t.Person.Name + "在用,不能再绑给" + p.Name + "。要换人,找管理员。"), nil
	}
	tx.LinkIdentity(sales.Identity{
		Platform: string(t.Event.Platform), UserID: string(t.Event.From), PersonID: person, LinkedAt: sales.At(t.Now),
	})
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(t.Now), PersonID: person, EventID: t.Event.ID, Verb: "link.identity",
		SubjectKind: "person", SubjectID: sales.ID(person),
		Changes: sales.List[sales.Change]{{Field: string(t.Event.Platform), New: string(t.Event.From)}},
	})
	return bot.Text(p.Name + ",绑好了。两个平台现在是同一个你,发 帮助 看能做什么。"), nil
}
