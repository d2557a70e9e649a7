package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// registerHelp registers the command that says what can be asked.
func (s asker) registerHelp(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "能问什么", Aliases: []string{"nws", "怎么问", "你会做什么", "你能做什么", "你会什么"}, Summary: "不记指令,直接用大白话问", Usage: "能问什么",
		Detail: "想知道什么就怎么问:谁、哪几家、多少、什么时候、了没、到哪一步。说到人写姓名,说到哪家写客户名,他们就是刚说过的那家。问的不会记成拜访。",
		Rank:   map[sales.Role]int{sales.RoleRep: 7, sales.RoleLead: 6, sales.RoleDirector: 6}, Handle: s.WhatToAsk,
	})
}

// WhatToAsk lists questions that work for this person as they stand (能问什么).
func (s asker) WhatToAsk(ctx context.Context, t bot.Turn, _ Tx) (bot.Reply, error) {
	book, err := s.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	c := book.exampleCustomer(t.Person.ID)
	lines := []string{"直接问就行,比如:"}
	add := func(topic string, questions ...string) {
		lines = append(lines, "**"+topic+"** "+strings.Join(questions, " / "))
	}
	if t.Person.Has(sales.RoleRep) {
		add("我的事", "明天我有啥事", "我下周要去几家", "上周都跑了哪几家", "哪个客户最久没去")
	}
	if leads(t) {
		add("团队", "这周大家跑了几家", "谁没交日报", "哪些客户好久没联系", "这个季度漏斗怎么样")
	}
	add("客户", c+"谁负责", "最近一次去"+c+"是哪天", "谁去过"+c, "答应"+c+"的事办了没有")
	add("合同", "合同谁在审", c+"的合同到哪一步了", "哪些合同快到期了")
	if t.Person.Has(sales.RoleRep, sales.RoleFinance) || leads(t) {
		add("钱", "这个月回款多少", "这个月新签多少", c+"欠多少钱", "哪些合同该开票了")
	}
	return bot.Text(strings.Join(append(lines, "问的不会记成拜访。问到答不上的,我说最近的两个指令。"), "\n")), nil
}
