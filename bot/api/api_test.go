package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot/api"
	"salesflow/store/sales"
)

var now = time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)

const (
	serviceToken = "sf_service"
	personToken  = "sf_zhoumin"
	readToken    = "sf_reader"
)

// company answers as a small company would.
type company struct {
	mu     chan struct{}
	done   map[string]string // key → hash
	made   int
	custom *sales.Custom
}

func newCompany() *company { return &company{mu: make(chan struct{}, 1), done: map[string]string{}} }

func allScopes() sales.List[string] {
	var out sales.List[string]
	for _, o := range []string{"customers", "visits", "todos", "opportunities", "contracts", "shipments", "invoices", "payments", "erp", "events", "fields", "records"} {
		out = append(out, o+":read", o+":write")
	}
	return out
}

// Caller implements api.Callers.
func (c *company) Caller(_ context.Context, hash string) (api.Caller, error) {
	switch hash {
	case api.TokenHash(serviceToken):
		return api.Caller{Token: sales.APIToken{ID: 1, Scopes: allScopes()}, Sees: sales.Scope{All: true}}, nil
	case api.TokenHash(personToken):
		return api.Caller{Token: sales.APIToken{ID: 2, Scopes: allScopes()}, Person: sales.Person{ID: 7, Name: "周敏"}, Sees: sales.Only(7)}, nil
	case api.TokenHash(readToken):
		return api.Caller{Token: sales.APIToken{ID: 3, Scopes: sales.List[string]{"customers:read"}}, Sees: sales.Scope{All: true}}, nil
	}
	return api.Caller{}, sales.Errorf(sales.NotFound, "没有这个令牌。")
}

// asked are the records of a list that a query may mean.
func asked[R any](q api.Query, list []R, id func(R) sales.ID) ([]R, error) {
	if q.ID == 0 {
		return list, nil
	}
	return slices.DeleteFunc(list, func(r R) bool { return id(r) != q.ID }), nil
}

func ids(q api.Query, last int) (out []sales.ID) {
	for id := last; id > 0 && len(out) < q.Limit; id-- {
		if (q.Before == 0 || sales.ID(id) < q.Before) && (q.ID == 0 || q.ID == sales.ID(id)) {
			out = append(out, sales.ID(id))
		}
	}
	return out
}

func (c *company) Customers(_ context.Context, q api.Query) (out []sales.Customer, _ error) {
	for _, id := range ids(q, 7) {
		out = append(out, sales.Customer{ID: id, Name: fmt.Sprint("客户", id), OwnerID: 7, CreatedAt: sales.At(now), Version: 1})
	}
	return out, nil
}

func (c *company) Customer(_ context.Context, _ api.Caller, id sales.ID) (sales.Customer, []sales.Contact, error) {
	if id != 1 {
		return sales.Customer{}, nil, sales.Errorf(sales.NotFound, "没有这家客户。")
	}
	return sales.Customer{ID: 1, Name: "绍兴市立医院", CreatedAt: sales.At(now)}, []sales.Contact{{ID: 5, Name: "王主任"}}, nil
}

func (c *company) Visits(_ context.Context, q api.Query) ([]sales.Visit, error) {
	list := []sales.Visit{{ID: 1, PersonID: 7, Text: "秘密", Objection: "嫌贵", Day: sales.DayOf(now), State: sales.VisitFiled}}
	return asked(q, list, func(v sales.Visit) sales.ID { return v.ID })
}

func (c *company) Todos(_ context.Context, q api.Query) ([]sales.Todo, error) {
	return asked(q, []sales.Todo{{ID: 1, OwnerID: 7, Text: "寄样", State: "open"}}, func(t sales.Todo) sales.ID { return t.ID })
}

func (c *company) Opportunities(_ context.Context, q api.Query) ([]sales.Opportunity, error) {
	list := []sales.Opportunity{{ID: 1, Stage: sales.StageNeed, Products: sales.List[sales.ID]{4}}}
	return asked(q, list, func(o sales.Opportunity) sales.ID { return o.ID })
}

func (c *company) Products(context.Context) ([]sales.Product, error) {
	return []sales.Product{{ID: 4, Code: "P04", Name: "尿液分析仪", Unit: "台", ListPrice: 1200000, FloorPercent: 80}, {ID: 5, Name: "低速离心机"}}, nil
}

func (c *company) Contracts(context.Context, api.Query) ([]sales.Contract, error) {
	return []sales.Contract{{ID: 1, No: "HT2026-001", PrepayPercent: -1}}, nil
}

func (c *company) Events(_ context.Context, q api.Query) (out []sales.DomainEvent, _ error) {
	for id := q.Before + 1; id <= 5 && len(out) < q.Limit; id++ {
		out = append(out, sales.DomainEvent{ID: id, Kind: "visit.filed", SubjectKind: "visit", SubjectID: 1, At: sales.At(now)})
	}
	return out, nil
}

func (c *company) People(context.Context) ([]sales.Person, error) {
	return []sales.Person{{ID: 7, Name: "周敏", Active: true}}, nil
}

// once does a thing once for each key.
func once[T any](c *company, r api.Request, v T) (T, error) {
	c.mu <- struct{}{}
	defer func() { <-c.mu }()
	if hash, ok := c.done[r.Key]; ok {
		if hash != r.Hash {
			return v, api.KeyReused()
		}
		return v, nil
	}
	c.done[r.Key] = r.Hash
	c.made++
	return v, nil
}

func (c *company) CreateCustomer(_ context.Context, r api.Request, in api.NewCustomer) (sales.Customer, error) {
	if in.Name == "双胞胎" {
		return sales.Customer{}, sales.Errorf(sales.Conflict, "已有同一家客户。")
	}
	return once(c, r, sales.Customer{ID: 9, Name: in.Name, CreatedAt: sales.At(now)})
}

func (c *company) CreateVisit(_ context.Context, r api.Request, in api.NewVisit) (sales.Visit, error) {
	return once(c, r, sales.Visit{ID: 9, CustomerID: in.Customer.Record(), Day: in.Day})
}

func (c *company) CreateTodo(_ context.Context, r api.Request, in api.NewTodo) (sales.Todo, error) {
	return once(c, r, sales.Todo{ID: 9, Text: in.Text, State: "open"})
}

func (c *company) CloseTodo(_ context.Context, r api.Request, in api.CloseTodo) (sales.Todo, error) {
	if r.Match == 7 {
		return sales.Todo{}, api.Stale("刚被改过。")
	}
	return once(c, r, sales.Todo{ID: in.ID.Record(), State: in.State, Version: 3})
}

func (c *company) ChangeCustomer(_ context.Context, r api.Request, in api.ChangeCustomer) (sales.Customer, error) {
	out := sales.Customer{ID: in.ID.Record(), Name: "绍兴市立医院", CreatedAt: sales.At(now), Version: 5}
	if in.Name != nil {
		out.Name = *in.Name
	}
	return once(c, r, out)
}

func (c *company) ChangeOpportunity(_ context.Context, r api.Request, in api.ChangeOpportunity) (sales.Opportunity, error) {
	return once(c, r, sales.Opportunity{ID: in.ID.Record(), State: "open", ExpectedOn: in.ExpectedOn, Version: 2})
}

func (c *company) Pipelines(context.Context) ([]*sales.Pipeline, error) {
	return []*sales.Pipeline{sales.Standard}, nil
}

func (c *company) DealSteps(context.Context, []sales.ID) ([]sales.DealStep, error) { return nil, nil }

func (c *company) CreateOpportunity(_ context.Context, r api.Request, in api.NewOpportunity) (sales.Opportunity, error) {
	return once(c, r, sales.Opportunity{ID: 9, CustomerID: in.Customer.Record(), Amount: sales.Money(*in.AmountFen)})
}

func (c *company) MoveOpportunity(_ context.Context, r api.Request, in api.MoveOpportunity) (sales.Opportunity, error) {
	return once(c, r, sales.Opportunity{ID: in.ID.Record(), Stage: sales.Stage(in.Stage)})
}

func server(c *company, limits api.Limits) http.Handler {
	return api.New(c, c, c, c, limits, func() time.Time { return now })
}

var wide = api.Limits{PerSecond: 1e6, Burst: 1e6}

type answer struct {
	status int
	header http.Header
	body   string
}

func send(h http.Handler, method, path, token, key, body string, match ...string) answer {
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	for _, tag := range match {
		r.Header.Set("If-Match", tag)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Result().Body)
	return answer{w.Code, w.Header(), string(b)}
}

const goodCustomer = `{"name":"绍兴市立医院","phone":"0575-88001234","industry":"医疗"}`

func TestRequestsAreHeldAgainstTheirForm(t *testing.T) {
	t.Parallel()
	h := server(newCompany(), wide)
	for _, tc := range []struct {
		name, method, path, token, key, body string
		status                               int
		want                                 string
	}{
		{"没有令牌", "GET", "/customers", "", "", "", 401, `"code":"unauthorized"`},
		{"令牌不对", "GET", "/customers", "sf_nobody", "", "", 401, `"code":"unauthorized"`},
		{"没有这个权限", "GET", "/visits", readToken, "", "", 403, "visits:read"},
		{"建客户", "POST", "/customers", serviceToken, "key-0001", goodCustomer, 201, `"name":"绍兴市立医院"`},
		{"没有幂等键", "POST", "/customers", serviceToken, "", goodCustomer, 422, "Idempotency-Key"},
		{"幂等键太短", "POST", "/customers", serviceToken, "1", goodCustomer, 422, "Idempotency-Key"},
		{"少字段", "POST", "/customers", serviceToken, "key-0002", `{"name":"绍兴市立医院"}`, 422, `"field":"phone"`},
		{"多字段", "POST", "/customers", serviceToken, "key-0003", `{"name":"绍兴市立医院","phone":"1","industry":"a","owner":1}`, 422, `"field":"owner"`},
		{"类型不对", "POST", "/customers", serviceToken, "key-0004", `{"name":5}`, 422, `"field":"name"`},
		{"不是 JSON", "POST", "/customers", serviceToken, "key-0005", `{`, 400, `"code":"bad_request"`},
		{"两个 JSON", "POST", "/customers", serviceToken, "key-0006", goodCustomer + goodCustomer, 400, `"code":"bad_request"`},
		{"套得太深", "POST", "/customers", serviceToken, "key-0007", strings.Repeat("[", 100), 400, `"code":"bad_request"`},
		{"太长", "POST", "/customers", serviceToken, "key-0008", `{"name":"` + strings.Repeat("长", 61) + `","phone":"1","industry":"a"}`, 422, `"field":"name"`},
		{"太大", "POST", "/customers", serviceToken, "key-0009", strings.Repeat(" ", 300<<10), 413, `"code":"too_large"`},
		{"控制字符", "POST", "/customers", serviceToken, "key-0010", `{"name":"a\u0007b","phone":"1","industry":"a"}`, 422, `"field":"name"`},
		{"重复的客户", "POST", "/customers", serviceToken, "key-0011", `{"name":"双胞胎","phone":"1","industry":"a"}`, 409, `"code":"conflict"`},
		{"金额是必填", "POST", "/opportunities", serviceToken, "key-0012", `{"customer_id":"1"}`, 422, `"field":"amount_fen"`},
		{"金额不能负", "POST", "/opportunities", serviceToken, "key-0013", `{"customer_id":"1","amount_fen":-1}`, 422, `"field":"amount_fen"`},
		{"编号要是数字", "POST", "/visits", serviceToken, "key-0014", `{"customer_id":"x","day":"2026-03-11","text":"聊"}`, 422, `"field":"customer_id"`},
		{"日期不对", "POST", "/visits", serviceToken, "key-0015", `{"customer_id":"1","day":"2026-02-30","text":"聊"}`, 400, `"code":"bad_request"`},
		{"状态不在表里", "PATCH", "/todos/5", serviceToken, "key-0016", `{"state":"open"}`, 422, `"field":"state"`},
		{"地址里的编号", "GET", "/customers/abc", serviceToken, "", "", 422, `"field":"id"`},
		{"没有的客户", "GET", "/customers/2", serviceToken, "", "", 404, `"code":"not_found"`},
		{"多余的参数", "GET", "/customers?page=2", serviceToken, "", "", 422, `"field":"page"`},
		{"两个参数", "GET", "/customers?limit=2&limit=3", serviceToken, "", "", 422, `"field":"limit"`},
		{"游标不对", "GET", "/customers?cursor=abc", serviceToken, "", "", 422, `"field":"cursor"`},
		{"一页太多", "GET", "/customers?limit=1000", serviceToken, "", "", 422, `"field":"limit"`},
		{"读不带正文", "GET", "/customers", serviceToken, "", "{}", 400, `"code":"bad_request"`},
		{"没有这个方法", "DELETE", "/customers", serviceToken, "", "", 405, "GET"},
		{"没有这个地址", "GET", "/secrets", serviceToken, "", "", 404, `"code":"not_found"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := send(h, tc.method, tc.path, tc.token, tc.key, tc.body)
			if a.status != tc.status || !strings.Contains(a.body, tc.want) {
				t.Errorf("%d %s, want %d with %s", a.status, a.body, tc.status, tc.want)
			}
			if a.status >= 400 && a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("an error is %s", a.header.Get("Content-Type"))
			}
		})
	}
}

func TestAListIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	h := server(newCompany(), wide)
	var names []string
	for cursor, parts := "", 0; ; parts++ {
		a := send(h, "GET", "/customers?limit=3&cursor="+cursor, serviceToken, "", "")
		var page struct {
			Items []struct{ Name string }
			Next  string
		}
		if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != 200 {
			t.Fatal(a.status, a.body)
		}
		for _, c := range page.Items {
			names = append(names, c.Name)
		}
		if cursor = page.Next; cursor == "" || parts > 5 {
			break
		}
	}
	if got := strings.Join(names, ""); got != "客户7客户6客户5客户4客户3客户2客户1" {
		t.Errorf("read %s", got)
	}
}

func TestAVisitsWordsAreItsAuthors(t *testing.T) {
	t.Parallel()
	h := server(newCompany(), wide)
	if a := send(h, "GET", "/visits", serviceToken, "", ""); strings.Contains(a.body, "秘密") || strings.Contains(a.body, "嫌贵") {
		t.Errorf("a service reads %s", a.body)
	}
	if a := send(h, "GET", "/visits", personToken, "", ""); !strings.Contains(a.body, "秘密") {
		t.Errorf("the author reads %s", a.body)
	}
}

func TestTheSameKeyDoesNothingAgain(t *testing.T) {
	t.Parallel()
	c := newCompany()
	h := server(c, wide)
	first := send(h, "POST", "/customers", serviceToken, "key-1234", goodCustomer)
	again := send(h, "POST", "/customers", serviceToken, "key-1234", " "+goodCustomer)
	other := send(h, "POST", "/customers", serviceToken, "key-1234", strings.Replace(goodCustomer, "医疗", "教育", 1))
	if first.status != 201 || again.status != 201 || first.body != again.body || c.made != 1 {
		t.Errorf("first %v, again %v, made %d", first, again, c.made)
	}
	if other.status != 422 || !strings.Contains(other.body, "key_reused") {
		t.Errorf("another request under the key: %v", other)
	}
}

func TestATokenMayAskSoOften(t *testing.T) {
	t.Parallel()
	h := server(newCompany(), api.Limits{PerSecond: 1, Burst: 2})
	var got []int
	for range 3 {
		got = append(got, send(h, "GET", "/people", serviceToken, "", "").status)
	}
	if fmt.Sprint(got) != "[200 200 429]" {
		t.Errorf("statuses %v", got)
	}
	if a := send(h, "GET", "/people", personToken, "", ""); a.status != 200 {
		t.Error("another token waits, too")
	}
}

// TestDocument keeps docs/openapi.json as the program serves it.
func TestDocument(t *testing.T) {
	t.Parallel()
	a := send(server(newCompany(), wide), "GET", "/openapi.json", "", "", "")
	const file = "../../docs/openapi.json"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(a.body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil || string(kept) != a.body {
		t.Errorf("%s is not what is served (UPDATE=1 go test ./bot/api writes it): %v", file, err)
	}
}

// FuzzContract makes requests from the document, good and broken ones, and holds the answers against it.
func FuzzContract(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed, "绍兴\u0000'\"<")
	}
	h := server(newCompany(), wide)
	var doc map[string]any
	if err := json.Unmarshal([]byte(send(h, "GET", "/openapi.json", "", "", "").body), &doc); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seed uint64, odd string) {
		g := generator{rand.New(rand.NewPCG(seed, 1)), doc, odd}
		method, path, op, body := g.request()
		var match []string
		if g.IntN(3) == 0 {
			match = append(match, g.pick([]string{`"1"`, `"7"`, "*", "7", `""`, "-1", `W/"3"`, g.header(odd)}))
		}
		a := send(h, method, path, serviceToken, g.key(), body, match...)
		what := method + " " + path + " " + body + " " + strings.Join(match, "")
		if a.status >= 500 {
			t.Fatalf("%s: %d %s", what, a.status, a.body)
		}
		want, ok := op["responses"].(map[string]any)[fmt.Sprint(a.status)].(map[string]any)
		if !ok {
			t.Fatalf("%s: status %d is not in the document: %s", what, a.status, a.body)
		}
		for media, v := range want["content"].(map[string]any) {
			if !strings.HasPrefix(a.header.Get("Content-Type"), media) {
				t.Errorf("%s: %s", what, a.header.Get("Content-Type"))
			}
			var got any
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if err := g.holds(got, v.(map[string]any)["schema"].(map[string]any), "answer"); err != nil {
				t.Errorf("%s: %v in %s", what, err, a.body)
			}
		}
	})
}
