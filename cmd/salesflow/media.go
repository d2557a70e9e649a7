package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/media"
	"salesflow/cards/view"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// mediaLease is how long a replica has the looking at pictures and clips to itself. It is renewed before each, so it is longer than
// the one that takes longest.
const mediaLease = ocrLimit + 2*time.Minute

// Limits of what reads pictures and clips.
const ocrLimit, speechLimit = 60 * time.Second, 45 * time.Second

func tool(t configs.Tool, timeout time.Duration) media.Tool {
	return media.Tool{Command: strings.Fields(t.Command), URL: t.URL, Secret: t.Secret.Reveal(), Timeout: timeout}
}

func speech(c configs.Config) media.Tool { return tool(c.Speech, speechLimit) }
func ocr(c configs.Config) media.Tool    { return tool(c.OCR, ocrLimit) }

// lookAtMedia looks at what has arrived: reads codes and texts from pictures and words from clips. One replica does it at
// a time; what it finds comes back as an event or a card of its own, once.
func (p *program) lookAtMedia(ctx context.Context) error {
	p.turns.media.Lock() // the lease below is the whole process's
	defer p.turns.media.Unlock()
	var rows []sales.Media
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		rows, err = tx.FreshMedia(ctx, 8)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for media: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	for _, m := range rows {
		ours, err := p.db.Lease(ctx, "media.look", p.db.Holder(), mediaLease)
		if err != nil || !ours {
			return err
		}
		if err := p.lookAt(ctx, m); err != nil {
			p.log.Warn().Err(err).Str("file", m.FileID.String()).Msg("look at media")
		}
	}
	return p.db.ReleaseLease(ctx, "media.look", p.db.Holder())
}

func (p *program) lookAt(ctx context.Context, m sales.Media) error {
	path, err := p.files.here(ctx, m.FileID)
	if errors.Is(err, errNotHere) {
		m.State = sales.MediaBad
		return p.looked(ctx, m, "刚才发的取不到了,可能服务器换过。重新发一次。")
	}
	if err != nil {
		return err
	}
	b, err := readFile(path)
	if err != nil {
		return err
	}
	if m.Kind == sales.MediaVoice {
		return p.hear(ctx, m, b)
	}
	return p.see(ctx, m, b)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read media: %w", err)
	}
	return b, nil
}

// see looks at a picture: a code in it is as good as scanned; a text in it is shown to be confirmed.
func (p *program) see(ctx context.Context, m sales.Media, b []byte) error {
	look, err := media.Look(b)
	m.Width, m.Height, m.Look, m.State = look.Width, look.Height, look.Hash, sales.MediaRead
	if err != nil {
		m.State = sales.MediaBad
		what := "刚才的图打不开,可能传坏了。重新发一张。"
		if errors.Is(err, media.ErrTooLarge) {
			what = "刚才的图太大了,存下了但不能看。截小一点再发。"
		}
		return p.looked(ctx, m, what)
	}
	if _, found, _, _ := p.links.ReadCode(look.Code, p.clock.Now()); found {
		if err := p.asIfSaid(ctx, m, look.Code); err != nil {
			return err
		}
		return p.looked(ctx, m, "")
	}
	said := ""
	if look.Code != "" && m.SubjectKind == "" {
		said = "图里的二维码不是我们的客户码,没按扫码记。图留着,接着说是哪家就附上。"
	}
	if ocr := ocr(p.cfg); ocr.Set() && said == "" {
		text, err := ocr.Text(ctx, p.files.path(m.FileID), "image/jpeg")
		if err != nil {
			p.log.Warn().Err(err).Str("file", m.FileID.String()).Msg("read picture")
		}
		m.Text = legible(text)
	}
	return p.looked(ctx, m, said)
}

// legible keeps a recognised text when there is something in it, without the gaps recognisers leave, and not too long.
func legible(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.Join(strings.Fields(bot.CleanText(line)), " ")
		if utf8.RuneCountInString(line) > 1 {
			lines = append(lines, line)
		}
	}
	s = strings.Join(lines, "\n")
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500]) + "…"
	}
	if utf8.RuneCountInString(s) < 4 {
		return ""
	}
	return s
}

// hear puts a clip into words, which then come to the bot as if the person had typed them.
func (p *program) hear(ctx context.Context, m sales.Media, b []byte) error {
	mime, err := media.VoiceKind(b)
	if err != nil {
		m.State = sales.MediaBad
		return p.looked(ctx, m, "刚才那个不是语音,听不了。打字或重录一条。")
	}
	tool := speech(p.cfg)
	if !tool.Set() {
		m.State = sales.MediaBad
		return p.looked(ctx, m, "语音还不能转文字。打字再发一次。")
	}
	text, err := tool.Text(ctx, p.files.path(m.FileID), mime)
	if err != nil {
		p.log.Warn().Err(err).Str("file", m.FileID.String()).Msg("hear clip")
	}
	text = bot.CleanText(text)
	if err != nil || text == "" {
		m.State = sales.MediaBad
		return p.looked(ctx, m, "刚才那段语音没听清。打字再发一次,或找个安静的地方重录。")
	}
	if r := []rune(text); len(r) > 1500 {
		text = string(r[:1500])
	}
	if err := p.asIfSaid(ctx, m, text); err != nil {
		return err
	}
	m.State, m.Text = sales.MediaRead, text
	return p.looked(ctx, m, "")
}

// asIfSaid brings a text to the bot as if its sender had said it, once for each file.
func (p *program) asIfSaid(ctx context.Context, m sales.Media, text string) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	var f sales.File
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		f, err = tx.FileByID(ctx, m.FileID)
		return err
	})
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	for _, account := range org.Identities(m.PersonID) {
		if account.Platform != f.Platform {
			continue
		}
		_, err := p.front.Accept(ctx, bot.Event{
			Platform: bot.Platform(account.Platform), ID: "media:" + m.FileID.String(), Kind: bot.Said, At: m.SentAt.Time,
			From: bot.UserID(account.UserID), Chat: bot.Chat{Platform: bot.Platform(account.Platform)}, Text: text,
		})
		return err
	}
	return nil
}

// looked writes what was found, and tells the sender what is worth telling.
func (p *program) looked(ctx context.Context, m sales.Media, say string) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	done, err := storage{p.books, p.db}.do(ctx, bot.Event{}, 0, func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.MediaByFile(ctx, m.FileID) // it may have been attached meanwhile
		if err != nil {
			return err
		}
		if now.State != sales.MediaFresh {
			return nil
		}
		now.State, now.Width, now.Height, now.Look, now.Text = m.State, m.Width, m.Height, m.Look, m.Text
		tx.UpdateMedia(now)
		out := bot.Outgoing{Text: say}
		if say == "" && now.Kind == sales.MediaPicture && now.Text != "" {
			card := view.PictureText(now.FileID, p.whereOf(ctx, tx, now), now.Text, now.Version+1)
			out = bot.Outgoing{Card: &card}
		}
		if out.Text == "" && out.Card == nil {
			return nil
		}
		_, err = p.front.Poster.Post(ctx, tx, org, p.clock.Now(), bot.Origin{}, bot.Reply{Say: []bot.Say{{
			To: []sales.PersonID{now.PersonID}, Subject: "file:" + now.FileID.String(), Kind: bot.DeliverPush, Slot: "looked", Urgent: true, Out: out,
		}}})
		return err
	})
	if err != nil {
		return fmt.Errorf("keep what was seen: %w", err)
	}
	p.front.Committed(done, 0)
	return nil
}

// whereOf names what a picture hangs on.
func (p *program) whereOf(ctx context.Context, tx *store.Tx, m sales.Media) string {
	if m.CustomerID == 0 {
		return ""
	}
	c, err := tx.CustomerByID(ctx, m.CustomerID)
	if err != nil {
		return ""
	}
	return c.Name
}
