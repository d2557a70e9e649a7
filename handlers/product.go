package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerProduct(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "产品", Aliases: []string{"cp", "查产品"}, Summary: "看产品:价格、底价、注册证、资料", Usage: "产品 名称",
		Detail:  "标准价、底价折扣、注册证和有效期、一句话话术,点 要资料 把文件发给你。不带名称看产品清单。",
		Example: a.productExample, Rank: map[sales.Role]int{sales.RoleRep: 9}, Handle: a.ShowProduct,
	})
	r.Command(bot.Command[Tx]{
		Name: "改产品", Aliases: []string{"产品修改"}, Summary: "改产品的一项", Usage: "改产品 名称 字段 值", Roles: []sales.Role{sales.RoleAdmin},
		Detail: "字段:有效期、注册证号、标准价、底价折扣、话术、适用行业、产品线、型号、负责人。一次改很多用 Excel:导入 产品。注册证到期前 90、30、7 天和当天提醒你和产品负责人。",
		Handle: a.ChangeProduct,
	})
	r.Command(bot.Command[Tx]{
		Name: "产品资料", Aliases: []string{"cpzl"}, Summary: "发产品资料给你;管理员发文件后用它归到产品", Usage: "产品资料 名称",
		Detail: "先把文件发给我,再发 产品资料 名称,文件就归到这个产品(管理员)。其他人发,就是要资料。", Handle: a.ProductFiles,
	})
	r.Action("product.files", a.TapProductFiles)
}

func (a *App) productExample(ctx context.Context, _ bot.Turn, _ Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	name := ""
	for _, p := range book.Products {
		if name == "" || p.Name < name {
			name = p.Name
		}
	}
	return strings.TrimSpace("产品 " + name), nil
}

// findProduct resolves a product by name, alias, model or code; the zero product when the reply must say why not.
func (a *App) findProduct(ctx context.Context, tx Tx, words string) (sales.Product, bot.Reply, error) {
	list, err := tx.Products(ctx)
	if err != nil {
		return sales.Product{}, bot.Reply{}, err
	}
	p, near := matchProduct(list, words)
	switch {
	case p.ID != 0:
		return p, bot.Reply{}, nil
	case len(near) > 0:
		return p, bot.Text("\"" + cutRunes(words, 20) + "\"有几个:" + strings.Join(near[:min(len(near), 6)], "、") + "。写全称再发一次。"), nil
	}
	return p, bot.Text("没有产品\"" + cutRunes(words, 20) + "\"。发 产品 看清单。"), nil
}

// matchProduct finds the product that is meant: of that name, or the only one whose name holds the words. near are the names of
// several that do.
func matchProduct(list []sales.Product, words string) (sales.Product, []string) {
	key := sales.ProductKey(words)
	if key == "" {
		return sales.Product{}, nil
	}
	var hits []sales.Product
	for _, p := range list {
		names := append([]string{p.Name, p.Code, p.Model}, p.Aliases...)
		for _, n := range names {
			if n != "" && sales.ProductKey(n) == key {
				return p, nil
			}
		}
		if slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.Contains(sales.ProductKey(n), key) }) {
			hits = append(hits, p)
		}
	}
	if len(hits) == 1 {
		return hits[0], nil
	}
	near := make([]string, len(hits))
	for i, p := range hits {
		near[i] = p.Name
	}
	return sales.Product{}, near
}

// ShowProduct shows a product's card, or the list (产品 名称).
func (a *App) ShowProduct(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if bare(t.Args) == "" {
		list, err := tx.Products(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.ProductList(list)), nil
	}
	p, reply, err := a.findProduct(ctx, tx, t.Args)
	if err != nil || p.ID == 0 {
		return reply, err
	}
	return bot.ShowCard(view.ProductCard(p, t.Org.Name(p.OwnerID), t.Today, t.InGroup())), nil
}

var productFields = []string{"注册证有效期", "有效期", "注册证号", "标准价", "底价折扣", "底价", "话术", "适用行业", "产品线", "型号", "单位", "负责人", "别名"}

// ChangeProduct changes one field of a product (改产品).
func (a *App) ChangeProduct(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	name, field, value := "", "", ""
	for _, f := range productFields {
		if i := strings.Index(t.Args, f); i > 0 {
			name, field, value = bare(t.Args[:i]), f, bare(t.Args[i+len(f):])
			break
		}
	}
	if name == "" || value == "" {
		return bot.Text("改哪一项?例:改产品 全自动生化分析仪 有效期 2028-03-31"), nil
	}
	p, reply, err := a.findProduct(ctx, tx, name)
	if err != nil || p.ID == 0 {
		return reply, err
	}
	old := p
	if field != "负责人" {
		if err := p.Set(field, value); err != nil {
			return bot.Reply{}, err
		}
	} else {
		people := t.Org.ByName(value)
		if len(people) != 1 {
			return bot.Text("没有叫\"" + cutRunes(value, 12) + "\"的同事,或者重名。写在职同事的全名。"), nil
		}
		p.OwnerID = people[0].ID
	}
	changes := sales.ProductChanges(old, p)
	if len(changes) == 0 {
		return bot.Text(p.Name + "的" + field + "本来就是这个,没有改动。"), nil
	}
	tx.PutProduct(p)
	audit(tx, t, "product.change", "product", p.ID, changes...)
	var told sales.EventData
	if p.CertUntil != old.CertUntil {
		told = sales.EventData{
			Old: map[string]string{sales.TellsCertUntil: old.CertUntil.String()}, New: map[string]string{sales.TellsCertUntil: p.CertUntil.String()},
		}
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: "product.changed", SubjectKind: "product", SubjectID: p.ID, PersonID: t.Person.ID, Data: told.Into("{}"),
	})
	return bot.ShowCard(view.ProductCard(p, t.Org.Name(p.OwnerID), t.Today, t.InGroup())), nil
}

// ProductFiles adds the files that were just sent to a product (admin), or sends its documents (产品资料).
func (a *App) ProductFiles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, reply, err := a.findProduct(ctx, tx, t.Args)
	if err != nil || p.ID == 0 {
		return reply, err
	}
	var sent []sales.ID
	for _, r := range t.Dialogue.Last {
		if r.Kind == "file" && t.Now.Sub(r.At.Time) < a.Settings.UploadFor && !slices.Contains(p.Files, r.ID) {
			sent = append(sent, r.ID)
		}
	}
	if len(sent) == 0 || !t.Person.Has(sales.RoleAdmin) {
		return a.sendProductFiles(ctx, t, tx, p)
	}
	if len(p.Files)+len(sent) > maxProductFiles {
		return bot.Text(fmt.Sprintf("一个产品最多 %d 份资料,已有 %d 份。", maxProductFiles, len(p.Files))), nil
	}
	p.Files = append(slices.Clone(p.Files), sent...)
	tx.PutProduct(p)
	audit(tx, t, "product.files", "product", p.ID, sales.Change{Field: "资料", New: fmt.Sprint(len(p.Files))})
	d := t.Dialogue
	d.Last = slices.DeleteFunc(slices.Clone(d.Last), func(r sales.Ref) bool { return r.Kind == "file" })
	out := bot.Text(fmt.Sprintf("归到%s了,现在有 %d 份资料。", p.Name, len(p.Files)))
	out.Dialogue = &d
	return out, nil
}

const maxProductFiles = 10

// TapProductFiles sends a product's documents (要资料).
func (a *App) TapProductFiles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := tx.ProductByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.sendProductFiles(ctx, t, tx, p)
}

func (a *App) sendProductFiles(ctx context.Context, t bot.Turn, tx Tx, p sales.Product) (bot.Reply, error) {
	var reply bot.Reply
	for i, id := range p.Files {
		f, err := tx.FileByID(ctx, id)
		if sales.KindOf(err) == sales.NotFound || err == nil && (f.State == sales.FileWanted || f.State == sales.FileLost && f.SHA256 == "") {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}, Slot: fmt.Sprint("file", i)})
	}
	if len(reply.Say) == 0 {
		return bot.Text(p.Name + "还没有资料。管理员把文件发给我,再发 产品资料 " + p.Name + " 就归进来。"), nil
	}
	audit(tx, t, "product.read", "product", p.ID)
	return reply, nil
}
