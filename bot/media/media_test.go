package media_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"salesflow/bot/media"
	"salesflow/cards/picture"
	"salesflow/store/sales"
)

func scene(seed int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			v := uint8((x*seed + y*y/7 + (x/40)*(y/30)*seed*13) % 251)
			img.Set(x, y, color.RGBA{v, v / 2, 255 - v, 255})
		}
	}
	draw.ApproxBiLinear.Scale(img, image.Rect(40, 40, 200, 160), image.NewUniform(color.RGBA{uint8(seed * 40), 0, 0, 255}), image.Rect(0, 0, 1, 1), draw.Src, nil)
	return img
}

func asJPEG(t *testing.T, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSamePictureLooksTheSame(t *testing.T) {
	t.Parallel()
	look := func(b []byte) media.Picture {
		p, err := media.Look(b)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	small := image.NewRGBA(image.Rect(0, 0, 160, 120))
	draw.BiLinear.Scale(small, small.Bounds(), scene(3), scene(3).Bounds(), draw.Src, nil)
	a, b, other := look(asJPEG(t, scene(3), 90)), look(asJPEG(t, small, 40)), look(asJPEG(t, scene(5), 90))
	if d := sales.LookDistance(a.Hash, b.Hash); d > 6 {
		t.Errorf("the same picture, smaller, differs in %d bits", d)
	}
	if d := sales.LookDistance(a.Hash, other.Hash); d <= 6 {
		t.Errorf("another picture differs in %d bits only", d)
	}
	if a.Width != 320 || a.Height != 240 || a.Code != "" {
		t.Errorf("%+v", a)
	}
}

func TestACodeInAPhotoIsRead(t *testing.T) {
	t.Parallel()
	b, err := picture.Code("https://bot.example.com/q/abc", "绍兴市立医院", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	photo := image.NewRGBA(image.Rect(0, 0, 3000, 2000))
	draw.Draw(photo, photo.Bounds(), image.NewUniform(color.RGBA{120, 110, 100, 255}), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(photo, image.Rect(1000, 500, 1900, 1400), code, code.Bounds(), draw.Src, nil)
	p, err := media.Look(asJPEG(t, photo, 60))
	if err != nil || p.Code != "https://bot.example.com/q/abc" {
		t.Errorf("read %q, %v", p.Code, err)
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 13_000, 10), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	cut := asJPEG(t, scene(1), 90)
	for name, tc := range map[string]struct {
		b    []byte
		want error
	}{
		"nothing": {nil, media.ErrNoPicture}, "text": {[]byte("你好"), media.ErrNoPicture}, "bomb": {bomb.Bytes(), media.ErrTooLarge},
		"cut off": {cut[:200], media.ErrNoPicture},
	} {
		if _, err := media.Look(tc.b); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzLook(f *testing.F) {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 8)))
	f.Add(b.Bytes())
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := media.Look(b); err == nil && (p.Width < 1 || p.Height < 1) {
			t.Errorf("%+v", p)
		}
	})
}

func TestVoiceIsKnownByItsFirstBytes(t *testing.T) {
	t.Parallel()
	if m, err := media.VoiceKind([]byte("#!AMR\n....")); err != nil || m != "audio/amr" {
		t.Errorf("%s %v", m, err)
	}
	for _, b := range []string{"", "PK\x03\x04", "MZ"} {
		if _, err := media.VoiceKind([]byte(b)); !errors.Is(err, media.ErrNoVoice) {
			t.Errorf("%q: %v", b, err)
		}
	}
}

func TestToolsGiveText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clip.amr")
	if err := os.WriteFile(path, []byte("#!AMR\n你好"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got, auth, mime string
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, auth, mime = string(b), r.Header.Get("Authorization"), r.Header.Get("Content-Type")
		_, _ = io.WriteString(w, `{"text":" 拜访绍兴市立医院 "}`)
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"text":"`+strings.Repeat("长", 60_000)+`"}`)
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the caller has left
		<-r.Context().Done()
	})
	mux.HandleFunc("/html", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	ctx := context.Background()
	text, err := media.Tool{URL: srv.URL + "/ok", Secret: "s"}.Text(ctx, path, "audio/amr")
	if err != nil || text != "拜访绍兴市立医院" || got != "#!AMR\n你好" || auth != "Bearer s" || mime != "audio/amr" {
		t.Errorf("%q %v, sent %q %q %q", text, err, got, auth, mime)
	}
	for _, bad := range []string{"/huge", "/slow", "/html", "/away", "/none"} {
		if text, err := (media.Tool{URL: srv.URL + bad, Timeout: 200 * time.Millisecond}).Text(ctx, path, "audio/amr"); err == nil {
			t.Errorf("%s gave %q", bad, text)
		}
	}
	if text, err := (media.Tool{Command: []string{"cat", "{file}"}}).Text(ctx, path, ""); err != nil || text != "#!AMR\n你好" {
		t.Errorf("command: %q %v", text, err)
	}
	if _, err := (media.Tool{Command: []string{"sleep", "60"}, Timeout: 50 * time.Millisecond}).Text(ctx, path, ""); err == nil {
		t.Error("a program that never ends is no error")
	}
	if (media.Tool{}).Set() {
		t.Error("the zero Tool is set")
	}
}

func TestAToolThatCannotBeReachedIsNotNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clip.amr")
	if err := os.WriteFile(path, []byte("clip"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := media.Tool{URL: "http://127.0.0.1:1/asr?key=not-to-be-seen"}.Text(t.Context(), path, "audio/amr")
	if err == nil || strings.Contains(err.Error(), "not-to-be-seen") {
		t.Errorf("got %v", err)
	}
}

// progressive is a JPEG of one grey, w by h dots, whose coefficients a decoder keeps until the end: a bit for each 64 dots.
func progressive(w, h int) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc2, 0, 17, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	b = append(b, 0xff, 0xc4, 0, 20, 0, 1)
	b = append(b, make([]byte, 16)...) // one code of one bit, for no difference
	b = append(b, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0)
	b = append(b, make([]byte, (w/8+1)*(h/8+1)*3/8+1)...)
	return append(b, 0xff, 0xd9)
}

// A small file must not take the memory of the whole program: what its decoding holds is known before it is decoded.
func TestAPictureIsDecodedWithinItsMemory(t *testing.T) {
	t.Parallel()
	if _, err := media.Look(progressive(800, 600)); err != nil {
		t.Fatalf("a small progressive picture: %v", err)
	}
	if _, err := media.Look(progressive(1600, 1200)); err != nil {
		t.Errorf("a progressive picture of a phone: %v", err)
	}
	if p, err := media.Look(progressive(10_000, 5_000)); !errors.Is(err, media.ErrTooLarge) {
		t.Errorf("750 MB to decode: %v, %+v", err, p)
	}
	deep := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x1b\x58\x00\x00\x13\x88\x10\x06\x00\x00\x00") // 7,000 by 5,000, 16 bits of colour
	deep = binary.BigEndian.AppendUint32(deep, crc32.ChecksumIEEE(deep[12:]))
	if _, err := media.Look(deep); !errors.Is(err, media.ErrTooLarge) {
		t.Errorf("280 MB to decode: %v", err)
	}
}
