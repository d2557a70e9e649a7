package render

import (
	"fmt"
	"strconv"

	"salesflow/cards"
)

// node is one JSON object of the card editor's file.
type node = map[string]any

// DingTalkTemplate is the card template as a file that DingTalk's card editor imports (更多 → 导入). It is kept as
// dingtalk_template.json beside this source.
//
// It is a draft in the editor's own format, read off the platform's published examples (dingtalk-card-examples:
// schema 2.0.0, a StdCard with Markdown, Input and SingleButton): the platform offers no way to prove a file without an
// account. widgetInfo, the compiled layout, is left to the editor, which makes it when the template is saved.
func DingTalkTemplate() ([]byte, error) {
	editor, err := JSON(node{
		"schemaVersion": "2.0.0",
		"schema": node{
			"version": "1.0.0", "i18n": node{},
			"componentsMap":  components("StdCard", "Markdown", "BaseTextBlock", "Input", "SingleButton"),
			"componentsTree": []node{templateRoot()},
		},
		"mockData": mockData(), "editVersion": 0, "customWidgetInfo": "", "useCustomWidgetInfo": false,
		"variableList": variableList(),
		"expList":      expressions(),
		"localList":    []node{{"id": localInput, "name": localInput, "type": "string", "private": false, "description": "输入框里的字", "editorVarType": "localList"}},
		"formList":     []node{}, "hsfList": []node{}, "lwpList": []node{},
		"extension": node{"extendType": "NORMAL", "fileTypeList": []node{}},
	})
	if err != nil {
		return nil, err
	}
	file, err := JSON(node{"editorData": string(editor), "widgetInfo": "", "type": "standard", "mode": "card"})
	if err != nil {
		return nil, err
	}
	return append(file, '\n'), nil
}

// localInput is the template's own variable for what was typed. The buttons send it back: see ReadTap.
const localInput = "local_input"

func components(names ...string) []node {
	var out []node
	for _, n := range names {
		out = append(out, node{"package": "@ali/dxComponent", "version": "1.0.0", "exportName": n, "main": "./src/index.tsx", "destructuring": false, "subName": "", "componentName": n})
	}
	return out
}

func templateRoot() node {
	children := []node{
		component("Markdown", "node_body", node{"mdVer": 0, "content": fromVariable("dynamicMarkdown", "body", ""), "visible": always()}),
		component("BaseTextBlock", "node_closed", node{"text": str("${closed}"), "visible": when(is("closed", "notEqual", "")), "color": fixed("dynamicColor", "common_level3_base_color")}),
		component("Input", "node_input", node{
			"id": "input", "title": str(""), "placeholder": str("${input_placeholder}"), "message": str("${input_placeholder}"),
			"currentValue": str("${" + localInput + "}"), "params": []node{}, "status": fixed("dynamicSelect", "normal"),
			"visible":    when(is("input_key", "notEqual", ""), is("closed", "equal", "")),
			"actionType": "setLocalState", "localVarAction": node{"type": "variableValue", "variable": localInput, "variableType": "global", "varType": "string"},
		}),
	}
	for i := range cards.MaxButtons {
		children = append(children, templateButton(i, false), templateButton(i, true))
	}
	root := component("StdCard", "node_root", node{
		"cardName": str("${title}"), "cardIcon": node{"type": "image", "url": ""},
		"tagText": str("${status}"), "tagColor": fromVariable("dynamicSelect", "tag_color", "blue"), "tagStyle": "hollow",
		"showCloseButton": false, "actionType": "url", "urlType": "all", "url": fixed("dynamicLink", ""), "linkCondition": always(),
	})
	root["children"], root["fileName"] = children, "salesflow"
	return root
}

// templateButton is one button, twice in the template: to send the action, or to open the address.
func templateButton(i int, opens bool) node {
	p := buttonPrefix(i)
	id, action, urlIs := "b"+strconv.Itoa(i+1), "request", "equal"
	if opens {
		id, action, urlIs = id+"_url", "url", "notEqual"
	}
	return component("SingleButton", "node_"+id, node{
		"text": str("${" + p + "text}"), "status": fixed("dynamicSelect", "normal"), "color": fromVariable("dynamicSelect", p+"color", "gray"),
		"actionType": action, "urlType": "all", "url": fromVariable("dynamicLink", p+"url", ""), "actionId": str(id),
		"params": []node{
			param("1", "action", p+"action"), param("2", "input_key", "input_key"), param("3", "input", localInput),
		},
		"successToast": str(""), "failureToast": str(""), "successCondition": node{"op": "and", "conditions": []node{}},
		"visible": when(is(p+"show", "equal", "true"), is("closed", "equal", ""), is(p+"text", "notEqual", ""), is(p+"url", urlIs, "")),
		"events":  []node{}, "enableIcon": false, "enableClickEvent": true, "enableStatPoint": false, "disabledWhileForward": true,
	})
}

func component(name, id string, props node) node {
	props["marginLeft"], props["marginRight"], props["marginTop"], props["marginBottom"], props["innerOffset"] = 12, 12, 6, 6, 0
	return node{"componentName": name, "id": id, "props": props, "title": name, "hidden": false, "isLocked": false, "condition": true, "conditionGroup": ""}
}

func str(content string) node {
	return node{"type": "dynamicString", "content": content, "i18n": false}
}

func fixed(kind string, value any) node {
	return node{"type": kind, "valueType": "fixed", "value": value, "variable": "", "variableType": "global"}
}

func fromVariable(kind, name, otherwise string) node {
	return node{"type": kind, "valueType": "variable", "value": otherwise, "variable": name, "variableType": "global"}
}

func param(id, name, variable string) node {
	return node{"type": "variable", "variable": variable, "value": "", "name": name, "variableType": "global", "id": id}
}

func always() node {
	return node{"type": "dynamicVisible", "value": true, "valueType": "fixed", "condition": node{"op": "and", "conditions": []node{}}}
}

func when(conditions ...node) node {
	return node{"type": "dynamicVisible", "value": true, "valueType": "condition", "condition": node{"op": "and", "conditions": conditions}}
}

func is(variable, op, value string) node {
	return node{"type": "variable", "variable": variable, "variableType": "global", "op": op, "value": value, "valueType": "fixed", "valueVariableType": "global"}
}

func variableList() []node {
	var out []node
	for _, v := range TemplateVariables() {
		out = append(out, node{"id": v.Name, "name": v.Name, "type": v.Type, "private": v.Private, "description": v.About, "editorVarType": "variables", "disabled": false})
	}
	return out
}

// expressions turn our words for colours into the editor's.
func expressions() []node {
	exp := func(name, content, about string) node {
		return node{"id": name, "name": name, "type": "string", "private": false, "expContent": content, "description": about, "editorVarType": "expList"}
	}
	out := []node{exp("tag_color", "level == 'ok' ? 'green' : (level == 'warn' ? 'orange' : (level == 'alert' ? 'red' : 'blue'))", "状态的颜色")}
	for i := range cards.MaxButtons {
		p := buttonPrefix(i)
		out = append(out, exp(p+"color", fmt.Sprintf("%[1]sstyle == 'primary' ? 'blue' : (%[1]sstyle == 'danger' ? 'red' : 'gray')", p), fmt.Sprintf("按钮 %d 的颜色", i+1)))
	}
	return out
}

func mockData() node {
	public, private := node{}, node{}
	for _, v := range TemplateVariables() {
		public[v.Name] = v.Sample
		if v.Private {
			private[v.Name] = v.Sample
		}
	}
	return node{"cardData": public, "cardPrivateData": private, "localData": node{localInput: ""}}
}
