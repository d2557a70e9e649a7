package api_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"salesflow/bot/api"
	"salesflow/bot/webhook"
	"salesflow/store/sales"
)

func TestWhatAnEventNamesIsReadByItsID(t *testing.T) {
	t.Parallel()
	c := newCompany()
	c.custom = &sales.Custom{
		Fields: []sales.CustomField{
			{Object: "contract", Key: "grade", Name: "等级", Type: sales.CustomText},
			{Object: "opportunity", Key: "grade", Name: "等级", Type: sales.CustomText},
			{Object: "device", Key: "grade", Name: "等级", Type: sales.CustomText},
		},
		Types: []sales.RecordType{{Key: "device", Name: "设备档案"}},
	}
	h := server(c, wide)
	for _, tc := range []struct {
		path, token string
		status      int
		want        string
	}{
		{"/visits/1", personToken, 200, `"text":"秘密"`},
		{"/visits/1", serviceToken, 200, `"state":"filed"`},
		{"/visits/2", serviceToken, 404, "没有这次拜访"},
		{"/visits/0", serviceToken, 404, "没有这次拜访"},
		{"/visits/x", serviceToken, 422, `"field":"id"`},
		{"/visits/1", readToken, 403, "visits:read"},
		{"/todos/1", serviceToken, 200, "寄样"},
		{"/opportunities/1", serviceToken, 200, `"custom":{"grade":"甲"}`},
		{"/opportunities/9", serviceToken, 404, "没有这个商机"},
		{"/contracts/1", serviceToken, 200, `"custom":{"grade":"甲"}`},
		{"/shipments/2", serviceToken, 200, "FH2026-001"},
		{"/invoices/1", serviceToken, 200, "FP2026-001"},
		{"/payments/1", serviceToken, 200, "HK2026-001"},
		{"/payments/1", personToken, 404, "没有这笔回款"},
		{"/records/device/2", serviceToken, 200, `"custom":{"grade":"甲"}`},
		{"/records/device/7", serviceToken, 404, "没有这条档案"},
		{"/products?limit=1", readToken, 200, "低速离心机"},
	} {
		if a := send(h, "GET", tc.path, tc.token, "", ""); a.status != tc.status || !strings.Contains(a.body, tc.want) {
			t.Errorf("%s: %d %s, want %d with %s", tc.path, a.status, a.body, tc.status, tc.want)
		}
	}
	first := send(h, "GET", "/products?limit=1", serviceToken, "", "")
	var page struct{ Next string }
	if err := json.Unmarshal([]byte(first.body), &page); err != nil || page.Next == "" || strings.Contains(first.body, "floor") {
		t.Fatal(first.body, err)
	}
	if a := send(h, "GET", "/products?limit=1&cursor="+page.Next, serviceToken, "", ""); !strings.Contains(a.body, "尿液分析仪") || !strings.Contains(a.body, `"list_price_fen":1200000`) {
		t.Errorf("the next product: %s", a.body)
	}
	if a := send(h, "POST", "/visits", serviceToken, "key-0001", `{"customer_id":"1","day":"2026-02-30","text":"聊"}`); a.status != 400 || !strings.Contains(a.body, "2026-02-30") {
		t.Errorf("a day there is not: %s", a.body)
	}
}

// TestTheDocumentSaysWhatIsSent holds the document's webhooks against what is sent.
func TestTheDocumentSaysWhatIsSent(t *testing.T) {
	t.Parallel()
	keys := func(v any) (out []string) {
		for f := range reflect.TypeOf(v).Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			out = append(out, name)
		}
		return out
	}
	if sent, said := keys(webhook.Body{}), keys(api.WebhookEvent{}); !reflect.DeepEqual(sent, said) {
		t.Errorf("an event has %v, the document says %v", sent, said)
	}
	if sent, said := keys(webhook.Subject{}), keys(api.WebhookSubject{}); !reflect.DeepEqual(sent, said) {
		t.Errorf("its subject has %v, the document says %v", sent, said)
	}
	var doc struct {
		Webhooks map[string]struct {
			Post struct {
				Parameters []struct{ Name string }
			}
		}
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal([]byte(send(server(newCompany(), wide), "GET", "/openapi.json", "", "", "").body), &doc); err != nil {
		t.Fatal(err)
	}
	var headers []string
	for _, p := range doc.Webhooks["event"].Post.Parameters {
		headers = append(headers, p.Name)
	}
	if want := []string{webhook.HeaderID, webhook.HeaderEvent, webhook.HeaderTimestamp, webhook.HeaderSignature}; !reflect.DeepEqual(headers, want) {
		t.Errorf("headers %v, want %v", headers, want)
	}
	if doc.Components.Schemas["SignedOrder"] == nil {
		t.Error("the document does not say what an order is")
	}
}
