package rules

import "strings"

// Difference says in words what differs between two versions of a rule, a line for each; none when they mean the same.
func Difference(old, changed Rule) []string {
	var out []string
	say := func(what, was, is string) {
		switch {
		case was == is:
		case was == "":
			out = append(out, what+":加了 "+is)
		case is == "":
			out = append(out, what+":去掉了 "+was)
		default:
			out = append(out, what+":"+was+" → "+is)
		}
	}
	say("什么时候", old.Trigger.Words(), changed.Trigger.Words())
	say("条件", words(old.If, false), words(changed.If, false))
	say("没做到", unlessWords(old.Unless), unlessWords(changed.Unless))
	for i := range max(len(old.Steps), len(changed.Steps)) {
		var was, is string
		if i < len(old.Steps) {
			was = old.Steps[i].words(i)
		}
		if i < len(changed.Steps) {
			is = changed.Steps[i].words(i)
		}
		say(stepName(i), was, is)
	}
	say("其他", strings.Join(old.extras(), ","), strings.Join(changed.extras(), ","))
	return out
}

func stepName(i int) string {
	if i == 0 {
		return "第一步"
	}
	return "第" + string([]rune("一二三四五六七八")[i]) + "步"
}

func unlessWords(list []Unless) string {
	var out []string
	for _, u := range list {
		out = append(out, u.words())
	}
	return strings.Join(out, ",")
}
