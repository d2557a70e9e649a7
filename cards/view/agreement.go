package view

import (
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// AgreementPaper is an agreement as any record under approval; versions are those kept so far, the first one first.
func AgreementPaper(v Agreement, versions []sales.AgreementVersion, r approval.Request) Paper {
	p := Paper{Object: "agreement", ID: v.Agreement.ID, No: v.Agreement.No, Owner: v.Agreement.OwnerID, Request: r, Customer: v.Customer}
	p.Says = v.says(sales.AgreementVersion{})
	if n := len(versions); n > 0 {
		last := versions[n-1]
		p.Says = v.says(last)
		if n > 1 {
			v.Changes = DiffOf(versions[n-2], last)
		}
		for _, x := range append(last.Values, last.Results...) {
			p.Detail = append(p.Detail, x.Field+" "+x.Value)
		}
		p.Detail = append(p.Detail, "文件指纹 "+last.SHA256)
	}
	p.Fields = v.fields()
	if last := lastDecision(r); last.Comment != "" && (r.State == approval.Rejected || r.State == approval.Returned) {
		p.Note = "原因:" + clip(last.Comment, 80) + "。"
	}
	if r.State == approval.Pending {
		p.Note = "全文发:附件 " + v.Agreement.No + "。"
	}
	return p
}

// DiffOf are the changes from one version to another.
func DiffOf(x, y sales.AgreementVersion) []sales.Change {
	return append(sales.DiffValues(x.Values, y.Values), sales.DiffValues(x.Results, y.Results)...)
}

// ShortOrNothing is an amount in short, empty for none.
func ShortOrNothing(m sales.Money) string {
	if m == 0 {
		return ""
	}
	return m.Short()
}
