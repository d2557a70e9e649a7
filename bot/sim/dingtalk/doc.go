// Package dingtalk is a DingTalk (钉钉) that runs in the process: the Stream gateway with its WebSocket, the robot, card,
// to-do, contacts and approval calls, media, and the phones of a small company at the other end.
//
// A bot that talks to it cannot tell the difference but for the base URL. Where DingTalk is strict the simulator is
// strict, with the documented error codes; what a real tenant would only complain about (a card updated while its own
// callback waits for the answer) is kept as a violation that a test can ask for. What the documents leave open is an
// option, never a rule.
//
// Two kinds of time are told apart. Tokens, tickets, webhooks and quotas expire by Options.Clock, the simulated one, so
// that a demo can be advanced by days. The 2 seconds a card callback may take, redelivery and the rate per second are
// real time, because the program that answers runs in real time.
//
// The package knows nothing of the bot: it imports bot/sim only.
package dingtalk
