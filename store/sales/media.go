package sales

import "math/bits"

// The kinds of media.
const (
	MediaPicture = "picture"
	MediaVoice   = "voice"
)

// The states of media: what is still to be done with them once their bytes are here.
const (
	MediaFresh = "fresh" // to be looked at: its QR code, its text, its words
	MediaRead  = "read"  // looked at
	MediaBad   = "bad"   // not what it says it is, or too large to look at
)

// Media is what is known of a picture (图片) or a voice clip (语音) beside its bytes. FileID is its file.
type Media struct {
	FileID     ID       `db:"file_id"`
	Kind       string   `db:"kind"`
	PersonID   PersonID `db:"person_id"`
	CustomerID ID       `db:"customer_id"`
	// SubjectKind and SubjectID are the record it was attached to; empty while it belongs to none.
	SubjectKind string `db:"subject_kind"`
	SubjectID   ID     `db:"subject_id"`
	State       string `db:"state"`
	Width       int    `db:"width"`
	Height      int    `db:"height"`
	// Look is the picture's difference hash: pictures that look alike have hashes that differ in few bits. 0 is none.
	Look int64 `db:"look"`
	// Text is what was read from it, or said in it.
	Text    string  `db:"text"`
	SentAt  Instant `db:"sent_at"`
	Version int64   `db:"version"`
}

// LookDistance is in how many of 64 bits two pictures' looks differ; up to about 6 they are the same picture, saved or
// scaled anew.
func LookDistance(a, b int64) int { return bits.OnesCount64(uint64(a ^ b)) }
