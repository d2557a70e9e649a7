package store

import (
	"context"

	"salesflow/store/sales"
)

const (
	apiTokenColumns = `
	id,
	name,
	hash,
	person_id,
	scopes,
	created_by,
	created_at,
	revoked_at,
	version`

	apiAnswerColumns = `id, request_hash, body, at`
)

var (
	apiTokens  = tableOf[sales.APIToken]("api_tokens", apiTokenColumns)
	apiAnswers = tableOf[sales.APIAnswer]("api_answers", apiAnswerColumns)
)

// CreateAPIToken keeps a token.
func (tx *Tx) CreateAPIToken(t sales.APIToken) {
	tx.create(apiTokens, t.ID, t)
	tx.touching("api_token", t.Name)
}

// UpdateAPIToken changes a token over the version it was read at.
func (tx *Tx) UpdateAPIToken(t sales.APIToken) { tx.update(apiTokens, t.ID, t.Version, t) }

// APITokens lists the tokens that are not revoked, the oldest first.
func (tx *Tx) APITokens(ctx context.Context) ([]sales.APIToken, error) {
	var out []sales.APIToken
	err := tx.list(ctx, &out, "SELECT "+apiTokenColumns+" FROM api_tokens WHERE revoked_at IS NULL ORDER BY id LIMIT 200")
	return out, err
}

// APITokenByHash reads a token that is not revoked.
func (tx *Tx) APITokenByHash(ctx context.Context, hash string) (sales.APIToken, error) {
	var t sales.APIToken
	err := tx.get(ctx, "没有这个令牌。", &t, "SELECT "+apiTokenColumns+" FROM api_tokens WHERE hash = ? AND revoked_at IS NULL", hash)
	return t, err
}

// KeepAPIAnswer keeps what a request is answered.
func (tx *Tx) KeepAPIAnswer(a sales.APIAnswer) { tx.add(apiAnswers, apiAnswers.row(a)) }

// APIAnswerOf reads what a request was answered. NotFound when it was not.
func (tx *Tx) APIAnswerOf(ctx context.Context, id string) (sales.APIAnswer, error) {
	var a sales.APIAnswer
	err := tx.get(ctx, "没有这个请求。", &a, "SELECT "+apiAnswerColumns+" FROM api_answers WHERE id = ?", id)
	return a, err
}
