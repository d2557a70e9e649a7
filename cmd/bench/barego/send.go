package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// sender answers by message/send.
type sender struct {
	url  string
	http *http.Client
}

func newSender(api string) *sender {
	return &sender{
		url: api + "/cgi-bin/message/send?access_token=benchaccesstoken",
		http: &http.Client{
			Timeout:   10 * time.Second,
			Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64},
		},
	}
}

func (s *sender) send(to, agent, text string) error {
	b, err := json.Marshal(map[string]any{
		"touser": to, "agentid": agent, "msgtype": "text", "text": map[string]string{"content": text},
	})
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	resp, err := s.http.Post(s.url, "application/json", bytes.NewReader(b)) //nolint:noctx // the yardstick is as bare as can be
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close()
}
