// Package model says whom the rules of the pack are to tell of what and when, from what docs/rules.md promises and from
// nothing else: it imports no package of the program, has a calendar of its own, and works with lists and loops. What it
// expects is compared with what the program did.
//
// At one instant what is due comes first, then what people do, then what follows from that at once.
package model
