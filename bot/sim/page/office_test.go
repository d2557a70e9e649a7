package page_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"salesflow/bot/sim"
)

// api calls the simulated DingTalk as the bot does.
func (w *world) api(path, token, body string) (out map[string]any) {
	w.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+"/_dingtalk"+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("x-acs-dingtalk-access-token", token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		w.Fatal(err)
	}
	return out
}

func TestApprovalsAreDecidedByScript(t *testing.T) {
	t.Parallel()
	w := start(t)
	people := w.dingtalk.Company().People
	token, _ := w.api("/v1.0/oauth2/accessToken", "", `{"appKey":"ding","appSecret":"secret"}`)["accessToken"].(string)
	made := w.api("/v1.0/workflow/processInstances", token, fmt.Sprintf(
		`{"originatorUserId":%q,"processCode":"PROC-1","formComponentValues":[{"name":"编号","value":"HT2026-001"}],"approvers":[{"actionType":"NONE","userIds":[%q]}]}`,
		people[0].ID, people[1].ID))
	id, _ := made["instanceId"].(string)
	if a := w.ask("approval", "platform", "dingtalk"); a.Status != http.StatusOK || !strings.Contains(a.raw, id) || !strings.Contains(a.raw, `"turn":true`) {
		t.Fatalf("approvals: %s (made %v)", a.raw, made)
	}
	act := func(person, result string) answer {
		b, err := json.Marshal(map[string]string{"platform": "dingtalk", "id": id, "person": person, "result": result})
		if err != nil {
			t.Fatal(err)
		}
		return w.tell("approval", string(b))
	}
	for _, bad := range []answer{act(people[0].ID, sim.Agree), act(people[1].ID, "perhaps"), act(people[1].ID, sim.Withdraw)} {
		if bad.Status != http.StatusUnprocessableEntity || bad.Error == "" {
			t.Errorf("refused with %s", bad.raw)
		}
	}
	if a := act(people[1].ID, sim.Agree); !a.OK {
		t.Errorf("agreeing: %s", a.raw)
	}
	if got := w.dingtalk.Approvals()[0].Status; got != "approved" {
		t.Errorf("it is %s", got)
	}
	if a := w.ask("approval", "platform", "telegram"); a.Status != http.StatusBadRequest {
		t.Errorf("an unknown platform: %s", a.raw)
	}
}
