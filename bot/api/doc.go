// Package api is the HTTP interface: what a company's other systems read and write, under /api/v1.
//
// Each operation is a value: method, path, scope, the Go types of its request and its answer, and the function that does
// it. The OpenAPI 3.1 document is made from the same values by which requests are checked, so it cannot say anything else
// than the program does. Callers have tokens; a token has scopes, and the rights of a person or of a service. What is
// written carries an Idempotency-Key: the same key again gives the same answer and does nothing. Errors are
// application/problem+json (RFC 9457). Lists are read by cursor, newest first; events oldest first.
//
// The package knows neither store nor chat: it declares what it needs of them.
package api
