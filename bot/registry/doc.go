// Package registry asks a business registry (工商数据) about a company, over an HTTP interface of our own that anyone can put in
// front of the provider they have. It trusts nothing that comes back: size, time, form and the credit code's check digits.
//
// The request is POST to the configured address, as JSON:
//
//	{"name": "绍兴云岭康复医院有限公司", "uscc": "91330602MA288T9Y6J"}
//
// uscc is empty when it is not known. X-Salesflow-Timestamp is the Unix time in seconds, X-Salesflow-Signature the hexadecimal
// HMAC-SHA256 of timestamp, "." and body under the configured secret. The answer is 200 with
//
//	{"found": true, "name": "…", "uscc": "…", "status": "存续", "address": "…", "since": "2016-05-04"}
//
// or {"found": false}. 429 and 5xx are tried again later, anything else is a failure.
package registry
