package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Caller is who calls, as the token says.
type Caller struct {
	Token sales.APIToken
	// Person is whose rights the token has; without one it is a service's, which reads everything its scopes name.
	Person sales.Person
	// Sees are whose records may be read.
	Sees sales.Scope
}

// Service reports whether the token is a service's.
func (c Caller) Service() bool { return c.Person.ID == 0 }

// Request is what every operation knows of a request.
type Request struct {
	Caller Caller
	// Key is the Idempotency-Key of a request that writes, Hash stands for everything else in it.
	Key, Hash string
	// Match is the version of If-Match of a request that changes a record: refuse when it is another one by now. 0 does not ask.
	Match int64
}

// operation is one thing that can be asked for.
type operation struct {
	method, path, id, tag, summary string
	scope                          string // "" for what any token may do
	status                         int
	in, out                        reflect.Type
	call                           func(ctx context.Context, r Request, in any) (any, error)
}

func (o *operation) writes() bool { return o.method != http.MethodGet }

// versioned reports whether an operation changes a record whose version can be asked for with If-Match.
func (o *operation) versioned() bool {
	_, ok := o.out.FieldByName("Version")
	return ok && o.method == http.MethodPatch
}

// tagOf is the ETag of an answer that is one record with a version; "" for others.
func tagOf(out any) string {
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Struct {
		return ""
	}
	if f := v.FieldByName("Version"); f.IsValid() && f.Kind() == reflect.Int64 && f.Int() > 0 {
		return strconv.Quote(strconv.FormatInt(f.Int(), 10))
	}
	return ""
}

// matched reads If-Match: the version in quotes, as ETag gives it. * and none ask for none.
func matched(r *http.Request) (int64, error) {
	word := strings.TrimSpace(r.Header.Get("If-Match"))
	if word == "" || word == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.Trim(word, `"`), 10, 64)
	if err != nil || n <= 0 || len(r.Header.Values("If-Match")) > 1 {
		return 0, badField("If-Match", "If-Match 要是读到的 ETag,像 \"3\"。")
	}
	return n, nil
}

// op makes an operation of a function.
func op[In, Out any](method, path, id, tag, scope, summary string, f func(ctx context.Context, r Request, in In) (Out, error)) operation {
	o := operation{
		method: method, path: path, id: id, tag: tag, scope: scope, summary: summary, status: http.StatusOK,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		call: func(ctx context.Context, r Request, in any) (any, error) { return f(ctx, r, *in.(*In)) },
	}
	if method == http.MethodPost {
		o.status = http.StatusCreated
	}
	return o
}

// place says where a field that is not in the body travels, "" for the body.
func place(f reflect.StructField) (where, name string) {
	for _, where := range []string{"path", "query"} {
		if name := f.Tag.Get(where); name != "" {
			return where, name
		}
	}
	return "", ""
}

func hasBody(t reflect.Type) bool { return len(bodyFields(t)) > 0 }

const (
	// maxBody is the largest request, in bytes; maxDepth how deep it may be nested.
	maxBody  = 256 << 10
	maxDepth = 8
)

// read makes an operation's input of a request. body is what was sent.
func (o *operation) read(r *http.Request, body []byte) (any, error) {
	in := reflect.New(o.in)
	if hasBody(o.in) {
		if err := decodeBody(body, in.Interface()); err != nil {
			return nil, err
		}
	} else if len(bytes.TrimSpace(body)) > 0 {
		return nil, problem(http.StatusBadRequest, "bad_request", "这个请求不带正文。")
	}
	query := r.URL.Query()
	for i := range o.in.NumField() {
		f := o.in.Field(i)
		where, name := place(f)
		var word string
		switch where {
		case "path":
			word = r.PathValue(name)
		case "query":
			if len(query[name]) > 1 {
				return nil, badField(name, name+" 只能有一个。")
			}
			word = query.Get(name)
			delete(query, name)
		default:
			continue
		}
		if err := setWord(in.Elem().Field(i), word, name); err != nil {
			return nil, err
		}
		if err := check(in.Elem().Field(i), f.Tag, name); err != nil {
			return nil, err
		}
	}
	for name := range query {
		return nil, badField(name, "没有参数 "+name+"。")
	}
	return in.Interface(), check(in.Elem(), "", "")
}

// setWord gives a field the value of a word in the address.
func setWord(v reflect.Value, word, name string) error {
	if word == "" {
		return nil
	}
	switch {
	case v.Type() == typeDay:
		day, err := sales.ParseDay(word)
		if err != nil {
			return badField(name, name+" 要是 2026-03-11 这样的日期。")
		}
		v.Set(reflect.ValueOf(day))
	case v.Kind() == reflect.Int:
		n, err := strconv.Atoi(word)
		if err != nil {
			return badField(name, name+" 要是整数。")
		}
		v.SetInt(int64(n))
	default:
		v.SetString(word)
	}
	return nil
}

func decodeBody(body []byte, into any) error {
	malformed := problem(http.StatusBadRequest, "bad_request", "正文不是约定的 JSON。对照 /api/v1/openapi.json 改。")
	if depth(body) > maxDepth {
		return malformed
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	d.UseNumber() // fen in custom fields stay exact
	err := d.Decode(into)
	var typed *json.UnmarshalTypeError
	var noDay *time.ParseError
	switch {
	case errors.As(err, &typed):
		return badField(typed.Field, typed.Field+" 的类型不对,要 "+typed.Type.Kind().String()+"。")
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field "):
		name, _ := strconv.Unquote(strings.TrimPrefix(err.Error(), "json: unknown field "))
		return badField(name, "没有字段 "+name+"。")
	case errors.As(err, &noDay):
		return problem(http.StatusBadRequest, "bad_request", "正文里的日期 "+noDay.Value+" 不对,要 2026-03-11 这样的。")
	case err != nil:
		return malformed
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed
	}
	return nil
}

// depth is how deep brackets are nested, at least: those in texts count, too.
func depth(body []byte) int {
	now, most := 0, 0
	for _, b := range body {
		switch b {
		case '{', '[':
			now++
			most = max(most, now)
		case '}', ']':
			now--
		}
	}
	return most
}
