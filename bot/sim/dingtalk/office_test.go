package dingtalk_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/bot/sim/dingtalk"
)

func TestTodo(t *testing.T) {
	t.Parallel()
	w := start(t)
	li, chen := w.UnionID("liqiang"), w.UnionID("chengang")
	path := "/v1.0/todo/users/" + chen + "/tasks"
	due := w.clock.Now().Add(24 * time.Hour)
	body := object{
		"sourceId": "contract-42", "subject": "审批合同", "description": "华东仪表", "dueTime": due.UnixMilli(),
		"executorIds": []string{li, chen}, "detailUrl": object{"appUrl": "https://x.example/a", "pcUrl": "https://x.example/p"}, "priority": 20,
	}
	id := w.post(path+"?operatorId="+chen, body).ok()["id"].(string)
	want := dingtalk.Todo{
		ID: id, SourceID: "contract-42", Creator: "chengang", Subject: "审批合同", Description: "华东仪表", Due: due, Priority: 20,
		Executors: []string{"liqiang", "chengang"}, AppURL: "https://x.example/a", PCURL: "https://x.example/p",
		Created: w.clock.Now(), Changed: w.clock.Now(),
	}
	if d := cmp.Diff([]dingtalk.Todo{want}, w.Todos()); d != "" {
		t.Error(d)
	}

	w.post(path, body).refused(400, "todo.taskCreate.paramError")
	w.post(path, object{"subject": " "}).refused(400, "todo.taskCreate.paramError")
	w.post(path, object{"subject": "x", "executorIds": []string{"liqiang"}}).refused(400, "todo.taskCreate.paramError") // a userId
	w.post("/v1.0/todo/users/chengang/tasks", object{"subject": "x"}).refused(400, "todo.taskCreate.paramError")
	w.post(path, object{"subject": "x", "dueTime": due.Unix()}).refused(400, "todo.taskCreate.paramError") // seconds

	w.do("PUT", path+"/"+id+"/executorStatus", object{"executorStatusList": []object{{"id": li, "isDone": true}}}).ok()
	if td := w.Todos()[0]; td.Done || !slices.Equal(td.DoneBy, []string{"liqiang"}) {
		t.Errorf("one of two has done it: %+v", td)
	}
	w.do("PUT", path+"/"+id+"/executorStatus", object{"executorStatusList": []object{{"id": chen, "isDone": true}}}).ok()
	if !w.Todos()[0].Done {
		t.Error("all have done it and it is open")
	}
	w.do("PUT", path+"/"+id, object{"subject": "审批合同（改）", "done": false}).ok()
	if td := w.Todos()[0]; td.Done || td.Subject != "审批合同（改）" || td.Description != "华东仪表" {
		t.Errorf("after the update: %+v", td)
	}
	w.do("PUT", path+"/none", object{"done": true}).refused(400, "todo.taskUpdate.paramError")
	w.do("DELETE", path+"/"+id, nil).ok()
	if len(w.Todos()) != 0 || len(w.inbox("liqiang")) != 0 {
		t.Error("a deleted to-do is there, or it made a message")
	}
}

func TestContacts(t *testing.T) {
	t.Parallel()
	w := start(t)
	u := w.post("/topapi/v2/user/get", object{"userid": "liqiang", "language": "zh_CN"}).ok()["result"].(object)
	if u["unionid"] != w.UnionID("liqiang") || u["name"] != "李强" || u["manager_userid"] != "chengang" || u["mobile"] != nil {
		t.Errorf("user = %v", u)
	}
	w.post("/topapi/v2/user/get", object{"userid": "zhoumin"}).errcode(60121, "")

	depts := w.post("/topapi/v2/department/listsub", object{"dept_id": 1}).ok()["result"].([]any)
	var names []string
	for _, d := range depts {
		names = append(names, d.(object)["name"].(string))
	}
	if d := cmp.Diff([]string{"华东一组", "法务"}, names); d != "" {
		t.Error(d)
	}
	list := func(dept any) []string {
		t.Helper()
		r := w.post("/topapi/v2/user/list", object{"dept_id": dept, "cursor": 0, "size": 10}).ok()["result"].(object)
		var ids []string
		for _, u := range r["list"].([]any) {
			ids = append(ids, u.(object)["userid"].(string))
		}
		return ids
	}
	got := [][]string{list(1), list(depts[0].(object)["dept_id"]), list(depts[1].(object)["dept_id"])}
	if d := cmp.Diff([][]string{{"chengang"}, {"liqiang"}, {"zhaolei"}}, got); d != "" {
		t.Error(d)
	}
	w.post("/topapi/v2/user/list", object{"dept_id": 1, "size": 101}).errcode(33012, "")
	w.post("/topapi/v2/user/list", object{"dept_id": 99, "size": 10}).errcode(60003, "")
}

// TestWorkNotification: over the limits the call succeeds and the result tells.
func TestWorkNotification(t *testing.T) {
	t.Parallel()
	w := start(t)
	form := url.Values{
		"agent_id": {"42"}, "userid_list": {"liqiang,nobody"},
		"msg": {`{"msgtype":"text","text":{"content":"记得写日报"}}`},
	}
	send := func() any {
		t.Helper()
		return w.call("POST", "/topapi/message/corpconversation/asyncsend_v2?access_token="+w.token, http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"},
		}, []byte(form.Encode())).ok()["task_id"]
	}
	result := func(task any) object {
		t.Helper()
		a := w.post("/topapi/message/corpconversation/getsendresult", object{"agent_id": 42, "task_id": task}).ok()
		return a["send_result"].(object)
	}
	first, second := send(), send()
	if n := len(w.inbox("liqiang")); n != 1 {
		t.Errorf("identical content arrived %d times", n)
	}
	if r := result(first); cmp.Diff([]any{"nobody"}, r["invalid_user_id_list"]) != "" || len(r["forbidden_list"].([]any)) != 0 {
		t.Errorf("first = %v", r)
	}
	if r := result(second); cmp.Diff([]any{object{"code": "143106", "count": 1.0, "userid": "liqiang"}}, r["forbidden_list"]) != "" {
		t.Errorf("second = %v", r)
	}
	w.clock.advance(24 * time.Hour)
	w.token = w.newToken()
	send()
	if n := len(w.inbox("liqiang")); n != 2 {
		t.Errorf("the next day it arrived %d times in all", n)
	}
}

func TestApproval(t *testing.T) {
	t.Parallel()
	w := start(t)
	bot := w.connect()
	var seen []string
	// event takes the next event and tells it as "kind/type/result".
	event := func() object {
		t.Helper()
		f := bot.next()
		bot.ack(f, 200, `{"status":"SUCCESS"}`)
		var d object
		if err := json.Unmarshal([]byte(f.Data), &d); err != nil {
			t.Fatal(err)
		}
		result, _ := d["result"].(string)
		seen = append(seen, strings.TrimSuffix(f.Headers["eventType"]+"/"+d["type"].(string)+"/"+result, "/"))
		return d
	}
	create := func() string {
		t.Helper()
		return w.post("/v1.0/workflow/processInstances", object{
			"originatorUserId": "liqiang", "processCode": "PROC-1", "deptId": 1,
			"formComponentValues": []object{{"name": "合同名称", "value": "华东仪表"}},
			"approvers": []object{
				{"actionType": "AND", "userIds": []string{"zhaolei", "chengang"}}, {"actionType": "OR", "userIds": []string{"chengang", "zhaolei"}},
			},
		}).ok()["instanceId"].(string)
	}
	act := func(id string, task object, result string) reply {
		t.Helper()
		return w.post("/v1.0/workflow/processInstances/execute", object{
			"processInstanceId": id, "taskId": task["taskId"], "actionerUserId": task["staffId"], "result": result,
		})
	}
	id := create()
	event()
	a, b := event(), event()
	act(id, a, "agree").ok()
	event()
	act(id, a, "agree").refused(400, "taskStatus.error")
	act(id, b, "agree").ok()
	event()
	c, _ := event(), event()
	act(id, c, "agree").ok()
	event()
	event()
	want := []string{
		"bpms_instance_change/start", "bpms_task_change/start", "bpms_task_change/start", "bpms_task_change/finish/agree",
		"bpms_task_change/finish/agree", "bpms_task_change/start", "bpms_task_change/start", "bpms_task_change/finish/agree",
		"bpms_instance_change/finish/agree",
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
	r := w.do("GET", "/v1.0/workflow/processInstances?processInstanceId="+id, nil).ok()["result"].(object)
	if r["status"] != "COMPLETED" || r["result"] != "agree" || len(r["tasks"].([]any)) != 4 {
		t.Errorf("instance = %v", r)
	}

	seen = nil
	id = create()
	event()
	a = event()
	event()
	act(id, a, "refuse").ok()
	event()
	event()
	id = create()
	event()
	event()
	event()
	end := object{"processInstanceId": id, "operatingUserId": "chengang"}
	w.post("/v1.0/workflow/processInstances/terminate", end).refused(400, "invalidParameter.operatingUserId")
	end["operatingUserId"] = "liqiang"
	w.post("/v1.0/workflow/processInstances/terminate", end).ok()
	event()
	if got := []string{seen[4], seen[8]}; cmp.Diff([]string{"bpms_instance_change/finish/refuse", "bpms_instance_change/terminate"}, got) != "" {
		t.Errorf("ends = %v", got)
	}
}

func TestCheckInRecords(t *testing.T) {
	t.Parallel()
	w := start(t)
	from := w.clock.Now()
	for _, place := range []string{"华为坂田", "中兴西丽", "比亚迪坪山"} {
		if err := w.CheckIn(dingtalk.CheckIn{Person: "liqiang", Place: place, Longitude: 114.06, Latitude: 22.65}); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(30 * time.Minute)
	}
	var places []string
	body := object{
		"operatorUserId": "chengang", "userIdList": []string{"liqiang"}, "startTime": from.UnixMilli(),
		"endTime": from.Add(45 * time.Minute).UnixMilli(), "maxResults": 1,
	}
	for range 3 {
		r := w.post("/v1.0/attendance/checkin/records/query", body).ok()["result"].(object)
		for _, p := range r["pageList"].([]any) {
			places = append(places, p.(object)["place"].(string))
		}
		if body["nextToken"] = r["nextToken"]; r["nextToken"] == nil {
			break
		}
	}
	if d := cmp.Diff([]string{"华为坂田", "中兴西丽"}, places); d != "" {
		t.Error(d)
	}
}
