package handlers

import (
	"testing"

	"salesflow/bot"
)

// The themes of 帮助 全部 are lists of names: each command stands in one of them, and what they name is there.
func TestEveryCommandHasATheme(t *testing.T) {
	t.Parallel()
	var r bot.Router[Tx]
	(&App{}).Register(&r)
	theme := map[string]string{}
	for _, th := range helpThemes {
		for _, c := range th.commands {
			if other := theme[c]; other != "" {
				t.Errorf("%s stands under %s and %s", c, other, th.name)
			}
			theme[c] = th.name
		}
	}
	for _, c := range r.Commands() {
		if theme[c.Name] == "" {
			t.Errorf("%s stands under no theme", c.Name)
		}
		delete(theme, c.Name)
	}
	for c, th := range theme {
		t.Errorf("%s of %s is no command", c, th)
	}
}
