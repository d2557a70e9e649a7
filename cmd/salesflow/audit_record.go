package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/cards/paper"
	"salesflow/cards/view"
	"salesflow/store/audit"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// maxPaper bounds a PDF that is checked, in bytes.
const maxPaper = 32 << 20

// verifyRecord checks an approval record by itself: the proof of each row, who signed the checkpoint, whether it agrees
// with the checkpoints kept elsewhere, and whether the PDF shows what the rows say and nothing else.
func verifyRecord(w io.Writer, name string, keys []note.Verifier, outside [][]byte) error {
	if len(keys) == 0 {
		return errors.New("没有校验点的公钥:用 --key 写上,或在 data_dir 里放 audit.key")
	}
	data, err := readBounded(name)
	if err != nil {
		return err
	}
	pdf, raw := []byte(nil), data
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		pdf = data
		if raw, err = paper.Attached(pdf); err != nil {
			return fmt.Errorf("%s: 里面没有证明: %w", name, err)
		}
	}
	if evidence.FormatOf(raw) == evidence.PerformanceFormat {
		return verifyPerformance(w, name, raw, pdf, keys, outside)
	}
	rec, err := evidence.Parse(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p, err := rec.Read(note.VerifierList(keys...))
	if err != nil {
		fmt.Fprintf(w, "✘ %v\n", err)
		return fmt.Errorf("%s 没通过:证明和记录对不上,或校验点不是这家公司签的", name)
	}
	if pdf != nil {
		if made, err := paper.Approval(rec); err != nil || !bytes.Equal(made, pdf) {
			return fmt.Errorf("%s 没通过:证明是真的,但纸面和证明不一致。以下面按证明读出来的为准\n%s", name, recordText(p))
		}
	}
	if err := sayProved(w, name, p.Rows, p.Tree, outside, keys); err != nil {
		return err
	}
	fmt.Fprint(w, recordText(p))
	return nil
}

// sayProved says what a paper is proved by, once all of it holds.
func sayProved(w io.Writer, name string, rows int, tree tlog.Tree, outside [][]byte, keys []note.Verifier) error {
	known, err := agrees(tree, outside, keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "✔ %s:%d 条记录都在留痕日志里,校验点 %s 签名有效\n", name, rows, audit.Short(tree))
	if known {
		fmt.Fprintln(w, "✔ 同一个校验点在库外也存着")
		return nil
	}
	fmt.Fprintln(w, "提醒:库外没有同一个校验点,再跑一遍 audit verify 可核对它在整条日志里")
	return nil
}

func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPaper+1))
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if len(data) > maxPaper {
		return nil, fmt.Errorf("record: %s is larger than %d MB", name, maxPaper>>20)
	}
	return data, nil
}

// agrees holds a tree against checkpoints kept elsewhere: one of the same size must have the same root.
func agrees(tree tlog.Tree, outside [][]byte, keys []note.Verifier) (known bool, err error) {
	for _, signed := range outside {
		t, err := audit.OpenCheckpoint(signed, note.VerifierList(keys...))
		if err != nil || t.N != tree.N {
			continue
		}
		if t.Hash != tree.Hash {
			return false, fmt.Errorf("没通过:库外存的校验点在 %d 条时是另一个根指纹,日志被换过", t.N)
		}
		known = true
	}
	return known, nil
}

// recordText is what the sealed rows say, for whoever holds it against the paper.
func recordText(p evidence.Paper) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s · %s · %s\n", p.Noun, p.No, p.Customer, p.Amount)
	for _, l := range p.Facts.Lines {
		fmt.Fprintf(&b, "  %s:%s\n", l[0], l[1])
	}
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "  #%d %s %s\n", l.Leaf, l.At.In(sales.Shanghai).Format("2006-01-02"), view.EntryText(l.Entry))
	}
	for _, f := range p.Files {
		hash := f.SHA256
		if hash == "" {
			hash = "没有指纹"
		}
		fmt.Fprintf(&b, "  附件 %s %s\n", f.Name, hash)
	}
	return b.String()
}
