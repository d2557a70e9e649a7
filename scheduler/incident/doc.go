// Package incident is what a rule has found and does not let go of: one thread for a rule and a record, with who was told at
// which level, who took it up, who put it off, how it ended, and why something was not sent. Next says what is due and when,
// without clock or store. Book holds the rules that are in force, understood, and those that open incidents began with. A
// Case is an incident with its rule and its record; what people do about one is done to it, by chat or by the clock.
package incident
