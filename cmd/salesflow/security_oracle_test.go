package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"salesflow/bot"
)

// countless are the commands in which a number is no record's: words of a plan, a reason, a month.
var countless = map[string]bool{"计划": true, "授权": true, "帮助": true, "漏斗": true, "对账单": true, "新签额": true}

// reMade is what is made anew by each try, and when.
var reMade = regexp.MustCompile(`\d{9,}|SQ2026-\d{3}`)

// Whoever tries numbers is told the same of one that is another's as of one that there is not: not even that there is such a record.
func TestNumbersOfOthersAreAnsweredLikeNumbersThereAreNot(t *testing.T) {
	t.Parallel()
	onBothStrange(t, func(t *testing.T, w world) {
		number := regexp.MustCompile(`[A-Z]{2}\d{4}-\d{3}|L12|编号`)
		who := w.person(t, "liuyang")
		n := 0
		told := func(text, no string) string {
			n++
			said := strings.ReplaceAll(text, "{no}", no)
			reply, _ := w.try(t, who, bot.Event{ID: fmt.Sprint("oracle", n), Kind: bot.Said, Text: said})
			return reMade.ReplaceAllString(strings.ReplaceAll(reply, no, "{no}"), "…")
		}
		for _, c := range w.program.router.Commands() {
			if countless[c.Name] {
				continue
			}
			texts := []string{"{no}", c.Name + " {no}", c.Name + " {no} 5万 理由"}
			for form := range strings.SplitSeq(c.Usage, " / ") {
				if number.MatchString(form) {
					texts = append(texts, number.ReplaceAllLiteralString(form, "{no}"))
				}
			}
			for _, no := range foreignNos {
				gone := strings.Replace(no, "-00", "-90", 1)
				if no == "L1" {
					gone = "L901"
				}
				if gone == no {
					continue
				}
				for _, text := range texts {
					if there, not := told(text, no), told(text, gone); there != not {
						t.Errorf("%q tells that there is %s:\n%.300s\nand not\n%.300s", text, no, there, not)
					}
				}
			}
		}
	})
}
