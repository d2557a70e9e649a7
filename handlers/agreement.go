package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func (a *App) registerAgreement(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "技术协议", Aliases: []string{"jsxy"}, Summary: "工单办完出技术协议", Usage: "技术协议 GD2026-001 / 技术协议 GD2026-001 对比",
		Detail: "按工单参数写成 Word,每版都留着。看过发 送审 加编号,法务批了参数就锁定。被退回先改工单参数,再发:重新提交 JX2026-001 改了什么。\n" +
			"两版差在哪:技术协议 GD2026-001 对比,或 技术协议 GD2026-001 对比 1 3。要旧版:技术协议 GD2026-001 V1。", Example: a.agreementExample, Handle: a.Agreement,
	})
	r.Command(bot.Command[Tx]{
		Name: "送审", Aliases: []string{"songshen"}, Summary: "技术协议送法务审", Usage: "送审 JX2026-001", Example: a.reviewExample, Handle: a.SubmitAgreement,
	})
	r.Action("agreement.submit", a.TapSubmitAgreement)
	r.Action("agreement.diff", a.TapAgreementDiff)
}

var (
	reDiff    = regexp.MustCompile(`^(?:对比|比较|差异)\s*(?:[Vv]?(\d{1,3})\s*(?:和|到|-|\s)\s*[Vv]?(\d{1,3}))?$`)
	reVersion = regexp.MustCompile(`^[Vv](\d{1,3})$`)
	rePlaces  = regexp.MustCompile(`\{([^{}]*)\}`)
)

// Agreement draws an agreement up, compares versions, or sends an old one (技术协议).
func (a *App) Agreement(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("技术协议请单聊我。"), nil
	}
	no, rest := cutWorkNo(t.Args, t.Today)
	if k, jx, more := a.cutPaperNo(t.Args, t.Today); no == "" && jx != "" && k == approval.Agreement {
		g, err := tx.AgreementByNo(ctx, jx)
		if err != nil {
			return bot.Reply{}, err
		}
		o, err := tx.WorkOrderByID(ctx, g.OrderID)
		if err != nil {
			return bot.Reply{}, err
		}
		if more == "" && g.State != sales.AgreementDraft {
			return a.showQuote(ctx, t, tx, k, jx)
		}
		w, err := a.loadWork(ctx, tx, o)
		if err == nil && mayReadWork(t, w) != nil {
			err = missingPaper(sales.Forbidden, approval.Agreement, jx)
		}
		if err != nil {
			return bot.Reply{}, err
		}
		no, rest = o.No, more
	}
	w, err := a.namedWork(ctx, t, tx, no)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayReadWork(t, w); err != nil {
		return bot.Reply{}, err
	}
	if m := reDiff.FindStringSubmatch(rest); m != nil {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		return a.agreementDiff(ctx, tx, w, from, to)
	}
	if m := reVersion.FindStringSubmatch(rest); m != nil {
		n, _ := strconv.Atoi(m[1])
		return a.oldAgreement(ctx, t, tx, w, n)
	}
	return a.draftAgreement(ctx, t, tx, w)
}

// agreementDiff tells what two versions differ in; without numbers the last two.
func (a *App) agreementDiff(ctx context.Context, tx Tx, w *work, from, to int) (bot.Reply, error) {
	versions, err := tx.AgreementVersions(ctx, w.o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if from == 0 {
		from, to = len(versions)-1, len(versions)
	}
	if len(versions) < 2 || from < 1 || to < 1 || from > len(versions) || to > len(versions) {
		return bot.Text(w.o.No + " 的技术协议有 " + itoa(len(versions)) + " 版,没有可比的。写版本号,例:技术协议 " + w.o.No + " 对比 1 2"), nil
	}
	x, y := versions[from-1], versions[to-1]
	changes := view.DiffOf(x, y)
	return bot.Text(view.AgreementDiff(w.o.No, x.Revision, y.Revision, changes)), nil
}

// oldAgreement sends the file of a version.
func (a *App) oldAgreement(ctx context.Context, t bot.Turn, tx Tx, w *work, n int) (bot.Reply, error) {
	versions, err := tx.AgreementVersions(ctx, w.o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	i := slices.IndexFunc(versions, func(v sales.AgreementVersion) bool { return v.Revision == n })
	if i < 0 {
		return bot.Text(w.o.No + " 的技术协议有 " + itoa(len(versions)) + " 版,没有 V" + itoa(n) + "。"), nil
	}
	f, err := tx.FileByID(ctx, versions[i].FileID)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "agreement.files", "agreement", versions[i].AgreementID)
	return bot.Reply{Say: []bot.Say{{Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}}}}, nil
}

// agreementValues are the values an agreement says, and what the tasks found.
func agreementValues(w *work) (values, results sales.List[sales.WorkValue]) {
	for _, x := range w.f.Fields {
		if x.SalesOnly {
			continue
		}
		value := w.o.Value(x.Name)
		if x.Kind == sales.WorkFile {
			value = strings.Trim(drawingList(w.o)+";"+value, ";")
		}
		values = append(values, sales.WorkValue{Field: x.Name, Value: value})
	}
	for _, x := range w.tasks {
		if x.Result != "" {
			results = append(results, sales.WorkValue{Field: x.Name, Value: x.Result})
		}
	}
	return values, results
}

func drawingList(o sales.WorkOrder) string {
	var parts []string
	for _, d := range o.LatestDrawings() {
		parts = append(parts, d.Name+" V"+itoa(d.Version))
	}
	return strings.Join(parts, "、")
}

// agreementText is the agreement of an order as a document: the family's clauses, all fields, room to sign.
func (a *App) agreementText(t bot.Turn, w *work, no string, revision int, values []sales.WorkValue) sales.Document {
	day := func(v sales.WorkValue) string {
		if x, ok := w.f.Field(v.Field); ok && x.Kind == sales.WorkDate {
			if d, err := sales.ParseDay(v.Value); err == nil {
				y, m, dom := d.Date()
				return itoa(y) + " 年 " + itoa(int(m)) + " 月 " + itoa(dom) + " 日"
			}
		}
		return v.Value
	}
	customer := w.book.Customer(w.o.CustomerID)
	says := map[string]string{"客户": customer, "产品": w.o.Title, "类别": w.f.Name, "工单": w.o.No, "图纸": drawingList(w.o)}
	var rows [][]string
	for _, v := range values {
		says[v.Field] = day(v)
		rows = append(rows, []string{v.Field, day(v)})
	}
	doc := sales.Document{Title: "技术协议", Subtitle: no + "  V" + itoa(revision) + "  " + t.Today.String()}
	for _, c := range w.f.Clauses {
		s := sales.DocumentSection{Heading: itoa(len(doc.Sections)+1) + ". " + c.Title}
		for _, line := range c.Lines {
			s.Paragraphs = append(s.Paragraphs, rePlaces.ReplaceAllStringFunc(line, func(p string) string {
				if v, ok := says[strings.Trim(p, "{}")]; ok {
					return v
				}
				return p
			}))
		}
		doc.Sections = append(doc.Sections, s)
	}
	doc.Sections = append(doc.Sections,
		sales.DocumentSection{Heading: "附表 技术参数", Head: []string{"项目", "要求"}, Rows: rows},
		sales.DocumentSection{Heading: "签署", Rows: [][]string{{"需方:" + customer, "供方:"}, {"签字:", "签字:"}, {"日期:", "日期:"}}})
	return doc
}

// draftAgreement writes the next version of an order's agreement; when nothing has changed since the last one that is sent.
func (a *App) draftAgreement(ctx context.Context, t bot.Turn, tx Tx, w *work) (bot.Reply, error) {
	if err := a.mayDraft(t, w); err != nil {
		return bot.Reply{}, err
	}
	versions, err := tx.AgreementVersions(ctx, w.o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var g sales.Agreement
	if w.o.AgreementID != 0 {
		if g, err = tx.AgreementByID(ctx, w.o.AgreementID); err != nil {
			return bot.Reply{}, err
		}
		if g.State == string(approval.Returned) {
			return bot.Text(g.No + " 被退回了。改好工单参数后发:重新提交 " + g.No + " 改了什么"), nil
		}
	}
	values, results := agreementValues(w)
	var last sales.AgreementVersion
	if n := len(versions); n > 0 {
		last = versions[n-1]
	}
	fresh := g.ID == 0 || g.State != sales.AgreementDraft
	if !fresh && slices.Equal(last.Values, values) && slices.Equal(last.Results, results) {
		return a.showDraft(ctx, t, tx, w, g, nil)
	}
	if fresh {
		g = sales.Agreement{
			ID: tx.NewID(), OrderID: w.o.ID, CustomerID: w.o.CustomerID, OwnerID: w.o.OwnerID, TeamID: w.o.TeamID, State: sales.AgreementDraft,
			CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
		}
		if g.No, err = a.nextNo(ctx, t, tx, approval.Agreement); err != nil {
			return bot.Reply{}, err
		}
	}
	_, f, err := a.writeVersion(ctx, t, tx, w, &g, values, results)
	if err != nil {
		return bot.Reply{}, err
	}
	if fresh {
		tx.CreateAgreement(g)
	} else {
		tx.UpdateAgreement(g)
		g.Version++
	}
	changes := sales.DiffValues(last.Values, values)
	if last.ID == 0 {
		changes = nil
	}
	a.traceAgreement(tx, t, g, "drafted", changes)
	return a.showDraft(ctx, t, tx, w, g, &f, changes...)
}

// mayDraft says why an agreement cannot be written of an order by this person now.
func (a *App) mayDraft(t bot.Turn, w *work) error {
	if err := a.mustOwnWork(t, w.o); err != nil {
		return err
	}
	switch w.o.State {
	case sales.WorkReady:
	case sales.WorkAgreement, sales.WorkDone, sales.WorkCancelled:
		return sales.Errorf(sales.Conflict, lockedWork(w.o))
	case sales.WorkFilling:
		return sales.Errorf(sales.Conflict, w.o.No+" 还缺 "+view.FieldNames(w.f.Missing(w.o), 6)+",填齐、各部门办完才能出技术协议。")
	default:
		return sales.Errorf(sales.Conflict, w.o.No+" 还没办完,出不了技术协议。"+a.nextText(t, w))
	}
	if missing := w.f.Missing(w.o); len(missing) > 0 {
		return sales.Errorf(sales.Conflict, w.o.No+" 还缺 "+view.FieldNames(missing, 6)+"。补好再出技术协议。")
	}
	return nil
}

// traceAgreement writes trace and event of an agreement.
func (a *App) traceAgreement(tx Tx, t bot.Turn, g sales.Agreement, verb string, changes []sales.Change) {
	audit(tx, t, "agreement."+verb, "agreement", g.ID, append([]sales.Change{{Field: "版本", New: "V" + itoa(g.Revision)}}, changes...)...)
	emit(tx, t, "agreement."+verb, "agreement", g.ID)
}

// writeVersion makes the file of the next version, keeps it, and notes it in order and agreement.
func (a *App) writeVersion(ctx context.Context, t bot.Turn, tx Tx, w *work, g *sales.Agreement, values, results sales.List[sales.WorkValue]) (v sales.AgreementVersion, f sales.File, err error) {
	w.o.Revision++
	w.o.AgreementID, w.changed = g.ID, true
	g.Revision = w.o.Revision
	name := "技术协议 " + w.o.No + " V" + itoa(g.Revision) + ".docx"
	f, err = a.Documents.KeepDocument(ctx, tx.NewID(), name, a.agreementText(t, w, g.No, g.Revision, values))
	if err != nil {
		return v, f, err
	}
	f.PersonID = t.Person.ID
	tx.CreateFile(f)
	g.FileID = f.ID
	v = sales.AgreementVersion{
		ID: tx.NewID(), OrderID: w.o.ID, AgreementID: g.ID, Revision: g.Revision, Values: values, Results: results, FileID: f.ID, SHA256: f.SHA256,
		CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now),
	}
	tx.AddAgreementVersion(v)
	return v, f, nil
}

// showDraft shows a draft with its file.
func (a *App) showDraft(ctx context.Context, t bot.Turn, tx Tx, w *work, g sales.Agreement, f *sales.File, changes ...sales.Change) (bot.Reply, error) {
	if f == nil {
		versions, err := tx.AgreementVersions(ctx, w.o.ID)
		if err != nil || len(versions) == 0 {
			return bot.Reply{}, err
		}
		file, err := tx.FileByID(ctx, versions[len(versions)-1].FileID)
		if err != nil {
			return bot.Reply{}, err
		}
		f = &file
	}
	card := view.AgreementDraft(view.Agreement{Agreement: g, Order: w.o, Customer: w.book.Customer(w.o.CustomerID), Changes: changes, File: *f})
	reply := bot.Reply{Say: []bot.Say{
		{To: alone(t), Subject: "agreement:" + g.ID.String(), Slot: slotAt(t, "draft", g.ID), Out: cardOut(card)},
		{To: alone(t), Subject: "agreement:" + g.ID.String(), Slot: slotAt(t, "file", g.ID), Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}},
	}}
	d := remember(&t.Dialogue, "agreement", g.ID, t.Now)
	reply.Dialogue = d
	return a.finishTurn(t, tx, w, reply), nil
}

// SubmitAgreement sends a draft to legal by its typed form (送审 JX2026-001).
func (a *App) SubmitAgreement(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	k, no, _ := a.cutPaperNo(t.Args, t.Today)
	var g sales.Agreement
	var err error
	ref, ok := lastOf(t.Dialogue, "agreement")
	switch {
	case no != "" && k == approval.Agreement:
		if g, err = tx.AgreementByNo(ctx, no); err == nil && !t.Org.ScopeOf(t.Person).Covers(g.OwnerID) {
			err = missingPaper(sales.Forbidden, approval.Agreement, no)
		}
	case bare(t.Args) == "" && ok:
		g, err = tx.AgreementByID(ctx, ref.ID)
	default:
		return bot.Text("送哪一份?写技术协议的编号,例:送审 " + a.numbering(approval.Agreement).No(t.Today, 1) + "。还没出先发:技术协议 GD编号"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return a.submitAgreement(ctx, t, tx, g)
}

// TapSubmitAgreement does it by the button.
func (a *App) TapSubmitAgreement(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	g, err := tx.AgreementByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if g.State == sales.AgreementDraft && g.Version != t.Action.Version {
		return bot.Text("这张卡片旧了," + g.No + " 已经出到 V" + itoa(g.Revision) + "。看过新的再送:技术协议 " + g.No), nil
	}
	reply, err := a.submitAgreement(ctx, t, tx, g)
	if msg := sales.Message(err); msg != "" {
		return bot.Text(msg), nil
	}
	return reply, err
}

// TapAgreementDiff tells what changed since the version before.
func (a *App) TapAgreementDiff(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	g, err := tx.AgreementByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	w, err := a.workByID(ctx, tx, g.OrderID)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayReadWork(t, w); err != nil {
		return bot.Text(sales.Message(err)), nil
	}
	return a.agreementDiff(ctx, tx, w, 0, 0)
}

// agreementFacts are what the flows can ask of an agreement.
func (a *App) agreementFacts(t bot.Turn, book *Book, o sales.WorkOrder) approval.Facts {
	f := a.facts(t, book, approval.Agreement, o.CustomerID, nil)
	f.Amount = o.Amount
	return f
}

// submitAgreement opens the approval of a draft.
func (a *App) submitAgreement(ctx context.Context, t bot.Turn, tx Tx, g sales.Agreement) (bot.Reply, error) {
	w, err := a.workByID(ctx, tx, g.OrderID)
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case g.OwnerID != t.Person.ID:
		return bot.Reply{}, sales.Errorf(sales.Forbidden, g.No+" 由"+t.Org.Name(g.OwnerID)+"送审。")
	case g.State != sales.AgreementDraft || w.o.State != sales.WorkReady || w.o.AgreementID != g.ID:
		return bot.Reply{}, sales.Errorf(sales.Conflict, g.No+" 已经送审过,现在:工单 "+w.o.No+" "+view.WorkStateName(w.o.State)+"。发 技术协议 "+g.No+" 看进度。")
	}
	versions, err := tx.AgreementVersions(ctx, w.o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	values, results := agreementValues(w)
	if n := len(versions); n == 0 || !slices.Equal(versions[n-1].Values, values) || !slices.Equal(versions[n-1].Results, results) {
		return bot.Reply{}, sales.Errorf(sales.Conflict, w.o.No+" 的参数在 V"+itoa(g.Revision)+" 之后又改过。先发 技术协议 "+w.o.No+" 出新版,再送审。")
	}
	g.RequestID = tx.NewID()
	opened, err := a.open(ctx, t, tx, approval.Draft{
		ID: g.RequestID, Kind: approval.Agreement, Record: g.ID, No: g.No, Title: w.book.Customer(w.o.CustomerID) + " " + w.o.Title,
	}, a.agreementFacts(t, w.book, w.o))
	if reply, ok := a.nobody(t, err); ok {
		return reply, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	g.State = paperState(opened.r.State)
	tx.UpdateAgreement(g)
	g.Version++
	p := agreementPaper{Agreement: g, work: w}
	reply, err := a.filed(ctx, t, tx, opened, filedPaper{p: p, changes: []sales.Change{{Field: "版本", New: "V" + itoa(g.Revision)}}})
	if err != nil {
		return bot.Reply{}, err
	}
	followed, err := p.follow(ctx, a, t, tx, opened.r)
	if err != nil {
		return bot.Reply{}, err
	}
	reply = reply.And(followed)
	reply.Faces = append(reply.Faces, view.AgreementDraft(view.Agreement{Agreement: g, Order: w.o, Customer: w.book.Customer(w.o.CustomerID)}))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "agreement", g.ID, t.Now)
	return reply, nil
}

// resubmitAgreement writes the next version with what was changed and takes the approval up again.
func (a *App) resubmitAgreement(ctx context.Context, t bot.Turn, tx Tx, g sales.Agreement, r approval.Request, said string) (bot.Reply, error) {
	if err := a.mayResubmit(t, agreementPaper{Agreement: g}, r); err != nil {
		return a.refused(ctx, t, tx, agreementPaper{Agreement: g}, r, err)
	}
	w, err := a.workByID(ctx, tx, g.OrderID)
	if err != nil {
		return bot.Reply{}, err
	}
	edits, bad := setFields(t, w.book, w.f, &w.o, readWork(w.f, said, true).pairs)
	if bad != nil {
		return bot.Reply{}, bad
	}
	if len(edits) > 0 {
		w.changed = true
		w.happened(tx, t, "changed", nil, edits...)
	}
	versions, err := tx.AgreementVersions(ctx, w.o.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	values, results := agreementValues(w)
	p := agreementPaper{Agreement: g, work: w}
	var fresh []sales.File
	n := len(versions)
	if n == 0 || !slices.Equal(versions[n-1].Values, values) || !slices.Equal(versions[n-1].Results, results) {
		v, f, err := a.writeVersion(ctx, t, tx, w, &g, values, results)
		if err != nil {
			return bot.Reply{}, err
		}
		p.Agreement, p.fresh, fresh = g, &v, []sales.File{f}
	}
	return a.resubmitted(ctx, t, tx, resubmission{
		p: p, r: r, facts: a.agreementFacts(t, w.book, w.o), fresh: fresh, traced: edits, said: "V" + itoa(g.Revision),
		changes: approval.Changes{Comment: cutRunes(strings.TrimSpace("V"+itoa(g.Revision)+" "+said), approval.MaxComment)},
	})
}
