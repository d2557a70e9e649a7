package rules

import (
	"slices"
	"time"
)

var weekdays = map[string]time.Weekday{
	"每周一": time.Monday, "每周二": time.Tuesday, "每周三": time.Wednesday, "每周四": time.Thursday, "每周五": time.Friday, "每周六": time.Saturday,
	"每周日": time.Sunday, "每周天": time.Sunday, "每星期一": time.Monday, "每星期二": time.Tuesday, "每星期三": time.Wednesday,
	"每星期四": time.Thursday, "每星期五": time.Friday, "每星期六": time.Saturday, "每星期日": time.Sunday, "每星期天": time.Sunday,
}

// schedule reads 每个工作日 17:00 对每个 商机.
func (p *parser) schedule() bool {
	t, s := &p.rule.Trigger, &Schedule{}
	words := []string{"每天", "每日", "每个工作日", "每工作日", "每月"}
	for w := range weekdays {
		words = append(words, w)
	}
	slices.Sort(words)
	switch w := p.maybe(words...); w {
	case "":
		return false
	case "每天", "每日":
		s.Every = EveryDay
	case "每个工作日", "每工作日":
		s.Every = EveryWorkday
	case "每月":
		if !p.monthDay(s) {
			return false
		}
	default:
		s.Every, s.Weekday = EveryWeek, weekdays[w]
	}
	if !p.clock(s) {
		return false
	}
	if p.maybe("遇休息日顺延", "遇节假日顺延", "节假日顺延", "休息日顺延") != "" {
		s.Shift = true
	}
	t.Kind, t.Schedule = Scheduled, s
	p.maybe(",")
	if p.maybe("对每个", "对每家", "对每位", "对每份", "对每笔", "对每条", "每个", "检查每个", "对所有", "检查") != "" {
		return p.objectOf()
	}
	if t.Object = p.schema.Object(ObjectCompany); t.Object == nil {
		p.miss("对每个")
		return false
	}
	return true
}

// monthDay reads 5号, 第1个工作日 and 最后一个工作日.
func (p *parser) monthDay(s *Schedule) bool {
	if p.maybe("最后一个工作日", "最后1个工作日", "末工作日") != "" {
		s.Every, s.Nth = EveryNthWorkday, -1
		return true
	}
	nth := p.maybe("倒数第", "第")
	n, ok := p.number()
	if !ok || n < 1 {
		return false
	}
	if nth != "" {
		if p.word("个工作日") == "" {
			return false
		}
		if n > 20 {
			p.fail("一个月没有这么多工作日", "写 1 到 20,或 最后一个工作日")
			return false
		}
		if s.Every, s.Nth = EveryNthWorkday, n; nth == "倒数第" {
			s.Nth = -n
		}
		return true
	}
	s.Every, s.MonthDay = EveryMonth, n
	if n > 31 {
		p.fail("一个月没有这一天", "写 1 到 31 号")
		return false
	}
	return p.word("号", "日") != ""
}

func (p *parser) clock(s *Schedule) bool {
	part := p.maybe("上午", "早上", "下午", "晚上")
	h, ok := p.number()
	if !ok || h > 23 {
		return false
	}
	switch p.word(":", "点", "时") {
	case "":
		return false
	case ":":
		if s.Minute, ok = p.number(); !ok {
			return false
		}
	default:
		if p.maybe("半") != "" {
			s.Minute = 30
		} else if m, ok := p.number(); ok {
			s.Minute = m
			p.maybe("分")
		}
	}
	if (part == "下午" || part == "晚上") && h < 12 {
		h += 12
	}
	s.Hour = h
	return s.Minute < 60
}
