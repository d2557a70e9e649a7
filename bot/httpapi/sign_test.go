package httpapi_test

import (
	"bytes"
	"testing"
	"time"

	"salesflow/bot/httpapi"
)

func TestSignedLinksCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_773_000_000, 0)
	s := httpapi.Signer{Key: bytes.Repeat([]byte{7}, 32)}
	link := httpapi.Link{Purpose: httpapi.ForCode, Record: 42, Person: 9, Until: now.Add(time.Hour)}
	token := s.Token(link)
	if got, genuine, live := s.Read(token, httpapi.ForCode, now); !genuine || !live || got.Record != 42 || got.Person != 9 || !got.Until.Equal(link.Until) {
		t.Errorf("read back %+v %v %v", got, genuine, live)
	}
	if _, genuine, live := s.Read(token, httpapi.ForCode, now.Add(2*time.Hour)); !genuine || live {
		t.Error("an expired link lives, or is taken for a forged one")
	}
	if _, genuine, _ := s.Read(token, httpapi.ForCustomers, now); genuine {
		t.Error("a link opens something else")
	}
	other := httpapi.Signer{Key: bytes.Repeat([]byte{8}, 32)}
	if _, genuine, _ := other.Read(token, httpapi.ForCode, now); genuine {
		t.Error("a link of another company is taken")
	}
	for i := range len(token) {
		b := []byte(token)
		if b[i]++; !bytes.ContainsRune([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), rune(b[i])) {
			b[i] = 'A'
		}
		if string(b) == token {
			continue
		}
		if _, genuine, _ := s.Read(string(b), httpapi.ForCode, now); genuine {
			t.Errorf("a link changed at %d is taken", i)
		}
	}
	for _, bad := range []string{"", "x", token + "A", token[1:], token + "=="} {
		if _, genuine, _ := s.Read(bad, httpapi.ForCode, now); genuine {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, genuine, _ := (httpapi.Signer{}).Read((httpapi.Signer{}).Token(link), httpapi.ForCode, now); genuine {
		t.Error("a signer without a key takes links")
	}
}

func FuzzToken(f *testing.F) {
	s := httpapi.Signer{Key: bytes.Repeat([]byte{7}, 32)}
	now := time.Unix(1_773_000_000, 0)
	f.Add(s.Token(httpapi.Link{Purpose: httpapi.ForCode, Record: 1, Until: now.Add(time.Hour)}))
	f.Fuzz(func(t *testing.T, token string) {
		if l, genuine, _ := s.Read(token, httpapi.ForCode, now); genuine && s.Token(l) != token {
			t.Errorf("%q reads as %+v", token, l)
		}
	})
}
