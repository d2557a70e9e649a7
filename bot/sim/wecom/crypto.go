package wecom

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// padBlock is the block PKCS#7 pads to: 32 bytes, not the cipher's 16.
const padBlock = 32

var errCipher = errors.New("ciphertext does not decrypt")

// signature is msg_signature: the sorted parts, joined and hashed, in lower-case hex.
func signature(token, timestamp, nonce, encrypted string) string {
	parts := []string{token, timestamp, nonce, encrypted}
	sort.Strings(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// decodeAESKey turns the 43 characters into 32 bytes. The last character may carry loose bits, so the decoder is not strict.
func decodeAESKey(key string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil || len(key) != 43 || len(raw) != 32 {
		return nil, errors.New("wecom simulator: EncodingAESKey is not 43 base64 characters")
	}
	return raw, nil
}

// encrypt seals a message the way callbacks are: random(16), length, message, receive id.
func encrypt(key []byte, receiveID string, msg []byte) (string, error) {
	plain := make([]byte, 16, 20+len(msg)+len(receiveID)+padBlock)
	if _, err := rand.Read(plain); err != nil {
		return "", fmt.Errorf("random prefix: %w", err)
	}
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(msg)))
	plain = append(plain, msg...)
	plain = append(plain, receiveID...)
	sealed, err := sealCBC(key, plain)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// decrypt opens what encrypt sealed and checks the receive id.
func decrypt(key []byte, receiveID, encrypted string) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return nil, fmt.Errorf("ciphertext is not base64: %w", err)
	}
	plain, err := openCBC(key, sealed)
	if err != nil {
		return nil, err
	}
	if len(plain) < 20 {
		return nil, errCipher
	}
	size := binary.BigEndian.Uint32(plain[16:20])
	if uint64(size) > uint64(len(plain)-20) {
		return nil, errCipher
	}
	msg, id := plain[20:20+size], plain[20+size:]
	if string(id) != receiveID {
		return nil, fmt.Errorf("receive id %q, want %q", id, receiveID)
	}
	return msg, nil
}

func sealCBC(key, plain []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	pad := padBlock - len(plain)%padBlock
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(out, out)
	return out, nil
}

func openCBC(key, sealed []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errCipher
	}
	out := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(out, sealed)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > padBlock || pad > len(out) ||
		!bytes.Equal(out[len(out)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errCipher
	}
	return out[:len(out)-pad], nil
}

// sealMedia encrypts a file for the robot; the key goes in standard base64, as aeskey, beside the file's URL.
//
// The scheme is the one the vendor's Node client opens (@wecom/aibot-node-sdk 1.0.7, decryptFile): AES-256-CBC, the IV is
// the first 16 bytes of the key, PKCS#7 to 32 bytes, no length prefix. That every file has a key of its own is documented;
// the rest is not stated on the vendor's pages.
func sealMedia(key, data []byte) ([]byte, error) { return sealCBC(key, data) }

func newMediaKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return key
}
