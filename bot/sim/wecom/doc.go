// Package wecom simulates WeCom (企业微信) on its own wire protocols: the cgi-bin API of a self-built app with encrypted
// XML callbacks, app-created group chats, webhook robots, and the intelligent robot's (智能机器人) WebSocket. On the other
// side it is a sim.Simulator: the phones of the simulated company.
//
// It is strict where the platform is strict. What the vendor's pages leave open is decided here, once, at the place named:
//
//   - spacing of callback retries: Options.RetryAfter; a retry carries a new nonce and ciphertext (Options.SameNonce: not);
//   - an agentid written as a string: refused unless Options.AcceptStringAgentID;
//   - a send suppressed by enable_duplicate_check: errcode 0 without msgid or response_code (send.go);
//   - a robot message while no socket is connected is lost (Options.RobotBacklog: kept for a while);
//   - encryption of a robot's files: sealMedia (crypto.go);
//   - errcodes of the robot's socket other than 846605 (robot_reply.go).
//
// The package knows nothing of any bot. Expiry of tokens, codes and media follows Options.Clock; answer deadlines run on
// real timers.
package wecom
