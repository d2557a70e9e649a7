package rules

import (
	"regexp"
	"slices"
	"strings"
)

// idiom is a way of saying something that is no form of the language, with the forms it may mean, the likeliest first. A mend by one
// counts only when the whole text reads then, as every mend does.
type idiom struct {
	said *regexp.Regexp
	mean []string
}

var idioms = []idiom{
	// 当 商机 在 方案提交 超过10天, 当 商机 到了 赢单
	{regexp.MustCompile(`^(\s*(?:如果|每当|当)?\s*\S+?)\s*(?:一直)?(?:在|卡在|停留在|到达|到)\s*(\S+?)(\s*(?:超过|满|则|且|,))`), []string{"$1 进入 $2$3"}},
	// 当 回款 到账 则, 当 客户 新增 则
	{regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)\s+(?:到账|来了|进来|进账|收到|有了|新增|提交|新建|登记|录入)(?:了|后|时)?(\s*(?:则|且|,))`), []string{"$1 登记 $2$3"}},
	{regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(?:收到|来了|有了|提交|录入)\s*(\S+?)(\s*(?:则|且|,))`), []string{"$1 登记 $2$3"}},
	// 当 商机 输单 则
	{regexp.MustCompile(`^(\s*(?:如果|每当|当)?\s*\S+?)\s+(\S+?)(?:了|后|时)?(\s*(?:则|且|,))`), []string{"$1 进入 $2$3"}},
	// 当 登记 投诉 且 2小时内 没有 受理
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*登记\s*(\S+?)\s*(?:且|并且)\s*(\S+?)之?内\s*(?:没有?人?|还没有?人?|未)\s*(?:受理|处理|接)`),
		[]string{"$1 $2 进入 待受理 超过 $3", "$1 $2 进入 待接单 超过 $3"},
	},
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(?:登记|提交)\s*(\S+?)\s*(?:且|并且)\s*(\S+?)之?内\s*(?:没有?人?|还没有?人?|未)\s*(?:审批|审|批|处理)`),
		[]string{"$1 $2 进入 待审批 超过 $3"},
	},
	// 当 发货 没签收 超过 7天, 当 样品 寄出 5天 没反馈
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)\s*(?:还|一直)?(?:没有?人?|未)(?:签收|反馈|受理|审批|审|批|接单|接|确认|处理|回)\s*(?:超过|满)?\s*(\S+?)(\s*(?:则|且|,))`),
		[]string{"$1 $2 进入 待受理 超过 $3$4", "$1 $2 进入 待审批 超过 $3$4", "$1 $2 进入 在途 超过 $3$4", "$1 $2 进入 已送达 超过 $3$4", "$1 $2 进入 待接单 超过 $3$4", "$1 $2 进入 待确认 超过 $3$4"},
	},
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)\s*(寄出|送达|受理|退回|通过)了?(?:以?后)?\s*(\S+?)(?:内|还|都|了)?\s*(?:没有?人?|未)(?:签收|反馈|受理|审批|审|批|接单|接|确认|处理|回|动|结果|办结)(\s*(?:则|且|,))`),
		[]string{"$1 $2 进入 已$3 超过 $4$5"},
	},
	// 当 报价 快到期 3天, 当 待办 逾期 2天
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)\s*(?:快|还有|快要)?\s*(?:到期|过期)(?:还有|前|还剩)?\s*(\S+?)(\s*(?:则|且|,))`),
		[]string{"$1 $2.到期日 前 $3$4", "$1 $2.有效期 前 $3$4"},
	},
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)\s*(?:逾期|超期|过期)了?\s*(?:超过|满)?\s*(\S+?)(\s*(?:则|且|,))`),
		[]string{"$1 $2.应付日 过后 $3$4", "$1 $2.到期日 过后 $3$4", "$1 $2.有效期 过后 $3$4"},
	},
	// 当 合同 金额大于100万 则
	{
		regexp.MustCompile(`^(\s*(?:如果|每当|当)?)\s*(\S+?)(?:的|\.|\s)\s*(\S+?\s*(?:大于|超过|高于|不低于|小于|低于|不超过|等于|[><=≥≤]|是)\s*\S+?)(\s*(?:则|且|,))`),
		[]string{"$1 登记 $2 且 $3$4"},
	},
	// 级别是A或KA
	{
		regexp.MustCompile(`(\S*级别)\s*(?:是|为|=|属于)\s*(KA|[ABC])\s*类?\s*(?:或者?|、|和|及)\s*(KA|[ABC])类?`),
		[]string{"$1 属于 ($2、$3)"},
	},
	// 超过30天没有拜访,级别是A
	{regexp.MustCompile(`([^则"]*?[^则",\s])\s*,\s*([^则"]*?则)`), []string{"$1 且 $2"}},
}

var (
	reHis   = regexp.MustCompile(`^(?:他们|他|她|其)`)
	reNamed = regexp.MustCompile(`(?:推送给|推送|通知|提醒|告诉|抄送给|抄送|给|、|和|及|\s)([\p{Han}]+)\s*(?:、|和|及)\s*$`)
	reMe    = regexp.MustCompile(`^(?:我自己|我本人|我)`)
	reTopic = regexp.MustCompile(`^[\p{Han}A-Za-z0-9]{1,20}`)
)

// reBegin is where a rule begins behind its name.
var reBegin = regexp.MustCompile(`(?:^|[:：\n])\s*(当|如果|每当)`)

// pronouns are texts in which who or what is meant stands at the place of a problem: the writer's name for 我, whose superior 他的主管
// is, quotation marks around a topic of one's own.
func (m *mender) pronouns(text string, p *Problem) []string {
	runes := []rune(text)
	at := min(p.at, len(runes))
	before, behind := string(runes[:at]), string(runes[at:])
	var out []string
	if me := reMe.FindString(behind); me != "" && m.names.Me != "" {
		out = append(out, before+m.names.Me+strings.TrimPrefix(behind, me))
	}
	if his := reHis.FindString(behind); his != "" {
		whose := []string{"负责人", "本人"}
		if m := reNamed.FindStringSubmatch(before); m != nil { // 法务、他的主管: of who was named just before
			whose = m[1:2]
		}
		for _, who := range whose {
			out = append(out, before+who+strings.TrimPrefix(behind, his))
		}
	}
	if slices.Contains(p.words, ownTopic) {
		if topic := reTopic.FindString(behind); topic != "" {
			out = append(out, before+"\""+topic+"\""+strings.TrimPrefix(behind, topic))
		}
	}
	return out
}

// idioms are texts in which what people say of the trigger and its conditions stands as the language says it.
func (m *mender) idioms(text string) []string {
	var out []string
	name, head := "", text
	if i := reBegin.FindStringSubmatchIndex(text); i != nil {
		name, head = text[:i[2]], text[i[2]:]
	}
	for _, x := range idioms {
		found := x.said.FindStringSubmatchIndex(head)
		if found == nil {
			continue
		}
		for _, mean := range x.mean {
			said := name + head[:found[0]] + strings.TrimSpace(string(x.said.ExpandString(nil, mean, head, found))) + head[found[1]:]
			if said != text && !slices.Contains(out, said) {
				out = append(out, said)
			}
		}
	}
	return out
}
