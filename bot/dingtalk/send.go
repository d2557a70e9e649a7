package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/render"
)

// maxBatch is the most people one call of batchSend reaches.
const maxBatch = 20

// routeMargin is how long a reply address must still be good for.
const routeMargin = 30 * time.Second

// target is whom a delivery goes to.
type target struct {
	users []bot.UserID
	chat  bot.ChatID
	group bool
	// webhook is the reply address of the message that is answered, while it is good.
	webhook string
}

// target reads where a delivery goes.
func (a *Adapter) target(d bot.Delivery) (target, error) {
	t := target{users: slices.Clone(d.Users), chat: d.Chat.ID}
	switch {
	case len(t.users) > 0:
	case d.Chat.Group:
		t.group = true
	default:
		t.users = []bot.UserID{bot.UserID(t.chat)}
	}
	if t.group && t.chat == "" {
		return t, bot.Refused(bot.NoRecipient, "group without id")
	}
	for _, u := range t.users {
		// ";" and "." part the chats of a card.
		if u == "" || len(u) > maxPlatform || strings.ContainsAny(string(u), ";\n") {
			return t, bot.Refused(bot.NoRecipient, "not a user id")
		}
	}
	r := d.Route
	if r.Webhook != "" && a.opt.Now().Add(routeMargin).Before(r.Until) && a.api.replyAddress(r.Webhook) {
		t.webhook = r.Webhook
	}
	return t, nil
}

// reachable leaves out those who have no account and can be answered only through a reply address.
func (t target) reachable() target {
	t.users = slices.DeleteFunc(slices.Clone(t.users), func(u bot.UserID) bool {
		return u == system || strings.HasPrefix(string(u), outsider)
	})
	return t
}

func (t target) nobody() bool { return !t.group && len(t.users) == 0 }

// Send implements bot.Sender. Answers go through the reply address while it is good, since that costs no call; cards
// as cards while the month's budget lasts. A text longer than a message goes out as several; when one of them fails
// after the first, the outcome is Unsure.
func (a *Adapter) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	t, err := a.target(d)
	if err != nil {
		return bot.Receipt{}, err
	}
	switch {
	case d.Out.Todo != nil:
		return a.PutTodo(ctx, d)
	case d.Out.Card != nil:
		return a.sendAnyCard(ctx, d, t)
	case d.Out.File != nil:
		return a.sendFile(ctx, d, t)
	case strings.TrimSpace(d.Out.Text) != "":
		return a.say(ctx, t, noteOf(d.Out.Text))
	}
	return bot.Receipt{}, bot.Refused(bot.Rejected, "empty message")
}

// step is the rung of the ladder for a delivery: what can be answered through a reply address is an answer.
func (a *Adapter) step(ctx context.Context, d bot.Delivery, t target) Step {
	kind := d.Kind
	if t.webhook != "" {
		kind = bot.DeliverReply
	}
	return ChooseStep(kind, a.api.usage(ctx), a.opt.Now())
}

// sendAnyCard sends a card as a card, or as text where there is no template, no account, or too little of the budget.
func (a *Adapter) sendAnyCard(ctx context.Context, d bot.Delivery, t target) (bot.Receipt, error) {
	if a.opt.CardTemplateID == "" || t.reachable().nobody() || a.step(ctx, d, t) != StepCard {
		return a.sayCard(ctx, d, t)
	}
	r, err := a.sendCard(ctx, d, t.reachable())
	if err == nil {
		return r, nil
	}
	switch bot.SendFailure(err).Reason {
	case bot.Rejected, bot.Permission:
		// No such template, no permission for cards, or something in it the platform does not take: what the card says
		// must arrive all the same.
		zerolog.Ctx(ctx).Warn().Err(err).Str("platform", string(Platform)).Str("delivery", d.ID.String()).Msg("card goes out as text")
		return a.sayCard(ctx, d, t)
	case bot.Quota:
		if t.webhook != "" {
			return a.sayCard(ctx, d, t)
		}
	}
	return r, err
}

// sayCard sends what a card says as markdown, with the typed form of every button.
func (a *Adapter) sayCard(ctx context.Context, d bot.Delivery, t target) (bot.Receipt, error) {
	n := note{title: title(d.Out.Card.Heading()), text: render.Markdown(*d.Out.Card), markdown: true}
	r, err := a.say(ctx, t, n)
	if err != nil {
		return r, err
	}
	r.Ref, r.AsText = d.CardRef(), true
	return r, nil
}

// note is a text on its way: plain, or markdown with the title the chat list shows.
type note struct {
	title, text string
	markdown    bool
}

// noteOf is a text as what it is: markdown when it has a heading. Plain text is shown everywhere and can be copied.
func noteOf(text string) note {
	text, marked := render.Say(text, false)
	if !marked {
		return note{text: text}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return note{title: title(strings.Trim(first, "#>*- ")), text: breaks(text), markdown: true}
}

// breaks makes single line breaks survive: in markdown they need two spaces before them.
func breaks(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines[:len(lines)-1] {
		if lines[i] != "" && lines[i+1] != "" && !strings.HasSuffix(lines[i], "  ") {
			lines[i] += "  "
		}
	}
	return strings.Join(lines, "\n")
}

func title(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return "销售助手"
	}
	return render.CutRunes(s, cards.MaxTitle)
}

// parts cuts a note into messages that every way of sending takes.
func (n note) parts() []note {
	var out []note
	for size := 12000; size >= 1000; size /= 2 {
		out = out[:0]
		fits := true
		for _, text := range render.SplitBytes(n.text, size) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			p := note{title: n.title, text: text, markdown: n.markdown}
			_, param := p.sample()
			fits = fits && len(param) <= render.DingTalkParamBytes
			out = append(out, p)
		}
		if fits {
			break
		}
	}
	return out
}

// sample is the note as a message of the robot API.
func (n note) sample() (key, param string) {
	if n.markdown {
		return "sampleMarkdown", jsonText(map[string]string{"title": n.title, "text": n.text})
	}
	return "sampleText", jsonText(map[string]string{"content": n.text})
}

// webhookBody is the note as a message of a reply address.
func (n note) webhookBody() map[string]any {
	if n.markdown {
		return map[string]any{"msgtype": "markdown", "markdown": map[string]string{"title": n.title, "text": n.text}}
	}
	return map[string]any{"msgtype": "text", "text": map[string]string{"content": n.text}}
}

// jsonText encodes strings, which cannot fail.
func jsonText(v map[string]string) string {
	b, _ := encode(v)
	return string(b)
}

// say sends a note in as many messages as it needs.
func (a *Adapter) say(ctx context.Context, t target, n note) (bot.Receipt, error) {
	var out bot.Receipt
	for i, p := range n.parts() {
		r, err := a.sayOne(ctx, &t, p)
		if err != nil && i > 0 {
			return bot.Receipt{}, &bot.SendError{
				Reason: bot.Unsure, Retry: bot.SendFailure(err).Retry, After: bot.SendFailure(err).After,
				Err: fmt.Errorf("part %d: %w", i+1, err),
			}
		}
		if err != nil {
			return bot.Receipt{}, err
		}
		if out.Message == "" {
			out.Message = r.Message
		}
		out.Undelivered = append(out.Undelivered, r.Undelivered...)
		// Who was not reached does not get the rest either.
		t.users = slices.DeleteFunc(t.users, func(u bot.UserID) bool { return slices.Contains(r.Undelivered, u) })
	}
	return out, nil
}

// sayOne sends one message, through the reply address while that works. Once it does not, t has none any more.
func (a *Adapter) sayOne(ctx context.Context, t *target, n note) (bot.Receipt, error) {
	var first error
	if t.webhook != "" {
		first = a.reply(ctx, t.webhook, n)
		if first == nil {
			return bot.Receipt{}, nil
		}
		if r := bot.SendFailure(first).Reason; r == bot.Unsure || codeOf(first) == codeTooLong {
			return bot.Receipt{}, first
		}
		t.webhook = ""
	}
	open := t.reachable()
	if open.nobody() {
		return bot.Receipt{}, orError(first, bot.Refused(bot.NoRecipient, "no account to send to"))
	}
	key, param := n.sample()
	r, err := a.push(ctx, open, key, param)
	if err != nil && first != nil && bot.SendFailure(err).Reason == bot.Quota {
		return r, first
	}
	return r, err
}

func orError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// reply answers through the reply address of a message (sessionWebhook). It refuses at HTTP 200.
func (a *Adapter) reply(ctx context.Context, address string, n note) error {
	return a.api.do(ctx, request{api: apiWebhook, base: address, body: n.webhookBody()}, nil)
}

// push sends a message of the robot API to a group, or to people in their single chats.
func (a *Adapter) push(ctx context.Context, t target, key, param string) (bot.Receipt, error) {
	if t.group {
		var out struct {
			Key string `json:"processQueryKey"`
		}
		err := a.api.do(ctx, request{api: apiGroupSend, body: map[string]string{
			"robotCode": a.opt.RobotCode, "openConversationId": string(t.chat), "msgKey": key, "msgParam": param,
		}}, &out)
		return bot.Receipt{Message: cut(out.Key, maxPlatform)}, err
	}
	return a.pushToPeople(ctx, t.users, key, param)
}

// pushToPeople sends to any number of people, twenty in a call. HTTP 200 does not mean that all were reached: those the
// platform throttles are tried once more. When some were reached the others are named in the receipt, for sending again
// would reach the first ones twice.
func (a *Adapter) pushToPeople(ctx context.Context, users []bot.UserID, key, param string) (bot.Receipt, error) {
	var out bot.Receipt
	var sent batch
	for some := range slices.Chunk(users, maxBatch) {
		b, err := a.pushBatch(ctx, some, key, param)
		if err == nil && len(b.throttled) > 0 {
			b, err = a.pushThrottled(ctx, b, key, param)
		}
		if err != nil {
			if sent.reached > 0 {
				err = &bot.SendError{Reason: bot.Unsure, Retry: bot.SendFailure(err).Retry, After: bot.SendFailure(err).After, Err: err}
			}
			return bot.Receipt{}, err
		}
		if out.Message == "" {
			out.Message = b.key
		}
		sent.add(b)
	}
	out.Undelivered = append(sent.invalid, sent.throttled...)
	switch {
	case sent.reached > 0:
		return out, nil
	case len(sent.throttled) > 0:
		return bot.Receipt{}, &bot.SendError{Reason: bot.Throttled, Retry: true, After: time.Minute, Err: errors.New("all receivers are throttled")}
	}
	return bot.Receipt{}, bot.Refused(bot.NoRecipient, "none of %d receivers is known", len(users))
}

// batch is what became of one call of batchSend.
type batch struct {
	key                string
	reached            int
	invalid, throttled []bot.UserID
}

func (b *batch) add(o batch) {
	b.reached += o.reached
	b.invalid, b.throttled = append(b.invalid, o.invalid...), append(b.throttled, o.throttled...)
}

func (a *Adapter) pushBatch(ctx context.Context, users []bot.UserID, key, param string) (batch, error) {
	var out struct {
		Key       string       `json:"processQueryKey"`
		Invalid   []bot.UserID `json:"invalidStaffIdList"`
		Throttled []bot.UserID `json:"flowControlledStaffIdList"`
	}
	err := a.api.do(ctx, request{api: apiBatchSend, body: map[string]any{
		"robotCode": a.opt.RobotCode, "userIds": users, "msgKey": key, "msgParam": param,
	}}, &out)
	if err != nil {
		return batch{}, err
	}
	b := batch{key: cut(out.Key, maxPlatform)}
	for _, u := range users {
		switch {
		case slices.Contains(out.Invalid, u):
			b.invalid = append(b.invalid, u)
		case slices.Contains(out.Throttled, u):
			b.throttled = append(b.throttled, u)
		default:
			b.reached++
		}
	}
	return b, nil
}

// pushThrottled tries those whom the platform throttled once more, after a pause. What cannot be tried stays throttled.
func (a *Adapter) pushThrottled(ctx context.Context, b batch, key, param string) (batch, error) {
	t := time.NewTimer(a.opt.Pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return b, nil
	}
	again, err := a.pushBatch(ctx, b.throttled, key, param)
	if err != nil {
		return b, nil
	}
	b.throttled = nil
	b.add(again)
	if b.key == "" {
		b.key = again.key
	}
	return b, nil
}
