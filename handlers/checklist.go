package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// fillList says that a gate is filled by a whole checklist.
const fillList = "list"

// maxLegalNote bounds a note by legal, in characters.
const maxLegalNote = 500

func (a *App) registerChecklist(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "合规清单", Aliases: []string{"hgqd", "合规"}, Summary: "看这单的合规清单还差什么", Usage: "合规清单 客户 / 合规清单 客户 定制方案",
		Detail: "按客户级别要齐的东西:痛点、定制方案、法务意见等,数的是已经记下的。写上文件名,接着把文件发来就算补上。",
		Rank:   map[sales.Role]int{sales.RoleRep: 31}, Example: a.ownExample("合规清单 %s"), Handle: a.List,
	})
	r.Command(bot.Command[Tx]{
		Name: "法务意见", Summary: "给客户的商机写法务意见", Usage: "法务意见 客户 内容", Roles: []sales.Role{sales.RoleLegal, sales.RoleLegalHead},
		Detail: "记到这家正在跟的商机上,算进合规清单,负责人会收到。", Rank: map[sales.Role]int{sales.RoleLegal: 6, sales.RoleLegalHead: 6}, Handle: a.LegalNote,
	})
	r.Action("deal.list", a.TapList)
}

// List shows the checklist of a customer's deal, or files the paper or step that is named.
func (a *App) List(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, rest, reply, err := a.dealArg(ctx, t, tx, nil)
	if err != nil || o.ID == 0 {
		return reply, err
	}
	if rest == "" {
		return a.showList(ctx, t, tx, book, o)
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, s := range f.List.Progress(f).Items {
		if s.Name != "" && (strings.Contains(rest, s.Name) || strings.Contains(rest, s.Say)) {
			return a.fillListItem(ctx, t, tx, book, o, s.Count, s.Name)
		}
	}
	return bot.Text("清单里没有" + quoted(rest, "") + "这一项。发 合规清单 " + book.Customer(o.CustomerID) + " 看有哪些。"), nil
}

func (a *App) showList(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity) (bot.Reply, error) {
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.ShowCard(a.listCard(t, book, f)), nil
}

func (a *App) listCard(t bot.Turn, book *Book, f sales.DealFacts) cards.Card {
	v := view.DealList{
		Deal: f.Deal, Customer: book.Customer(f.Deal.CustomerID), Class: f.Customer.Class, Progress: f.List.Progress(f), Group: t.InGroup(),
	}
	for _, s := range f.Done {
		if strings.HasPrefix(s.Key, "legal:") && len(v.Notes) < 3 {
			v.Notes = append(v.Notes, t.Org.Name(s.PersonID)+" "+sales.DayOf(s.DoneAt.Time).ChineseFrom(t.Today)+":"+cutRunes(s.Note, 60))
		}
	}
	return view.DealListCard(v)
}

// TapList files the paper or step of a button.
func (a *App) TapList(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	o, book, err := a.movableDeal(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	f, err := a.dealFacts(ctx, t, tx, o)
	if err != nil {
		return bot.Reply{}, err
	}
	count, name, _ := strings.Cut(t.Action.Arg, ":")
	for _, s := range f.List.Progress(f).Items { // a card may be older than the configuration
		if s.Count == count && s.Name == name {
			return a.fillListItem(ctx, t, tx, book, o, count, name)
		}
	}
	return bot.Text("这个按钮已失效。发 合规清单 " + book.Customer(o.CustomerID) + " 重新看。"), nil
}

// fillListItem waits for a paper, or ticks a step off.
func (a *App) fillListItem(ctx context.Context, t bot.Turn, tx Tx, book *Book, o sales.Opportunity, count, name string) (bot.Reply, error) {
	if count == sales.CountNode {
		n, ok := o.Way.Node(name)
		if !ok {
			return bot.Text("这条流程没有这个节点,让管理员改合规清单。"), nil
		}
		return a.doNode(ctx, t, tx, book, o, n)
	}
	dialogue, err := a.ask(t, topicGate, gateDraft{Deal: o.ID, Fill: sales.DocumentKey(name)})
	if err != nil {
		return bot.Reply{}, err
	}
	how, err := a.withUpload(t, tx, o, sales.Gate{Document: name}, "把"+name+"的文件发来,就算补上。")
	return bot.Reply{Say: bot.Text(how).Say, Dialogue: dialogue}, err
}

// LegalNote keeps what legal says about a customer's deal, and tells its owner.
func (a *App) LegalNote(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	note := cutRunes(strings.TrimSpace(rest), maxLegalNote)
	if note == "" {
		return bot.Text("意见写在客户后面:法务意见 " + c.Name + " 付款条款要改成 45 天内"), nil
	}
	open, err := tx.OpenOpportunities(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(open) == 0 {
		return bot.Text(c.Name + "没有在跟的商机,意见没处记。等销售建了商机再发。"), nil
	}
	o := open[0]
	for _, x := range open {
		if x.StageSince.After(o.StageSince.Time) {
			o = x
		}
	}
	id := tx.NewID()
	tx.PutDealStep(sales.DealStep{ID: id, OpportunityID: o.ID, Key: sales.LegalKey(id), PersonID: t.Person.ID, DoneAt: sales.At(t.Now), Note: note})
	audit(tx, t, "opportunity.legal_note", "opportunity", o.ID, sales.Change{Field: "法务意见", New: note})
	emit(tx, t, "opportunity.legal_noted", "opportunity", o.ID)
	reply = bot.Text("已记到" + c.Name + "的商机(" + o.StageName() + "),也告诉了" + t.Org.Name(o.OwnerID) + "。")
	if o.OwnerID != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{o.OwnerID}, Subject: "opportunity:" + o.ID.String(), Slot: "legal:" + id.String(), Kind: bot.DeliverPush, Push: true,
			Out: bot.Outgoing{Text: "法务" + t.Person.Name + "对" + c.Name + "这单的意见:" + note},
		})
	}
	return reply, nil
}
