package wecom

import (
	"fmt"
	"math/rand/v2"
)

// Error codes of the platform (developer.work.weixin.qq.com/document/path/90313).
const (
	codeBadSecret      = 40001
	codeNoUser         = 40003
	codeMediaKind      = 40004
	codeMediaType      = 40005
	codeMediaSize      = 40006
	codeBadMedia       = 40007
	codeMsgType        = 40008
	codeCorpID         = 40013
	codeBadToken       = 40014
	codeEscapes        = 40033
	codeAgentID        = 40056
	codeParam          = 40058
	codeImageFormat    = 40123
	codeNoToken        = 41001
	codeNoCorpID       = 41002
	codeNoSecret       = 41004
	codeNoMediaID      = 41006
	codeNoTitle        = 41016
	codeNoDescription  = 41033
	codeTokenExpired   = 42001
	codeTaskID         = 42014
	codeKeyname        = 42027
	codeCardURL        = 42028
	codeCardMediaID    = 42029
	codeCardAppID      = 42030
	codeCardType       = 42031
	codeCardTitle      = 42033
	codeHorizontalSize = 42035
	codeVerticalSize   = 42036
	codeOptionsSize    = 42037
	codeButtonText     = 42038
	codeButtonKey      = 42039
	codeOptionID       = 42040
	codeOptionText     = 42041
	codeJumpSize       = 42042
	codeQuestionKey    = 42043
	codeCardImage      = 42044
	codeCardAction     = 42045
	codeSubmitKey      = 42046
	codeSelectSize     = 42047
	codeSubmitText     = 42049
	codeCardUserID     = 42050
	codeActionKey      = 42051
	codeRecallTooLate  = 42052
	codeNoCallback     = 43012
	codeEmptyMedia     = 44001
	codeEmptyText      = 44004
	codeMediaTooLarge  = 45001
	codeTextTooLong    = 45002
	codeArticles       = 45008
	codeRateLimited    = 45009
	codeForbidden      = 48002
	codeResponseCode   = 60140
	codeNoDepartment   = 60123
	codeAllInvalid     = 81013
	codeNoRecipient    = 82001
	codeTooManyParties = 82002
	codeTooManyTags    = 82003
	codeChatID         = 86001
	codeChatUnknown    = 86003
	codeChatMembers    = 86006
	codeNotOwnChat     = 86008
	codeWebhookKey     = 93000
	codeOtherAgent     = 301002
	codeCheckinUsers   = 301023
	codeCheckinSpan    = 301024
	codeApprovalForm   = 301025
	codeRobotReqID     = 846605
)

// errTexts are the platform's words; clients must not match on them.
var errTexts = map[int]string{
	codeBadSecret: "invalid credential", codeNoUser: "invalid userid", codeBadMedia: "invalid media_id",
	codeMsgType: "invalid message type", codeCorpID: "invalid corpid", codeBadToken: "invalid access_token",
	codeAgentID: "invalid agentid", codeEscapes: "invalid charset, do not use \\uxxxx", codeParam: "invalid Request Parameter", codeNoToken: "access_token missing",
	codeNoCorpID: "corpid missing", codeNoSecret: "secret missing", codeTokenExpired: "access_token expired",
	codeTaskID:     "taskid has existed or empty or exceed max len",
	codeNoCallback: "callback url is not set", codeEmptyText: "empty content", codeTextTooLong: "content size out of limit",
	codeRateLimited: "api freq out of limit", codeForbidden: "api forbidden",
	codeResponseCode: "invalid response_code", codeAllInvalid: "user & party & tag all invalid",
	codeNoRecipient: "all recipients are empty", codeWebhookKey: "invalid webhook url",
	codeOtherAgent: "not allow operate another agent with this accesstoken", codeChatUnknown: "chatid is not exist",
	codeRobotReqID: "invalid req_id",
}

// apiError is an answer with an errcode.
type apiError struct {
	code   int
	detail string
}

func (e *apiError) Error() string { return fmt.Sprintf("errcode %d: %s", e.code, e.text()) }

func (e *apiError) text() string {
	text := errTexts[e.code]
	if text == "" {
		return e.detail
	}
	if e.detail == "" {
		return text
	}
	return text + ", " + e.detail
}

func fail(code int, format string, args ...any) *apiError {
	return &apiError{code: code, detail: fmt.Sprintf(format, args...)}
}

// message is errmsg as the platform writes it: words, a hint that changes each time, the caller's address, a link.
func (e *apiError) message(timestamp int64, ip string) string {
	return fmt.Sprintf("%s, hint: [%d%012d], from ip: %s, more info at https://open.work.weixin.qq.com/devtool/query?e=%d",
		e.text(), timestamp, rand.Int64N(1e12), ip, e.code)
}
