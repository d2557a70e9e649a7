package scheduler

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Outbound is what a rule sends outside the chats.
type Outbound struct {
	// Via is the channel. Target names another system (bot.ViaHook), To are the people (bot.ViaMail, bot.ViaSMS).
	Via    bot.Platform
	Target string
	To     []sales.PersonID
	// Title is what it is about, Text what is said of it, Rule the rule's name.
	Title, Text, Rule string
	// Key makes it one thing: the same is sent to nobody twice.
	Key         string
	SubjectKind string
	SubjectID   sales.ID
	// Values are the record's fields, for another system.
	Values map[string]string
	At     time.Time
}

// Outlets are the channels outside the chats that are configured.
type Outlets struct {
	Mail, SMS bool
	// Targets are the names of other systems, as rules call them; case does not matter.
	Targets []string
}

// Says are the messages of an Outbound. trouble says in Chinese what cannot be sent, and to whom; it may go with messages
// to the others.
func (o Outlets) Says(org *sales.Org, b Outbound) (says []bot.Say, trouble string) {
	switch {
	case b.Via == bot.ViaHook:
		return o.hook(b)
	case b.Via == bot.ViaMail && !o.Mail:
		return nil, "没配邮件"
	case b.Via == bot.ViaSMS && !o.SMS:
		return nil, "没配短信"
	case len(b.To) == 0:
		return nil, "没有收的人"
	}
	what := map[bot.Platform]string{bot.ViaMail: "邮箱", bot.ViaSMS: "手机号"}[b.Via]
	var missing []string
	for _, p := range b.To {
		if _, err := bot.AddressOf(org, p, b.Via); err != nil {
			missing = append(missing, org.Name(p))
			continue
		}
		says = append(says, bot.Say{
			To: []sales.PersonID{p}, Subject: b.Key, Kind: bot.DeliverPush, Slot: string(b.Via), Push: true, Via: b.Via, Out: b.content(),
		})
	}
	if len(missing) > 0 {
		trouble = "没有" + what + ":" + strings.Join(missing, "、")
	}
	return says, trouble
}

func (b Outbound) content() bot.Outgoing {
	text := strings.TrimSpace(b.Text)
	if b.Via == bot.ViaSMS {
		if text == "" {
			text = b.Title
		}
		return bot.Outgoing{Text: text}
	}
	if text == "" {
		text = b.Title
	}
	return bot.Outgoing{Mail: &bot.Mail{Subject: b.Title, Text: text + fmt.Sprintf("\n\n规则\"%s\"发的。在企业微信或钉钉里处理就行。", b.Rule)}}
}

func (o Outlets) hook(b Outbound) ([]bot.Say, string) {
	i := slices.IndexFunc(o.Targets, func(name string) bool { return strings.EqualFold(name, b.Target) })
	if i < 0 {
		return nil, "没配接口 " + b.Target
	}
	data, err := json.Marshal(struct {
		Rule   string            `json:"rule"`
		Title  string            `json:"title"`
		Text   string            `json:"text,omitempty"`
		Values map[string]string `json:"values,omitempty"`
	}{b.Rule, b.Title, b.Text, b.Values})
	if err != nil {
		return nil, "内容发不了"
	}
	return []bot.Say{{
		Via: bot.ViaHook, Address: []string{o.Targets[i]}, Subject: b.Key, Kind: bot.DeliverHook, Slot: "rule",
		Out: bot.Outgoing{Hook: &bot.Hook{Event: "rule.fired", At: b.At, SubjectKind: b.SubjectKind, SubjectID: b.SubjectID, Data: data}},
	}}, ""
}
