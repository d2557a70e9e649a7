package dingtalk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	connectPath  = "/connect"
	tokenHeader  = "X-Acs-Dingtalk-Access-Token"
	tokenLife    = 2 * time.Hour
	maxBody      = 1 << 20
	maxMediaBody = 21 << 20
	maxCallBody  = 32 << 10
	maxSlow      = time.Minute
)

// Permission points by which calls are refused when Options.Denied names them.
const (
	ScopeRobot    = "qyapi_robot_sendmsg"
	ScopeCard     = "Card.Instance.Write"
	ScopeContacts = "qyapi_get_member"
	ScopeTodo     = "Todo.Todo.Write"
	ScopeWorkflow = "Workflow.Instance.Write"
	ScopeCheckIn  = "qyapi_checkin_read"
)

// route is one API of the platform.
type route struct {
	pattern string
	dialect dialect
	// auth: the call needs a token. counted: it is part of the monthly quota (contacts and tokens are not).
	auth, counted bool
	// private: the body carries credentials and is not kept.
	private bool
	limit   int64
	// scope is the permission point (权限点) the call needs.
	scope string
	do    func(*call) (any, error)
}

// call is one request on its way through the API.
type call struct {
	s     *Server
	r     *http.Request
	route *route
	base  string
	body  []byte
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range s.apis() {
		if r.limit == 0 {
			r.limit = maxBody
		}
		mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, &r) })
	}
	mux.HandleFunc("GET "+connectPath, s.serveStream)
	mux.HandleFunc("GET /media/{key}", s.serveMedia)
	mux.HandleFunc("GET /download/{key}", s.serveDownload)
	mux.HandleFunc("/", s.serveUnknown)
	return mux
}

func (s *Server) apis() []route {
	open := func(pattern string, d dialect, do func(*call) (any, error)) route {
		return route{pattern: pattern, dialect: d, do: do, private: true}
	}
	api := func(scope, pattern string, do func(*call) (any, error)) route {
		return route{pattern: pattern, dialect: newAPI, auth: true, counted: true, do: do, scope: scope}
	}
	contacts := func(pattern string, do func(*call) (any, error)) route {
		return route{pattern: pattern, dialect: oldAPI, auth: true, do: do, scope: ScopeContacts}
	}
	old := func(pattern string, do func(*call) (any, error)) route {
		return route{pattern: pattern, dialect: oldAPI, auth: true, counted: true, do: do}
	}
	return []route{
		open("POST /v1.0/gateway/connections/open", plain, (*call).openConnection),
		open("POST /v1.0/oauth2/accessToken", newAPI, (*call).accessToken),
		open("GET /gettoken", oldAPI, (*call).getToken),
		{pattern: "POST /robot/sendBySession", dialect: webhook, do: (*call).sendBySession},

		api(ScopeRobot, "POST /v1.0/robot/oToMessages/batchSend", (*call).batchSend),
		api(ScopeRobot, "POST /v1.0/robot/groupMessages/send", (*call).groupSend),
		api(ScopeRobot, "GET /v1.0/robot/oToMessages/readStatus", (*call).readStatus),
		api(ScopeRobot, "POST /v1.0/robot/groupMessages/query", (*call).groupQuery),
		api(ScopeRobot, "POST /v1.0/robot/otoMessages/batchRecall", (*call).batchRecall),
		api(ScopeRobot, "POST /v1.0/robot/groupMessages/recall", (*call).groupRecall),
		api(ScopeRobot, "POST /v1.0/robot/ding/send", (*call).dingSend),
		api(ScopeRobot, "POST /v1.0/robot/messageFiles/download", (*call).downloadFile),

		api(ScopeCard, "POST /v1.0/card/instances/createAndDeliver", (*call).createAndDeliver),
		api(ScopeCard, "POST /v1.0/card/instances", (*call).createCard),
		api(ScopeCard, "POST /v1.0/card/instances/deliver", (*call).deliverCard),
		api(ScopeCard, "PUT /v1.0/card/instances", (*call).updateCard),

		api(ScopeTodo, "POST /v1.0/todo/users/{unionId}/tasks", (*call).createTodo),
		api(ScopeTodo, "GET /v1.0/todo/users/{unionId}/tasks/{taskId}", (*call).getTodo),
		api(ScopeTodo, "PUT /v1.0/todo/users/{unionId}/tasks/{taskId}", (*call).updateTodo),
		api(ScopeTodo, "DELETE /v1.0/todo/users/{unionId}/tasks/{taskId}", (*call).deleteTodo),
		api(ScopeTodo, "PUT /v1.0/todo/users/{unionId}/tasks/{taskId}/executorStatus", (*call).todoStatus),

		api(ScopeWorkflow, "POST /v1.0/workflow/processInstances", (*call).createProcess),
		api(ScopeWorkflow, "GET /v1.0/workflow/processInstances", (*call).getProcess),
		api(ScopeWorkflow, "POST /v1.0/workflow/processes/instanceIds/query", (*call).listProcesses),
		api(ScopeWorkflow, "POST /v1.0/workflow/processInstances/execute", (*call).executeProcess),
		api(ScopeWorkflow, "POST /v1.0/workflow/processInstances/terminate", (*call).terminateProcess),
		api(ScopeWorkflow, "POST /v1.0/workflow/processInstances/comments", (*call).commentProcess),
		api(ScopeCheckIn, "POST /v1.0/attendance/checkin/records/query", (*call).checkinRecords),

		{pattern: "POST /media/upload", dialect: oldAPI, auth: true, counted: true, limit: maxMediaBody, do: (*call).uploadMedia},
		contacts("POST /topapi/v2/user/get", (*call).userGet),
		contacts("POST /topapi/v2/user/list", (*call).userList),
		contacts("POST /topapi/v2/department/listsub", (*call).departmentList),
		old("POST /topapi/message/corpconversation/asyncsend_v2", (*call).noticeSend),
		old("POST /topapi/message/corpconversation/getsendresult", (*call).noticeResult),
		old("POST /topapi/message/corpconversation/recall", (*call).noticeRecall),
	}
}

// serve takes a request through what the platform does before any API looks at it: faults, token, rate, quota.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, rt *route) {
	c := &call{s: s, r: r, route: rt, base: s.base(r)}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, rt.limit))
	if err != nil {
		errParam("invalidParameter.body", "请求体过大或不完整").write(w, rt.dialect)
		return
	}
	c.body = body
	result, err := c.run()
	status := http.StatusOK
	code := ""
	var refused *apiError
	switch {
	case errors.As(err, &refused):
		status, code = refused.status, refused.code
	case err != nil:
		refused = errParam("invalidParameter", "%s", err)
		status, code = refused.status, refused.code
	}
	s.record(c, status, code)
	if refused != nil {
		refused.write(w, rt.dialect)
		return
	}
	writeJSON(w, http.StatusOK, result)
}

func (c *call) run() (any, error) {
	if err := c.s.slow(c.r.Context()); err != nil {
		return nil, err
	}
	if err := c.admit(); err != nil {
		return nil, err
	}
	return c.route.do(c)
}

// admit is everything between the door and the API itself.
func (c *call) admit() error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.brokenLocked(c.route); err != nil {
		return err
	}
	if c.route.auth {
		token := c.r.Header.Get(tokenHeader)
		if c.route.dialect == oldAPI {
			token = c.r.URL.Query().Get("access_token")
		}
		if token == "" {
			return errMissingToken()
		}
		if until, ok := s.tokens[token]; !ok || !s.opt.Clock.Now().Before(until) {
			return errBadToken()
		}
	}
	if c.route.scope != "" && slices.Contains(s.opt.Denied, c.route.scope) {
		return errDenied(c.route.scope)
	}
	return s.limitsLocked(c.route)
}

// decode reads the body as JSON into v. Unknown fields are ignored, as the platform does.
func (c *call) decode(v any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return errParam("param.empty", "请求体为空")
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return errParam("InvalidParameter.Format", "请求体不是合法的JSON: %s", jsonProblem(err))
	}
	return nil
}

// jsonProblem says what is wrong with a body without repeating what is in it.
func jsonProblem(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return "field " + t.Field + " must be " + t.Type.String()
	}
	return "malformed"
}

// base is the URL by which the bot reached the simulator.
func (s *Server) base(r *http.Request) string {
	if s.opt.BaseURL != "" {
		return s.opt.BaseURL
	}
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) serveUnknown(w http.ResponseWriter, r *http.Request) {
	c := &call{s: s, r: r, route: &route{pattern: "?", private: true}}
	s.record(c, http.StatusNotFound, "InvalidAction.NotFound")
	if strings.HasPrefix(r.URL.Path, "/topapi/") {
		(&apiError{status: http.StatusOK, msg: "不合法的ApiName", old: 88, sub: "22"}).write(w, oldAPI)
		return
	}
	(&apiError{
		status: http.StatusNotFound, code: "InvalidAction.NotFound",
		msg: "Specified api is not found, please check your url and method.",
	}).write(w, newAPI)
}

// record keeps a call for Calls, without tokens and secrets.
func (s *Server) record(c *call, status int, code string) {
	rec := Call{
		At: s.opt.Clock.Now(), Method: c.r.Method, Path: c.r.URL.Path, Query: redact(c.r.URL.Query()),
		API: c.route.pattern, Status: status, Code: code, Counted: c.route.counted,
	}
	if !c.route.private && c.route.limit <= maxBody {
		rec.Body = string(c.body[:min(len(c.body), maxCallBody)])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.add(rec)
	s.touchLocked()
}

func redact(q url.Values) string {
	for _, k := range []string{"access_token", "appsecret", "session", "ticket"} {
		if q.Has(k) {
			q.Set(k, "-")
		}
	}
	return q.Encode()
}

// accessToken is the new API's way to a token, getToken the old one. Both hand out the token in use while it is valid,
// for a full term again.
func (c *call) accessToken() (any, error) {
	var in struct {
		AppKey    string `json:"appKey"`
		AppSecret string `json:"appSecret"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !c.s.credentials(in.AppKey, in.AppSecret) {
		return nil, &apiError{
			status: http.StatusBadRequest, code: "invalidClientIdOrSecret", msg: "无效的clientId或者clientSecret",
		}
	}
	return map[string]any{"accessToken": c.s.token(), "expireIn": int(tokenLife.Seconds())}, nil
}

func (c *call) getToken() (any, error) {
	q := c.r.URL.Query()
	if !c.s.credentials(q.Get("appkey"), q.Get("appsecret")) {
		return nil, errOld(40096, "不合法的appKey或appSecret")
	}
	return map[string]any{
		"errcode": 0, "errmsg": "ok", "access_token": c.s.token(), "expires_in": int(tokenLife.Seconds()),
	}, nil
}

func (s *Server) token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock.Now()
	for t, until := range s.tokens {
		if now.Before(until) {
			s.tokens[t] = now.Add(tokenLife)
			return t
		}
		delete(s.tokens, t)
	}
	t := secret()
	s.tokens[t] = now.Add(tokenLife)
	return t
}
