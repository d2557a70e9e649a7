package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"salesflow/bot/api"
	"salesflow/store/sales"
)

// Custom implements api.Customs.
func (c *company) Custom() *sales.Custom { return c.custom }

// Values implements api.Customs.
func (c *company) Values(_ context.Context, _ api.Caller, _ string, records []sales.ID) (map[sales.ID]api.Custom, error) {
	return map[sales.ID]api.Custom{records[0]: {"grade": "甲"}}, nil
}

// SetValues implements api.Customs.
func (c *company) SetValues(_ context.Context, r api.Request, _ string, record sales.ID, values api.Custom) (api.Custom, error) {
	if record != 1 {
		return nil, sales.Errorf(sales.NotFound, "没有这条记录。")
	}
	return once(c, r, values)
}

// Records implements api.Customs.
func (c *company) Records(_ context.Context, _ api.Caller, q api.Query, kind string) (out []sales.CustomRecord, _ error) {
	for _, id := range ids(q, 3) {
		out = append(out, sales.CustomRecord{ID: id, Kind: kind, No: "SB0001", PersonID: 7, Day: sales.DayOf(now), FiledAt: sales.At(now)})
	}
	return out, nil
}

// CreateRecord implements api.Customs.
func (c *company) CreateRecord(_ context.Context, r api.Request, in api.NewRecord) (sales.CustomRecord, api.Custom, error) {
	rec, err := once(c, r, sales.CustomRecord{ID: 9, Kind: in.Kind, No: "SB0002", PersonID: 7, Day: sales.DayOf(now), FiledAt: sales.At(now)})
	return rec, in.Custom, err
}

func TestCustomFieldsAreInListsAndInTheDocument(t *testing.T) {
	t.Parallel()
	c := newCompany()
	c.custom = &sales.Custom{Fields: []sales.CustomField{
		{Object: "customer", Key: "grade", Name: "信用等级", Type: sales.CustomChoice, Options: []string{"甲", "乙"}},
	}}
	h := server(c, wide)
	if a := send(h, "GET", "/customers?limit=1", serviceToken, "", ""); !strings.Contains(a.body, `"custom":{"grade":"甲"}`) {
		t.Errorf("the list has no custom field: %s", a.body)
	}
	if a := send(h, "GET", "/openapi.json", "", "", ""); !strings.Contains(a.body, "信用等级") || !strings.Contains(a.body, "CustomerCustom") {
		t.Error("the document does not describe the custom field")
	}
	for body, want := range map[string]int{
		`{"custom":{"grade":"乙","left":null,"n":12.5}}`: http.StatusOK,
		`{"custom":{}}`:              http.StatusUnprocessableEntity,
		`{"custom":{"grade":["乙"]}}`: http.StatusUnprocessableEntity,
		`{"custom":{"grade":"` + strings.Repeat("长", 301) + `"}}`: http.StatusUnprocessableEntity,
	} {
		if a := send(h, "PATCH", "/custom/customer/1", serviceToken, fmt.Sprintf("custom-%04d", len(body)), body); a.status != want {
			t.Errorf("%.60s: %d %s, want %d", body, a.status, a.body, want)
		}
	}
}
