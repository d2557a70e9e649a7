package view

import "strings"

// PushPref is what is shown of a person's settings for pushes (推送设置), in words.
type PushPref struct {
	// Company is when the company leaves everybody in peace.
	Company                string
	Quiet, Gather, Channel string
}

// PushPrefText shows the settings.
func PushPrefText(v PushPref) string {
	return strings.Join([]string{
		"推送设置:", "· 公司静默 " + v.Company + ",攒到上班一起发", "· 免打扰 " + v.Quiet, "· 平时 " + v.Gather, "· 走 " + v.Channel, "标了紧急的都照发。",
	}, "\n")
}
