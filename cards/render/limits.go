package render

// Limits of the platforms for one message, in bytes of UTF-8.
const (
	// WeComTextBytes is the most a WeCom text message of an app or a webhook robot holds.
	WeComTextBytes = 2048
	// WeComMarkdownBytes is the most a WeCom markdown message of an app holds.
	WeComMarkdownBytes = 2048
	// WeComRobotMarkdownBytes is the most a WeCom markdown message of a webhook robot holds.
	WeComRobotMarkdownBytes = 4096
	// WeComStreamBytes is the most a stream answer of a WeCom intelligent robot holds.
	WeComStreamBytes = 20480
	// DingTalkParamBytes is the most DingTalk takes as msgParam, the JSON around the text included.
	DingTalkParamBytes = 15000
	// DingTalkValueBytes is the most we put in one variable of a DingTalk card. The platform's word is "1 KB"; we take
	// the smaller reading.
	DingTalkValueBytes = 1000
	// DingTalkPrivateBytes is the most the private variables of one person may come to, keys and values together.
	DingTalkPrivateBytes = 1000
)

// maxInput bounds any single text of a card before work is done on it, in bytes.
const maxInput = 8 << 10

// wecomLimits are the lengths, in characters, beyond which WeCom cuts a template card on the phone.
type wecomLimits struct {
	source, title, desc, subTitle, keyName, value, button, option, choiceTitle int
}

// Limits of app messages and of the intelligent robot (the latter's page gives the smaller numbers of webhook robots).
var (
	wecomApp   = wecomLimits{source: 20, title: 36, desc: 44, subTitle: 160, keyName: 5, value: 30, button: 10, option: 16, choiceTitle: 13}
	wecomRobot = wecomLimits{source: 13, title: 26, desc: 30, subTitle: 112, keyName: 5, value: 26, button: 10, option: 16, choiceTitle: 13}
)

// Hard limits of a template card.
const (
	wecomMaxTaskID   = 128
	wecomMaxKey      = 1024
	wecomMaxOptions  = 10
	wecomMaxOptionID = 128
	wecomMaxRows     = 6
	wecomMaxButtons  = 6
	wecomMaxURL      = 2048
)
