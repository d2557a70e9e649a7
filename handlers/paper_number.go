package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

var (
	rePaperNo = regexp.MustCompile(`^(?i)([a-z]{1,8}(?:-?\d{2,8})?-\d{1,6})`)
	reShortNo = regexp.MustCompile(`^([AaBbTtSs]?)(\d{1,4})(?:号)?(?:[\s,，:：、]|$)`)
)

// numbering is how papers of a kind are numbered.
func (a *App) numbering(k approval.Kind) sales.Numbering {
	n := a.Settings.Numbers[k]
	if n != "" {
		return n
	}
	head := map[approval.Kind]string{approval.Quote: "BJ", approval.SpecialPrice: "TJ", approval.Agreement: "JX", approval.General: "SQ"}[k]
	if head == "" {
		head = a.Settings.ContractSeries
	}
	return sales.Numbering(head + "{year}-{seq:3}")
}

// nextNo takes the next number of a kind of paper.
func (a *App) nextNo(ctx context.Context, t bot.Turn, tx Tx, k approval.Kind) (string, error) {
	scheme := a.numbering(k)
	series := string(k) + ":" + scheme.Prefix(t.Today)
	if scheme == sales.Numbering(a.Settings.ContractSeries+"{year}-{seq:3}") && k == approval.Contract { // as it was before schemes
		series = "contract:" + strconv.Itoa(t.Today.Year())
	}
	n, err := tx.NextNumber(ctx, series)
	if err != nil {
		return "", err
	}
	return scheme.No(t.Today, n), nil
}

// paperKinds are the kinds of papers that have numbers, contracts last, which take every other number.
var paperKinds = []approval.Kind{approval.Quote, approval.SpecialPrice, approval.Agreement, approval.General, approval.Contract}

// cutPaperNo splits "HT2026-018 价格太低" into the kind of paper, its number and the rest. A12 and 12 are contracts of this
// year, B12 a quote, T12 a special price.
func (a *App) cutPaperNo(args string, today sales.Day) (k approval.Kind, no, rest string) {
	args = strings.TrimSpace(args)
	k = approval.Contract
	if m := rePaperNo.FindString(args); m != "" {
		i := strings.LastIndex(m, "-")
		head, num := strings.ToUpper(m[:i]), m[i+1:]
		letters := strings.TrimRight(head, "-0123456789")
		for _, kind := range paperKinds {
			if a.numbering(kind).Letters() == letters {
				k = kind
				break
			}
		}
		n, _ := strconv.Atoi(num)
		no, rest = head+"-"+padded(a.numbering(k), n), args[len(m):]
	} else if m := reShortNo.FindStringSubmatch(args); m != nil {
		n, _ := strconv.ParseInt(m[2], 10, 64)
		switch strings.ToUpper(m[1]) {
		case "B":
			k = approval.Quote
		case "T":
			k = approval.SpecialPrice
		case "S":
			k = approval.General
		}
		no, rest = a.numbering(k).No(today, n), args[len(m[0]):]
	} else {
		rest = args
	}
	return k, no, strings.Trim(rest, " \n\t,，:：、")
}

// padded is a number in a series, as wide as the scheme writes it.
func padded(scheme sales.Numbering, n int) string {
	s := scheme.No(sales.Day{}, int64(n))
	return s[strings.LastIndex(s, "-")+1:]
}

// cutContractNo is cutPaperNo for contracts alone; no is empty for another paper's.
func (a *App) cutContractNo(args string, today sales.Day) (no, rest string) {
	k, no, rest := a.cutPaperNo(args, today)
	if no != "" && k != approval.Contract {
		return "", strings.TrimSpace(args)
	}
	return no, rest
}
