package main

import (
	"fmt"
	"testing"

	"salesflow/bot/bottest"
)

// A customer that one replica has just made is known to the other by the next message, and so is a contact and a new name.
func TestANewCustomerIsUnderstoodByEveryReplicaAtOnce(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	r.boot("")
	r.boot("")
	s := bottest.New(t, r.world)
	for who, rep := range map[string]*bottest.Phone{"周敏": s.As("周敏").Skip(), "李强": s.As("李强").Skip()} {
		for i, town := range []string{"云岭", "白塔", "望江"} { // each message goes to the other replica than the one before
			name := town + who + "康复医院"
			rep.Say(fmt.Sprintf("新客户 %s 138%d%07d 医疗", name, len(who), i+10*int([]rune(who)[0])%9000000))
			rep.ExpectCard("客户已建", name)
			rep.Say("拜访 " + name + " 介绍离心机,周五前发报价")
			rep.ExpectCard("拜访已记录", name)
			rep.Say("联系人 " + name + " 沈若兰 决策人")
			rep.ExpectAny()
			rep.Say("拜访 " + name + " 沈若兰 嫌贵")
			rep.ExpectCard("拜访已记录", name, "沈若兰").Without("新联系人")
			rep.Say("补资料 " + name + " 名称 " + town + who + "第一康复医院")
			rep.ExpectAny()
			rep.Skip()
		}
	}
}
