package handlers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/picture"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Links makes and reads the signed codes and links of the company.
type Links interface {
	// Code is the text of a customer's QR code.
	Code(customer sales.ID, now time.Time) string
	// ReadCode finds a code in a text. Found is false when there is none; genuine tells ours from others, live one that
	// still works from one that has expired.
	ReadCode(text string, now time.Time) (customer sales.ID, found, genuine, live bool)
	// Page is the address of a person's own page, empty when the bot has no public address.
	Page(page string, person sales.PersonID, now time.Time) string
}

const topicScan = "scan.file"

// scanDraft is what a person wants to file about the customer whose code was scanned.
type scanDraft struct {
	Customer sales.ID `json:"customer"`
	Word     string   `json:"word"`
}

// scans is filing by QR code (扫码即录).
type scans struct {
	*App
	router *bot.Router[Tx]
}

func (a *App) registerScan(r *bot.Router[Tx]) {
	s := scans{a, r}
	r.Command(bot.Command[Tx]{
		Name: "二维码", Aliases: []string{"ewm", "客户码", "扫码"}, Summary: "要一家客户的二维码,贴在现场扫", Usage: "二维码 客户 / 二维码 全部",
		Detail:  "打出来贴在客户那里,到了扫一下就能记:企业微信用应用菜单里的扫一扫,钉钉拍下来发给我。二维码 全部 给一张能打印的页面。别的公司的码、改过的码都不认。",
		Example: a.ownExample("二维码 %s"),
		Rank:    map[sales.Role]int{sales.RoleRep: 9}, Handle: s.MakeCode,
	})
	r.IsCode, r.Scanned = s.isCode, s.Scanned
	r.Action("scan.file", s.TapKind)
	r.Topic(topicScan, s.AnswerKind)
}

// MakeCode gives a customer's QR code as a picture, or the page with all of the person's own.
func (s scans) MakeCode(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch bare(t.Args) {
	case "":
		return bot.Text("要哪家的?例:二维码 绍兴市立医院。全部打印:二维码 全部"), nil
	case "全部", "所有", "打印", "表":
		return s.page(t, "codes", "你的客户的二维码,打开就能打印"), nil
	}
	id, reply, err := s.findCustomer(ctx, t, t.Args)
	if err != nil || id == 0 {
		return reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.OwnerID != 0 && !t.Org.ScopeOf(t.Person).Covers(c.OwnerID) {
		return bot.Text(c.Name + "是" + t.Org.Name(c.OwnerID) + "的客户,二维码找" + t.Org.Name(c.OwnerID) + "要。"), nil
	}
	png, err := picture.Code(s.Links.Code(c.ID, t.Now), c.Name, "扫一扫,记拜访")
	if err != nil {
		return bot.Reply{}, fmt.Errorf("draw code: %w", err)
	}
	say, err := s.pictureSay(ctx, tx, "二维码 "+c.Name, png)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.code", "customer", c.ID)
	return bot.Reply{Say: append([]bot.Say{say}, bot.Text("打出来贴在客户那里。到了用企业微信扫一扫,钉钉拍下来发给我。").Say...)}, nil
}

// page answers with the link to one of the person's own pages, in a single chat only: whoever has the link sees it.
func (a *App) page(t bot.Turn, page, what string) bot.Reply {
	if t.InGroup() {
		return bot.Text("这个链接只能你自己看,单聊我再要一次。")
	}
	link := a.Links.Page(page, t.Person.ID, t.Now)
	if link == "" {
		return bot.Text("还没配置外网地址,网页打不开。找管理员配 public_url。")
	}
	return bot.Text(what + ":\n" + link + "\n只给你看,一小时内有效,别转发。")
}

func (s scans) isCode(text string) bool {
	if s.Links == nil {
		return false
	}
	_, found, _, _ := s.Links.ReadCode(text, time.Time{})
	return found
}

// Scanned takes a scanned code: by the platform's scanner, as a photo that was read, or pasted as a link.
func (s scans) Scanned(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	id, found, genuine, live := s.Links.ReadCode(t.Text, t.Now)
	switch {
	case !found:
		return bot.Text("扫到的不是我们的客户码,没有记。客户码发 二维码 客户名 就有;要记的话直接说哪家、什么事。"), nil
	case !genuine:
		return bot.Text("这个码不是我们公司的,或者被改过,没有记。要新的发 二维码 客户名。"), nil
	case !live:
		return bot.Text("这个码过期了。发 二维码 客户名 换一张。"), nil
	}
	c, err := tx.CustomerByID(ctx, id)
	if sales.KindOf(err) == sales.NotFound {
		return bot.Text("这个码的客户已经不在了。发 客户 名称 查一下。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Scan{Key: "scan:" + tx.NewID().String() + "/card", Customer: c, Version: t.Now.UnixMicro()}
	if c.OwnerID != t.Person.ID {
		v.Owner = t.Org.Name(c.OwnerID)
	}
	if c.OwnerID == 0 || t.Org.ScopeOf(t.Person).Covers(c.OwnerID) {
		if err := s.standing(ctx, t, tx, &v); err != nil {
			return bot.Reply{}, err
		}
	}
	if d := s.Settings.PhotoWithin; d > 0 && !t.InGroup() {
		v.Photo = sales.FormatTime(t.Now.Add(d), t.Now)
		made := sales.Scan{ID: tx.NewID(), CustomerID: c.ID, PersonID: t.Person.ID, ScannedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1}
		tx.CreateScan(made)
		emit(tx, t, "scan.created", "scan", made.ID)
	}
	audit(tx, t, "customer.scan", "customer", c.ID)
	emit(tx, t, "customer.scanned", "customer", c.ID)
	reply := bot.ShowCard(view.ScanCard(v))
	dialogue := t.Dialogue
	remember(&dialogue, "customer", c.ID, t.Now)
	reply.Dialogue = remember(&dialogue, "scan", c.ID, t.Now)
	return reply, nil
}

// standing reads how things stand with a customer: the open deal and what was promised.
func (s scans) standing(ctx context.Context, t bot.Turn, tx Tx, v *view.Scan) error {
	open, err := tx.OpenOpportunities(ctx, v.Customer.ID)
	if err != nil {
		return err
	}
	if len(open) > 0 {
		v.Stage = open[0].StageName()
	}
	todos, err := tx.OpenTodos(ctx, t.Person.ID, 100)
	if err != nil {
		return err
	}
	for _, todo := range todos {
		if todo.CustomerID == v.Customer.ID && len(v.Promises) < 2 {
			v.Promises = append(v.Promises, todo.Text+orBlank(" → ", todo.DueOn.ChineseFrom(t.Today)))
		}
	}
	return nil
}

// TapKind asks for the one sentence that is still missing.
func (s scans) TapKind(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	for _, k := range view.ScanKinds {
		if k.Word == t.Action.Arg {
			dialogue, err := s.ask(t, topicScan, scanDraft{c.ID, k.Word})
			if err != nil {
				return bot.Reply{}, err
			}
			return bot.Reply{Say: bot.Text(c.Name + "," + k.Word + ":" + k.Ask).Say, Dialogue: dialogue}, nil
		}
	}
	return bot.Text("这个按钮已失效。发 帮助 看现在能做什么。"), nil
}

// AnswerKind files what was said about the scanned customer, as if the whole had been typed.
func (s scans) AnswerKind(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[scanDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if w := bare(t.Text); w == "取消" || w == "算了" || w == "不记了" {
		return bot.Reply{Say: bot.Text("好,不记了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	c, err := tx.CustomerByID(ctx, d.Customer)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	text := t.Text
	if named, _ := book.Parser.FindCustomer(parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}); named.ID == 0 {
		text = c.Name + " " + text
	}
	t.Event.Text = strings.TrimSpace(d.Word + " " + text)
	t.Dialogue = *closeTopic(t.Dialogue)
	reply, err := s.router.Dispatch(ctx, t, tx)
	if err == nil && reply.Dialogue == nil {
		reply.Dialogue = &t.Dialogue
	}
	return reply, err
}

// ownPages are the pages of 网页, by what people call them.
var ownPages = []struct{ word, page, what string }{
	{"客户", "customers", "你的客户清单"},
	{"记录", "filings", "你记过的"},
	{"二维码", "codes", "你的客户的二维码"},
	{"商机", "deals", "你能看的商机"},
	{"合同", "contracts", "你能看的合同"},
	{"应收", "receivables", "开了票还没回款的"},
}

func (a *App) registerPages(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "网页", Aliases: []string{"wy", "清单", "列表"}, Summary: "在网页里看客户、商机、合同、应收", Usage: "网页 客户 / 网页 商机 / 网页 合同 / 网页 应收",
		Detail: "给一个只属于你的链接,手机电脑都能看,能搜、能筛、能排、能翻页,一小时后失效。还有 网页 记录、网页 二维码;管理员有 网页 管理:阶段、字段、人员、规则。", Rank: map[sales.Role]int{sales.RoleRep: 10},
		Handle: func(_ context.Context, t bot.Turn, _ Tx) (bot.Reply, error) {
			word := strings.TrimPrefix(bare(t.Args), "我的")
			for _, p := range ownPages {
				if word == p.word {
					return a.page(t, p.page, p.what), nil
				}
			}
			if word == "管理" || word == "后台" {
				if !t.Person.Has(sales.RoleAdmin) {
					return bot.Reply{}, sales.Errorf(sales.Forbidden, "管理页要管理员权限。你可以看:网页 客户、网页 商机、网页 合同。")
				}
				return a.page(t, "admin", "管理页:阶段、字段、人员、规则"), nil
			}
			return bot.Text("看哪个?网页 客户、网页 商机、网页 合同、网页 应收、网页 记录、网页 二维码。"), nil
		},
	})
}
