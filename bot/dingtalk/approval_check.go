package dingtalk

import (
	"context"
	"fmt"
	"time"

	"salesflow/bot"
)

const whereProcess = "钉钉管理后台 → OA审批 → 表单,地址里的 processCode;开发者后台 → 权限管理,加工作流实例的读、写权限"

// CheckApproval asks for the last hour's instances of a form, which tells whether OA审批 may be called and knows the form. It
// creates nothing; whether the fields' names fit, only an instance tells.
func (a *Adapter) CheckApproval(ctx context.Context, process string) []Finding {
	now := a.opt.Now()
	_, err := a.FindApproval(ctx, bot.NativeSearch{Template: process, Since: now.Add(-time.Hour), Until: now})
	return []Finding{a.found(err, fmt.Sprintf("OA审批可以调用(%s)", id(process)), "OA审批调不了", whereProcess)}
}
