package main

import (
	"slices"
	"strconv"
	"strings"

	"salesflow/store/sales"
)

// rowChoice is which rows of a preview are to be written.
type rowChoice struct {
	states []string
	spans  [][2]int64
}

func chosen(choice string) rowChoice {
	switch choice {
	case sales.ChooseGood:
		return rowChoice{states: []string{sales.RowGood}}
	case sales.ChooseAlike:
		return rowChoice{states: []string{sales.RowGood, sales.RowAlike}}
	}
	c := rowChoice{states: []string{sales.RowGood, sales.RowAlike}}
	for part := range strings.SplitSeq(choice, ",") {
		from, to, ok := strings.Cut(part, "-")
		if !ok {
			to = from
		}
		a, err1 := strconv.ParseInt(from, 10, 64)
		b, err2 := strconv.ParseInt(to, 10, 64)
		if err1 == nil && err2 == nil {
			c.spans = append(c.spans, [2]int64{min(a, b), max(a, b)})
		}
	}
	return c
}

func (c rowChoice) has(no int64) bool {
	return len(c.spans) == 0 || slices.ContainsFunc(c.spans, func(s [2]int64) bool { return no >= s[0] && no <= s[1] })
}

// bigImport is from how many rows the end of an import is told in words too: whoever began it does other things by then.
const bigImport = 1000
