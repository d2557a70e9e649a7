package view

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/store/sales"
)

var settingNames = map[string]map[string]string{
	sales.SetupStage: {
		sales.SetName: "名字", sales.SetBenchmark: "一般停", sales.SetChance: "成交机会", sales.SetEnter: "进来要", sales.SetLeave: "出去要",
	},
	sales.SetupField:  {sales.SetName: "名字", sales.SetRequired: "必填", sales.SetOptions: "选项"},
	sales.SetupPerson: {sales.SetRoles: "角色", sales.SetTeam: "团队", sales.SetManager: "上级", sales.SetActive: "在职"},
	sales.SetupTeam:   {sales.SetLead: "负责人", sales.SetRegion: "区域"},
}

// SettingName is what people call an attribute of a thing that is set up.
func SettingName(kind, attr string) string { return settingNames[kind][attr] }

// GateText is a gate as people write it: 预算范围:商机.金额 > 0.
func GateText(g sales.Gate, way *sales.Pipeline, field func(key string) string) string {
	switch {
	case g.Document != "":
		return g.Say + ":文件 " + g.Document
	case g.Node != "":
		return g.Say + ":节点 " + nodeName(way, g.Node)
	case g.Checklist:
		return g.Say + ":合规清单"
	case g.Field != "":
		return g.Say + ":字段 " + field(g.Field)
	}
	return g.Say + ":" + g.When
}

func nodeName(way *sales.Pipeline, key string) string {
	if way != nil {
		for _, s := range way.Stages {
			for _, n := range s.Nodes {
				if n.Key == key {
					return n.Name
				}
			}
		}
	}
	return key
}

// StageSetting is an attribute of a stage as people read and write it; gates one a line.
func StageSetting(attr, value string, way *sales.Pipeline, field func(key string) string) string {
	switch attr {
	case sales.SetBenchmark:
		n, _ := strconv.ParseInt(value, 10, 64) // as we wrote it
		return SpanText(n)
	case sales.SetChance:
		return value + "%"
	case sales.SetEnter, sales.SetLeave:
		var list []sales.Gate
		_ = json.Unmarshal([]byte(value), &list) // as we wrote it
		lines := make([]string, len(list))
		for i, g := range list {
			lines[i] = GateText(g, way, field)
		}
		return strings.Join(lines, "\n")
	}
	return value
}

// SpanText is a length of time that can be read back exactly: 5天, 36小时, 90分钟.
func SpanText(seconds int64) string {
	switch {
	case seconds <= 0:
		return "不限"
	case seconds%86400 == 0:
		return strconv.FormatInt(seconds/86400, 10) + "天"
	case seconds%3600 == 0:
		return strconv.FormatInt(seconds/3600, 10) + "小时"
	}
	return strconv.FormatInt((seconds+59)/60, 10) + "分钟"
}

// FieldSetting is an attribute of a custom field as people read and write it.
func FieldSetting(attr, value string) string {
	switch attr {
	case sales.SetRequired:
		if value == "1" {
			return "是"
		}
		return "否"
	case sales.SetOptions:
		var list []string
		_ = json.Unmarshal([]byte(value), &list) // as we wrote it
		return strings.Join(list, "、")
	}
	return value
}

// SetupOf is what was changed of one thing.
type SetupOf struct {
	Kind, Say, Command string
	Changes            sales.Setups
	Name               func(sales.PersonID) string
	Show               func(attr, value string) string
	Now                time.Time
}

// SetupLine is one change in a line: 2. 今天 10:05 · 郑凯 · 一般停 3天 → 5天.
func SetupLine(o SetupOf, c sales.SetupChange) string {
	var parts []string
	for _, i := range c.Items {
		show := func(v string) string {
			if s := strings.ReplaceAll(o.Show(i.Attr, v), "\n", ";"); s != "" {
				return s
			}
			return "空"
		}
		parts = append(parts, SettingName(o.Kind, i.Attr)+" "+show(i.Old)+" → "+show(i.New))
	}
	line := fmt.Sprintf("%d. %s · %s · %s", c.N, sales.FormatTime(c.At.Time, o.Now), o.Name(c.PersonID), clip(strings.Join(parts, ";"), 200))
	if c.Note != "" {
		line += "(" + c.Note + ")"
	}
	return line
}

// SetupHistory lists what was changed of one thing, the newest first.
func SetupHistory(o SetupOf) string {
	if len(o.Changes) == 0 {
		return o.Say + "没有改过,和文件里一样。"
	}
	const most = 12
	lines := []string{fmt.Sprintf("**%s** 改过 %d 次", o.Say, len(o.Changes))}
	for i := len(o.Changes) - 1; i >= 0 && i >= len(o.Changes)-most; i-- {
		lines = append(lines, SetupLine(o, o.Changes[i]))
	}
	if len(o.Changes) > most {
		lines = append(lines, fmt.Sprintf("… 更早还有 %d 次", len(o.Changes)-most))
	}
	return strings.Join(append(lines, fmt.Sprintf("退回去:%s 退回 %s %d。0 是文件里的样子。", o.Command, o.Say, o.Changes.Last()-1)), "\n")
}
