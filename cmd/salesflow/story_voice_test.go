package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

var clip = []byte("#!AMR\nxxxx")

// DingTalk hands over what it heard in a clip: it is understood as if it had been typed, with what speech leaves in it.
func TestVoiceOnDingTalkIsUnderstood(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Speak("语音.amr", clip, "嗯那个拜访绍兴市立医院王主任介绍了生化分析仪然后他嫌贵下周二前寄样")
	rep.ExpectCard("拜访已记录", "绍兴市立医院", "王主任", "3月17日")
	rep.Speak("语音.amr", clip, "打车四十五块去绍兴市立医院")
	rep.ExpectCard("¥45.00", "绍兴市立医院")
	rep.Speak("语音.amr", clip, "撤销")
	rep.ExpectText("已撤销")
	rep.Skip()
	rep.Speak("语音.amr", clip, "待办")
	rep.ExpectText("待办 1 条")
	if n := len(w.visits(t, "zhoumin")); n != 1 {
		t.Errorf("%d visits, want 1", n)
	}
	rep.ExpectNothingElse()
}

// A question the bot asked can be answered by voice.
func TestVoiceAnswersAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Speak("语音.amr", clip, "拜访绍兴市立医院")
	rep.ExpectText("聊了什么")
	rep.Speak("语音.amr", clip, "见了王主任要离心机的报价")
	rep.ExpectCard("拜访已记录", "绍兴市立医院", "离心机")
}

// Where nothing was heard, that is said, once, and nothing is filed: neither of silence nor of a noise.
func TestVoiceWithoutWordsIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Speak("语音.amr", clip, "")
	rep.ExpectText("没听出字来", "打字")
	rep.ExpectNothingElse()
	rep.Speak("语音.amr", clip, " ")
	rep.ExpectText("没听出字来")
	rep.Speak("语音.amr", clip, "嗯。")
	rep.ExpectAny().Without("已记录", "没处理成功")
	if n := len(w.visits(t, "zhoumin")) + len(w.filings(t, "zhoumin")); n != 0 {
		t.Errorf("%d records of a noise", n)
	}
}

// A clip that DingTalk heard nothing in goes to the company's own recogniser where there is one; when that fails, it is said.
func TestVoiceOnDingTalkFallsBackToTheOwnRecogniser(t *testing.T) {
	t.Parallel()
	speech := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		switch {
		case bytes.Contains(b, []byte("broken")):
			w.WriteHeader(http.StatusInternalServerError)
		case bytes.Contains(b, []byte("quiet")):
			_, _ = io.WriteString(w, `{"text":""}`)
		default:
			_, _ = io.WriteString(w, `{"text":"拜访绍兴市立医院王主任介绍了生化分析仪"}`)
		}
	}))
	t.Cleanup(speech.Close)
	w := newWorld(t, sim.DingTalk, func(o *demoOptions) {
		o.change = func(c *configs.Config, org *configs.Org) {
			everybodyOn(org, sim.DingTalk)
			c.Speech.URL = speech.URL
		}
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	for data, want := range map[string]string{"#!AMR\nbroken": "没听清", "#!AMR\nquiet": "没听清", "MZ no clip": "不是语音"} {
		rep.Speak("语音.amr", []byte(data), "")
		rep.ExpectText("正在转文字")
		rep.ExpectText(want, "打字")
	}
	rep.Speak("语音.amr", clip, "")
	rep.ExpectText("正在转文字")
	rep.ExpectCard("拜访已记录", "绍兴市立医院", "王主任")
	rep.ExpectNothingElse()
	if n := len(w.visits(t, "zhoumin")); n != 1 {
		t.Errorf("%d visits", n)
	}
}
