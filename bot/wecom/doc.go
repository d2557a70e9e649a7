// Package wecom speaks WeCom (企业微信): the self-built app (自建应用) for single chats, app-made groups and webhook robots
// for pushes into groups, and the intelligent robot (智能机器人) for what is said to the bot in a group.
//
// On the way in it verifies, decrypts and decodes; on the way out it renders and sends. It must not know handlers,
// records or storage. Wire facts are from developer.work.weixin.qq.com/document/path/…; the number of the page stands
// where a fact is used.
package wecom
