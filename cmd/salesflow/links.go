package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"salesflow/bot/httpapi"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// codeLife is how long a printed code works.
	codeLife = 2 * 365 * 24 * time.Hour
	// pageLife is how long the link to one's own page works.
	pageLife = time.Hour
	// codeMark stands before a code's token where the bot has no public address.
	codeMark = "SALESFLOW:"
)

// codeText finds a code in a text: a link's last part, or our mark.
var codeText = regexp.MustCompile(`(?:/q/|` + codeMark + `)([A-Za-z0-9_-]{40,120})`)

// links makes and reads the company's signed codes and links.
type links struct {
	signer httpapi.Signer
	base   string // public_url without the last slash; may be empty
}

// newLinks reads the company's key, made once for all replicas.
func newLinks(ctx context.Context, db *store.DB, publicURL string) (links, error) {
	key, err := db.Secret(ctx, "links", func() (string, error) {
		b, err := secret(32)
		return hex.EncodeToString(b), err
	})
	if err != nil {
		return links{}, fmt.Errorf("key of links: %w", err)
	}
	b, err := hex.DecodeString(key)
	if err != nil {
		return links{}, fmt.Errorf("key of links: %w", err)
	}
	return links{httpapi.Signer{Key: b}, strings.TrimRight(publicURL, "/")}, nil
}

// Code implements handlers.Links. The day it was made, not the second, is in it, so that a code printed twice is the same.
func (l links) Code(customer sales.ID, now time.Time) string {
	token := l.signer.Token(httpapi.Link{Purpose: httpapi.ForCode, Record: customer, Until: sales.DayOf(now).Start().Add(codeLife)})
	if l.base == "" {
		return codeMark + token
	}
	return l.base + "/q/" + token
}

// ReadCode implements handlers.Links.
func (l links) ReadCode(text string, now time.Time) (customer sales.ID, found, genuine, live bool) {
	if !strings.Contains(text, "/q/") && !strings.Contains(text, codeMark) { // as in nearly all that is said
		return 0, false, false, false
	}
	m := codeText.FindStringSubmatch(text)
	if m == nil {
		return 0, false, false, false
	}
	link, genuine, live := l.signer.Read(m[1], httpapi.ForCode, now)
	return link.Record, true, genuine, live
}

// pagePurposes are the pages a person can ask a link for, by the path they are served under.
var pagePurposes = map[string]httpapi.Purpose{
	"codes": httpapi.ForCodes, "customers": httpapi.ForCustomers, "filings": httpapi.ForFilings,
	"deals": httpapi.ForDeals, "contracts": httpapi.ForContracts, "receivables": httpapi.ForReceivables, "admin": httpapi.ForAdmin,
}

// Page implements handlers.Links.
func (l links) Page(page string, person sales.PersonID, now time.Time) string {
	purpose, ok := pagePurposes[page]
	if !ok || l.base == "" {
		return ""
	}
	return l.base + "/my/" + page + "/" + l.signer.Token(httpapi.Link{Purpose: purpose, Person: person, Until: now.Add(pageLife)})
}

var _ handlers.Links = links{}
