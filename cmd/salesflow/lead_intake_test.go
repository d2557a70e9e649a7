package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"salesflow/bot/bottest"
	"salesflow/bot/remote"
	"salesflow/configs"
)

func TestALeadComesInOverHTTPOnce(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.change = func(c *configs.Config, org *configs.Org) {
					everybody(c, org)
					c.Rules.Leads.IntakeSecret = secret
				}
			})
			s := bottest.New(t, w)
			post := func(body string) *httptest.ResponseRecorder {
				at := strconv.FormatInt(time.Now().Unix(), 10)
				r := httptest.NewRequest(http.MethodPost, "/api/leads", strings.NewReader(body))
				r.Header.Set(remote.HeaderTimestamp, at)
				r.Header.Set(remote.HeaderSignature, remote.Sign(secret, at, []byte(body)))
				rec := httptest.NewRecorder()
				w.program.mux.ServeHTTP(rec, r)
				return rec
			}
			const lead = `{"id":"web-1","company":"绍兴云岭康复医院","phone":"13800005678","need":"想要生化仪","source":"官网","campaign":"春季"}`
			if got := post(lead); got.Code != http.StatusCreated || !strings.Contains(got.Body.String(), `"no":"L1"`) {
				t.Fatalf("%d %s", got.Code, got.Body)
			}
			if got := post(lead); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"no":"L1","duplicate":true`) {
				t.Errorf("the same id again: %d %s", got.Code, got.Body)
			}
			if got := post(strings.Replace(lead, "web-1", "web-2", 1)); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), `"no":"L1","duplicate":true`) {
				t.Errorf("the same phone under another id: %d %s", got.Code, got.Body)
			}
			if got := post(`{"id":"web-3","company":"某某公司","phone":"12"}`); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("a wrong phone: %d %s", got.Code, got.Body)
			}
			rep := s.As(w.leadOwner(t, "L1"))
			rep.ExpectCard("线索 L1 · 待接", "绍兴云岭康复医院", "官网 · 春季", "华东 绍兴").Click("接下")
			rep.ExpectCard("已接,待联系")
		})
	}
}

func TestLeadsAreReadFromATable(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "leads.xlsx")
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"春季展线索"},
		{"公司*", "手机号", "联系人", "想要", "渠道", "活动"},
		{"绍兴云岭康复医院", "13800005678", "李院长", "生化仪", "展会", "春季展"},
		{},
		{"", "13800005679"},
		{"某某公司", "12"},
	} {
		if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	rows, source, err := readLeads(name)
	if err != nil || len(rows) != 3 || !strings.HasPrefix(source, "file:") {
		t.Fatalf("%+v %q %v", rows, source, err)
	}
	if r := rows[0]; r.number != 3 || r.text.Company != "绍兴云岭康复医院" || r.text.Phone != "13800005678" || r.text.Campaign != "春季展" || r.wrong() != "" {
		t.Errorf("%+v %s", r, r.wrong())
	}
	if !strings.Contains(rows[1].wrong(), "公司空着") || !strings.Contains(rows[2].wrong(), "电话") {
		t.Errorf("%s / %s", rows[1].wrong(), rows[2].wrong())
	}
}
