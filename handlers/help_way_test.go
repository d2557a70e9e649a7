package handlers

import (
	"slices"
	"strings"
	"testing"

	"salesflow/bot"
	"salesflow/store/sales"
)

// TestTheJourneyNamesCommandsThereAre holds 帮助 流程 against the commands: each can be looked up under the name it has there.
func TestTheJourneyNamesCommandsThereAre(t *testing.T) {
	t.Parallel()
	r := &bot.Router[Tx]{}
	app := &App{}
	app.Register(r)
	var names []string
	for _, c := range r.Commands() {
		names = append(names, c.Name)
	}
	for _, s := range journeySteps {
		for _, c := range s.commands {
			if !slices.Contains(names, c) {
				t.Errorf("there is no command %s", c)
			}
		}
	}
	said := helper{app, r}.journey(sales.Person{Roles: sales.List[sales.Role]{sales.RoleFinance}}).Say[0].Out.Text
	if !strings.Contains(said, "▸ 财务:开票") || !strings.Contains(said, "· 销售:拜访") || !strings.Contains(said, "帮助 回款") {
		t.Errorf("finance reads\n%s", said)
	}
	for text, want := range map[string]bool{
		"合同怎么走": true, "下一步做什么": true, "接下来干啥": true, "走什么流程": true, "下一步寄样": false, "绍兴市立医院 嫌贵": false,
	} {
		if got := reJourney.MatchString(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
