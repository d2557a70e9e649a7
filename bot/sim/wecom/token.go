package wecom

import (
	"crypto/subtle"
	"time"
)

// Kinds of access token, by the secret they were bought with.
const (
	appToken      = "app"
	contactsToken = "contacts"
)

// Wrong secrets within an hour before gettoken answers 45009 for an hour. The platform bans the address; after how many
// it does not say.
const maxWrongSecrets = 30

type token struct {
	value   string
	kind    string
	expires time.Time
}

type tokens struct {
	live map[string]*token // by kind
	dead *fifo[int]        // value → the errcode it answers with
	// wrong counts bad secrets since the time.
	wrong      int
	wrongSince time.Time
}

func newTokens() tokens {
	return tokens{live: map[string]*token{}, dead: newFIFO[int](1000)}
}

// apiGetToken serves gettoken: the same token while it is valid.
func (s *Server) apiGetToken(c *call) (any, *apiError) {
	corp, secret := c.query.Get("corpid"), c.query.Get("corpsecret")
	switch {
	case corp == "":
		return nil, &apiError{code: codeNoCorpID}
	case secret == "":
		return nil, &apiError{code: codeNoSecret}
	case corp != s.opt.CorpID:
		return nil, &apiError{code: codeCorpID}
	}
	if c.now.Sub(s.tokens.wrongSince) > time.Hour {
		s.tokens.wrong, s.tokens.wrongSince = 0, c.now
	}
	if s.tokens.wrong >= maxWrongSecrets {
		return nil, &apiError{code: codeRateLimited}
	}
	kind := ""
	switch {
	case equalSecret(secret, s.opt.Secret):
		kind = appToken
	case equalSecret(secret, s.opt.ContactsSecret):
		kind = contactsToken
	default:
		s.tokens.wrong++
		return nil, &apiError{code: codeBadSecret}
	}
	t := s.tokens.live[kind]
	if t == nil || !c.now.Before(t.expires) {
		if t != nil {
			s.tokens.dead.put(t.value, codeTokenExpired)
		}
		t = &token{value: randomHex(64), kind: kind, expires: c.now.Add(s.opt.TokenTTL)}
		s.tokens.live[kind] = t
	}
	c.record.Subject = kind
	return fields{"access_token": t.value, "expires_in": int(t.expires.Sub(c.now) / time.Second)}, nil
}

// checkToken tells which secret the call's token belongs to.
func (s *Server) checkToken(c *call) (kind string, refused *apiError) {
	value := c.query.Get("access_token")
	if value == "" {
		return "", &apiError{code: codeNoToken}
	}
	if code, ok := s.tokens.dead.get(value); ok {
		return "", &apiError{code: code}
	}
	for _, t := range s.tokens.live {
		if !equalSecret(t.value, value) {
			continue
		}
		if !c.now.Before(t.expires) {
			return "", &apiError{code: codeTokenExpired}
		}
		if s.faults.tokenDeaths > 0 {
			s.faults.tokenDeaths--
			s.killTokens(codeTokenExpired)
		}
		return t.kind, nil
	}
	return "", &apiError{code: codeBadToken}
}

// killTokens makes every live token answer with an errcode from now on. The lock is held.
func (s *Server) killTokens(code int) {
	for kind, t := range s.tokens.live {
		s.tokens.dead.put(t.value, code)
		delete(s.tokens.live, kind)
	}
}

// ExpireTokens ends the tokens in use as time does: they answer 42001.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killTokens(codeTokenExpired)
}

// RevokeTokens ends the tokens in use early, as the platform may: they answer 40014.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killTokens(codeBadToken)
}

func equalSecret(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
