// Package sealed is WeCom's callback encryption as the benchmark's programs need it, apart from the program under test:
// AES-256-CBC with the first 16 bytes of the key as IV, PKCS#7 to a multiple of 32, around
// random(16) | length(4, big endian) | message | receive id (document 90968).
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Box seals, opens and signs for one app.
type Box struct {
	token, corpID string
	iv            []byte
	block         cipher.Block
}

// New makes a box. aesKey is the EncodingAESKey, 43 characters of base64.
func New(token, aesKey, corpID string) (*Box, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("the EncodingAESKey is not 43 characters of base64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &Box{token: token, corpID: corpID, iv: key[:16], block: block}, nil
}

// Seal encrypts a message.
func (b *Box) Seal(msg string) string {
	n := 20 + len(msg) + len(b.corpID)
	pad := 32 - n%32
	buf := make([]byte, n+pad)
	_, _ = rand.Read(buf[:16]) // never fails
	binary.BigEndian.PutUint32(buf[16:], uint32(len(msg)))
	copy(buf[20:], msg)
	copy(buf[20+len(msg):], b.corpID)
	for i := n; i < len(buf); i++ {
		buf[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(b.block, b.iv).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}

// Open decrypts a message.
func (b *Box) Open(enc string) ([]byte, error) {
	buf, err := base64.StdEncoding.DecodeString(enc)
	if err != nil || len(buf) < 32 || len(buf)%16 != 0 {
		return nil, errors.New("bad ciphertext")
	}
	cipher.NewCBCDecrypter(b.block, b.iv).CryptBlocks(buf, buf)
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > 32 || pad > len(buf)-20 {
		return nil, errors.New("bad padding")
	}
	buf = buf[:len(buf)-pad]
	n := int(binary.BigEndian.Uint32(buf[16:20]))
	if n < 0 || 20+n > len(buf) || string(buf[20+n:]) != b.corpID {
		return nil, errors.New("bad message")
	}
	return buf[20 : 20+n], nil
}

// Sign is the signature of a sealed message.
func (b *Box) Sign(timestamp, nonce, enc string) string {
	parts := []string{b.token, timestamp, nonce, enc}
	slices.Sort(parts)
	h := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(h[:])
}
