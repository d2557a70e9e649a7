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
	// Sample is the value the template shows in the editor.
	Sample string
	// About says in Chinese what the variable is for.
	About string
}

// TemplateVariables lists the variables of the DingTalk card template, in the order of the card. The ones that end in
// "_show" differ between people; all the others are the same for everyone.
func TemplateVariables() []Variable {
	out := []Variable{
		{"title", "string", "合同待审批 · HT2026-018", "标题:是什么"},
		{"status", "string", "等你处理", "状态,跟在标题后面"},
		{"level", "string", "warn", "颜色:空 普通,ok 绿,warn 橙,alert 红"},
		{"body", "markdown", "**客户** 绍兴市立医院\n\n**金额** ¥1,280,000.00", "正文:字段和说明"},
		{"fields", "string", "[]", "字段的 JSON 数组 [{name,value}],给自己排版的模板用"},
		{"note", "string", "", "说明,已含在正文里,给自己排版的模板用"},
		{"closed", "string", "", "处理结果;不为空时按钮和输入框都不显示"},
		{"input_key", "string", "reason", "输入框的参数名;为空时不显示输入框"},
		{"input_placeholder", "string", "退回或驳回的原因", "输入框里的提示"},
	}
	for i := range cards.MaxButtons {
		p, n := buttonPrefix(i), i+1
		out = append(out,
			Variable{p + "text", "string", fmt.Sprintf("按钮%d", n), fmt.Sprintf("按钮 %d 的字", n)},
			Variable{p + "style", "string", "", fmt.Sprintf("按钮 %d 的样式:空、primary、danger", n)},
			Variable{p + "action", "string", "", fmt.Sprintf("按钮 %d 的回传参数 action", n)},
			Variable{p + "url", "string", "", fmt.Sprintf("按钮 %d 打开的网址;为空时回传请求", n)},
			Variable{p + "show", "string", "true", fmt.Sprintf("按钮 %d 是否显示:true、false", n)},
		)
	}
	return out
}
