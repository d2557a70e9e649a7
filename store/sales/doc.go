// Package sales is the centre: the business records of a sales team and the rules that need nothing but the record, a
// date and a calendar. Money is in fen, instants are UTC, business days are days in Asia/Shanghai.
//
// It must not know storage, chat platforms, cards or configuration.
package sales
