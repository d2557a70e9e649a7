// Package fault breaks the program on purpose while people use it, and then counts: what was said on both platforms, what
// of it was acknowledged, recorded, answered and pushed, and what is missing or there twice.
//
// What counts as lost: something the program acknowledged that left no record, a record without its answer on the phone,
// a reminder that is due and did not come, a tap without its effect. What counts as twice: two records of one message, or
// two answers or reminders on a phone. The one exception is a delivery whose first attempt had no recorded outcome,
// because the process died between the platform's taking it and the note of that: the outbox marks its repetition, and it
// is counted apart.
package fault
