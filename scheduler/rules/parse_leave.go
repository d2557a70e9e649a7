package rules

// leaveWords say that time in which who a record waits for is on leave does not count.
var leaveWords = []string{
	",请假不算", "请假不算", ",请假的时间不算", "请假的时间不算", ",请假时间不算", "请假时间不算", ",不算请假", "不算请假", "(请假不算)", "(请假的时间不算)", "(不算请假)",
}

// leaveOut takes an optional 请假不算 behind a span that can stand still, and reports whether it was there.
func (p *parser) leaveOut(set *bool) bool {
	if p.maybe(leaveWords...) == "" {
		return false
	}
	*set = true
	return true
}

// misplaced refuses 请假不算 where no time runs that a leave could hold up, and says what to write instead.
func (p *parser) misplaced() bool {
	from := p.pos
	if p.maybe(leaveWords...) == "" {
		return false
	}
	p.pos = from
	t := p.rule.Trigger
	msg, fix := "请假不算 只能跟在等了多久后面", "去掉 请假不算"
	switch {
	case t.Kind == Enters && t.Span.IsZero():
		msg, fix = "请假不算 要有多长时间才能算", "写成 当 "+t.Object.Name+" 进入 "+t.State.Name+" 超过 2个工作日 请假不算"
	case t.Kind == Reaches:
		msg = "日子到没到跟请不请假没关系"
		if t.Span.N > 0 && t.Object.StateField() != nil && len(t.Object.StateField().Options) > 0 {
			fix = "去掉 请假不算,或者从进入状态那天算,例如 当 " + t.Object.Name + " 进入 " + t.Object.StateField().Options[0].Name + " 超过 2个工作日 请假不算"
		}
	case t.Kind == Scheduled:
		msg = "到点就看,跟请不请假没关系"
		if t.Object.Key != ObjectCompany {
			fix = "去掉 请假不算;要算等了多久,写成 当 " + t.Object.Name + " 超过 30天 没有 … 请假不算"
		}
	case t.Kind == Repeats:
		msg = "数次数跟请不请假没关系"
	case p.rule.If != nil || len(p.rule.Unless) > 0 || t.Kind == Enters:
		fix = "写在时长后面,例如 超过 2个工作日 请假不算,或 且 2个工作日内 没有 … 请假不算"
	}
	p.fail(msg, fix)
	return true
}
