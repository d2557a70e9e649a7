package handlers

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerSheet(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "导入", Aliases: []string{"dr", "导入客户", "导入产品", "导入授权书", "导入模板", "客户模板"}, Summary: "用 Excel 一次导入客户", Usage: "导入 客户",
		Detail: "发 导入 拿模板,填好把文件单聊发我(企业微信发到机器人单聊,或用上传链接)。先出预览,你点了才写。" +
			"导入 好的:只导没问题的;导入 全部:疑似重复的也导;导入 3-20,25:只导这些行;问题表:要改的行标红发你;取消导入:停下。公司自己的档案也能导:导入 加档案名。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "导入 客户", nil },
		Rank:    map[sales.Role]int{sales.RoleAdmin: 3}, Handle: a.ImportSheet,
	})
	r.Command(bot.Command[Tx]{
		Name: "取消导入", Aliases: []string{"停止导入"}, Summary: "停下这次导入", Usage: "取消导入",
		Detail: "写到一半停下,已经写进去的留着;要一起撤回再发 撤销导入。", Handle: a.CancelImport,
	})
	r.Command(bot.Command[Tx]{
		Name: "问题表", Aliases: []string{"错误表", "wtb"}, Summary: "把导不进去的行做成 Excel", Usage: "问题表",
		Detail: "要改的格子标红,旁边写怎么改。改好直接再发给我。", Handle: a.Mistakes,
	})
	r.Command(bot.Command[Tx]{
		Name: "导出", Aliases: []string{"dc", "导出客户"}, Summary: "把你看得到的客户导成 Excel", Usage: "导出 客户",
		Detail:  "销售导自己的,主管导本组的,总监导全部。公司自己的档案:导出 加档案名。导出会留痕。客户多的时候给一个只能用一次的下载链接。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "导出 客户", nil },
		Handle:  a.ExportSheet,
	})
	r.Action("sheet.decide", a.TapSheet)
	a.registerUndoImport(r)
}

// sheetKinds are the words people use for what they import.
var sheetKinds = map[string]string{
	"": sales.SheetCustomers, "客户": sales.SheetCustomers, "产品": sales.SheetProducts, "授权书": sales.SheetAuthorised, "授权": sales.SheetAuthorised,
	"模板": sales.SheetCustomers, "回款": sales.SheetPayments, "流水": sales.SheetPayments, "银行流水": sales.SheetPayments, "发票": sales.SheetInvoices,
	"期初": sales.SheetOpening,
}

// ImportSheet hands out a template and says where to send it (导入 客户), or decides on the import that waits (导入 好的).
func (a *App) ImportSheet(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	word := bare(t.Args)
	if strings.HasPrefix(t.Text, "导入产品") {
		word = "产品"
	} else if strings.HasPrefix(t.Text, "导入授权书") {
		word = "授权书"
	}
	if kind, ok := sheetKinds[strings.TrimSuffix(word, "模板")]; ok {
		return a.offerTemplate(ctx, t, tx, kind)
	}
	if rt, ok := a.recordType(strings.TrimSuffix(word, "模板")); ok {
		return a.offerTemplate(ctx, t, tx, sales.RecordSheet(rt.Key))
	}
	j, err := a.openImport(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if word == "进度" || word == "状态" {
		if j.ID == 0 {
			return bot.Text("没有在导的表。发 导入 拿模板。"), nil
		}
		return a.showSheet(ctx, tx, j)
	}
	choice, ok := sheetChoice(word)
	switch {
	case !ok && (j.ID == 0 || j.State != sales.SheetPreview):
		return bot.Text("没有" + quoted(word, "") + "的模板。发 导入 拿客户模板;正在导的表,看到预览再选要导的行。"), nil
	case !ok:
		return bot.Text("没看懂要导哪些。回 导入 好的、导入 全部,或 导入 3-20,25 这样的行号。"), nil
	case j.ID == 0 || j.State != sales.SheetPreview:
		return bot.Text("现在没有等你定的表。把填好的 Excel 单聊发我,先出预览。"), nil
	}
	return a.startImport(ctx, t, tx, j, choice)
}

// RowRanges are rows as people choose them: "3-20,25".
var rowRanges = regexp.MustCompile(`^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*$`)

// sheetChoice reads which rows of a preview are meant.
func sheetChoice(word string) (string, bool) {
	switch word {
	case "好的", "没问题的", "正确的", "对的", "可导入的":
		return sales.ChooseGood, true
	case "全部", "所有", "都导", "疑似的也导", "连疑似的":
		return sales.ChooseAlike, true
	}
	s := strings.NewReplacer("，", ",", "、", ",", "到", "-", "至", "-", "~", "-", "～", "-", "第", "", "行", "", " ", "").Replace(word)
	if len(s) > 0 && len(s) <= 400 && rowRanges.MatchString(s) {
		return s, true
	}
	return "", false
}

// offerTemplate sends the template as a file, and where files can be sent to.
func (a *App) offerTemplate(ctx context.Context, t bot.Turn, tx Tx, kind string) (bot.Reply, error) {
	switch {
	case t.InGroup():
		return bot.Text("导入单聊我:客户资料不放群里。"), nil
	case cashSheet(kind):
		if !t.Person.Has(sales.RoleFinance, sales.RoleAdmin) {
			return bot.Text("导入" + sheetWord(kind) + "要财务或管理员。你可以发 导入 客户。"), nil
		}
	case isRecordSheet(kind):
		key, _ := sales.RecordSheetOf(kind)
		if rt, ok := a.Custom.Type(key); !ok || !rt.Files(t.Person) {
			return bot.Text("导入" + orElse(rt.Name, "档案") + "要能记它的角色。你可以发 导入 客户。"), nil
		}
	case kind != sales.SheetCustomers && !t.Person.Has(sales.RoleAdmin):
		return bot.Text("导入" + sheetWord(kind) + "要管理员权限。你可以发 导入 客户。"), nil
	}
	f, err := a.Sheets.Template(ctx, tx.NewID(), kind)
	if err != nil {
		return bot.Reply{}, err
	}
	f.PersonID = t.Person.ID
	tx.CreateFile(f)
	link, err := a.linkFor(t, tx, "sheet")
	if err != nil {
		return bot.Reply{}, err
	}
	text := "照模板填,带 * 的必填,列的先后随便。填好把 Excel 单聊发我,先出预览,你点了才写。"
	if link != "" {
		text += "\n发不了文件就用这个链接上传(30 分钟内,用一次):\n" + link
	}
	return bot.Reply{Say: []bot.Say{
		{Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}, Slot: "file"}, {Out: bot.Outgoing{Text: text}, Slot: "text"},
	}}, nil
}

func isRecordSheet(kind string) bool {
	_, ok := sales.RecordSheetOf(kind)
	return ok
}

// recordType finds a record type by its name or another word for it.
func (a *App) recordType(word string) (sales.RecordType, bool) {
	o, ok := a.customObject(word)
	if !ok || word == "" {
		return sales.RecordType{}, false
	}
	return a.Custom.Type(o.Key)
}

func sheetWord(kind string) string {
	for _, w := range []string{"客户", "产品", "授权书", "回款", "发票", "期初"} {
		if sheetKinds[w] == kind {
			return w
		}
	}
	return "表格"
}

// isSheet reports whether a file is one that may be imported, by its name.
func isSheet(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx", ".xlsm", ".xls", ".et", ".csv":
		return true
	}
	return false
}

// sheetNamed are words in a file's name that say it is a list to import, whatever was filed before.
var sheetNamed = regexp.MustCompile(`客户|产品|授权|导入|名单|模板|问题|清单|流水|回款|期初|发票|档案`)

// takeSheets begins an import for each Excel file that was sent. False when there is none, or when they belong to the contract
// that is being filed.
func (a *App) takeSheets(t bot.Turn, tx Tx) (bot.Reply, bool) {
	if t.Dialogue.Topic == topicContract && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return bot.Reply{}, false
	}
	after := len(t.Dialogue.Last) > 0 && t.Dialogue.Last[0].Kind == "contract" && t.Now.Sub(t.Dialogue.Last[0].At.Time) < a.Settings.DraftFor
	var reply bot.Reply
	found := false
	for i, ref := range t.Event.Files {
		name := fileName(ref)
		if !isSheet(name) || after && !sheetNamed.MatchString(name) || i >= 3 {
			continue
		}
		found = true
		if t.InGroup() {
			reply = bot.Text("表格单聊发我才导,群里的我不动。")
			continue
		}
		f := sales.File{
			ID: tx.NewID(), Name: name, PersonID: t.Person.ID, Ref: ref.Ref, Platform: string(t.Event.Platform),
			State: sales.FileWanted, CreatedAt: sales.At(t.Now), Version: 1,
		}
		tx.CreateFile(f)
		audit(tx, t, "file.receive", "file", f.ID)
		j := sales.SheetJob{
			ID: tx.NewID(), Kind: sales.SheetUnknown, State: sales.SheetReading, PersonID: t.Person.ID, FileID: f.ID, Name: name,
			CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
		}
		tx.CreateSheetJob(j)
		audit(tx, t, "sheet.receive", "sheet", j.ID)
		reply = reply.And(bot.ShowCard(view.SheetCard(view.SheetImport{Job: j})))
		d := t.Dialogue
		reply.Dialogue = remember(&d, "file", f.ID, t.Now) // a contract may want it yet
	}
	for i := range reply.Say {
		reply.Say[i].Slot = fmt.Sprint("sheet", i)
	}
	return reply, found
}

// perhapsSheets looks into files that came without a name, as they do from WeCom's robot: one that turns out to be a list to
// import shows its preview, the others stay what they are. It says so, when there are any.
func (a *App) perhapsSheets(t bot.Turn, tx Tx, files []sales.File) string {
	said := ""
	for i, ref := range t.Event.Files {
		if i >= len(files) || ref.Kind != "file" || path.Ext(files[i].Name) != "" || t.InGroup() {
			continue
		}
		tx.CreateSheetJob(sales.SheetJob{
			ID: tx.NewID(), Kind: sales.SheetUnknown, State: sales.SheetReading, PersonID: t.Person.ID, FileID: files[i].ID, Choice: sales.ChoosePerhaps,
			CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
		})
		said = "是要导入的表,马上出预览;"
	}
	return said
}

// openImport is the person's newest import that has not ended; the zero job when there is none.
func (a *App) openImport(ctx context.Context, t bot.Turn, tx Tx) (sales.SheetJob, error) {
	list, err := tx.SheetJobsOf(ctx, t.Person.ID, 20)
	if err != nil {
		return sales.SheetJob{}, err
	}
	for _, j := range list {
		if isImport(j) && !j.Ended() && j.State != sales.SheetUndoing && t.Now.Sub(j.CreatedAt.Time) < previewFor {
			return j, nil
		}
	}
	return sales.SheetJob{}, nil
}

// previewFor is how long a preview waits for its decision; after that the data have moved on too far.
const previewFor = 7 * 24 * time.Hour

func isImport(j sales.SheetJob) bool {
	return j.Kind == sales.SheetCustomers || j.Kind == sales.SheetProducts || j.Kind == sales.SheetAuthorised || j.Kind == sales.SheetUnknown ||
		cashSheet(j.Kind) || isRecordSheet(j.Kind)
}

func (a *App) showSheet(ctx context.Context, tx Tx, j sales.SheetJob) (bot.Reply, error) {
	card, err := a.sheetCard(ctx, tx, j)
	return bot.ShowCard(card), err
}

func (a *App) sheetCard(ctx context.Context, tx Tx, j sales.SheetJob) (view.Face, error) {
	problems, err := tx.SheetRows(ctx, j.ID, []string{sales.RowWrong, sales.RowAlike}, 0, 2)
	return view.SheetCard(view.SheetImport{Job: j, Problems: problems}), err
}

// startImport lets the chosen rows be written.
func (a *App) startImport(ctx context.Context, t bot.Turn, tx Tx, j sales.SheetJob, choice string) (bot.Reply, error) {
	if j.Fresh == 0 && (choice == sales.ChooseGood || j.Alike == 0) {
		return bot.Text("没有能导的行。问题表 里写了怎么改,改好再发我。"), nil
	}
	j.State, j.Choice, j.Seen, j.UpdatedAt = sales.SheetWriting, choice, 0, sales.At(t.Now)
	tx.UpdateSheetJob(j)
	j.Version++
	audit(tx, t, "sheet.import", "sheet", j.ID, sales.Change{Field: "choice", New: choice})
	card, err := a.sheetCard(ctx, tx, j)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Card == nil {
		return bot.ShowCard(card), nil
	}
	return bot.Reply{Faces: []view.Face{card}}, nil
}

// TapSheet takes a tap on an import's card.
func (a *App) TapSheet(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	j, err := tx.SheetJobByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if j.PersonID != t.Person.ID {
		return bot.Text("这是" + t.Org.Name(j.PersonID) + "发的表,由" + t.Org.Name(j.PersonID) + "定。"), nil
	}
	stale := j.Version != t.Action.Version
	switch arg := t.Action.Arg; {
	case arg == "mistakes":
		return a.makeMistakes(t, tx, j)
	case arg == "cancel" && j.State != sales.SheetUndoing && (j.State == sales.SheetWriting || !stale && !j.Ended()):
		return a.cancelSheet(ctx, t, tx, j)
	case (arg == sales.ChooseGood || arg == sales.ChooseAlike) && j.State == sales.SheetPreview && !stale:
		return a.startImport(ctx, t, tx, j, arg)
	}
	card, err := a.sheetCard(ctx, tx, j) // a second tap, or an old face
	return bot.Reply{Faces: []view.Face{card}}, err
}

// CancelImport stops the newest import (取消导入).
func (a *App) CancelImport(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	j, err := a.openImport(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if j.ID == 0 {
		return bot.Text("没有在导的表。"), nil
	}
	return a.cancelSheet(ctx, t, tx, j)
}

func (a *App) cancelSheet(ctx context.Context, t bot.Turn, tx Tx, j sales.SheetJob) (bot.Reply, error) {
	j.State, j.UpdatedAt = sales.SheetCancelled, sales.At(t.Now)
	tx.UpdateSheetJob(j)
	j.Version++
	audit(tx, t, "sheet.cancel", "sheet", j.ID, sales.Change{Field: "written", New: strconv.FormatInt(j.Written, 10)})
	card, err := a.sheetCard(ctx, tx, j)
	if err != nil || t.Card != nil {
		return bot.Reply{Faces: []view.Face{card}}, err
	}
	text := "好,不导了,没有写入。"
	if j.Written > 0 {
		text = fmt.Sprintf("停了,之前导入了 %d %s。", j.Written, view.SheetUnit(j.Kind))
	}
	reply := bot.Text(text)
	reply.Faces = []view.Face{card}
	return reply, nil
}

// Mistakes makes the file of rows to mend of the newest import (问题表).
func (a *App) Mistakes(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.SheetJobsOf(ctx, t.Person.ID, 20)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, j := range list {
		if isImport(j) && j.State != sales.SheetReading && j.State != sales.SheetFailed {
			return a.makeMistakes(t, tx, j)
		}
	}
	return bot.Text("还没导过表。把填好的 Excel 单聊发我。"), nil
}

func (a *App) makeMistakes(t bot.Turn, tx Tx, j sales.SheetJob) (bot.Reply, error) {
	if j.Wrong+j.Alike == 0 {
		return bot.Text("这张表没有要改的行。"), nil
	}
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetMistakes, State: sales.SheetMaking, PersonID: t.Person.ID, Name: j.Name, Choice: j.ID.String(),
		CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
	return bot.Text("在做问题表,马上发你。"), nil
}

// ExportSheet begins an export of everything the person may see (导出 客户).
func (a *App) ExportSheet(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if rt, ok := a.recordType(bare(t.Args)); ok && !t.InGroup() {
		if !rt.Sees(t.Person) {
			return bot.Reply{}, sales.Errorf(sales.Forbidden, rt.Name+"由"+roleNames(rt.See)+"看。")
		}
		return a.exportRecords(t, tx, rt)
	}
	switch w := bare(t.Args); {
	case t.InGroup():
		return bot.Text("导出单聊我:客户资料不放群里。"), nil
	case w != "" && w != "客户" && w != "全部" && w != "全部客户" && w != "我的客户":
		return bot.Text("现在能导出客户:导出 客户。"), nil
	}
	n, err := tx.CountCustomers(ctx, t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	if n == 0 {
		return bot.Text("你名下还没有客户,没有可导的。发 新客户 名称 电话 行业 建一家。"), nil
	}
	j := sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetExport, State: sales.SheetMaking, PersonID: t.Person.ID, Name: "客户", Total: int64(n),
		CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateSheetJob(j)
	audit(tx, t, "customer.export", "sheet", j.ID, sales.Change{Field: "rows", New: strconv.Itoa(n)})
	return bot.Text(fmt.Sprintf("在导 %d 家客户,好了发你。", n)), nil
}
