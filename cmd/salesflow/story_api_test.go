package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"salesflow/bot/bottest"
)

var reToken = regexp.MustCompile(`sf_[A-Za-z0-9_-]{43}`)

// apiClient is another system with a token.
type apiClient struct {
	t     *testing.T
	mux   http.Handler
	token string
	keys  int
}

// send makes a request that writes with a key of its own, and returns status and answer.
func (c *apiClient) send(method, path, body string) (int, map[string]any) {
	c.keys++
	return c.sendAs(fmt.Sprintf("story-%04d", c.keys), method, path, body)
}

func (c *apiClient) sendAs(key, method, path, body string) (int, map[string]any) {
	c.t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	c.mux.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		c.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, out
}

// want makes a request that must end with a status.
func (c *apiClient) want(status int, method, path, body string) map[string]any {
	c.t.Helper()
	got, out := c.send(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: %d %v, want %d", method, path, got, out, status)
	}
	return out
}

// described are the properties of a schema in the OpenAPI document.
func described(t *testing.T, w world, name string) map[string]any {
	t.Helper()
	var doc struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	rec := httptest.NewRecorder()
	w.program.mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.json", http.NoBody))
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas[name].Properties
}

// find is the item of a list that has a value.
func find(t *testing.T, page map[string]any, field, value string) map[string]any {
	t.Helper()
	for _, x := range page["items"].([]any) {
		if m := x.(map[string]any); m[field] == value {
			return m
		}
	}
	t.Fatalf("no item with %s %s in %v", field, value, page)
	return nil
}

func TestAnotherSystemReadsAndWritesWithAToken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		rep.Say("接口令牌")
		rep.ExpectText("管理员")
		admin.Say("接口令牌 新建 ERP 读写 客户、待办、商机 读 拜访、事件")
		shown := admin.ExpectText("只显示这一次", "读写客户")
		erp := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(shown.Text)}

		person := find(t, erp.want(200, "GET", "/people", ""), "name", "周敏")["id"].(string)
		made := erp.want(201, "POST", "/customers", `{"name":"嘉兴南湖康复医院","phone":"13900001111","industry":"医疗","owner_id":"`+person+`"}`)
		id := made["id"].(string)
		if status, out := erp.send("POST", "/customers", `{"name":"嘉兴南湖康复医院","phone":"13900001111","industry":"医疗","owner_id":"`+person+`"}`); status != 409 {
			t.Errorf("a double: %d %v", status, out)
		}
		rep.Say("客户 嘉兴南湖康复医院")
		rep.ExpectCard("嘉兴南湖康复医院", "周敏")

		// A to-do is told to its owner, once though the request comes twice, and can be done in the chat.
		body := `{"owner_id":"` + person + `","customer_id":"` + id + `","text":"补开票资料","due_on":"2026-03-13"}`
		status, todo := erp.sendAs("story-todo", "POST", "/todos", body)
		again, same := erp.sendAs("story-todo", "POST", "/todos", body)
		if status != 201 || again != 201 || todo["id"] != same["id"] {
			t.Fatalf("%d %v, again %d %v", status, todo, again, same)
		}
		rep.Say("待办")
		rep.ExpectAny().Without("没有待办")
		rep.Say("完成 补开票资料")
		rep.ExpectAny()
		if got := find(t, erp.want(200, "GET", "/todos?owner_id="+person, ""), "text", "补开票资料"); got["state"] != "done" {
			t.Errorf("the to-do is %v", got["state"])
		}

		deal := erp.want(201, "POST", "/opportunities", `{"customer_id":"`+id+`","amount_fen":50000000}`)
		moved := erp.want(201, "POST", "/opportunities/"+deal["id"].(string)+"/moves", `{"stage":"需求确认"}`)
		if moved["stage_name"] != "需求确认" {
			t.Errorf("moved to %v", moved)
		}
		rep.Say("拜访 嘉兴南湖康复医院 聊了方案,客户嫌贵")
		rep.ExpectCard("嘉兴南湖康复医院")
		visits := erp.want(200, "GET", "/visits?customer_id="+id, "")
		if v := visits["items"].([]any)[0].(map[string]any); v["text"] != nil || v["objection"] != nil {
			t.Errorf("a service reads a rep's words: %v", v)
		}
		if status, _ := erp.send("GET", "/contracts", ""); status != 403 {
			t.Errorf("a scope it has not: %d", status)
		}
		s.FastForward(settled * 2)
		find(t, erp.want(200, "GET", "/events?limit=200", ""), "subject_id", deal["id"].(string))

		admin.Say("接口令牌 新建 只看李强 读 客户 用 李强 的权限")
		other := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("读客户").Text)}
		if status, out := other.send("GET", "/customers/"+id, ""); status != 404 {
			t.Errorf("somebody else's customer: %d %v", status, out)
		}
		admin.Say("接口令牌 停用 ERP")
		admin.ExpectText("ERP 停了")
		if status, _ := erp.send("GET", "/people", ""); status != 401 {
			t.Errorf("a revoked token: %d", status)
		}
	})
}

// TestWhatHappenedIsReadByAnotherSystem follows events to the records they name, and shows that gates hold there, too.
func TestWhatHappenedIsReadByAnotherSystem(t *testing.T) {
	t.Parallel()
	onBothWays(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		admin.Say("接口令牌 新建 CRM 读写 商机、回款 读 客户、拜访、待办、合同、发货、发票、事件")
		crm := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("只显示这一次").Text)}
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵10%,下周二前发报价")
		rep.ExpectCard("拜访已记录")
		product := find(t, crm.want(200, "GET", "/products?limit=200", ""), "name", "全自动生化分析仪")["id"].(string)
		customer := find(t, crm.want(200, "GET", "/customers?limit=200", ""), "name", "绍兴市立医院")["id"].(string)
		deal := crm.want(201, "POST", "/opportunities", `{"customer_id":"`+customer+`","product_ids":["`+product+`"],"amount_fen":60000000,"pipeline":"manufacturing"}`)
		before := w.audited(t, "opportunity.blocked")
		if out := crm.want(409, "POST", "/opportunities/"+deal["id"].(string)+"/moves", `{"stage":"技术评审"}`); !strings.Contains(out["detail"].(string), "缺:图纸") {
			t.Errorf("a gate says %v", out["detail"])
		}
		if n := w.audited(t, "opportunity.blocked") - before; n != 1 {
			t.Errorf("%d attempts recorded, want 1", n)
		}
		crm.want(201, "POST", "/payments", `{"customer_id":"`+customer+`","amount_fen":1350000,"bank_ref":"B-1"}`)
		// The same money told again without its day is today's, too.
		twin := `{"customer_id":"` + customer + `","amount_fen":1350000`
		if out := crm.want(409, "POST", "/payments", twin+`}`); !strings.Contains(out["detail"].(string), "distinct") {
			t.Errorf("a like payment: %v", out["detail"])
		}
		crm.want(201, "POST", "/payments", twin+`,"distinct":true}`)
		s.FastForward(2 * settled)
		paths := map[string]string{"visit": "/visits/", "todo": "/todos/", "opportunity": "/opportunities/", "payment": "/payments/"}
		read := map[string]bool{}
		for _, x := range crm.want(200, "GET", "/events?limit=200", "")["items"].([]any) {
			e := x.(map[string]any)
			if path := paths[e["object"].(string)]; path != "" {
				if got := crm.want(200, "GET", path+e["subject_id"].(string), ""); got["id"] != e["subject_id"] {
					t.Errorf("%v is %v", e, got)
				}
				read[e["object"].(string)] = true
			}
		}
		if len(read) != len(paths) {
			t.Errorf("read %v, want each of %v", read, paths)
		}
		admin.Say("接口令牌 新建 李强的 读 商机、拜访 用 李强 的权限")
		other := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("读商机").Text)}
		if status, out := other.send("GET", "/opportunities/"+deal["id"].(string), ""); status != 404 {
			t.Errorf("somebody else's deal: %d %v", status, out)
		}
	})
}
