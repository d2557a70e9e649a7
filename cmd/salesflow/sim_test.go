package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestSimTakesItsCredentialsFromTheEnvironment(t *testing.T) {
	t.Parallel()
	const secret = "0123456789abcdef"
	s, err := newSimulators(context.Background(), &simCmd{Listen: "127.0.0.1:0"}, testStart, []string{
		"SALESFLOW_WECOM_TOKEN=" + secret, "SALESFLOW_DINGTALK_CLIENT_ID=dingown", "SALESFLOW_DATA_DIR=/nowhere", "HOME=/",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	k := s.wecom.Credentials()
	if k.Token != secret || s.ding.ClientID != "dingown" || s.ding.RobotCode != "dingown" || len(k.EncodingAESKey) != 43 {
		t.Errorf("credentials %+v, %+v", k, s.ding)
	}
	var out bytes.Buffer
	s.introduce(&out)
	if strings.Contains(out.String(), secret) {
		t.Error("a secret that was given is printed")
	}
	wantIn(t, out.String(), `export SALESFLOW_WECOM_TOKEN="$SALESFLOW_WECOM_TOKEN"`, "export SALESFLOW_WECOM_ENCODING_AES_KEY='"+k.EncodingAESKey+"'",
		"export SALESFLOW_DINGTALK_API_BASE='"+s.base+"/_dingtalk'")
}

func TestSimRefusesCredentialsThatServeWouldRefuse(t *testing.T) {
	t.Parallel()
	_, err := newSimulators(context.Background(), &simCmd{Listen: "127.0.0.1:0"}, testStart, []string{"SALESFLOW_WECOM_TOKEN=not-a-token"})
	if err == nil || !strings.Contains(err.Error(), "SALESFLOW_WECOM_TOKEN") {
		t.Errorf("error %v", err)
	}
}

func TestSimServesTheControlSurface(t *testing.T) {
	t.Parallel()
	s, err := newSimulators(context.Background(), &simCmd{Listen: "127.0.0.1:0"}, testStart, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	resp, err := http.Get(s.base + "/_sim/people")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var people struct {
		People []struct{ ID, Name, Platform string } `json:"people"`
		Chats  []struct{ ID string }                 `json:"chats"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&people); err != nil {
		t.Fatal(err)
	}
	if len(people.People) != 13 || len(people.Chats) != 2 {
		t.Errorf("%d people, %d chats", len(people.People), len(people.Chats))
	}
	clock, err := http.Post(s.base+"/_sim/clock", "application/json", strings.NewReader(`{"advance":"49h"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = clock.Body.Close()
	if gone := s.clock.Now().Sub(testStart); gone < 49*time.Hour {
		t.Errorf("the clock advanced by %v", gone)
	}
}
