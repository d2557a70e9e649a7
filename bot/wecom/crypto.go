package wecom

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // the platform's signature
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// padBlock is the block PKCS#7 pads to: 32 bytes, not the cipher's 16 (document 91144).
const padBlock = 32

// errSealed is the error for a message that was not sealed with our key for us. It says no more on purpose.
var errSealed = errors.New("message does not decrypt")

// cryptor checks and opens what the platform sends to the callback (document 91144).
type cryptor struct {
	token     string
	key       []byte
	receiveID string
}

// newCryptor reads the 43 characters of EncodingAESKey. Their last one may carry loose bits, so the decoder is not strict.
func newCryptor(token, encodingAESKey, receiveID string) (cryptor, error) {
	if token == "" {
		return cryptor{}, errors.New("wecom: token is missing")
	}
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(encodingAESKey) != 43 || len(key) != 32 {
		return cryptor{}, errors.New("wecom: encoding_aes_key is not 43 letters and digits")
	}
	return cryptor{token: token, key: key, receiveID: receiveID}, nil
}

// signature is msg_signature: the parts sorted as bytes, joined and hashed, in lower-case hex.
func (c cryptor) signature(timestamp, nonce, sealed string) string {
	parts := []string{c.token, timestamp, nonce, sealed}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// signed reports whether sig is the signature of the other three, in constant time.
func (c cryptor) signed(sig, timestamp, nonce, sealed string) bool {
	return subtle.ConstantTimeCompare([]byte(sig), []byte(c.signature(timestamp, nonce, sealed))) == 1
}

// open decrypts random(16) ‖ length(4, big endian) ‖ message ‖ receive id, and checks that it is for us.
func (c cryptor) open(sealed string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errSealed
	}
	plain, err := openCBC(c.key, raw)
	if err != nil {
		return nil, err
	}
	if len(plain) < 20 {
		return nil, errSealed
	}
	size := binary.BigEndian.Uint32(plain[16:20])
	if uint64(size) > uint64(len(plain)-20) {
		return nil, errSealed
	}
	msg, id := plain[20:20+size], plain[20+size:]
	if string(id) != c.receiveID {
		return nil, errSealed
	}
	return msg, nil
}

// openCBC undoes AES-256-CBC with the IV in the key's first half, and the padding. The robot's files are sealed the same
// way, each with a key of its own (document 101463).
func openCBC(key, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errSealed
	}
	out := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(out, sealed)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > padBlock || pad > len(out) ||
		!bytes.Equal(out[len(out)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errSealed
	}
	return out[:len(out)-pad], nil
}
