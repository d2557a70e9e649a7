package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/approval"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// Approval draws the record of an approval and attaches it. Its proofs must hold; whether its checkpoint was signed by the
// right key is not asked here.
func Approval(r evidence.Record) ([]byte, error) {
	p, err := r.Read(nil)
	if err != nil {
		return nil, fmt.Errorf("draw approval record: %w", err)
	}
	data, err := r.Encode()
	if err != nil {
		return nil, err
	}
	s, err := newSheet(p.Noun + "审批单 " + p.No)
	if err != nil {
		return nil, err
	}
	s.title(p.Noun+"审批单", p.No, stateWords[p.State])
	facts(s, p)
	story(s, p)
	files(s, p)
	if err := proof(s, proved{no: p.No, kind: "salesflow-record", rows: p.Rows, tree: p.Tree, checkpoint: p.Checkpoint}, data); err != nil {
		return nil, err
	}
	pdf, err := s.bytes()
	if err != nil {
		return nil, err
	}
	return attach(pdf, data)
}

var stateWords = map[approval.State]string{
	approval.Pending: "审批中", approval.Approved: "已通过", approval.Rejected: "已驳回", approval.Returned: "已退回修改",
	approval.Withdrawn: "已撤回",
}

var verbWords = map[approval.Verb]string{
	approval.VerbSubmit: "提交", approval.VerbApprove: "同意", approval.VerbReject: "驳回", approval.VerbSendBack: "退回修改",
	approval.VerbResubmit: "重新提交", approval.VerbTransfer: "转交", approval.VerbAddApprover: "加签", approval.VerbNudge: "催办",
	approval.VerbWithdraw: "撤回", approval.VerbComment: "留言", approval.VerbAuto: "自动通过", approval.VerbSkip: "跳过",
	approval.VerbSupplement: "补充", approval.VerbCopy: "抄送", approval.VerbDeputy: "由人代审",
}

func facts(s *sheet, p evidence.Paper) {
	s.row("客户", p.Customer)
	if len(p.Products) > 0 {
		s.row("产品", strings.Join(p.Products, "、"))
	}
	if p.Amount > 0 {
		s.row("金额", p.Amount.String())
	}
	for _, l := range p.Facts.Lines {
		s.row(l[0], l[1])
	}
	s.row("提交人", p.Requester)
	if p.Path != "" {
		s.row("流程", p.Path)
	}
	if len(p.Findings) > 0 {
		s.row("超制度", strings.Join(p.Findings, ";"))
	}
}

func story(s *sheet, p evidence.Paper) {
	s.heading("审批过程")
	for _, l := range p.Lines {
		who := l.ActorName
		if who == "" {
			who = "制度"
		}
		if l.ForName != "" {
			who += "(代 " + l.ForName + ")"
		}
		did := verbWords[l.Verb]
		if did == "" {
			did = string(l.Verb)
		}
		if l.TargetName != "" {
			did += " " + l.TargetName
		}
		s.entry(l.At.In(sales.Shanghai).Format("2006-01-02 15:04:05"), who, did, l.Comment, fmt.Sprintf("#%d", l.Leaf))
	}
}

func files(s *sheet, p evidence.Paper) {
	s.heading("附件")
	if len(p.Files) == 0 {
		s.text("没有附件。", body)
	}
	for _, f := range p.Files {
		s.text(f.Name+size(f.Size), body)
		hash := f.SHA256
		if hash == "" {
			hash = "还没取到文件,没有指纹"
		}
		s.text("SHA-256 "+hash, small)
	}
}

func size(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return fmt.Sprintf("(%d KB)", (n+1023)>>10)
	}
	return fmt.Sprintf("(%.1f MB)", float64(n)/(1<<20))
}

// proved is what a paper is proved by. kind begins the text of its code.
type proved struct {
	no, kind, checkpoint string
	rows                 int
	tree                 tlog.Tree
}

// proof says against what the paper can be held. The code repeats the checkpoint and the record's hash for a phone.
func proof(s *sheet, p proved, data []byte) error {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	s.heading("留痕证明")
	s.text(fmt.Sprintf("这张单子由留痕里的 %d 条记录生成,每条都带着在留痕日志中的证明,日志当时有 %d 条。井号后面是记录在日志中的位置。", p.rows, p.tree.N), body)
	s.text("根指纹 "+p.tree.Hash.String(), small)
	s.text("证明指纹 "+digest, small)
	s.text("核对:salesflow audit verify --record 这个文件.pdf。证明在 PDF 的附件 "+AttachmentName+" 里。", body)
	s.text("签名的校验点", small)
	for line := range strings.Lines(strings.TrimSpace(p.checkpoint)) {
		if line = strings.TrimSpace(line); line != "" {
			s.text(line, small)
		}
	}
	q, err := qrcode.New(fmt.Sprintf("%s %s %d %s %s", p.kind, p.no, p.tree.N, p.tree.Hash, digest), qrcode.Medium)
	if err != nil {
		return fmt.Errorf("make QR code: %w", err)
	}
	q.DisableBorder = true
	s.code(q.Bitmap())
	return nil
}
