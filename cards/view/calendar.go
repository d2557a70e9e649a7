package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Calendar is what the company's calendar says as of a day.
type Calendar struct {
	Today sales.Day
	// Region is the person's, whose days and hours count for them; empty for none of its own.
	Region string
	Of     *sales.Calendar
	// Set says that the person may set days.
	Set bool
}

// CalendarText is today, the next breaks, the company's own days and the hours.
func CalendarText(v Calendar) string {
	out := []string{"今天 " + v.Today.Chinese() + dayRest(v, v.Today)}
	if list := v.Of.Breaks(v.Today.AddDays(1), 4); len(list) > 0 {
		out = append(out, "接下来放假:")
		for _, b := range list {
			out = append(out, "· "+breakText(b, v.Today))
		}
		if made := v.Of.MakeupDays(v.Today, list[len(list)-1].Last.AddDays(14)); len(made) > 0 {
			days := make([]string, len(made))
			for i, d := range made {
				days[i] = d.Chinese()
			}
			out = append(out, "调休上班:"+strings.Join(days, "、"))
		}
	}
	if own := v.Of.CompanyDays(v.Today); len(own) > 0 {
		out = append(out, "公司自己定的:")
		for i, d := range own {
			if i == 12 {
				out = append(out, fmt.Sprintf("另有 %d 天没列。", len(own)-i))
				break
			}
			out = append(out, "· "+ownDay(d))
		}
	}
	out = append(out, hoursText(v.Of))
	year := v.Today.Year()
	if !v.Of.KnownYear(year) {
		out = append(out, fmt.Sprintf("%d 年的放假安排没有,只按周末算。", year))
	} else if !v.Of.KnownYear(year + 1) {
		out = append(out, fmt.Sprintf("%d 年的放假安排还没有,到时先按周末算。", year+1))
	}
	if v.Set {
		out = append(out, "改一天:日历 5月2日 休息 厂庆;日历 5月2日 上班;日历 5月2日 恢复。只改一个区域就在后面写区域名。")
	} else {
		out = append(out, "看某一天:日历 5月2日")
	}
	return strings.Join(out, "\n")
}

// DayText says whether a day is worked: "5月2日 周六,休息(劳动节)。"
func DayText(v Calendar, d sales.Day) string {
	return d.ChineseFrom(v.Today) + dayRest(v, d)
}

func dayRest(v Calendar, d sales.Day) string {
	s, word := "", "上班"
	if !v.Of.IsWorkday(d) {
		word = "休息"
	}
	s += "," + word
	if name := v.Of.DayName(d); name != "" {
		s += "(" + name + ")"
	}
	if !v.Of.KnownYear(d.Year()) {
		s += fmt.Sprintf("。%d 年的放假安排还没有,这是按周末算的", d.Year())
	}
	return s + "。"
}

func breakText(b sales.Break, today sales.Day) string {
	s := b.Name + " " + b.First.ChineseFrom(today)
	if b.Last != b.First {
		s = b.Name + " " + b.First.Chinese() + " 到 " + b.Last.Chinese() + fmt.Sprintf(",共 %d 天", b.Days())
	}
	return s
}

func ownDay(d sales.CompanyDay) string {
	word := "上班"
	if d.Kind == sales.RestDay {
		word = "休息"
	}
	s := d.Day.Chinese() + " " + word
	if d.Name != "" {
		s += "(" + d.Name + ")"
	}
	if d.Region != "" {
		s += ",只在" + d.Region
	}
	return s
}

func hoursText(c *sales.Calendar) string {
	whole, regions := c.Hours()
	s := "上班时间 " + span(whole)
	for _, name := range slices.Sorted(maps.Keys(regions)) {
		s += ";" + name + " " + span(regions[name])
	}
	return s + "。"
}

func span(h sales.Hours) string { return clockText(h.From) + "-" + clockText(h.To) }

func clockText(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d/time.Hour), int(d%time.Hour/time.Minute))
}

// UnknownYear is what the admins are told of a year whose holidays are not known.
func UnknownYear(year int, today sales.Day) string {
	s := fmt.Sprintf("还不知道 %d 年的放假和调休,到 1 月起只按周末算工作日,提醒和计时会不准。", year)
	if today.Year() == year {
		s = fmt.Sprintf("不知道 %d 年的放假和调休,现在只按周末算工作日,提醒和计时会不准。", year)
	}
	return s + "国务院一般 11 月公布。公布后升级版本,或把年份文件写进配置 calendar.files;急的先一天天改:日历 5月1日 休息 劳动节。"
}
