package sales

// platformNames are the chat platforms, by the key that stands in rows.
var platformNames = map[string]string{"wecom": "企业微信", "dingtalk": "钉钉"}

// PlatformName is a chat platform in Chinese; "" for a key that is none.
func PlatformName(key string) string { return platformNames[key] }
