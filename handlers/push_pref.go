package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxGather is how many times a day what is not pressing may come together.
const maxGather = 4

func (a *App) registerPushPref(r *bot.Router[Tx]) {
	example := func(words string) func(context.Context, bot.Turn, Tx) (string, error) {
		return func(context.Context, bot.Turn, Tx) (string, error) { return words, nil }
	}
	r.Command(bot.Command[Tx]{
		Name: "推送设置", Aliases: []string{"tssz", "我的推送", "提醒设置"}, Summary: "推送什么时候来、走哪个软件", Usage: "推送设置 / 推送设置 攒到 11:30、17:00",
		Detail: "推送设置 攒到 11:30、17:00:不急的到点合成一条;推送设置 逐条:有一件来一件。推送设置 走钉钉:两个软件都绑了的,推送走这一个;推送设置 走最近用的:回到原来。" +
			"免打扰 12:00-13:30 设自己的静默时段。推送设置 恢复:全部还原。等你拍板的审批不攒,标了紧急的都照发。",
		Example: example("推送设置"), Handle: a.PushSettings,
	})
	r.Command(bot.Command[Tx]{
		Name: "免打扰", Aliases: []string{"mdr", "我的免打扰", "勿扰"}, Summary: "每天一段时间不收推送", Usage: "免打扰 12:00-13:30 / 免打扰 取消",
		Detail: "公司的静默时段(晚上和休息日)之外,再给自己加一段,每天都算。这段时间里的推送过后合成一条发你,标了紧急的照发。", Example: example("免打扰"), Handle: a.OwnQuiet,
	})
}

var (
	rePrefSpan  = regexp.MustCompile(`^(.+?)\s*(?:到|至|~|—|-|－)\s*(.+?)(?:不打扰|免打扰)?$`)
	rePrefClock = regexp.MustCompile(`(早上|上午|中午|下午|晚上)?\s*(\d{1,2}|[一二三四五六七八九十两]{1,3})\s*(?:[:：](\d{2})|[点时](半|\d{1,2}分?)?)`)
)

// clocks reads times of a day, minutes since midnight each; ok is false where something else stands between them.
func clocks(text string) (list []int, ok bool) {
	rest := text
	for _, m := range rePrefClock.FindAllStringSubmatch(text, -1) {
		w := rosterWords{weekday: -1}
		if err := w.change([]string{m[0], "", m[1], m[2], m[3], m[4]}); err != nil {
			return nil, false
		}
		list = append(list, w.hour*60+w.minute)
		rest = strings.Replace(rest, m[0], " ", 1)
	}
	return list, len(list) > 0 && bare(strings.Join(strings.FieldsFunc(strings.ReplaceAll(rest, "和", " "), isSeparator), "")) == ""
}

// OwnQuiet shows or sets a person's own quiet hours (免打扰 12:00-13:30).
func (a *App) OwnQuiet(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("免打扰单聊我设。"), nil
	}
	p := t.Org.PushPref(t.Person.ID)
	words := bare(t.Args)
	span := rePrefSpan.FindStringSubmatch(words)
	switch {
	case words == "":
		return a.pushSettings(t, p), nil
	case off(words):
		if p.QuietFrom == p.QuietTo {
			return bot.Text("本来就没设免打扰。设一段:免打扰 12:00-13:30"), nil
		}
		was := p
		p.QuietFrom, p.QuietTo = 0, 0
		return a.putPref(t, tx, was, p, "免打扰取消了,推送照常来。"), nil
	case a.Settings.OwnQuiet <= 0:
		return bot.Text("公司没开自己设免打扰。要开找管理员(配置 channels.own_quiet)。"), nil
	case span == nil:
		return bot.Text("写从几点到几点,例:免打扰 12:00-13:30"), nil
	}
	from, ok := clocks(span[1])
	to, ok2 := clocks(span[2])
	if !ok || !ok2 || len(from) != 1 || len(to) != 1 {
		return bot.Text("时间没看懂:" + quoted(words, "") + "。例:免打扰 12:00-13:30"), nil
	}
	was := p
	p.QuietFrom, p.QuietTo = from[0], to[0]
	switch {
	case p.QuietFrom == p.QuietTo:
		return bot.Text("从几点到几点要不一样。例:免打扰 12:00-13:30"), nil
	case p.QuietFor() > a.Settings.OwnQuiet:
		return bot.Text("一天最多 " + sales.Waited(a.Settings.OwnQuiet) + ",这段有 " + sales.Waited(p.QuietFor()) + "。请假发:请假 明天"), nil
	}
	return a.putPref(t, tx, was, p, "每天 "+quietText(p)+" 不打扰你,过后合成一条。紧急的照发。"), nil
}

// off reports whether somebody wants a setting away.
func off(words string) bool {
	return slices.Contains([]string{"取消", "关", "关闭", "不要", "不用", "删除", "恢复", "没有"}, words)
}

func quietText(p sales.PushPref) string {
	return sales.MinuteText(p.QuietFrom) + "-" + sales.MinuteText(p.QuietTo)
}

// PushSettings shows or sets what a person wants of pushes (推送设置).
func (a *App) PushSettings(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("推送设置单聊我改。"), nil
	}
	p := t.Org.PushPref(t.Person.ID)
	was, words := p, bare(t.Args)
	if rest, ok := strings.CutPrefix(words, "免打扰"); ok {
		t.Args = rest
		return a.OwnQuiet(context.Background(), t, tx)
	}
	rest, gather := cutAny(words, "攒到", "攒着", "攒", "合并到", "每天")
	via, channel := cutAny(words, "走", "首选", "用")
	switch {
	case words == "":
		return a.pushSettings(t, p), nil
	case off(words):
		if p.IsZero() {
			return bot.Text("没有自己的设置,推送按公司的来。"), nil
		}
		return a.putPref(t, tx, was, sales.PushPref{PersonID: t.Person.ID}, "都还原了,推送按公司的来。"), nil
	case slices.Contains([]string{"逐条", "不攒", "不攒了", "一件一件", "随时"}, words):
		p.Gather = nil
		return a.putPref(t, tx, was, p, "好,有一件来一件。"), nil
	case gather:
		list, ok := clocks(rest)
		slices.Sort(list)
		list = slices.Compact(list)
		switch {
		case !ok:
			return bot.Text("几点没看懂:" + quoted(rest, "空着") + "。例:推送设置 攒到 11:30、17:00"), nil
		case len(list) > maxGather:
			return bot.Text("一天最多 " + itoa(maxGather) + " 个钟点。"), nil
		}
		p.Gather = list
		return a.putPref(t, tx, was, p, "不急的攒到 "+gatherText(p)+" 合成一条。等你拍板的审批和紧急的照旧马上来。"), nil
	case channel:
		return a.preferChannel(t, tx, p, bare(via)), nil
	}
	return bot.Text("没看懂" + quoted(words, "") + "。能设的:推送设置 攒到 11:30、17:00;推送设置 逐条;免打扰 12:00-13:30" + a.channelHint(t)), nil
}

// preferChannel sets the platform on which a person is reached.
func (a *App) preferChannel(t bot.Turn, tx Tx, p sales.PushPref, name string) bot.Reply {
	was := p
	if slices.Contains([]string{"最近用的", "最近", "哪个都行", "都行", "默认"}, name) {
		p.Channel = ""
		return a.putPref(t, tx, was, p, "好,推送发到你最近用的那个。")
	}
	var have []string
	for _, id := range t.Org.Identities(t.Person.ID) {
		if called := sales.PlatformName(id.Platform); called != "" && !slices.Contains(have, called) {
			if have = append(have, called); called == name {
				p.Channel = id.Platform
				return a.putPref(t, tx, was, p, "好,推送走"+called+"。你在别处发消息,还在那边回。")
			}
		}
	}
	if len(have) < 2 {
		return bot.Text("你只绑了" + strings.Join(have, "、") + "一个,不用选。再绑一个发:绑定")
	}
	return bot.Text("没看懂" + quoted(name, "走哪个") + "。你绑了 " + strings.Join(have, "、") + ",例:推送设置 走" + have[0])
}

// channelHint offers a choice of platforms to who has several.
func (a *App) channelHint(t bot.Turn) string {
	ids := t.Org.Identities(t.Person.ID)
	if len(ids) < 2 {
		return ""
	}
	return ";推送设置 走" + sales.PlatformName(ids[0].Platform)
}

func gatherText(p sales.PushPref) string {
	var out []string
	for _, m := range p.Gather {
		out = append(out, sales.MinuteText(m))
	}
	return strings.Join(out, "、")
}

// putPref keeps what a person wants of pushes.
func (a *App) putPref(t bot.Turn, tx Tx, was, p sales.PushPref, told string) bot.Reply {
	p.UpdatedAt = sales.At(t.Now)
	tx.PutPushPref(p)
	audit(tx, t, "push.preferences", "person", sales.ID(t.Person.ID), sales.Change{Field: "推送设置", Old: a.prefText(was), New: a.prefText(p)})
	emit(tx, t, "push.preferences", "person", sales.ID(t.Person.ID))
	return bot.Text(told)
}

// prefText is a setting in words.
func (a *App) prefText(p sales.PushPref) string {
	var out []string
	if p.QuietFrom != p.QuietTo {
		out = append(out, "免打扰 "+quietText(p))
	}
	if len(p.Gather) > 0 {
		out = append(out, "攒到 "+gatherText(p))
	}
	if p.Channel != "" {
		out = append(out, "走"+sales.PlatformName(p.Channel))
	}
	return strings.Join(out, ",")
}

// pushSettings shows what a person has set, and what the company has.
func (a *App) pushSettings(t bot.Turn, p sales.PushPref) bot.Reply {
	v := view.PushPref{Company: a.Calendar.QuietText(), Quiet: "没设,例:免打扰 12:00-13:30", Gather: "逐条来,例:推送设置 攒到 11:30、17:00", Channel: "最近用的那个" + a.channelHint(t)}
	if p.QuietFrom != p.QuietTo {
		v.Quiet = "每天 " + quietText(p) + ",取消发:免打扰 取消"
	}
	if len(p.Gather) > 0 {
		v.Gather = "不急的攒到 " + gatherText(p) + ",改回发:推送设置 逐条"
	}
	if p.Channel != "" {
		v.Channel = sales.PlatformName(p.Channel) + ",改回发:推送设置 走最近用的"
	}
	return bot.Text(view.PushPrefText(v))
}

// cutAny takes the first of words that a text begins with.
func cutAny(text string, words ...string) (rest string, ok bool) {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(text, w); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return text, false
}
