package parse

import (
	"slices"
	"strings"
)

const (
	// faultVerbs are what machines do and fail to do: 充不进, 开不了, 连不上.
	faultVerbs = "缩弹合锁贴粘卡停充开打连转启关读测显刷扫装拧盖吸抽喷洗用动亮点吹拉推插放按拔夹检印切磨钻照拍录播投触登加制升降接"
	faultEnds  = "过进出了上开动起住着亮准灵通响紧清到平稳热冷牢满"
)

// broken finds a verb with a failure in runes i to j: 充不进电, 没反应, 开不了机.
func (m *message) broken(i, j int) int {
	for k := i + 1; k+1 < j; k++ {
		if k > i+1 && m.r[k] == '不' && m.at(k-2) == m.at(k+1) && m.at(k-1) == m.at(k+2) {
			continue // 开放不开放
		}
		if m.r[k] == '不' && !m.used[k] && strings.ContainsRune(faultVerbs, m.r[k-1]) && strings.ContainsRune(faultEnds, m.r[k+1]) &&
			m.any(k+1, "进货", "出货", "上班", "到货", "到账", "准备", "热情", "清楚", "上门") < 0 && m.any(k-1, "用不过来", "用不着", "用不上", "用不到", "放不了假", "动不动", "接不接", "打不打", "装不了那么", "加不了", "降不了", "降不下", "打不过", "接不了", "装不起", "用不起", "打不起") < 0 {
			return k - 1
		}
	}
	return -1
}

// ailing finds a trouble that comes again and again (老是闪, 又跳), something that does not come out (没声音, 没画面), readings
// that drift, or the wish that somebody comes to mend, where a product is spoken of; -1 for none.
func (m *message) ailing(i, j int) int {
	if !slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= i && p.i < j && !p.past }) {
		return -1
	}
	for k := i; k < j; k++ {
		if m.used[k] || m.denied(k) || m.before(k, "会不会", "怕", "担心", "万一") {
			continue
		}
		if e := m.any(k, "老是", "总是", "经常", "动不动", "时不时", "突然", "忽然", "又", "老", "一直"); e > 0 {
			for n := e; n < min(j, e+2); n++ {
				if strings.ContainsRune("闪跳断卡停黑漏响抖漂飘死串烫糊坏裂", m.r[n]) && m.any(n, "断货", "停产", "停车", "停工", "卡片", "响应", "跳票", "停电", "断供", "漏洞", "死心") < 0 {
					return k
				}
			}
		}
		if e := m.any(k, "没有", "没", "不出"); e > 0 && m.any(e, "声音", "声儿", "画面", "图像", "信号", "显示", "输出", "动静", "温度", "结果出来", "反应") > 0 {
			return k
		}
		if m.any(k, "数据漂", "结果漂", "数据飘", "结果飘", "数值漂", "重复性差", "来人修", "派人修", "派人来修", "找人修", "过来修", "上门修", "来人看", "派人来看", "派人去看") > 0 {
			return k
		}
	}
	return -1
}

// someRival finds a supplier without a name who makes an offer: 有家本地厂…报360, 另外一个牌子给到….
func (m *message) someRival(i, j int) int {
	for k := i; k < j; k++ {
		e := m.any(k, "有家", "有一家", "有个", "有一个", "另外一个", "另一个", "还有家", "又来了一家", "来了一家")
		if e < 0 || m.used[k] {
			continue
		}
		end := min(j, e+8)
		if at := m.find(e, end, "的"); m.any(e, "叫") > 0 && at >= 0 && m.has(at, min(j, at+8), "报", "卖", "抢", "推", "进场", "便宜") && !m.has(i, j, newCues...) {
			return k // 有个叫安图的也来报了
		}
		if at := m.find(e, end, "厂", "公司", "牌子", "供应商", "代理", "品牌", "经销商", "贸易商", "同款", "地的", "产的", "口的", "做的", "省的", "市的"); at >= 0 && m.has(at, min(j, at+14), "报", "给到", "给的", "卖", "价", "便宜", "送", "抢", "推") && !m.has(i, j, newCues...) {
			return k
		}
	}
	return -1
}
