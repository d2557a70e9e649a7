// Package dingtalk speaks DingTalk (钉钉): one app of one company (企业内部应用) with a bot in stream mode (Stream 模式),
// cards of one template, to-dos (待办), files and the contacts.
//
// On the way in it decodes frames of the stream and acknowledges them once they are kept; on the way out it renders and
// sends, as cards, through the reply address of a message (sessionWebhook), or through the robot API, by what the
// month's budget of calls allows. It must not know handlers, records or storage.
package dingtalk
