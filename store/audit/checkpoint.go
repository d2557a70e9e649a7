package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/sales"
)

// KeyName is the name under which checkpoints are signed.
const KeyName = "salesflow-audit"

// Keys make the signer and verifier of checkpoints from an ed25519 seed of 32 bytes, and the verifier key as text, to be
// kept by whoever will verify.
func Keys(seed []byte) (note.Signer, note.Verifier, string, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, nil, "", fmt.Errorf("the seed of the audit key has %d bytes, it needs %d", len(seed), ed25519.SeedSize)
	}
	private := ed25519.NewKeyFromSeed(seed)
	public, ok := private.Public().(ed25519.PublicKey)
	if !ok {
		return nil, nil, "", errors.New("audit key is not ed25519")
	}
	vkey, err := note.NewEd25519VerifierKey(KeyName, public)
	if err != nil {
		return nil, nil, "", fmt.Errorf("audit key: %w", err)
	}
	signer, err := note.NewSigner(signerKey(seed, public))
	if err != nil {
		return nil, nil, "", fmt.Errorf("audit key: %w", err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, nil, "", fmt.Errorf("audit key: %w", err)
	}
	return signer, verifier, vkey, nil
}

// signerKey is the seed in note's notation: PRIVATE+KEY+name+hash+key, the hash being that of name and public key.
func signerKey(seed []byte, public ed25519.PublicKey) string {
	const algorithm = 1 // ed25519, the first byte of note's keys
	h := sha256.New()
	h.Write([]byte(KeyName + "\n"))
	h.Write(append([]byte{algorithm}, public...))
	id := binary.BigEndian.Uint32(h.Sum(nil))
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", KeyName, id, base64.StdEncoding.EncodeToString(append([]byte{algorithm}, seed...)))
}

// Publish signs the log as it is now, keeps the checkpoint, and returns it to be published outside the database. A
// checkpoint of an empty log is empty. One of the same size as before is the same.
func (l *Log) Publish(ctx context.Context, signer note.Signer) ([]byte, error) {
	tree, err := l.Head(ctx)
	if err != nil || tree.N == 0 {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tree))}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	err = l.store.InTx(ctx, func(q Querier) error {
		var have int
		if err := q.GetContext(ctx, &have, "SELECT COUNT(*) FROM audit_checkpoints WHERE size = ?", tree.N); err != nil || have > 0 {
			return err
		}
		_, err := q.ExecContext(ctx, "INSERT INTO audit_checkpoints (size, note, signed_at) VALUES (?, ?, ?)",
			tree.N, string(signed), sales.At(l.store.Now()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep checkpoint: %w", err)
	}
	return signed, nil
}

// LastPublished is when the newest checkpoint was signed, zero when there is none.
func (l *Log) LastPublished(ctx context.Context) (time.Time, error) {
	var at []sales.Instant
	err := l.store.Query().SelectContext(ctx, &at, "SELECT signed_at FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
	if err != nil {
		return time.Time{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(at) == 0 {
		return time.Time{}, nil
	}
	return at[0].Time, nil
}

// OpenCheckpoint reads a signed checkpoint. It fails unless one of the keys has signed it.
func OpenCheckpoint(signed []byte, keys note.Verifiers) (tlog.Tree, error) {
	n, err := note.Open(signed, keys)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("open checkpoint: %w", err)
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("open checkpoint: %w", err)
	}
	return tree, nil
}

// Short is a checkpoint in one line for people: how many rows, and the beginning of the root hash.
func Short(t tlog.Tree) string {
	return fmt.Sprintf("%d %s", t.N, strings.TrimRight(t.Hash.String(), "=")[:12])
}

// cutNote splits a signed note into its text and its signatures.
func cutNote(signed string) (text, signatures string, ok bool) {
	text, signatures, ok = strings.Cut(signed, "\n\n")
	return text + "\n", signatures, ok
}
