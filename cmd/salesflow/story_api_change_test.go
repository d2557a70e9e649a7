package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"salesflow/bot/bottest"
)

// change is a PATCH over a version, with a key of its own.
func (c *apiClient) change(path, body, match string) (int, string) {
	c.t.Helper()
	c.keys++
	r := httptest.NewRequest(http.MethodPatch, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Idempotency-Key", fmt.Sprintf("change-%04d", c.keys))
	r.Header.Set("If-Match", match)
	w := httptest.NewRecorder()
	c.mux.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// An integrator corrects a customer, a deal and a to-do: the chat shows it, the trace has it, and who knows an older version is told so.
func TestAnotherSystemCorrectsWhatTheChatCorrects(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		admin.Say("接口令牌 新建 ERP 读写 客户、待办、商机")
		erp := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("只显示这一次").Text)}
		admin.Skip()
		admin.Say("接口令牌 新建 李强的 读写 客户、商机 用 李强 的权限")
		other := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("sf_").Text)}

		person := find(t, erp.want(200, "GET", "/people", ""), "name", "周敏")["id"].(string)
		made := erp.want(201, "POST", "/customers", `{"name":"嘉兴南湖康复医院","phone":"13900001111","industry":"医疗","owner_id":"`+person+`"}`)
		path := "/customers/" + made["id"].(string)
		tag := fmt.Sprintf("%q", fmt.Sprint(made["version"]))
		if status, body := erp.change(path, `{"phone":"13900002222","city":"嘉兴","class":"A"}`, tag); status != 200 || !strings.Contains(body, "13900002222") {
			t.Fatalf("%d %s", status, body)
		}
		if status, body := erp.change(path, `{"industry":"康复"}`, tag); status != 412 || !strings.Contains(body, "stale") {
			t.Errorf("over an older version: %d %s", status, body)
		}
		if status, body := erp.change(path, `{"phone":"不是号码"}`, "*"); status != 422 {
			t.Errorf("no number: %d %s", status, body)
		}
		if status, body := erp.change(path, `{"name":"绍兴市立医院"}`, "*"); status != 409 {
			t.Errorf("the name of another: %d %s", status, body)
		}
		if status, body := other.change(path, `{"city":"杭州"}`, "*"); status != 403 {
			t.Errorf("somebody else's: %d %s", status, body)
		}
		rep.Skip()
		rep.Say("客户 嘉兴南湖康复医院")
		rep.ExpectCard("嘉兴南湖康复医院", "A")

		deal := erp.want(201, "POST", "/opportunities", `{"customer_id":"`+made["id"].(string)+`","amount_fen":50000000}`)
		deals := "/opportunities/" + deal["id"].(string)
		if status, body := other.change(deals, `{"amount_fen":1}`, "*"); status != 404 {
			t.Errorf("somebody else's deal: %d %s", status, body)
		}
		got := erp.want(200, "PATCH", deals, `{"amount_fen":66000000,"expected_on":"2026-04-30"}`)
		if got["amount_fen"] != 66000000.0 || got["expected_on"] != "2026-04-30" {
			t.Errorf("the deal is %v", got)
		}
		if status, _ := erp.change(deals, `{"expected_on":"2026-03-01"}`, "*"); status != 422 {
			t.Errorf("a day that has passed: %d", status)
		}
		rep.Skip()
		rep.Say("商机 嘉兴南湖康复医院")
		rep.ExpectCard("嘉兴南湖康复医院", "66万")

		todo := erp.want(201, "POST", "/todos", `{"owner_id":"`+person+`","text":"补开票资料","due_on":"2026-03-13"}`)
		moved := erp.want(200, "PATCH", "/todos/"+todo["id"].(string), `{"due_on":"2026-03-16"}`)
		if !strings.HasPrefix(fmt.Sprint(moved["due_at"]), "2026-03-16") {
			t.Errorf("the to-do is due %v", moved["due_at"])
		}
		if done := erp.want(200, "PATCH", "/todos/"+todo["id"].(string), `{"state":"done"}`); done["state"] != "done" {
			t.Errorf("the to-do is %v", done)
		}
		if n := w.audited(t, "customer.change") + w.audited(t, "customer.class") + w.audited(t, "opportunity.correct"); n != 3 {
			t.Errorf("%d changes are in the trace", n)
		}
	})
}
