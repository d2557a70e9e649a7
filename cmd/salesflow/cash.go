package main

import (
	"salesflow/handlers"
	"salesflow/store/sales"
)

// cashSettings are the numbers between contract and payment as the handlers take them.
func cashSettings() handlers.CashSettings {
	return handlers.CashSettings{Tolerance: sales.DefaultTolerance, TermDays: 30, StatementDiff: 5}
}
