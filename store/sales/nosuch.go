package sales

// NoSuch is what is said of a number that there is not, and of one that is none of the person's business: the same, so that nobody
// learns by trying numbers which records there are. noun is what it is called, no the number.
func NoSuch(noun, no string) string {
	return "没有" + noun + " " + no + ",或者不归你看。" + whereListed[noun]
}

// whereListed says where people find the numbers that are theirs.
var whereListed = map[string]string{
	"合同":   "发 合同 看最近的几份。",
	"发票":   "发 已开票未回款 看有哪些。",
	"回款":   "发 未认款 看有哪些。",
	"发货单":  "发 合同进度 加合同号看有哪些。",
	"线索":   "发 线索 看你手上的。",
	"工单":   "发 工单 看最近的。",
	"技术协议": "发 工单 看最近的。",
	"审批申请": "发 审批申请 看最近的。",
	"报价":   "发 报价 看最近的几份。",
	"特价申请": "发 报价 看最近的几份。",
}
