package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// cashSheet reports whether a kind of import is finance's.
func cashSheet(kind string) bool {
	return kind == sales.SheetPayments || kind == sales.SheetInvoices || kind == sales.SheetOpening
}

// ColumnWords knows the columns of files by the names people give them; cmd has it.
type ColumnWords interface {
	// ColumnKey is the key of a column of a kind of file, "" for none; ColumnNames are what the columns are called.
	ColumnKey(kind, word string) string
	ColumnNames(kind string) []string
}

// SheetWordTx keeps what sources call their columns.
type SheetWordTx interface {
	PutSheetWord(w sales.SheetWord)
	DropSheetWords(kind, source string)
	SheetWords(ctx context.Context) ([]sales.SheetWord, error)
}

func (a *App) registerCashFile(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "导入列", Aliases: []string{"drl", "列对应"}, Summary: "教我认银行、ERP 表里的列", Usage: "导入列 回款 工行 到账金额=贷方 付款方=对手方",
		Detail: "左边是我要的列,右边是你表里的叫法。记一次,以后这家银行的表直接发。看记了哪些:导入列;忘掉:导入列 回款 工行 忘掉。",
		Roles:  []sales.Role{sales.RoleFinance, sales.RoleAdmin}, Handle: a.LearnColumns,
	})
}

// maxColumnWords bounds what one message teaches.
const maxColumnWords = 12

// LearnColumns keeps what a source calls its columns (导入列).
func (a *App) LearnColumns(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list := strings.Fields(strings.NewReplacer(",", " ", ",", " ", "＝", "=", "；", " ", ";", " ").Replace(t.Args))
	if len(list) == 0 {
		return a.listColumns(ctx, tx)
	}
	kind := sheetKinds[list[0]]
	if !cashSheet(kind) || len(list) < 3 {
		return bot.Text("写法:导入列 回款 工行 到账金额=贷方 付款方=对手方。回款、发票、期初都行。"), nil
	}
	source := cutRunes(list[1], 20)
	if bare(list[2]) == "忘掉" || bare(list[2]) == "删" {
		tx.DropSheetWords(kind, source)
		audit(tx, t, "sheet.forget", "sheet", 0, sales.Change{Field: "来源", Old: source})
		return bot.Text("忘掉了 " + source + " 的列。"), nil
	}
	var said []string
	for _, pair := range list[2:min(len(list), 2+maxColumnWords)] {
		ours, theirs, ok := strings.Cut(pair, "=")
		key := a.Columns.ColumnKey(kind, ours)
		if !ok || bare(theirs) == "" || key == "" {
			return bot.Text("没看懂:" + quoted(pair, "") + "。左边写这些里的一个:" + strings.Join(a.Columns.ColumnNames(kind), "、") + ",例:到账金额=贷方"), nil
		}
		tx.PutSheetWord(sales.SheetWord{Kind: kind, Source: source, Key: key, Word: cutRunes(theirs, 60), SetBy: t.Person.ID, SetAt: sales.At(t.Now)})
		said = append(said, ours+"="+theirs)
	}
	audit(tx, t, "sheet.learn", "sheet", 0, sales.Change{Field: source, New: strings.Join(said, " ")})
	return bot.Text("记住了 " + source + ":" + strings.Join(said, "、") + "。把表再发一次就认得。"), nil
}

// columnName is what a column of a kind of file is called.
func (a *App) columnName(kind, key string) string {
	for _, name := range a.Columns.ColumnNames(kind) {
		if a.Columns.ColumnKey(kind, name) == key {
			return name
		}
	}
	return key
}

func (a *App) listColumns(ctx context.Context, tx Tx) (bot.Reply, error) {
	words, err := tx.SheetWords(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []string
	for _, w := range words {
		head := sheetWord(w.Kind) + " " + w.Source + ":"
		k := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, head) })
		if k < 0 {
			lines, k = append(lines, head), len(lines)
		}
		lines[k] += " " + a.columnName(w.Kind, w.Key) + "=" + w.Word
	}
	if len(lines) == 0 {
		return bot.Text("还没记过。写法:导入列 回款 工行 到账金额=贷方 付款方=对手方"), nil
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}
