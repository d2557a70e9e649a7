package wecom

import (
	"context"
	"slices"
	"strings"
)

const (
	whereApproval = "管理后台 → 协作 → 审批 → API → 可调用接口的应用,加上这个应用"
	whereControls = "管理后台 → 协作 → 审批 → 模板,核对模板 ID 和控件;流程的 place.fields 里写控件 ID"
)

// CheckApproval reads a template of 审批 and says which of the configured controls it has, and which controls must be filled
// and are not. It creates nothing.
func (a *Adapter) CheckApproval(ctx context.Context, template string, controls []string) []Finding {
	var out struct {
		Content struct {
			Controls []struct {
				Property struct {
					Control string `json:"control"`
					ID      string `json:"id"`
					Require int    `json:"require"`
					Title   []struct {
						Text string `json:"text"`
					} `json:"title"`
				} `json:"property"`
			} `json:"controls"`
		} `json:"template_content"`
	}
	if err := a.api.post(ctx, "oa/gettemplatedetail", map[string]string{"template_id": template}, &out); err != nil {
		return []Finding{a.found(err, "", "读不到审批模板", whereApproval)}
	}
	var ids, known []string
	for _, c := range controls {
		_, id, ok := strings.Cut(c, "/")
		if !ok {
			id = c
		}
		ids = append(ids, id)
	}
	var found []Finding
	for _, c := range out.Content.Controls {
		known = append(known, c.Property.ID)
		title := c.Property.ID
		if len(c.Property.Title) > 0 {
			title = oneLine(c.Property.Title[0].Text, 60) + "(" + short(c.Property.ID) + ")"
		}
		if c.Property.Require == 1 && !slices.Contains(ids, c.Property.ID) {
			found = append(found, Finding{What: "审批模板里必填的 " + title + " 没有配,提交会被拒", Where: whereControls})
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			found = append(found, Finding{What: "审批模板里没有控件 " + short(id), Where: whereControls})
		}
	}
	if len(found) == 0 {
		found = append(found, Finding{OK: true, What: "审批模板和控件对得上"})
	}
	return found
}
