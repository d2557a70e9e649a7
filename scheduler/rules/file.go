package rules

import (
	"fmt"
	"slices"
	"strings"
)

// maxRules bounds the rules of one file.
const maxRules = 200

// Written is one rule of a file, as it is written there.
type Written struct {
	Name string
	Text string
	Line int // of its first line, from 1
}

// Split cuts a file of rules: each begins with a line 规则 名字 and ends before the next. Lines that begin with # are
// remarks. The error is a *Problem.
func Split(file string) ([]Written, error) {
	var out []Written
	var body []string
	end := func() {
		if n := len(out); n > 0 {
			out[n-1].Text = strings.TrimRight(strings.Join(body, "\n"), "\n \t")
		}
		body = nil
	}
	for i, line := range strings.Split(strings.ReplaceAll(file, "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "#"):
			line = "" // the lines behind it keep their numbers
		case strings.HasPrefix(trimmed, "规则"):
			end()
			out = append(out, Written{Name: Title(trimmed), Line: i + 1})
			if out[len(out)-1].Name == "" {
				return nil, &Problem{Line: i + 1, Column: 1, Near: trimmed, Msg: "规则没有名字", Fix: "写成 规则 合同48小时"}
			}
		case trimmed != "" && len(out) == 0:
			return nil, &Problem{Line: i + 1, Column: 1, Near: cut(trimmed, 6), Msg: "每条规则先要有一行名字", Fix: "前面加一行,例如 规则 合同48小时"}
		}
		body = append(body, line)
	}
	end()
	if len(out) > maxRules {
		return nil, &Problem{Line: out[maxRules].Line, Column: 1, Msg: "一个文件里的规则太多", Fix: fmt.Sprintf("一个文件最多 %d 条,拆成几个", maxRules)}
	}
	for i, t := range out {
		if slices.ContainsFunc(out[:i], func(o Written) bool { return o.Name == t.Name }) {
			return nil, &Problem{Line: t.Line, Column: 1, Near: t.Name, Msg: "名字重复了", Fix: "换一个名字"}
		}
	}
	return out, nil
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// Title is the name in a rule's first line, 规则 合同48小时, or before its 当, 大单: 当 …; "" when there is none.
func Title(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(halved(text)), "\n")
	name, ok := strings.CutPrefix(line, "规则")
	if !ok {
		if before, behind, found := strings.Cut(line, ":"); found && opens(behind) && !opens(before) && len([]rune(before)) <= maxName {
			return strings.Trim(before, " \"\t")
		}
		return ""
	}
	name = strings.Trim(name, " :\t")
	if i := strings.IndexAny(name, ":,"); i >= 0 {
		name = name[:i]
	}
	name = strings.Trim(name, " \"")
	if len([]rune(name)) > maxName {
		return ""
	}
	return name
}

// opens reports whether a text begins as a rule does.
func opens(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "当") || strings.HasPrefix(text, "如果") || strings.HasPrefix(text, "每当")
}

// maxName bounds a rule's name in characters.
const maxName = 30

// Body is a rule's text without the line of its name.
func Body(text string) string {
	text = strings.TrimSpace(text)
	if Title(text) == "" {
		return text
	}
	raw, ends := []rune(text), "\n:,"
	if !strings.HasPrefix(text, "规则") {
		ends = ":"
	}
	for i, r := range []rune(halved(text)) {
		if strings.ContainsRune(ends, r) {
			return strings.TrimSpace(string(raw[i+1:]))
		}
	}
	return ""
}
