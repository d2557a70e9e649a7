package sales

import "strconv"

// Why a signed contract is not counted as a deliverable new sign-up; "" counts.
const (
	SignRepeat    = "repeat"    // the customer has signed before
	SignUnplanned = "unplanned" // no day of delivery was agreed
	SignUnpaid    = "unpaid"    // nothing is paid, and nothing is to be paid in advance
)

// SignedContract is a contract signed in a period, with what decides whether it counts (可交付新签额).
type SignedContract struct {
	ID           ID       `db:"id"`
	No           string   `db:"no"`
	CustomerID   ID       `db:"customer_id"`
	OwnerID      PersonID `db:"owner_id"`
	TeamID       ID       `db:"team_id"`
	Products     List[ID] `db:"products"`
	Amount       Money    `db:"amount"`
	Prepay       int      `db:"prepay_percent"`
	DeliveryDays int      `db:"delivery_days"`
	// First is the customer's first signed contract, Cash what came in for this one.
	First ID    `db:"first_id"`
	Cash  Money `db:"cash"`
	// Planned says that goods went or a day was promised.
	Planned bool `db:"planned"`
}

// Excluded says why a contract is no deliverable new sign-up; "" when it is one. Repeat orders are asked for first, then orders
// nobody has scheduled, then those no money stands behind.
func (c SignedContract) Excluded() string {
	switch {
	case c.First != 0 && c.First != c.ID:
		return SignRepeat
	case c.DeliveryDays < 0 && !c.Planned:
		return SignUnplanned
	case c.Cash <= 0 && c.Prepay <= 0:
		return SignUnpaid
	}
	return ""
}

// GapsWanted says which differences are looked for: of people in scope, of one contract unless it is 0, since a moment, at most Limit of
// each kind.
type GapsWanted struct {
	Scope    Scope
	Contract ID
	Since    Instant
	Limit    int
}

// Gap is something in which contract, approval, ERP papers and visits of one deal do not go together (三端对齐).
type Gap struct {
	Kind       string   `db:"kind"` // one of the Gap…
	ContractID ID       `db:"contract_id"`
	No         string   `db:"no"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	Amount     Money    `db:"amount"`
	Since      Instant  `db:"since"`
	// Theirs is what the ERP says, where that is an amount; Note what it says in words.
	Theirs Money  `db:"theirs"`
	Note   string `db:"note"`
}

// Kinds of gaps.
const (
	GapPaper       = "paper"        // an invoice of no contract
	GapStill       = "still"        // signed, nothing shipped
	GapUnseen      = "unseen"       // signed without a visit
	GapERPSilent   = "erp_silent"   // the ERP has not answered
	GapERPRejected = "erp_rejected" // it did not take the order
	GapERPAmount   = "erp_amount"   // it has another amount
	GapERPShipped  = "erp_shipped"  // it has shipped, we have filed nothing
	GapERPInvoiced = "erp_invoiced" // it has invoiced another amount
	GapERPGoods    = "erp_goods"    // it has shipped for another amount
	GapERPLost     = "erp_lost"     // signed, and the ERP was never told
	GapERPExtra    = "erp_extra"    // it works on an order whose contract does not hold any more
	GapQuote       = "quote"        // the contract is for another amount than the quote that was approved for it
	GapNativeLost  = "native_lost"  // the platform's approval could not be created
	GapNativeLate  = "native_late"  // the platform's approval is still open, ours is decided
	GapUnapproved  = "unapproved"   // signed here, and its approval is not approved
)

// Key names a difference: when it becomes another one, it has another key.
func (g Gap) Key() string {
	return g.Kind + ":" + g.No + ":" + strconv.FormatInt(int64(g.Amount), 36) + ":" + strconv.FormatInt(int64(g.Theirs), 36)
}

// Title says what is different.
func (g Gap) Title() string {
	switch g.Kind {
	case GapPaper:
		return "有发票没合同"
	case GapStill:
		return "签了 30 天没发货没开票"
	case GapUnseen:
		return "签约前没有拜访记录"
	case GapERPSilent:
		return "ERP 两天没回单号"
	case GapERPRejected:
		return "ERP 没接单"
	case GapERPAmount:
		return "ERP 金额和合同不一样"
	case GapERPShipped:
		return "ERP 已发货,这边没记"
	case GapERPInvoiced:
		return "ERP 开票和这边不一样"
	case GapERPGoods:
		return "ERP 发货金额和这边不一样"
	case GapERPLost:
		return "签了没发给 ERP"
	case GapERPExtra:
		return "ERP 有单,合同已不作数"
	case GapQuote:
		return "合同和批过的报价不一样"
	case GapNativeLost:
		return "平台审批没建成,走的是卡片"
	case GapNativeLate:
		return "合同已定,平台审批还开着"
	case GapUnapproved:
		return "合同已签,审批单没批完"
	}
	return g.Kind
}

// Advice says what whoever is to look at it does.
func (g Gap) Advice() string {
	switch g.Kind {
	case GapPaper:
		return "是哪份合同的就红冲重开写上合同号"
	case GapStill:
		return "发了就记 发货,推迟就点已处理"
	case GapUnseen:
		return "去过就补记 拜访"
	case GapERPSilent, GapERPLost:
		return "看 ERP 对接"
	case GapERPRejected:
		return "照它说的改好再发"
	case GapERPAmount:
		return "和 ERP 核金额,错的一边改"
	case GapERPShipped:
		return "补记 发货"
	case GapERPInvoiced:
		return "核两边的票,少的补开"
	case GapERPGoods:
		return "核发货数,错的一边改"
	case GapERPExtra:
		return "让 ERP 停这一单"
	case GapQuote:
		return "核报价,不对就重新批"
	case GapNativeLost, GapNativeLate:
		return "到平台上看那张审批"
	case GapUnapproved:
		return "把审批单批完"
	}
	return "核对后点已处理"
}

// Side is whose the other figure is, where there is one.
func (g Gap) Side() string {
	if g.Kind == GapQuote {
		return "报价"
	}
	return "ERP"
}

// Role is who is to look at a gap before the contract's owner; empty for the owner.
func (g Gap) Role() Role {
	switch g.Kind {
	case GapERPSilent, GapERPLost, GapNativeLost, GapNativeLate:
		return RoleAdmin
	case GapERPShipped, GapERPGoods:
		return RoleDelivery
	case GapUnapproved:
		return RoleLegal
	case GapERPInvoiced, GapPaper:
		return RoleFinance
	}
	return ""
}
