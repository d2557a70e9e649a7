package sales

// Application is a question put to those who decide (审批申请): by a person, or by a rule in the name of who a record belongs to.
type Application struct {
	ID ID     `db:"id"`
	No string `db:"no"`
	// Topic is what is asked for (超期发货), Body why.
	Topic string `db:"topic"`
	Body  string `db:"body"`
	// AboutKind and AboutID name the record it is about, as events do; AboutTitle is how people call it. All are empty for none.
	AboutKind  string   `db:"about_kind"`
	AboutID    ID       `db:"about_id"`
	AboutTitle string   `db:"about_title"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"` // who asks
	TeamID     ID       `db:"team_id"`
	Amount     Money    `db:"amount"` // 0: not said
	Files      List[ID] `db:"files"`
	State      string   `db:"state"` // that of its request
	RequestID  ID       `db:"request_id"`
	// Rule is the name of the rule that asked, empty for a person. Source is what it came of: the same is asked once.
	Rule   string `db:"rule"`
	Source string `db:"source"`
	// Effect is what its approval brings about, EffectNote what became of that; empty while it is not decided.
	Effect     Effect `db:"effect"`
	EffectNote string `db:"effect_note"`
	// EffectState says in one word what became of it: EffectDone, EffectFailed.
	EffectState   string  `db:"effect_state"`
	CreatedAt     Instant `db:"created_at"`
	SourceEventID string  `db:"source_event_id"`
	Version       int64   `db:"version"`
}

// Bounds of an application, in characters.
const (
	MaxTopic       = 20
	MaxApplication = 500
)

// ApplicationTopics are what is asked for most; others are named as a company likes.
var ApplicationTopics = []string{"特价", "合同变更", "超期发货", "超信用发货", "费用超标", "延长账期", "免费样品", "退货换货", "其他"}
