package render

import (
	"fmt"

	"salesflow/cards"
)

// Variable is one variable of the DingTalk card template, as the template's author enters it.
type Variable struct {
	Name string
	// Type is the platform's name of the type: "string" or "markdown".
	Type string
	// Private is whether the variable differs between people (私有变量). Its public value holds for everyone else.
	Private bool
	// Sample is the value the template shows in the editor.
	Sample string
	// About says in Chinese what the variable is for.
	About string
}

// Tap is what a tap on a button of the template sends back.
type Tap struct {
	Action cards.Action
	// Input is what was typed on the card, by the card's Input.Key; nil when nothing was.
	Input map[string]string
}

// Bounds of what a tap may bring: the params come from a client.
const (
	maxTapInputs = 8
	maxTapInput  = 4 << 10
)

// ReadTap reads the params of a card callback (cardPrivateData.params). The template's buttons send "action", and with
// an input line "input", the text, and "input_key", its name, since the editor knows no parameter with a variable name.
// A template built by hand may send the text under its name, {"input": {"reason": "…"}}, which is understood too.
// Nothing in a tap is trusted. The error is cards.ErrAction when there is no action of ours.
func ReadTap(params map[string]any) (Tap, error) {
	encoded, _ := params["action"].(string)
	action, err := cards.DecodeAction(encoded)
	if err != nil {
		return Tap{}, err
	}
	tap := Tap{Action: action}
	switch in := params["input"].(type) {
	case string:
		if key, _ := params["input_key"].(string); key != "" {
			tap.put(key, in)
		}
	case map[string]any:
		for key, v := range in {
			if s, ok := v.(string); ok {
				tap.put(key, s)
			}
		}
	}
	return tap, nil
}

func (t *Tap) put(key, value string) {
	value = text(value)
	if value == "" || len(t.Input) == maxTapInputs {
		return
	}
	if t.Input == nil {
		t.Input = map[string]string{}
	}
	t.Input[CutBytes(key, 100)] = CutBytes(value, maxTapInput)
}

// TemplateVariables lists the variables of the DingTalk card template, in the order of the card. Documents
// that tell how to build the template by hand list these.
func TemplateVariables() []Variable {
	out := []Variable{
		{Name: "title", Type: "string", Sample: "合同待审批 · HT2026-018", About: "标题:是什么"},
		{Name: "status", Type: "string", Sample: "等你处理", About: "状态,跟在标题后面"},
		{Name: "level", Type: "string", Sample: "warn", About: "颜色:空 普通,ok 绿,warn 橙,alert 红"},
		{Name: "body", Type: "markdown", Sample: "**客户** 绍兴市立医院\n\n**金额** ¥1,280,000.00", About: "正文:字段和说明"},
		{Name: "fields", Type: "string", Sample: "[]", About: "字段的 JSON 数组 [{name,value}],给自己排版的模板用"},
		{Name: "note", Type: "string", Sample: "", About: "说明,已含在正文里,给自己排版的模板用"},
		{Name: "closed", Type: "string", Sample: "", About: "处理结果;不为空时按钮和输入框都不显示"},
		{Name: "input_key", Type: "string", Sample: "reason", About: "输入框的参数名;为空时不显示输入框"},
		{Name: "input_placeholder", Type: "string", Sample: "退回或驳回的原因", About: "输入框里的提示"},
	}
	for i := range cards.MaxButtons {
		p, n := buttonPrefix(i), i+1
		out = append(out,
			Variable{Name: p + "text", Type: "string", Sample: fmt.Sprintf("按钮%d", n), About: fmt.Sprintf("按钮 %d 的字", n)},
			Variable{Name: p + "style", Type: "string", Sample: "", About: fmt.Sprintf("按钮 %d 的样式:空、primary、danger", n)},
			Variable{Name: p + "action", Type: "string", Sample: "", About: fmt.Sprintf("按钮 %d 的回传参数 action", n)},
			Variable{Name: p + "url", Type: "string", Sample: "", About: fmt.Sprintf("按钮 %d 打开的网址;为空时回传请求", n)},
			Variable{Name: p + "show", Type: "string", Private: true, Sample: "true", About: fmt.Sprintf("按钮 %d 是否显示:true、false", n)},
		)
	}
	return out
}
