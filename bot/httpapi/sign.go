package httpapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"salesflow/store/sales"
)

// Purpose is what a signed link is for; a link of one purpose is worth nothing for another. The numbers are printed on
// paper inside QR codes and never change their meaning.
type Purpose byte

// The purposes.
const (
	ForCode      Purpose = 1 // a customer's QR code
	ForCustomers Purpose = 2 // the page of my customers
	ForFilings   Purpose = 3 // the page of my filings
	ForCodes     Purpose = 4 // the printable sheet of QR codes

	ForDeals       Purpose = 20 // the page of my deals
	ForContracts   Purpose = 21 // the page of my contracts
	ForReceivables Purpose = 22 // the page of what is owed to us
	ForAdmin       Purpose = 23 // the admin's page
	ForAdminDeed   Purpose = 24 // one change on the admin's page; Record is its number, used once
)

// Link is what a signed link says: the record it is about, the person it was made for (0: whoever holds it), and until
// when it works.
type Link struct {
	Purpose Purpose
	Record  sales.ID
	Person  sales.PersonID
	Until   time.Time // to the second
}

// Signer makes and reads signed links. Its key belongs to one company's store: links of another are forged here.
type Signer struct{ Key []byte }

const (
	linkVersion = 1
	linkBytes   = 1 + 1 + 8 + 8 + 8
	macBytes    = 16
	// TokenLength is how long a token is, in characters.
	TokenLength = (linkBytes + macBytes) * 4 / 3
)

// Token is the link's token, in characters that need no escaping in an address.
func (s Signer) Token(l Link) string {
	b := make([]byte, 0, linkBytes+macBytes)
	b = append(b, linkVersion, byte(l.Purpose))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Record))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Person))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Until.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

// mac is HMAC-SHA-256 cut to 128 bits (RFC 2104 §5).
func (s Signer) mac(b []byte) []byte {
	h := hmac.New(sha256.New, s.Key)
	h.Write(b)
	return h.Sum(nil)[:macBytes]
}

// Read checks a token and returns what it says. It tells a forged link, or one for something else, from one that has
// expired: the latter is worth a helpful answer.
func (s Signer) Read(token string, want Purpose, now time.Time) (l Link, genuine, live bool) {
	if len(token) != TokenLength || len(s.Key) < 32 { // the decoder skips line ends: a token of another length is none
		return Link{}, false, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != linkBytes+macBytes || b[0] != linkVersion || !hmac.Equal(b[linkBytes:], s.mac(b[:linkBytes])) {
		return Link{}, false, false
	}
	l = Link{
		Purpose: Purpose(b[1]), Record: sales.ID(binary.BigEndian.Uint64(b[2:])), Person: sales.PersonID(binary.BigEndian.Uint64(b[10:])),
		Until: time.Unix(int64(binary.BigEndian.Uint64(b[18:])), 0),
	}
	if l.Purpose != want {
		return Link{}, false, false
	}
	return l, true, now.Before(l.Until)
}
