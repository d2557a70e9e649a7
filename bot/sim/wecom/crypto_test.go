package wecom

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// The vector of the vendor's crypto page (developer.work.weixin.qq.com/document/path/90968).
func TestVendorVector(t *testing.T) {
	t.Parallel()
	const echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	if got, want := signature("QDG6eK", "1409659589", "263014780", echo), "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"; got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
	key, err := decodeAESKey("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := decrypt(key, "wx5823bf96d3bd56c7", echo)
	if err != nil || string(plain) != "1616140317555161061" {
		t.Errorf("decrypt = %q, %v", plain, err)
	}
	if _, err := decrypt(key, "wwother", echo); err == nil {
		t.Error("decrypt accepts another corporation's message")
	}
}

func TestEncryptionPadsTo32(t *testing.T) {
	t.Parallel()
	key, err := decodeAESKey(NewEncodingAESKey())
	if err != nil {
		t.Fatal(err)
	}
	pads := map[int]bool{}
	for n := range 64 {
		msg := bytes.Repeat([]byte("x"), n)
		sealed, err := encrypt(key, "ww1", msg)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := base64.StdEncoding.DecodeString(sealed)
		pads[len(raw)-20-n-3] = true
		if len(raw)%32 != 0 {
			t.Errorf("%d bytes of ciphertext for a message of %d", len(raw), n)
		}
		if got, err := decrypt(key, "ww1", sealed); err != nil || !bytes.Equal(got, msg) {
			t.Errorf("length %d does not come back: %v", n, err)
		}
	}
	for pad := 1; pad <= 32; pad++ {
		if !pads[pad] {
			t.Errorf("no message was padded by %d bytes", pad)
		}
	}
}

func TestIssuedKeyHasLooseBits(t *testing.T) {
	t.Parallel()
	for range 20 {
		key := NewEncodingAESKey()
		if len(key) != 43 || strings.ContainsAny(key, "+/=") {
			t.Fatalf("key %q is not 43 letters and digits", key)
		}
		if _, err := base64.StdEncoding.Strict().DecodeString(key + "="); err == nil {
			t.Fatal("a strict decoder accepts the key, so it would not be noticed")
		}
	}
}

func TestForgedCiphertextIsRefused(t *testing.T) {
	t.Parallel()
	key, _ := decodeAESKey(NewEncodingAESKey())
	for name, in := range map[string]string{
		"empty": "", "not base64": "***", "half a block": base64.StdEncoding.EncodeToString(make([]byte, 24)),
		"zeros": base64.StdEncoding.EncodeToString(make([]byte, 64)),
	} {
		if _, err := decrypt(key, "ww1", in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
