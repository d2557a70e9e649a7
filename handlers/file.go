package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func (a *App) registerFile(r *bot.Router[Tx]) { r.Sent = a.FileSent }

// FileSent takes what a person sent, in the chat or through the upload page: with a contract draft open it is the
// contract's paper and the contract is submitted; soon after a contract it is added to that; else it is kept for the next.
func (a *App) FileSent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if reply, ok, err := a.gateFile(ctx, t, tx); err != nil || ok {
		return reply, err
	}
	if reply, ok, err := a.workFile(ctx, t, tx); err != nil || ok {
		return reply, err
	}
	if reply, ok := a.takeSheets(t, tx); ok {
		return reply, nil
	}
	if refs := t.Event.Files; len(refs) > 0 && refs[0].Kind == "voice" {
		return a.voiceSent(t, tx, refs[0]), nil
	}
	drafting := t.Dialogue.Topic == topicContract && t.Now.Before(t.Dialogue.ExpiresAt.Time)
	if pictures := picturesOf(t.Event.Files); len(pictures) > 0 && !drafting && !a.justSubmitted(t) {
		return a.picturesSent(ctx, t, tx, pictures)
	}
	files := a.takeFiles(t, tx)
	if drafting {
		return a.paperSent(ctx, t, tx, files)
	}
	if a.justSubmitted(t) {
		reply, ok, err := a.supplement(ctx, t, tx, t.Dialogue.Last[0].ID, files)
		if err != nil || ok {
			return reply, err
		}
	}
	d := t.Dialogue
	for _, f := range files {
		remember(&d, "file", f.ID, t.Now)
	}
	reply := bot.Text("收下了:" + fileNames(files) + "。" + a.perhapsSheets(t, tx, files) + "要随合同提交,接着发 提交合同 客户 金额,会一起带上。")
	reply.Dialogue = &d
	return reply, nil
}

// justSubmitted reports whether a contract is the last thing the person filed, not long ago.
func (a *App) justSubmitted(t bot.Turn) bool {
	last := t.Dialogue.Last
	return len(last) > 0 && last[0].Kind == "contract" && t.Now.Sub(last[0].At.Time) < a.Settings.DraftFor
}

// picturesOf is what was sent when it is pictures and nothing else.
func picturesOf(refs []bot.FileRef) []bot.FileRef {
	for _, r := range refs {
		if r.Kind != "image" {
			return nil
		}
	}
	return refs[:min(len(refs), maxContractFiles)]
}

// takeFiles writes the rows of what was sent; it is fetched later.
func (a *App) takeFiles(t bot.Turn, tx Tx) []sales.File {
	var out []sales.File
	for _, ref := range t.Event.Files[:min(len(t.Event.Files), maxContractFiles)] {
		out = append(out, a.newFile(t, tx, ref, ""))
	}
	return out
}

// newFile writes the row of one file that was sent, under the name it came with or the one given.
func (a *App) newFile(t bot.Turn, tx Tx, ref bot.FileRef, name string) sales.File {
	if name == "" {
		name = fileName(ref)
	}
	f := sales.File{
		ID: tx.NewID(), Name: name, PersonID: t.Person.ID, Ref: ref.Ref, Platform: string(t.Event.Platform),
		State: sales.FileWanted, CreatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateFile(f)
	audit(tx, t, "file.receive", "file", f.ID)
	return f
}

var kindNames = map[string]string{"image": "图片", "video": "视频"}

// fileName is the last part of the name a file came with, or what it is.
func fileName(ref bot.FileRef) string {
	name := bot.CleanText(ref.Name)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		if name = kindNames[ref.Kind]; name == "" {
			name = "附件"
		}
	}
	return cutRunes(name, 80)
}

func fileNames(files []sales.File) string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return strings.Join(names, "、")
}

// paperSent attaches files to the open contract draft. When nothing else is missing it is submitted.
func (a *App) paperSent(ctx context.Context, t bot.Turn, tx Tx, files []sales.File) (bot.Reply, error) {
	d, err := draft[contractDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range files {
		if len(d.Files) < maxContractFiles {
			d.Files = append(d.Files, f.ID)
		}
	}
	if d.Asking == askingFile {
		return a.submitDraft(ctx, t, tx, d, files...)
	}
	question := "这份合同的客户和金额还没说,回一句。"
	switch d.Asking {
	case askingCustomer:
		question = "还差一样:是哪家客户?"
	case askingAmount:
		question = "还差一样:合同多少钱?"
	}
	return a.askContract(t, d, d.Asking, "收下了:"+fileNames(files)+"。"+question)
}

// supplement adds files to a contract that is still being decided; its approvers are told. False when it is decided.
func (a *App) supplement(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, files []sales.File) (bot.Reply, bool, error) {
	c, err := tx.ContractByID(ctx, id)
	if err != nil {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	if err != nil {
		return bot.Reply{}, false, ignoreMissing(err)
	}
	if c.OwnerID != t.Person.ID || r.State.Final() || len(c.Files)+len(files) > maxContractFiles {
		return bot.Reply{}, false, nil
	}
	for _, f := range files {
		c.Files = append(c.Files[:len(c.Files):len(c.Files)], f.ID)
	}
	after, out, err := approval.Supplement(r, a.actor(t, contractPaper{c}, r), t.Now, "附件 "+cutRunes(fileNames(files), 200))
	if err != nil {
		return bot.Reply{}, false, err
	}
	reply, err := a.applied(ctx, t, tx, changed{p: contractPaper{c}, before: r, after: after, out: out, edited: true, fresh: files})
	if err != nil {
		return bot.Reply{}, false, err
	}
	reply.Say = append(bot.Text("补到 "+c.No+" 了:"+fileNames(files)+"。审批的人会看到。").Say, reply.Say...)
	return reply, true, nil
}

func ignoreMissing(err error) error {
	if sales.KindOf(err) == sales.NotFound {
		return nil
	}
	return err
}
