package wecom

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Bounds of what the API reads.
const (
	maxJSONBody  = 2 << 20
	maxMediaBody = 21 << 20
	maxSlow      = time.Minute
)

// access says which credential a route wants.
type access int

const (
	accessNone access = iota
	accessApp
	accessAny // the app's token or that of 通讯录同步
	accessContacts
)

// route is one API of the platform.
type route struct {
	method string
	access access
	limit  int64
	serve  func(s *Server, c *call) (any, *apiError)
}

// call is one request to the API. serve runs with the server's lock held.
type call struct {
	path    string
	query   url.Values
	header  http.Header
	body    []byte
	now     time.Time
	warning bool
	// record is what the inspector keeps of it.
	record Call
}

// fields is an answer; errcode and errmsg are added to it.
type fields map[string]any

// rawFile is an answer that is not JSON.
type rawFile struct {
	name, contentType string
	data              []byte
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	table := map[string]route{
		"gettoken":                     {http.MethodGet, accessNone, 0, (*Server).apiGetToken},
		"message/send":                 {http.MethodPost, accessApp, maxJSONBody, (*Server).apiSend},
		"message/update_template_card": {http.MethodPost, accessApp, maxJSONBody, (*Server).apiUpdateCard},
		"message/recall":               {http.MethodPost, accessApp, maxJSONBody, (*Server).apiRecall},
		"appchat/create":               {http.MethodPost, accessApp, maxJSONBody, (*Server).apiChatCreate},
		"appchat/update":               {http.MethodPost, accessApp, maxJSONBody, (*Server).apiChatUpdate},
		"appchat/get":                  {http.MethodGet, accessApp, 0, (*Server).apiChatGet},
		"appchat/send":                 {http.MethodPost, accessApp, maxJSONBody, (*Server).apiChatSend},
		"webhook/send":                 {http.MethodPost, accessNone, 4 * maxJSONBody, (*Server).apiWebhookSend},
		"webhook/upload_media":         {http.MethodPost, accessNone, maxMediaBody, (*Server).apiWebhookUpload},
		"media/upload":                 {http.MethodPost, accessApp, maxMediaBody, (*Server).apiUpload},
		"media/get":                    {http.MethodGet, accessApp, 0, (*Server).apiMediaGet},
		"user/get":                     {http.MethodGet, accessAny, 0, (*Server).apiUserGet},
		"user/list":                    {http.MethodGet, accessApp, 0, (*Server).apiUserList},
		"user/simplelist":              {http.MethodGet, accessApp, 0, (*Server).apiUserSimpleList},
		"user/list_id":                 {http.MethodPost, accessContacts, maxJSONBody, (*Server).apiUserListID},
		"department/list":              {http.MethodGet, accessAny, 0, (*Server).apiDepartments},
		"checkin/getcheckindata":       {http.MethodPost, accessApp, maxJSONBody, (*Server).apiCheckins},
		"oa/gettemplatedetail":         {http.MethodPost, accessApp, maxJSONBody, (*Server).apiTemplateDetail},
		"oa/applyevent":                {http.MethodPost, accessApp, maxJSONBody, (*Server).apiApply},
		"oa/getapprovalinfo":           {http.MethodPost, accessApp, maxJSONBody, (*Server).apiApprovalInfo},
		"oa/getapprovaldetail":         {http.MethodPost, accessApp, maxJSONBody, (*Server).apiApprovalDetail},
	}
	for path, r := range table {
		mux.HandleFunc("/cgi-bin/"+path, func(w http.ResponseWriter, q *http.Request) { s.serveAPI(w, q, path, r) })
	}
	mux.HandleFunc("GET "+s.opt.RobotPath, s.serveRobot)
	mux.HandleFunc("GET /media/{id}/{name}", s.serveFile)
	mux.HandleFunc("GET /robot/media/{id}", s.serveRobotFile)
	return mux
}

// serveAPI runs one API call: faults first, then credentials, then the call itself. The platform answers 200 even when
// it refuses.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, path string, rt route) {
	c := &call{path: path, query: r.URL.Query(), header: r.Header}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max(rt.limit, 1)))
	var tooLarge *http.MaxBytesError
	if err != nil && !errors.As(err, &tooLarge) {
		return // the client went away
	}
	c.body = body
	plan := s.nextFault(r, path)
	if plan.delay > 0 && !s.wait(r, plan.delay) {
		return
	}
	answer, refused := s.answer(c, r, rt, plan, tooLarge != nil)
	if plan.broken || s.answerLost(path, refused) {
		http.Error(w, "internal server error", http.StatusInternalServerError)
		return
	}
	writeAnswer(w, r, c, answer, refused)
}

// answer makes the answer of a call and records it.
func (s *Server) answer(c *call, r *http.Request, rt route, plan faultPlan, tooLarge bool) (answer any, refused *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.opt.Clock.Now()
	c.record = Call{
		At: c.now, API: c.path, Subject: subjectOf(c.query), Status: http.StatusOK,
		Body: bodyForLog(r.Header.Get("Content-Type"), c.body),
	}
	defer func() {
		if refused != nil {
			c.record.ErrCode = refused.code
		}
		s.log.call(c.record)
	}()
	switch {
	case plan.broken:
		c.record.Status = http.StatusInternalServerError
		return nil, nil
	case plan.limited:
		return nil, &apiError{code: codeRateLimited}
	case tooLarge && rt.limit == maxMediaBody:
		return nil, fail(codeMediaTooLarge, "media size out of limit")
	case tooLarge && rt.limit > 0:
		return nil, fail(codeParam, "request body too large")
	case r.Method != rt.method:
		return nil, fail(codeParam, "%s required", rt.method)
	}
	return s.admit(c, rt)
}

// admit checks the token and serves the call. The lock is held.
func (s *Server) admit(c *call, rt route) (any, *apiError) {
	if rt.access != accessNone {
		kind, refused := s.checkToken(c)
		if refused != nil {
			return nil, refused
		}
		if (rt.access == accessApp && kind != appToken) || (rt.access == accessContacts && kind != contactsToken) {
			return nil, &apiError{code: codeForbidden}
		}
	}
	return rt.serve(s, c)
}

func writeAnswer(w http.ResponseWriter, r *http.Request, c *call, answer any, refused *apiError) {
	if file, ok := answer.(rawFile); ok && refused == nil {
		w.Header().Set("Content-Type", file.contentType)
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.name}))
		_, _ = w.Write(file.data)
		return
	}
	out, _ := answer.(fields)
	if out == nil {
		out = fields{}
	}
	if refused != nil {
		ip, _, _ := net.SplitHostPort(r.RemoteAddr)
		out = fields{"errcode": refused.code, "errmsg": refused.message(c.now.Unix(), ip)}
	} else {
		out["errcode"] = 0
		if _, given := out["errmsg"]; !given {
			out["errmsg"] = "ok"
		}
		if c.warning {
			out["errmsg"] = "ok. Warning: wrong json format. "
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out)
	_, _ = w.Write(buf.Bytes())
}

// decode reads a JSON body. A value of the wrong type is lost with a warning in errmsg, as the platform does it; broken
// JSON is 40058. Field names are case-sensitive on the platform: a name in another case is lost here, too.
func (s *Server) decode(c *call, into any) *apiError {
	body := exactNames(c.body, into)
	err := json.Unmarshal(body, into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType):
		c.warning = true
		s.violate(c.now, "wrong_json_type", c.path+": "+wrongType.Field)
		return nil
	default:
		return fail(codeParam, "json: %v", err)
	}
}

// wait sleeps for an armed Slow fault; false means that nobody waits any more.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(min(d, maxSlow))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.ctx.Done():
		return false
	}
}
