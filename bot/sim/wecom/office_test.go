package wecom

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestContacts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var user struct {
		Name         string   `json:"name"`
		Department   []int    `json:"department"`
		DirectLeader []string `json:"direct_leader"`
		Mobile       *string  `json:"mobile"`
		Status       int      `json:"status"`
	}
	a := w.ok(w.get("/cgi-bin/user/get?userid=zhoumin&access_token=" + w.appToken()))
	if err := json.Unmarshal([]byte(a.raw), &user); err != nil {
		t.Fatal(err)
	}
	if user.Name != "周敏" || fmt.Sprint(user.DirectLeader) != "[wangfang]" || user.Mobile != nil || user.Status != 1 {
		t.Errorf("user %+v", user)
	}
	w.wantCode(w.get("/cgi-bin/user/get?userid=liqiang&access_token="+w.appToken()), codeNoUser)
	list := w.ok(w.get(fmt.Sprintf("/cgi-bin/user/list?department_id=%d&access_token=%s", user.Department[0], w.appToken())))
	if !strings.Contains(list.raw, "王芳") || strings.Contains(list.raw, "孙静") {
		t.Errorf("one department lists %s", list.raw)
	}
	if root := w.ok(w.get("/cgi-bin/user/simplelist?department_id=1&access_token=" + w.appToken())); strings.Contains(root.raw, "周敏") {
		t.Errorf("the root lists only its own members, got %s", root.raw)
	}
	if d := w.ok(w.get("/cgi-bin/department/list?access_token=" + w.appToken())); !strings.Contains(d.raw, "华东一组") || !strings.Contains(d.raw, `"department_leader":["sunjing"]`) {
		t.Errorf("departments %s", d.raw)
	}
	w.wantCode(w.get("/cgi-bin/user/list?department_id=77&access_token="+w.appToken()), codeNoDepartment)
}

func TestUserIDsNeedTheContactsSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wantCode(w.call("user/list_id", fields{"limit": 2}), codeForbidden)
	token := w.ok(w.newToken(w.sim.opt.ContactsSecret)).AccessToken
	var seen []string
	cursor := ""
	for {
		var page struct {
			Users []struct {
				UserID string `json:"userid"`
			} `json:"dept_user"`
			Next string `json:"next_cursor"`
		}
		a := w.ok(w.postRaw("/cgi-bin/user/list_id?access_token="+token, "application/json", []byte(`{"limit":2,"cursor":"`+cursor+`"}`)))
		if err := json.Unmarshal([]byte(a.raw), &page); err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Users {
			seen = append(seen, u.UserID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if got := strings.Join(seen, " "); got != "ZhouMin wangfang sunjing" {
		t.Errorf("pages hold %q", got)
	}
	w.wantCode(w.get("/cgi-bin/user/list?department_id=1&access_token="+token), codeForbidden)
}

func TestAppChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wantCode(w.call("appchat/create", fields{"name": "战报", "userlist": []string{"ZhouMin"}}), codeChatMembers)
	w.wantCode(w.call("appchat/create", fields{"name": "战报", "chatid": "有中文", "userlist": []string{"ZhouMin", "wangfang"}}), codeChatID)
	w.wantCode(w.call("appchat/create", fields{"name": "战报", "userlist": []string{"ZhouMin", "ghost"}}), codeNoUser)
	id := w.ok(w.call("appchat/create", fields{"name": "战报", "owner": "wangfang", "userlist": []string{"ZhouMin", "wangfang"}})).ChatID
	send := func(chat string, extra fields) answerJSON {
		extra["chatid"] = chat
		return w.call("appchat/send", extra)
	}
	if a := w.ok(send(id, fields{"msgtype": "markdown", "markdown": fields{"content": "**漏斗**"}})); a.MsgID != "" {
		t.Errorf("appchat/send tells a msgid: %s", a.raw)
	}
	w.wantCode(send(id, fields{"msgtype": "template_card", "template_card": contract("t")}), codeMsgType)
	w.wantCode(send("east1", fields{"msgtype": "text", "text": fields{"content": "x"}}), codeNotOwnChat)
	w.wantCode(send("nowhere", fields{"msgtype": "text", "text": fields{"content": "x"}}), codeChatUnknown)
	w.ok(w.call("appchat/update", fields{"chatid": id, "add_user_list": []string{"sunjing"}, "del_user_list": []string{"zhoumin"}}))
	w.ok(send(id, fields{"msgtype": "text", "text": fields{"content": "二"}}))
	if a, b := w.inbox("ZhouMin", id), w.inbox("sunjing", id); len(a) != 1 || len(b) != 1 || b[0].Text != "二" {
		t.Errorf("周敏 sees %+v, 孙静 %+v", a, b)
	}
	if a := w.ok(w.get("/cgi-bin/appchat/get?chatid=" + id + "&access_token=" + w.appToken())); !strings.Contains(a.raw, `"owner":"wangfang"`) {
		t.Errorf("chat %s", a.raw)
	}
	if got := w.sim.Company().Chats; len(got) != 2 || got[1].Name != "战报" {
		t.Errorf("chats %+v", got)
	}
}

func TestWebhookRobot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := func(key string, body any) answerJSON {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return w.postRaw("/cgi-bin/webhook/send?key="+key, "application/json", raw)
	}
	hello := fields{"msgtype": "text", "text": fields{"content": "早会", "mentioned_list": []string{"@all"}}}
	w.wantCode(hook("wrong", hello), codeWebhookKey)
	w.ok(hook("hook-key-1", hello))
	w.wantCode(hook("hook-key-1", fields{"msgtype": "template_card", "template_card": contract("t")}), codeMsgType)
	w.ok(hook("hook-key-1", fields{"msgtype": "template_card", "template_card": fields{
		"card_type": "text_notice", "main_title": fields{"title": "漏斗"}, "card_action": fields{"type": 1, "url": "https://x.cn"},
	}}))
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 32)...)
	sum := md5.Sum(png)
	image := func(md5 string) fields {
		return fields{"msgtype": "image", "image": fields{"base64": base64.StdEncoding.EncodeToString(png), "md5": md5}}
	}
	w.wantCode(hook("hook-key-1", image("00")), codeParam)
	w.ok(hook("hook-key-1", image(hex.EncodeToString(sum[:]))))
	w.ok(hook("hook-key-1", fields{"msgtype": "markdown", "markdown": fields{"content": strings.Repeat("x", 4096)}}))
	w.wantCode(hook("hook-key-1", fields{"msgtype": "markdown", "markdown": fields{"content": strings.Repeat("x", 4097)}}), codeTextTooLong)
	corp := w.ok(w.upload("media/upload", "type=file&access_token="+w.appToken(), "a.pdf", []byte("%PDF-1.7")))
	w.wantCode(hook("hook-key-1", fields{"msgtype": "file", "file": fields{"media_id": corp.MediaID}}), codeBadMedia)
	own := w.ok(w.upload("webhook/upload_media", "type=file&key=hook-key-1", "a.pdf", []byte("%PDF-1.7")))
	w.ok(hook("hook-key-1", fields{"msgtype": "file", "file": fields{"media_id": own.MediaID}}))
	for range 15 {
		w.ok(hook("hook-key-1", hello))
	}
	w.wantCode(hook("hook-key-1", hello), codeRateLimited)
	got := w.inbox("wangfang", "east1")
	kinds := make([]string, 0, 5)
	for _, m := range got[:5] {
		kinds = append(kinds, m.Kind)
	}
	if strings.Join(kinds, " ") != "text card image markdown file" || len(got) != 20 {
		t.Errorf("group shows %v, %d in all", kinds, len(got))
	}
}

func TestCheckins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.clock.Now()
	w.sim.AddCheckin(Checkin{UserID: "ZhouMin", Outdoor: true, At: at, Title: "绍兴市立医院", Lat: 29.9958, Lng: 120.5861})
	ask := func(kind int, from, to time.Time, users ...string) answerJSON {
		return w.call("checkin/getcheckindata", fields{"opencheckindatatype": kind, "starttime": from.Unix(), "endtime": to.Unix(), "useridlist": users})
	}
	a := w.ok(ask(2, at.Add(-time.Hour), at, "zhoumin"))
	if !strings.Contains(a.raw, `"lat":29995800`) || !strings.Contains(a.raw, `"lng":120586100`) || !strings.Contains(a.raw, "外出打卡") {
		t.Errorf("checkins %s", a.raw)
	}
	if a := w.ok(ask(1, at.Add(-time.Hour), at, "ZhouMin")); strings.Contains(a.raw, "29995800") {
		t.Errorf("an outdoor one among the office ones: %s", a.raw)
	}
	w.wantCode(ask(2, at.AddDate(0, 0, -31), at, "ZhouMin"), codeCheckinSpan)
	w.wantCode(ask(2, at, at, make([]string, 101)...), codeCheckinUsers)
}

func TestNativeApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := func(content, summary fields) fields {
		return fields{
			"creator_userid": "ZhouMin", "template_id": "T1", "use_template_approver": 0, "apply_data": fields{"contents": []fields{content}},
			"process":      fields{"node_list": []fields{{"type": 1, "apv_rel": 1, "userid": []string{"wangfang", "sunjing"}}}},
			"summary_list": []fields{{"summary_info": []fields{summary}}},
		}
	}
	no := fields{"control": "Text", "id": "Text-1", "value": fields{"text": "HT2026-001"}}
	short := fields{"text": "合同 HT2026-001", "lang": "zh_CN"}
	for name, bad := range map[string]fields{
		"money as text":      form(fields{"control": "Money", "id": "Money-1", "value": fields{"text": "128万"}}, short),
		"money with words":   form(fields{"control": "Money", "id": "Money-1", "value": fields{"new_money": "128万"}}, short),
		"an unknown control": form(fields{"control": "Texts", "id": "Text-1", "value": fields{"text": "x"}}, short),
		"a long summary":     form(no, fields{"text": strings.Repeat("长", 21), "lang": "zh_CN"}),
	} {
		if got := w.call("oa/applyevent", bad); got.ErrCode != codeApprovalForm {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	a := w.ok(w.call("oa/applyevent", form(no, short)))
	span := fields{"starttime": fmt.Sprint(w.clock.Now().Add(-time.Hour).Unix()), "endtime": fmt.Sprint(w.clock.Now().Unix()), "new_cursor": "", "size": 100}
	span["filters"] = []fields{{"key": "creator", "value": "ZhouMin"}}
	if got := w.ok(w.call("oa/getapprovalinfo", span)); !strings.Contains(got.raw, a.SpNo) {
		t.Errorf("approvals of the creator: %s", got.raw)
	}
	span["filters"] = []fields{{"key": "creator", "value": "wangfang"}}
	if got := w.ok(w.call("oa/getapprovalinfo", span)); strings.Contains(got.raw, a.SpNo) {
		t.Errorf("approvals of somebody else: %s", got.raw)
	}
	if err := w.sim.Decide(context.Background(), a.SpNo, "ZhouMin", true, ""); err == nil {
		t.Error("the applicant can decide")
	}
	for _, who := range []string{"wangfang", "sunjing"} {
		if err := w.sim.Decide(context.Background(), a.SpNo, who, true, "同意"); err != nil {
			t.Fatal(err)
		}
	}
	got := w.deliveries(2)
	byStatus := map[string]string{}
	for _, g := range got {
		status := g.plain[strings.Index(g.plain, "<SpStatus>")+10:][:1]
		byStatus[status] = g.plain
		if g.xml.FromUserName != "sys" || g.xml.AgentID != approvalAgent || !strings.Contains(g.plain, "<StatuChangeEvent>2</StatuChangeEvent>") {
			t.Errorf("event %s", g.plain)
		}
		if g.xml.CreateTime != got[0].xml.CreateTime {
			t.Error("the two events should share their second, which is what makes them easy to confuse")
		}
	}
	if byStatus["1"] == "" || byStatus["2"] == "" || !strings.Contains(byStatus["2"], "<ApproverAttr>2</ApproverAttr>") {
		t.Errorf("events %v", byStatus)
	}
	detail := w.ok(w.call("oa/getapprovaldetail", fields{"sp_no": a.SpNo}))
	if !strings.Contains(detail.raw, `"apv_rel":1`) || !strings.Contains(detail.raw, `"approverattr":2`) || !strings.Contains(detail.raw, `"speech":"同意"`) {
		t.Errorf("detail %s", detail.raw)
	}
	w.ok(w.call("oa/gettemplatedetail", fields{"template_id": "T1"}))
	w.wantCode(w.call("oa/applyevent", fields{"creator_userid": "ZhouMin", "template_id": "T1"}), codeApprovalForm)
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	huge := bytes.Repeat([]byte("x"), maxJSONBody+1)
	w.wantCode(w.postRaw("/cgi-bin/message/send?access_token="+w.appToken(), "application/json", huge), codeParam)
	if got := w.get("/media/0123/none"); got.status != http.StatusNotFound {
		t.Errorf("unknown file answers %d", got.status)
	}
}

func TestMalformedBodiesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, api := range []string{
		"message/send", "message/update_template_card", "message/recall", "appchat/create", "appchat/update", "appchat/send",
		"media/upload", "user/list_id", "checkin/getcheckindata", "oa/gettemplatedetail", "oa/applyevent", "oa/getapprovaldetail",
	} {
		for _, body := range []string{
			"", "null", "[]", "7", "{", `{"touser":7}`, `{"agentid":1000002,"userids":"a","template_card":null}`,
			`{"touser":"ZhouMin","agentid":1000002,"msgtype":"template_card","template_card":{"card_type":"vote_interaction","task_id":"x","main_title":null,"checkbox":{"option_list":[null]}}}`,
			`{"touser":"ZhouMin","agentid":1000002,"msgtype":"news","news":{"articles":[null]}}`,
		} {
			if got := w.call(api, body); got.ErrCode == 0 {
				t.Errorf("%s accepts %q: %s", api, body, got.raw)
			}
		}
	}
}
