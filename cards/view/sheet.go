package view

import (
	"fmt"

	"salesflow/cards"
	"salesflow/store/sales"
)

// SheetKey names the card of an import.
func SheetKey(id sales.ID) string { return "sheet:" + id.String() + "/own" }

var sheetTitles = map[string]string{
	sales.SheetCustomers: "客户", sales.SheetProducts: "产品", sales.SheetAuthorised: "授权书", sales.SheetUnknown: "表格",
	sales.SheetPayments: "回款", sales.SheetInvoices: "发票", sales.SheetOpening: "期初",
}

var sheetUnits = map[string]string{sales.SheetCustomers: "家", sales.SheetProducts: "个", sales.SheetAuthorised: "份", sales.SheetPayments: "笔", sales.SheetInvoices: "张", sales.SheetOpening: "份"}

// sheetTitle is what the rows of an import are.
func sheetTitle(kind string) string {
	if _, ok := sales.RecordSheetOf(kind); ok {
		return "档案"
	}
	return sheetTitles[kind]
}

// SheetUnit counts the rows of a kind of import: 家, 个, 份.
func SheetUnit(kind string) string {
	if u, ok := sheetUnits[kind]; ok {
		return u
	}
	if _, ok := sales.RecordSheetOf(kind); ok {
		return "条"
	}
	return "行"
}

// SheetImport is an import with the first of what is wrong.
type SheetImport struct {
	Job      sales.SheetJob
	Problems []sales.SheetRow
}

// SheetCard is the one card of an import, from the file's arrival to its end.
func SheetCard(v SheetImport) cards.Card {
	j := v.Job
	c := cards.Card{Key: SheetKey(j.ID), Title: "导入" + sheetTitle(j.Kind), Fields: []cards.Field{{Name: "文件", Value: clip(j.Name, 40)}}}
	switch j.State {
	case sales.SheetReading:
		c.Status, c.Note = "正在核对", "核对完这张卡片会变,先忙别的。"
		if j.Total > 0 {
			c.Fields = append(c.Fields, cards.Field{Name: "已核对", Value: fmt.Sprintf("%d 行", j.Total)})
		}
		c.Buttons = []cards.Button{sheetButton(j, "取消", "取消导入", "cancel")}
		return c
	case sales.SheetFailed:
		c.Status, c.Level, c.Note, c.Closed = "导不了", cards.Warn, j.Message, "没有写入"
		return c
	case sales.SheetPreview:
		c.Fields = append(c.Fields, sheetCounts(j)...)
		return sheetPreview(c, v)
	}
	c.Fields = append(c.Fields, sheetCounts(j)...)
	unit := SheetUnit(j.Kind)
	switch j.State {
	case sales.SheetWriting:
		c.Status = fmt.Sprintf("写入中 %d%s", j.Written, unit)
		c.Note = "断了会接着导,不会重复。"
		c.Buttons = []cards.Button{sheetButton(j, "停下", "取消导入", "cancel")}
	case sales.SheetUndoing:
		c.Status, c.Note = fmt.Sprintf("撤回中 %d%s", j.Seen, unit), "断了会接着撤。"
	case sales.SheetUndone:
		c.Status, c.Note, c.Closed = fmt.Sprintf("已撤回 %d %s", j.Seen, unit), j.Message, "已撤回"
	case sales.SheetCancelled:
		c.Status, c.Closed = "已取消", "没有写入"
		if j.Written > 0 {
			c.Status, c.Closed = "已停下", fmt.Sprintf("停之前导入了 %d %s", j.Written, unit)
		}
	default:
		c.Status, c.Level = fmt.Sprintf("导入了 %d %s", j.Written, unit), cards.OK
		if j.Wrong+j.Alike > 0 {
			c.Note = "没导的行在问题表里,改好再发给我。"
			c.Buttons = []cards.Button{sheetButton(j, "问题表", "问题表", "mistakes")}
		} else {
			c.Closed = "全部导完"
		}
	}
	return c
}

func sheetButton(j sales.SheetJob, text, typed, arg string) cards.Button {
	return cards.Button{Text: text, Typed: typed, Action: cards.Action{Verb: "sheet.decide", Record: int64(j.ID), Version: j.Version, Arg: arg}}
}

func sheetCounts(j sales.SheetJob) []cards.Field {
	out := []cards.Field{{Name: "共", Value: fmt.Sprintf("%d 行", j.Total)}}
	for _, f := range []struct {
		name string
		n    int64
	}{{"可导入", j.Fresh}, {"已有", j.Known}, {"疑似重复", j.Alike}, {"有问题", j.Wrong}} {
		if f.n > 0 || f.name == "可导入" && j.State == sales.SheetPreview {
			out = append(out, cards.Field{Name: f.name, Value: fmt.Sprintf("%d 行", f.n)})
		}
	}
	return out
}

func sheetPreview(c cards.Card, v SheetImport) cards.Card {
	j := v.Job
	c.Status, c.Note = "等你定", j.Message
	for i, p := range v.Problems {
		if i == 2 {
			break
		}
		c.Note += fmt.Sprintf("第 %d 行:%s。", p.No, clip(p.Problem, 60))
	}
	if more := j.Wrong + j.Alike - int64(len(v.Problems[:min(2, len(v.Problems))])); more > 0 && len(v.Problems) > 0 {
		c.Note += fmt.Sprintf("另有 %d 行,看问题表。", more)
	}
	unit := SheetUnit(j.Kind)
	if j.Fresh > 0 {
		b := sheetButton(j, fmt.Sprintf("导入 %d %s", j.Fresh, unit), "导入 好的", sales.ChooseGood)
		b.Style = cards.Primary
		c.Buttons = append(c.Buttons, b)
	} else {
		c.Level = cards.Warn
		if j.Wrong+j.Alike == 0 {
			c.Note += "都已经有了,没有要导的。"
		}
	}
	if j.Alike > 0 {
		c.Buttons = append(c.Buttons, sheetButton(j, "连疑似的也导", "导入 全部", sales.ChooseAlike))
	}
	if j.Wrong+j.Alike > 0 {
		c.Level = cards.Warn
		c.Buttons = append(c.Buttons, sheetButton(j, "问题表", "问题表", "mistakes"))
	}
	cancel := sheetButton(j, "不导了", "取消导入", "cancel")
	cancel.Style = cards.Danger
	c.Buttons = append(c.Buttons, cancel)
	return c
}
