package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"

	"salesflow/store/sales"
)

// document writes the OpenAPI 3.1 document of operations. The same operations give the same bytes.
func document(ops []operation, custom *sales.Custom) []byte {
	named := map[string]schema{}
	customSchemas(custom, named)
	refTo(typeOf[Problem](), named)
	paths := map[string]schema{}
	scopes := map[string]bool{}
	for i := range ops {
		o := &ops[i]
		if o.scope != "" {
			scopes[o.scope] = true
		}
		if paths[o.path] == nil {
			paths[o.path] = schema{}
		}
		paths[o.path][methodKey(o.method)] = describe(o, named)
	}
	doc := schema{
		"openapi": "3.1.0",
		"info": schema{
			"title": "salesflow", "version": "1",
			"description": "Customers, visits, deals and papers of one company. Ids are texts. Money is whole fen. Times are UTC, days are of Asia/Shanghai. " +
				"Lists are newest first (events oldest first): pass `next` as `cursor` until it is empty. Everything that writes needs an `Idempotency-Key`: the same key gives the same answer and does nothing again, for 30 days. " +
				"What happened is followed by GET /events or by webhooks, and read by the id an event names. Answers may get more fields. A version grows with each change of a record. " +
				"Scopes: " + fmt.Sprint(sorted(scopes)) + ".",
		},
		"servers":    []schema{{"url": Prefix}},
		"security":   []schema{{"token": []string{}}},
		"paths":      paths,
		"webhooks":   webhooks(named),
		"components": schema{"schemas": named, "securitySchemes": schema{"token": schema{"type": "http", "scheme": "bearer", "description": "a token an administrator makes by chat: 接口令牌"}}},
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(err) // maps of texts and numbers
	}
	return append(b, '\n')
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func methodKey(m string) string {
	return map[string]string{"GET": "get", "POST": "post", "PATCH": "patch"}[m]
}

func describe(o *operation, named map[string]schema) schema {
	d := schema{"operationId": o.id, "tags": []string{o.tag}, "summary": o.summary}
	if o.scope != "" {
		d["description"] = "Needs the scope `" + o.scope + "`."
	}
	var params []schema
	for i := range o.in.NumField() {
		f := o.in.Field(i)
		where, name := place(f)
		if where == "" {
			continue
		}
		p := schema{"name": name, "in": where, "schema": bare(schemaOf(f.Type, f.Tag, named)), "required": where == "path" || f.Tag.Get("required") == "true"}
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		params = append(params, p)
	}
	if o.writes() {
		params = append(params, schema{
			"name": "Idempotency-Key", "in": "header", "required": true, "schema": schema{"type": "string", "minLength": 8, "maxLength": 64, "pattern": "^[!-~]+$"},
			"description": "names this one deed; send the same again when you do not know whether it was done",
		})
	}
	if o.versioned() {
		params = append(params, schema{
			"name": "If-Match", "in": "header", "required": false, "schema": schema{"type": "string", "maxLength": 24, "pattern": `^(\*|"?[0-9]{1,19}"?)$`},
			"description": "the ETag (version) the record was read with: refused with 412 when it is another one by now",
		})
	}
	if params != nil {
		d["parameters"] = params
	}
	if hasBody(o.in) {
		d["requestBody"] = schema{"required": true, "content": schema{"application/json": schema{"schema": refTo(o.in, named)}}}
	}
	responses := schema{fmt.Sprint(o.status): schema{
		"description": "done", "content": schema{"application/json": schema{"schema": refTo(o.out, named)}},
	}}
	codes := []int{401, 403, 422, 429, 503}
	if slices.ContainsFunc(params, func(p schema) bool { return p["in"] == "path" }) || o.writes() {
		codes = append(codes, 404)
	}
	if o.writes() {
		codes = append(codes, 400, 409, 413)
	}
	if o.versioned() {
		codes = append(codes, 412)
	}
	refused := func(title string) schema {
		return schema{"description": title, "content": schema{"application/problem+json": schema{"schema": refTo(typeOf[Problem](), named)}}}
	}
	for _, code := range codes {
		responses[fmt.Sprint(code)] = refused(problem(code, "", "").Title)
	}
	for _, code := range []string{"429", "503"} {
		responses[code].(schema)["headers"] = schema{"Retry-After": schema{"description": "seconds to wait", "required": true, "schema": schema{"type": "integer"}}}
	}
	responses["default"] = refused("Anything else; with 500 the same Idempotency-Key may be sent again")
	d["responses"] = responses
	return d
}

// bare is a parameter's schema without what stands beside it.
func bare(s schema) schema {
	delete(s, "description")
	return s
}
