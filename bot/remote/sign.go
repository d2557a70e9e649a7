package remote

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// Headers of a request. The time is the one it was made at, in seconds since 1970, the signature the HMAC-SHA256 in hex, under the
// shared secret, of that time, a full stop and the body. The key is the same at every attempt.
const (
	HeaderTimestamp = "X-Salesflow-Timestamp"
	HeaderSignature = "X-Salesflow-Signature"
	HeaderKey       = "Idempotency-Key"
)

// maxSkew is how far a request's time may be from ours.
const maxSkew = 5 * time.Minute

// Sign is the signature of a body at a time.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// SignedWith reports whether a body was signed with the secret, not long ago.
func SignedWith(secret, timestamp, signature string, body []byte, now time.Time) bool {
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || secret == "" {
		return false
	}
	if skew := now.Sub(time.Unix(sec, 0)); skew > maxSkew || skew < -maxSkew {
		return false
	}
	return hmac.Equal([]byte(Sign(secret, timestamp, body)), []byte(signature))
}
