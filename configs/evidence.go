package configs

import (
	"fmt"
	"time"
)

// Audit is how long the trace (留痕) is kept.
type Audit struct {
	// Keep is after how long rows of the trace are removed; 0: never. What proves the younger rows stays.
	Keep time.Duration `yaml:"keep"`
}

// minAuditKeep is the shortest time the trace is kept.
const minAuditKeep = 365 * 24 * time.Hour

func (a Audit) check(report reporter) {
	if a.Keep != 0 && a.Keep < minAuditKeep {
		report("audit.keep", fmt.Sprintf("%s is less than %s", spanText(a.Keep), spanText(minAuditKeep)), "write 0 to keep the trace for ever, or a year or more, such as 26280h")
	}
}
