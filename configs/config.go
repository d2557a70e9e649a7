package configs

import "time"

// Config is the whole configuration. Its keys are the yaml tags; each is also an environment variable, SALESFLOW_ and
// the path in upper case with underscores (wecom.robot.bot_id: SALESFLOW_WECOM_ROBOT_BOT_ID). Default gives the values
// of keys that are not set.
type Config struct {
	// Listen is the address (host:port) of the HTTP server.
	Listen string `yaml:"listen"`
	// PublicURL is how phones reach Listen from outside; empty: no signed pages.
	PublicURL string `yaml:"public_url"`
	// DataDir holds the embedded stores, the spool and files.
	DataDir string `yaml:"data_dir"`
	// StopDelay is how long a replica that was told to stop still takes callbacks while /readyz says 503, so that the load
	// balancer has noticed before nobody listens. It counts where Redis is a server: one process alone has no other.
	StopDelay time.Duration `yaml:"stop_delay"`

	MySQL        MySQL        `yaml:"mysql"`
	Redis        Redis        `yaml:"redis"`
	WeCom        WeCom        `yaml:"wecom"`
	DingTalk     DingTalk     `yaml:"dingtalk"`
	Organisation Organisation `yaml:"organisation"`

	Mail             Mail    `yaml:"mail"`
	SMS              Service `yaml:"sms"`
	Speech           Tool    `yaml:"speech"`
	OCR              Tool    `yaml:"ocr"`
	LLM              LLM     `yaml:"llm"`
	ERP              Service `yaml:"erp"`
	DeliveryCalendar Service `yaml:"delivery_calendar"`
	EInvoice         Service `yaml:"einvoice"`
	Registry         Service `yaml:"registry"`

	Channels Channels           `yaml:"channels"`
	Webhooks map[string]Webhook `yaml:"webhooks"`
	Calendar CompanyCalendar    `yaml:"calendar"`

	Rules     Rules     `yaml:"rules"`
	Customers Customers `yaml:"customers"`

	Audit     Audit     `yaml:"audit"`
	Pipelines Pipelines `yaml:"pipelines"`
	// Checklists are what must be on file, by class of customer.
	Checklists []Checklist `yaml:"checklists"`
	Fields     Fields      `yaml:"fields"`
	WorkOrders WorkOrders  `yaml:"work_orders"`
	Admin      Admin       `yaml:"admin"`
	API        API         `yaml:"api"`
	Log        Log         `yaml:"log"`
	OTel       OTel        `yaml:"otel"`
}

// MySQL is the database. An empty DSN means the embedded store in DataDir.
type MySQL struct {
	// DSN in the form of go-sql-driver: user:password@tcp(host:3306)/salesflow.
	DSN Secret `yaml:"dsn"`
}

// Redis is the queue's server: no address means the embedded one, one a single server, several a cluster, or the
// sentinels of MasterName.
type Redis struct {
	Addrs      []string `yaml:"addrs"`
	MasterName string   `yaml:"master_name"`
	Username   string   `yaml:"username"`
	Password   Secret   `yaml:"password"`
	DB         int      `yaml:"db"`
	TLS        bool     `yaml:"tls"`
}

// WeCom is the self-built app (自建应用) in 企业微信, its intelligent robot (智能机器人) and group webhooks.
type WeCom struct {
	CorpID         string `yaml:"corp_id"`
	AgentID        int    `yaml:"agent_id"`
	Secret         Secret `yaml:"secret"`
	ContactsSecret Secret `yaml:"contacts_secret"`
	Token          Secret `yaml:"token"`
	EncodingAESKey Secret `yaml:"encoding_aes_key"`
	APIBase        string `yaml:"api_base"`
	CallbackPath   string `yaml:"callback_path"`
	// PerMemberLimit is how many messages a minute one member may get; 0: the platform's own limit, negative: none, for
	// measurements against a platform that is not the real one.
	PerMemberLimit int   `yaml:"per_member_limit"`
	Robot          Robot `yaml:"robot"`
	// GroupWebhooks is the webhook address of a group's robot (消息推送) by the group's name.
	GroupWebhooks map[string]Secret `yaml:"group_webhooks"`
}

// Enabled reports whether the self-built app is configured.
func (w WeCom) Enabled() bool { return w.CorpID != "" }

// Robot is the intelligent robot that hears @bot in WeCom groups. An empty WSURL is the platform's own address.
type Robot struct {
	BotID  string `yaml:"bot_id"`
	Secret Secret `yaml:"secret"`
	WSURL  string `yaml:"ws_url"`
}

// Enabled reports whether the robot is configured.
func (r Robot) Enabled() bool { return r.BotID != "" }

// DingTalk is the company's own app (企业内部应用) in 钉钉, received by stream.
type DingTalk struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret Secret `yaml:"client_secret"`
	CorpID       string `yaml:"corp_id"`
	AgentID      string `yaml:"agent_id"`
	// RobotCode is the client id unless said otherwise, as the platform has it.
	RobotCode string `yaml:"robot_code"`
	// CardTemplateID is the one card template; empty: text mode.
	CardTemplateID string `yaml:"card_template_id"`
	APIBase        string `yaml:"api_base"`
	OAPIBase       string `yaml:"oapi_base"`
	// Edition (standard, professional, exclusive) decides the monthly and per-second API budget.
	Edition string `yaml:"edition"`
}

// Enabled reports whether the app is configured.
func (d DingTalk) Enabled() bool { return d.ClientID != "" }

// Organisation names the file LoadOrg reads: people, teams, groups and master data for a start without contact sync.
type Organisation struct {
	File string `yaml:"file"`
}

// Mail is an SMTP server as smtp://user:password@host:587 or smtps://…:465; empty: no mail.
type Mail struct {
	SMTP Secret `yaml:"smtp"`
	From string `yaml:"from"`
}

// Service is an HTTP endpoint outside; an empty URL switches it off.
type Service struct {
	URL    string `yaml:"url"`
	Secret Secret `yaml:"secret"`
}

// Tool turns a file into text: an HTTP endpoint that takes its bytes and answers {"text": "…"}, or a program with its
// arguments, "{file}" among them the file's path, that prints the text. Both empty: off.
type Tool struct {
	Command string `yaml:"command"`
	URL     string `yaml:"url"`
	Secret  Secret `yaml:"secret"`
}

// LLM is an OpenAI-compatible endpoint, the optional last resort of the parser.
type LLM struct {
	URL    string `yaml:"url"`
	Secret Secret `yaml:"secret"`
	Model  string `yaml:"model"`
	// Timeout is how long one question may take; 0 means 8 seconds.
	Timeout time.Duration `yaml:"timeout"`
}

// Admin says who may open the jobs dashboard.
type Admin struct {
	// People are ids of the organisation file.
	People []string `yaml:"people"`
	// Token is asked for beside the person; empty: no dashboard.
	Token Secret `yaml:"token"`
}

// API bounds the HTTP interface.
type API struct {
	// PerSecond is how many requests a second a token may make on average on each replica, Burst how many at once.
	PerSecond int `yaml:"per_second"`
	Burst     int `yaml:"burst"`
}

// Log is the program's own log on standard error.
type Log struct {
	Level  string `yaml:"level"`  // trace, debug, info, warn, error
	Format string `yaml:"format"` // json, console
}

// OTel is where traces go (OTLP over HTTP); empty: nowhere.
type OTel struct {
	Endpoint string `yaml:"endpoint"`
}

// Rules are the numbers of the working rules.
type Rules struct {
	Approval           Approval       `yaml:"approval"`
	Quote              Quote          `yaml:"quote"`
	Paper              Paper          `yaml:"paper"`
	ContractEscalation Escalation     `yaml:"contract_escalation"`
	ContractLimits     ContractLimits `yaml:"contract_limits"`
	Promise            Promise        `yaml:"promise"`
	QuietHours         QuietHours     `yaml:"quiet_hours"`
	Daily              Daily          `yaml:"daily"`
	Visit              Visit          `yaml:"visit"`
	Sample             Sample         `yaml:"sample"`
	Service            AfterSales     `yaml:"service"`
	Pool               Pool           `yaml:"pool"`
	Leads              Leads          `yaml:"leads"`
	Customers          CustomerCare   `yaml:"customers"`
	Cash               Cash           `yaml:"cash"`
	// Dir is a folder of rule files (规则); empty: none. Editors are the roles that may write and switch rules in the chat.
	Dir     string   `yaml:"dir"`
	Editors []string `yaml:"editors"`
	// Rosters are who is on duty by turns (值班), by name: 赵磊、孙静 每周轮换 周一9点换班. The first is on duty when it is first read.
	Rosters map[string]string `yaml:"rosters"`
	// ActsPerDay is for how many records a day one rule makes to-dos, sends mail and short messages, asks for approvals or changes
	// data; 0: any number.
	ActsPerDay int `yaml:"acts_per_day"`
	// UndoWindow is how long 撤销 takes back one's own last entry.
	UndoWindow time.Duration `yaml:"undo_window"`
	// DraftTTL is how long an unconfirmed draft and its open question live.
	DraftTTL time.Duration `yaml:"draft_ttl"`
	// ScanPhoto is how long after a customer's code was scanned a photo is waited for before the bot asks; 0: never.
	ScanPhoto time.Duration `yaml:"scan_photo"`
}

// Approval is the default approval policy.
type Approval struct {
	// Contract lists the roles that approve a contract, one after the other.
	Contract []string `yaml:"contract"`
	// RemindAfter lists when a waiting approver is reminded, counted from when the step became theirs.
	RemindAfter []time.Duration `yaml:"remind_after"`
	// NudgeEvery is the least time between two nudges (催办) of one request.
	NudgeEvery time.Duration `yaml:"nudge_every"`
	// Flows are tried in order before the defaults.
	Flows []Flow `yaml:"flows"`
	// Effects are what follows by itself once an application (审批申请) that a person files is approved, by what it asks for.
	Effects []Effect `yaml:"effects"`
	// NativePoll is how often an open approval on a platform is asked about at first, since a callback can be lost; it is
	// asked less and less often.
	NativePoll time.Duration `yaml:"native_poll"`
}

// Clocks an Escalation may run on.
const (
	ClockNatural = "natural" // hours as they pass
	ClockWorking = "working" // hours of workdays
)

// Escalation is when a waiting request goes up, to whom, and what follows.
type Escalation struct {
	After      time.Duration `yaml:"after"`
	Clock      string        `yaml:"clock"`
	Notify     []string      `yaml:"notify"` // roles
	NextAfter  time.Duration `yaml:"next_after"`
	NextNotify []string      `yaml:"next_notify"` // roles
}

// ContractLimits are the company's limits for clauses of a contract; what lies beyond is marked on the card.
type ContractLimits struct {
	PaymentDaysMax   int `yaml:"payment_days_max"`
	PrepayPercentMin int `yaml:"prepay_percent_min"`
	PricePercentMin  int `yaml:"price_percent_min"` // of the list price
	DeliveryDaysMin  int `yaml:"delivery_days_min"`
	DeliveryDaysMax  int `yaml:"delivery_days_max"`
	// CreditLimitYuan is the most a customer without a limit of their own (授信) may owe; 0: no limit.
	CreditLimitYuan int `yaml:"credit_limit_yuan"`
	// Block lists the clauses that stop a submission rather than mark it: discount, credit.
	Block []string `yaml:"block"`
}

// Promise is how a promise (承诺) is watched. It is always reminded of when it is due.
type Promise struct {
	RemindBefore time.Duration `yaml:"remind_before"`
}

// Customers is how customer master data is kept.
type Customers struct {
	// Complete lists the fields that make a customer complete (客户完整度).
	Complete []string `yaml:"complete"`
	// UnmergeFor is how long a merge of two customers can be taken back.
	UnmergeFor time.Duration `yaml:"unmerge_for"`
}

// CustomerFields are the fields that Customers.Complete may list.
var CustomerFields = []string{"uscc", "city", "region", "budget", "decision", "cycle", "tech", "buyer", "address", "size"}

// QuietHours (静默时段) hold pushes back from From to To of the next day, and on rest days.
type QuietHours struct {
	From TimeOfDay `yaml:"from"`
	To   TimeOfDay `yaml:"to"`
}

// Daily is the rhythm of a workday.
type Daily struct {
	Plan         TimeOfDay `yaml:"plan"`          // each rep's plan of the day (拜访计划)
	Morning      TimeOfDay `yaml:"morning"`       // TOP3 and the lead's morning page
	ReportPrompt TimeOfDay `yaml:"report_prompt"` // 日报 prompt
	Capture      TimeOfDay `yaml:"capture"`       // stage changes of the day
}

// Default is the configuration of an empty file: embedded stores, no platform, the rules as product defaults.
func Default() Config {
	return Config{
		Listen:  "0.0.0.0:8080",
		DataDir: "./data",

		StopDelay: 3 * time.Second,
		WeCom: WeCom{
			APIBase:      "https://qyapi.weixin.qq.com",
			CallbackPath: "/wecom/callback",
		},
		DingTalk: DingTalk{
			APIBase:  "https://api.dingtalk.com",
			OAPIBase: "https://oapi.dingtalk.com",
			Edition:  "standard",
		},
		Rules: defaultRules(),
		Customers: Customers{
			Complete:   []string{"uscc", "city", "budget", "decision", "cycle", "tech"},
			UnmergeFor: 7 * 24 * time.Hour,
		},
		Channels: defaultChannels(),
		Calendar: CompanyCalendar{Work: "09:00-18:00"},
		Log:      Log{Level: "info", Format: "json"},

		Pipelines:  Pipelines{Use: []string{"standard"}, Lines: map[string]string{}},
		Checklists: []Checklist{},
		WorkOrders: defaultWorkOrders(),
		API:        API{PerSecond: 20, Burst: 60},
	}
}

func defaultRules() Rules {
	return Rules{
		Approval: Approval{
			Contract:    []string{"legal", "director"},
			RemindAfter: []time.Duration{24 * time.Hour},
			NudgeEvery:  4 * time.Hour,
			Flows:       []Flow{},
			Effects:     []Effect{},
			NativePoll:  10 * time.Minute,
		},
		Quote: defaultQuote(),
		Paper: defaultPaper(),
		ContractEscalation: Escalation{
			After:      48 * time.Hour,
			Clock:      ClockNatural,
			Notify:     []string{"legal_head", "director"},
			NextAfter:  24 * time.Hour,
			NextNotify: []string{"gm", "director"},
		},
		ContractLimits: ContractLimits{
			PaymentDaysMax:   45,
			PrepayPercentMin: 30,
			PricePercentMin:  85,
			DeliveryDaysMin:  15,
			Block:            []string{},
		},
		Promise:    Promise{RemindBefore: 24 * time.Hour},
		QuietHours: QuietHours{From: ClockTime(20, 0), To: ClockTime(8, 30)},
		Daily: Daily{
			Plan:         ClockTime(8, 40),
			Morning:      ClockTime(8, 45),
			ReportPrompt: ClockTime(17, 0),
			Capture:      ClockTime(18, 0),
		},
		Visit:     defaultVisit(),
		Sample:    Sample{FeedbackAfter: 7 * 24 * time.Hour},
		Service:   AfterSales{AcceptWithin: 2 * time.Hour, CloseWithin: 18 * time.Hour},
		Pool:      defaultPool(),
		Leads:     defaultLeads(),
		Cash:      defaultCash(),
		Customers: defaultCustomers(),
		Editors:   []string{"admin", "director"},
		Rosters:   map[string]string{}, ActsPerDay: 2000,
		UndoWindow: 10 * time.Minute,
		DraftTTL:   24 * time.Hour,
		ScanPhoto:  30 * time.Minute,
	}
}
