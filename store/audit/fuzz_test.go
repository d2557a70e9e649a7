package audit_test

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"salesflow/store/audit"
)

// FuzzCheckpoint opens any text as a signed checkpoint: none but the signed one is taken.
func FuzzCheckpoint(f *testing.F) {
	signer, verifier, _, err := audit.Keys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	text := "go.sum database tree\n42\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte(text))
	f.Add(bytes.Replace(signed, []byte("42"), []byte("43"), 1))
	f.Add([]byte("\n\n— x y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := audit.OpenCheckpoint(data, note.VerifierList(verifier))
		if err == nil && (tree.N != 42 || !bytes.HasPrefix(data, []byte(text))) {
			t.Fatalf("a forged checkpoint of %d rows is taken: %q", tree.N, data)
		}
		if err == nil {
			audit.Short(tree)
		}
	})
}
