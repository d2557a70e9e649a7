package handlers

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"salesflow/bot/parse"
)

// reHanFigure is a number in Chinese numerals, or one that begins with digits: 四十五万, 八千五, 13万五.
var reHanFigure = regexp.MustCompile(`(?:\d[\d,]*(?:\.\d+)?[百千万亿]+)?[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二三四五六七八九]+[百千万亿]*)?`)

var (
	// reFigureUnit stands behind a figure that is written in digits as it is: of money, goods, days, a discount.
	reFigureUnit = regexp.MustCompile(`^\s*(?:元|块|折|天|%|个月|` + quoteUnits + `)`)
	// reFigureOf stands before a figure that is a sum, whatever follows it.
	reFigureOf = regexp.MustCompile(`(?:单价|总价|合计|总共|一共|金额|价格|共|[¥￥@])\s*(?:改成|改为|降到|[为是:：])?\s*$`)
	// reFigureIn is what a figure is part of, a name or an ordinal: 第三, AU四百.
	reFigureIn = regexp.MustCompile(`[\dA-Za-z第百千万亿.点]$`)
	// reFigureEnd ends a figure that has no unit behind it.
	reFigureEnd = regexp.MustCompile(`^(?:$|[\s,，、;；。:：)）])`)
)

// inFigures writes the Chinese numerals of a text that are sums, counts, days and discounts in digits, as people speak them and
// forms read them: 单价四十五万 is 单价450000元, 一百二十台 is 120台, 八五折 is 85折. Names that have a numeral in them stay: 三一重工,
// 第二医院, 一次性采血管.
func inFigures(text string) string { return figured(text, true) }

// sumsInFigures does so for sums alone.
func sumsInFigures(text string) string { return figured(text, false) }

func figured(text string, counts bool) string {
	var out strings.Builder
	from := 0
	for _, at := range reHanFigure.FindAllStringIndex(text, 64) {
		word, behind := text[at[0]:at[1]], text[at[1]:]
		n, ok := parse.Number(word)
		if !ok || reFigureIn.MatchString(text[:at[0]]) || strings.HasPrefix(behind, "次性") {
			continue
		}
		sum := reFigureOf.MatchString(text[:at[0]]) || strings.ContainsAny(word, "百千万亿") && reFigureEnd.MatchString(behind)
		unit := strings.TrimSpace(reFigureUnit.FindString(behind))
		switch {
		case unit == "元", unit == "块":
		case unit != "" && counts:
		case unit == "" && sum:
			n += "元"
		default:
			continue
		}
		out.WriteString(text[from:at[0]])
		out.WriteString(n)
		from = at[1]
	}
	out.WriteString(text[from:])
	return out.String()
}

// reBelow is a sum in Chinese numerals behind the word that makes it less than nothing: 负一百万, 负二十块; not 负一楼.
var reBelow = regexp.MustCompile(`负\s*(?:\d[\d,.]*|[一二两三四五六七八九十])[零〇一二两三四五六七八九十百千万亿点]*(?:元|块钱|块)?`)

// belowZero is the words of a sum that is less than nothing, empty where there is none.
func belowZero(text string) string {
	for _, at := range reBelow.FindAllStringIndex(text, 8) {
		word := text[at[0]:at[1]]
		if last, _ := utf8.DecodeLastRuneInString(word); strings.ContainsRune("百千万亿元块钱", last) || reFigureEnd.MatchString(text[at[1]:]) {
			return word
		}
	}
	return ""
}

// noSum is the words of an amount or quantity that nothing can be sold for, empty where there is none: 0元, -1台, 负四十五万.
func noSum(text string) string {
	return orElse(strings.TrimSpace(strings.TrimLeft(reNoQuote.FindString(text), "价计共为是到成:：,，")), belowZero(text))
}
