package view_test

import (
	"strings"
	"testing"

	"salesflow/cards/view"
	"salesflow/store/sales"
)

// A card of WeCom shows 160 characters of a note: of the list of differences every line that has a button must be among them.
func TestEveryDifferenceOfAPageIsReadOnAPhone(t *testing.T) {
	t.Parallel()
	kinds := []string{
		sales.GapPaper, sales.GapStill, sales.GapUnseen, sales.GapERPSilent, sales.GapERPRejected, sales.GapERPAmount, sales.GapERPShipped,
		sales.GapERPInvoiced, sales.GapERPGoods, sales.GapERPLost, sales.GapERPExtra, sales.GapQuote, sales.GapNativeLost, sales.GapNativeLate, sales.GapUnapproved,
	}
	for _, kind := range kinds {
		g := view.GapLine{Gap: sales.Gap{Kind: kind, ContractID: 5, No: "HT2026-018", CustomerID: 7, Amount: 128 * sales.Wan, Note: strings.Repeat("因", 60)}, Who: "欧阳若兰", Own: true, Mine: true}
		switch kind {
		case sales.GapERPAmount, sales.GapERPInvoiced, sales.GapERPGoods, sales.GapQuote:
			g.Theirs = 127 * sales.Wan
		}
		v := view.Align{
			Person: 9, Scope: "周敏", Token: "me", List: []view.GapLine{g, g, g}, Open: 7, More: true,
			Customer: func(sales.ID) string { return "浙江省绍兴市立第二人民医院" },
		}
		c := view.AlignCard(v)
		if n := len([]rune(c.Note)); n > 160 {
			t.Errorf("%s: %d characters:\n%s", kind, n, c.Note)
		}
		for _, want := range []string{"1. ", "2. ", "3. ", "HT2026-018", "→你", "怎么办:对齐 HT2026-018"} {
			if !strings.Contains(c.Note, want) {
				t.Errorf("%s: no %q in\n%s", kind, want, c.Note)
			}
		}
		deal := view.AlignDealCard(view.AlignDeal{Contract: sales.Contract{No: "HT2026-018", Amount: 128 * sales.Wan}, List: []view.GapLine{g}, Person: 9})
		if !strings.Contains(deal.Note, g.Advice()) || len([]rune(deal.Note)) > 160 {
			t.Errorf("%s: the deal says\n%s", kind, deal.Note)
		}
	}
}
