package handlers

import (
	"context"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// MediaTx keeps what is known of pictures and voice clips.
type MediaTx interface {
	CreateMedia(m sales.Media)
	UpdateMedia(m sales.Media)
	MediaByFile(ctx context.Context, file sales.ID) (sales.Media, error)
	// MediaOf lists what is attached to a record, the oldest first.
	MediaOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Media, error)
}

// attachFor is how long after a visit was filed a picture still belongs to it, and how long a picture waits for one.
const attachFor = 30 * time.Minute

func (a *App) registerMedia(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "图片", Aliases: []string{"照片", "tp"}, Summary: "看最近一次拜访的照片", Usage: "图片 / 图片 客户",
		Example: a.ownExample("图片 %s"), Handle: a.ShowPictures,
	})
	r.Action("media.text", a.TapText)
}

// voiceSent takes a clip the platform did not put into words; it becomes a message when it has been.
func (a *App) voiceSent(t bot.Turn, tx Tx, ref bot.FileRef) bot.Reply {
	switch {
	case !a.Settings.Speech && ref.Silent:
		return bot.Text("这段没听出字来,没有记。靠近手机再说一遍,或者打字发我。")
	case !a.Settings.Speech:
		return bot.Text("这里的语音还不能转文字。打字发我,或者用输入法的语音键说成文字再发。")
	}
	f := a.newFile(t, tx, ref, "语音.amr")
	tx.CreateMedia(sales.Media{FileID: f.ID, Kind: sales.MediaVoice, PersonID: t.Person.ID, State: sales.MediaFresh, SentAt: f.CreatedAt, Version: 1})
	return bot.Text("语音收到,正在转文字。")
}

// picturesSent takes pictures: they go with the draft that is open, with the visit just filed, with the customer just
// scanned, or wait for what is said next.
func (a *App) picturesSent(ctx context.Context, t bot.Turn, tx Tx, refs []bot.FileRef) (bot.Reply, error) {
	d := t.Dialogue
	visit, waits, err := a.pictureVisit(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, ref := range refs {
		f := a.newFile(t, tx, ref, "")
		m := sales.Media{FileID: f.ID, Kind: sales.MediaPicture, PersonID: t.Person.ID, State: sales.MediaFresh, SentAt: f.CreatedAt, Version: 1}
		if visit.ID != 0 {
			m.SubjectKind, m.SubjectID, m.CustomerID = "visit", visit.ID, visit.CustomerID
			audit(tx, t, "visit.picture", "visit", visit.ID)
		} else {
			remember(&d, "file", f.ID, t.Now)
		}
		if s, ok := lastOf(t.Dialogue, "scan"); ok && m.CustomerID == 0 && t.Now.Sub(s.At.Time) < attachFor {
			m.CustomerID = s.ID
		}
		tx.CreateMedia(m)
		emit(tx, t, "picture.sent", "picture", m.FileID)
	}
	what := "图收下了"
	if len(refs) > 1 {
		what = "这几张图收下了"
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case visit.ID != 0:
		return bot.Text(what + ",附在 " + book.Customer(visit.CustomerID) + " 这次拜访上。"), nil
	case waits:
		return bot.Reply{Say: bot.Text(what + ",跟正在记的这条一起存。").Say, Dialogue: &d}, nil
	}
	return bot.Reply{Say: bot.Text(what + "。接着说是哪家、什么事,会附在那条上;是合同的纸就发 提交合同 客户 金额。").Say, Dialogue: &d}, nil
}

// pictureVisit is the visit a picture belongs to: the one filed a moment ago. Waits is true when one is being filed.
func (a *App) pictureVisit(ctx context.Context, t bot.Turn, tx Tx) (v sales.Visit, waits bool, err error) {
	open := t.Dialogue.Topic == topicScan || strings.HasPrefix(t.Dialogue.Topic, "visit.") && t.Dialogue.Topic != topicVisitEdit
	if open && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return v, true, nil
	}
	last, ok := lastOf(t.Dialogue, "visit")
	if scan, scanned := lastOf(t.Dialogue, "scan"); !ok || t.Now.Sub(last.At.Time) > attachFor || scanned && scan.At.After(last.At.Time) {
		return v, false, nil
	}
	v, err = tx.VisitByID(ctx, last.ID)
	if sales.KindOf(err) == sales.NotFound || err == nil && v.State != sales.VisitFiled {
		return sales.Visit{}, false, nil
	}
	return v, false, err
}

// attachPictures gives a visit the pictures that waited for it and says how many.
func (a *App) attachPictures(ctx context.Context, t bot.Turn, tx Tx, d *sales.Dialogue, v sales.Visit) (int, error) {
	n := 0
	for _, r := range d.Last {
		if r.Kind != "file" || t.Now.Sub(r.At.Time) > attachFor {
			continue
		}
		m, err := tx.MediaByFile(ctx, r.ID)
		if sales.KindOf(err) == sales.NotFound {
			continue
		}
		if err != nil {
			return n, err
		}
		if m.SubjectKind != "" || m.PersonID != t.Person.ID || m.CustomerID != 0 && m.CustomerID != v.CustomerID {
			continue
		}
		m.SubjectKind, m.SubjectID, m.CustomerID = "visit", v.ID, v.CustomerID
		tx.UpdateMedia(m)
		n++
	}
	return n, nil
}

// ShowPictures sends the pictures of a visit: the last one filed, or the last one of a customer.
func (a *App) ShowPictures(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	visit, reply, err := a.pictured(ctx, t, tx)
	if err != nil || visit.ID == 0 {
		return reply, err
	}
	list, err := tx.MediaOf(ctx, "visit", visit.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var out bot.Reply
	coming := false
	for _, m := range list {
		f, err := tx.FileByID(ctx, m.FileID)
		coming = coming || err == nil && f.State == sales.FileWanted
		if sales.KindOf(err) == sales.NotFound || err == nil && f.State != sales.FileKept || m.State == sales.MediaBad {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		if len(out.Say) < 6 {
			out.Say = append(out.Say, bot.Say{Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name, Image: true}}})
		}
	}
	if len(out.Say) == 0 && coming {
		return bot.Text("照片还在传,过几秒再看。"), nil
	}
	if len(out.Say) == 0 {
		return bot.Text("这次拜访没有照片。拍一张发来就附上。"), nil
	}
	audit(tx, t, "visit.pictures", "visit", visit.ID)
	return out, nil
}

func (a *App) pictured(ctx context.Context, t bot.Turn, tx Tx) (sales.Visit, bot.Reply, error) {
	if t.InGroup() {
		return sales.Visit{}, bot.Text("照片请单聊我看。"), nil
	}
	if strings.TrimSpace(t.Args) == "" {
		last, ok := lastOf(t.Dialogue, "visit")
		if !ok {
			return sales.Visit{}, bot.Text("看哪家的?例:图片 绍兴市立医院"), nil
		}
		v, err := tx.VisitByID(ctx, last.ID)
		return v, bot.Reply{}, err
	}
	id, reply, err := a.findCustomer(ctx, t, t.Args)
	if err != nil || id == 0 {
		return sales.Visit{}, reply, err
	}
	visits, err := tx.VisitsByCustomer(ctx, id, 20)
	if err != nil {
		return sales.Visit{}, bot.Reply{}, err
	}
	for _, v := range visits {
		if t.Org.ScopeOf(t.Person).Covers(v.PersonID) {
			return v, bot.Reply{}, nil
		}
	}
	return sales.Visit{}, bot.Text("这家没有你能看的拜访。"), nil
}

// TapText keeps what was read from a picture, or drops it.
func (a *App) TapText(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	m, err := tx.MediaByFile(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	face := view.PictureText(m.FileID, "", cutRunes(m.Text, 300), m.Version)
	face.Buttons, face.Note = nil, ""
	switch {
	case m.PersonID != t.Person.ID:
		return bot.Text("这是" + t.Org.Name(m.PersonID) + "发的图,由他来确认。没有改动。"), nil
	case t.Action.Version != m.Version:
		face.Closed = "已经处理过了"
		return bot.Reply{Faces: []cards.Card{face}}, nil
	case t.Action.Arg != "keep":
		m.Text = ""
		face.Fields, face.Closed = nil, "没有记"
	default:
		face.Closed = "已记下 · " + t.Person.Name + " " + sales.FormatTime(t.Now, t.Now)
		if err := a.keepText(ctx, t, tx, m); err != nil {
			return bot.Reply{}, err
		}
	}
	tx.UpdateMedia(m)
	return bot.Reply{Faces: []cards.Card{face}}, nil
}

// keepText adds a picture's text to the words of the visit it hangs on, as a change that is traced.
func (a *App) keepText(ctx context.Context, t bot.Turn, tx Tx, m sales.Media) error {
	if m.SubjectKind != "visit" {
		audit(tx, t, "media.text", "file", m.FileID)
		return nil
	}
	v, err := tx.VisitByID(ctx, m.SubjectID)
	if err != nil || v.State != sales.VisitFiled {
		return ignoreMissing(err)
	}
	old := v.Text
	v.Text = cutRunes(strings.TrimSpace(old+"\n[图] "+m.Text), 2000)
	tx.UpdateVisit(v)
	audit(tx, t, "visit.correct", "visit", v.ID, sales.Change{Field: "原话", Old: old, New: v.Text})
	emit(tx, t, "visit.corrected", "visit", v.ID)
	return nil
}
