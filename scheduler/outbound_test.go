package scheduler_test

import (
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

func TestWhatARuleSendsOutsideTheChats(t *testing.T) {
	t.Parallel()
	org := sales.NewOrg(1, []sales.Person{
		{ID: 1, Name: "周敏", Phone: "13800000001", Mail: "zm@example.com", Active: true}, {ID: 2, Name: "李强", Phone: "13800000002", Active: true},
	}, nil, nil)
	all := scheduler.Outlets{Mail: true, SMS: true, Targets: []string{"erp"}}
	out := scheduler.Outbound{Title: "合同超时 HT2026-018", Text: "客户在等", Rule: "合同48小时", Key: "incident:1/10", To: []sales.PersonID{1, 2}, Values: map[string]string{"amount": "128万"}}
	tests := []struct {
		name    string
		outlets scheduler.Outlets
		via     bot.Platform
		target  string
		says    int
		trouble string
	}{
		{"邮件:没邮箱的说出来", all, bot.ViaMail, "", 1, "没有邮箱:李强"},
		{"短信:都有手机", all, bot.ViaSMS, "", 2, ""},
		{"接口名不分大小写", all, bot.ViaHook, "ERP", 1, ""},
		{"没配的接口", all, bot.ViaHook, "CRM", 0, "没配接口 CRM"},
		{"没配邮件", scheduler.Outlets{}, bot.ViaMail, "", 0, "没配邮件"},
		{"没配短信", scheduler.Outlets{}, bot.ViaSMS, "", 0, "没配短信"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := out
			b.Via, b.Target = tt.via, tt.target
			says, trouble := tt.outlets.Says(org, b)
			if len(says) != tt.says || trouble != tt.trouble {
				t.Errorf("%d messages, trouble %q, want %d, %q", len(says), trouble, tt.says, tt.trouble)
			}
			for _, s := range says {
				if s.Via != tt.via || s.Subject != b.Key {
					t.Errorf("message %+v", s)
				}
				if h := s.Out.Hook; h != nil && (!strings.Contains(string(h.Data), "128万") || s.Address[0] != "erp") {
					t.Errorf("event %s for %v", h.Data, s.Address)
				}
			}
		})
	}
}
