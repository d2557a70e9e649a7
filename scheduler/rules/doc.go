// Package rules is the language in which a company writes what must not be forgotten:
//
//	当 合同 进入 待审批 超过 48小时 且 未处理 则 推送 法务主管、销售总监 并 创建待办
//	再过 24小时 则 推送 总经理
//
// A rule has a trigger, conditions, and steps of actions with delays between them. Parse reads one against a Schema, which
// says what objects, fields, states and actions there are, and Names, which says who and what a company has; what is wrong
// is reported with its place and what to write instead. Words reads a rule back as a person would say it. Holds evaluates
// the conditions over a record's values. The grammar, one line per form, is in docs/rules.md.
//
// The package is pure: it knows neither store nor chat nor clock.
package rules
