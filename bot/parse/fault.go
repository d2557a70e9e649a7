package parse

import "strings"

const (
	// faultVerbs are what machines do and fail to do: 充不进, 开不了, 连不上.
	faultVerbs = "充开打连转启关读测显刷扫装拧盖吸抽喷洗用动亮点吹拉推插放按拔夹检印切磨钻照拍录播投触登加制升降接"
	faultEnds  = "进出了上开动起住着亮准灵通响紧清到平稳热冷牢满"
)

// broken finds a verb with a failure in runes i to j: 充不进电, 没反应, 开不了机.
func (m *message) broken(i, j int) int {
	for k := i + 1; k+1 < j; k++ {
		if m.r[k] == '不' && !m.used[k] && strings.ContainsRune(faultVerbs, m.r[k-1]) && strings.ContainsRune(faultEnds, m.r[k+1]) &&
			m.any(k-1, "用不着", "用不上", "用不到", "放不了假", "动不动", "接不接", "打不打", "装不了那么", "加不了", "降不了", "降不下", "打不过", "接不了") < 0 {
			return k - 1
		}
	}
	return -1
}
