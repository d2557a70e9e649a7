package dingtalk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// apiError is a refusal in both dialects: HTTP status and code for the new API, errcode (and sub_code) for the old one.
type apiError struct {
	status int
	code   string
	msg    string
	old    int
	sub    string
	// raw is sent as it is, for what is not an API answer.
	raw         string
	contentType string
	scopes      []string
}

func (e *apiError) Error() string { return e.code + ": " + e.msg }

// Codes of platforms' documents: the official error tables and answers recorded from the live hosts.
func errMissingToken() *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: "AuthenticationFailed.MissingParameter",
		msg: "x-acs-dingtalk-access-token is mandatory for this action.", old: 88, sub: "40000",
	}
}

func errBadToken() *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: "InvalidAuthentication",
		msg: "不合法的access_token", old: 88, sub: "40014",
	}
}

func errRate() *apiError {
	return &apiError{
		status: http.StatusForbidden, code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
		msg: "您的服务器调用钉钉开放平台当前接口的请求次数过多，已超过应用单接口每秒上限", old: 88, sub: "90018",
	}
}

func errQuota() *apiError {
	return &apiError{
		status: http.StatusForbidden, code: "Forbidden.AccessDenied.ApiCountLimitForOrg",
		msg: "企业本月API调用量已达上限", old: 88, sub: "90020",
	}
}

// errDenied is the refusal of a call without its permission point.
func errDenied(scope string) *apiError {
	return &apiError{
		status: http.StatusForbidden, code: "Forbidden.AccessDenied.AccessTokenPermissionDenied",
		msg: "应用尚未开通所需的权限：[" + scope + "]", old: 88, sub: "60011", scopes: []string{scope},
	}
}

func errBusy() *apiError {
	return &apiError{status: http.StatusInternalServerError, code: "system.busy", msg: "系统繁忙", old: -1}
}

func errTimeout() *apiError {
	return &apiError{
		status: http.StatusGatewayTimeout, code: "ServiceTimeout", msg: "The request has failed due to a timeout",
		old: 15, sub: "isp.top-remote-connection-timeout",
	}
}

func errBlocked() *apiError {
	return &apiError{
		status: http.StatusOK, contentType: "application/json",
		raw: `{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"` + secret() + `"}`,
	}
}

// errParam is a caller's mistake. Old API errors use errOld.
func errParam(code, format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: code, msg: fmt.Sprintf(format, args...), old: 40035}
}

// errOld is a refusal of the old API alone.
func errOld(errcode int, msg string) *apiError {
	return &apiError{status: http.StatusBadRequest, code: strconv.Itoa(errcode), msg: msg, old: errcode}
}

type dialect int

const (
	newAPI  dialect = iota // HTTP status, {code, requestid, message}
	oldAPI                 // HTTP 200, {errcode, errmsg, sub_code, sub_msg, request_id}
	webhook                // HTTP 200, {errcode, errmsg}
	plain                  // the gateway and files: HTTP status, code and message
)

func (e *apiError) write(w http.ResponseWriter, d dialect) {
	if e.raw != "" {
		w.Header().Set("Content-Type", e.contentType)
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte(e.raw))
		return
	}
	if e.status == http.StatusInternalServerError || d == newAPI || d == plain {
		body := map[string]any{"code": e.code, "requestid": uuid(), "message": e.msg}
		if len(e.scopes) > 0 {
			body["accessdenieddetail"] = map[string]any{"requiredScopes": e.scopes}
		}
		writeJSON(w, e.status, body)
		return
	}
	body := map[string]any{"errcode": e.old, "errmsg": e.msg}
	if d == oldAPI {
		body["request_id"] = secret()[:12]
		if e.sub != "" {
			body["sub_code"], body["sub_msg"] = e.sub, e.msg
			body["errmsg"] = fmt.Sprintf("ding talk error[subcode=%s,submsg=%s]", e.sub, e.msg)
		}
	}
	writeJSON(w, http.StatusOK, body)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "encode answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
