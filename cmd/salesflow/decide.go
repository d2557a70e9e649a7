package main

import (
	"salesflow/store/sales"
)

// decide registers what the scheduler decides.
func (p *program) decide(cal *sales.Calendar) {}
