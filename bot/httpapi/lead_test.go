package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/bot/remote"
	"salesflow/store/sales"
)

const leadSecret = "0123456789abcdef"

var leadNow = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

// takeLeads answers as its function says.
type takeLeads func(r httpapi.LeadRequest) (httpapi.LeadAnswer, error)

// TakeLead implements httpapi.Leads.
func (f takeLeads) TakeLead(_ context.Context, r httpapi.LeadRequest) (httpapi.LeadAnswer, error) {
	return f(r)
}

func TestLeadsComeInSigned(t *testing.T) {
	t.Parallel()
	const good = `{"id":"x1","company":"绍兴云岭康复医院","phone":"13800005678"}`
	now := strconv.FormatInt(leadNow.Unix(), 10)
	old := strconv.FormatInt(leadNow.Add(-6*time.Minute).Unix(), 10)
	tests := []struct {
		name, body, at, sign string
		err                  error
		twin                 bool
		want                 int
		text                 string
	}{
		{"新线索", good, now, "", nil, false, http.StatusCreated, `"no":"L1"`},
		{"重复的", good, now, "", nil, true, http.StatusOK, `"duplicate":true`},
		{"签名不对", good, now, strings.Repeat("0", 64), nil, false, http.StatusUnauthorized, "签名"},
		{"没有签名", good, now, "-", nil, false, http.StatusUnauthorized, "签名"},
		{"太旧", good, old, "", nil, false, http.StatusUnauthorized, "5 分钟"},
		{"不是 JSON", `{"id":`, now, "", nil, false, http.StatusBadRequest, "JSON"},
		{"没有 id", `{"company":"x"}`, now, "", nil, false, http.StatusBadRequest, "id"},
		{"太大", `{"id":"x1","need":"` + strings.Repeat("长", 30000) + `"}`, now, "", nil, false, http.StatusRequestEntityTooLarge, "64KB"},
		{"电话不对", good, now, "", sales.Errorf(sales.Invalid, "电话没看懂"), false, http.StatusUnprocessableEntity, "电话没看懂"},
		{"库不在", good, now, "", errors.New("away: secret DSN"), false, http.StatusServiceUnavailable, "同一个 id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := httpapi.LeadIntake(leadSecret, takeLeads(func(r httpapi.LeadRequest) (httpapi.LeadAnswer, error) {
				return httpapi.LeadAnswer{No: "L1", Duplicate: tt.twin, State: sales.LeadAssigned}, tt.err
			}), func() time.Time { return leadNow })
			req := httptest.NewRequest(http.MethodPost, "/api/leads", strings.NewReader(tt.body))
			req.Header.Set(remote.HeaderTimestamp, tt.at)
			switch tt.sign {
			case "":
				req.Header.Set(remote.HeaderSignature, remote.Sign(leadSecret, tt.at, []byte(tt.body)))
			case "-":
			default:
				req.Header.Set(remote.HeaderSignature, tt.sign)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if w.Code != tt.want || !strings.Contains(w.Body.String(), tt.text) || strings.Contains(w.Body.String(), "DSN") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
