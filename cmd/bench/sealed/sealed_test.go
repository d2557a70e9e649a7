package sealed

import (
	"strings"
	"testing"
)

func TestSealedMessageOpensAgain(t *testing.T) {
	t.Parallel()
	box, err := New("token", strings.Repeat("a", 43), "ww1")
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range []string{"", "拜访 绍兴市立医院", strings.Repeat("长", 1000)} {
		got, err := box.Open(box.Seal(msg))
		if err != nil || string(got) != msg {
			t.Errorf("opened %q, %v; want %q", got, err, msg)
		}
	}
}

func TestMessageForAnotherCorporationIsRefused(t *testing.T) {
	t.Parallel()
	box, err := New("token", strings.Repeat("a", 43), "ww1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := New("token", strings.Repeat("a", 43), "ww2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Open(other.Seal("拜访")); err == nil {
		t.Error("a message for ww2 was opened by ww1")
	}
}
