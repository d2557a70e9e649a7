package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"salesflow/bot/bottest"
	"salesflow/bot/httpapi"
	"salesflow/bot/sim"
	"salesflow/cards/picture"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// code is the text of a customer's QR code.
func (w world) code(t *testing.T, customer string) string {
	t.Helper()
	return w.program.links.Code(w.customer(t, customer).ID, w.program.clock.Now())
}

// photo is a photo of a code on a wall, as a phone takes it.
func photo(t *testing.T, text string) []byte {
	t.Helper()
	b, err := picture.Code(text, "绍兴市立医院", "")
	if err != nil {
		t.Fatal(err)
	}
	code, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	wall := image.NewRGBA(image.Rect(0, 0, 1200, 1000))
	draw.Draw(wall, wall.Bounds(), image.NewUniform(color.RGBA{150, 140, 130, 255}), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(wall, image.Rect(300, 200, 900, 844), code, code.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, wall, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// snapshot is a picture with nothing to read in it.
func snapshot(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = uint8(i) + shade
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w world) pictures(t *testing.T, v sales.Visit) []sales.Media {
	t.Helper()
	var out []sales.Media
	err := w.program.db.View(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.MediaOf(ctx, "visit", v.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestACodeIsScannedAndAVisitFiled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("二维码 绍兴市立医院")
		rep.ExpectImage()
		rep.ExpectText("贴在客户那里")

		code := w.code(t, "绍兴市立医院")
		if rep.Platform() == sim.WeCom {
			rep.Scan(code)
		} else {
			rep.Send("现场.jpg", photo(t, code))
			rep.ExpectText("图收下了")
		}
		card := rep.ExpectCard("扫到了", "绍兴市立医院", "拍张现场照")
		card.Click("拜访")
		rep.ExpectText("绍兴市立医院", "见了谁")
		rep.Send("门口.jpg", snapshot(t, 3))
		rep.ExpectText("图收下了")
		rep.Say("王主任,介绍生化分析仪,下周二前寄样")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "王主任", "3月17日", "照片")
		v := w.lastVisit(t, "zhoumin")
		if got := w.pictures(t, v); len(got) == 0 || got[0].CustomerID != v.CustomerID {
			t.Errorf("pictures of the visit: %+v", got)
		}
		s.Settle()
		rep.Say("图片")
		rep.ExpectImage()
		s.FastForward(time.Hour)
		rep.Skip().ExpectNothingElse() // the photo came: nobody asks for it
	})
}

func TestAPhotoIsAskedForOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Scan(w.code(t, "绍兴市立医院"))
		rep.ExpectCard("扫到了", "10:30前")
		s.FastForward(31 * time.Minute)
		rep.ExpectText("绍兴市立医院", "还差一张现场照")
		s.FastForward(3 * time.Hour)
		rep.ExpectNothingElse()
	})
}

func TestForgedAndForeignCodesAreRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		good := w.code(t, "绍兴市立医院")
		other := links{httpapi.Signer{Key: bytes.Repeat([]byte{1}, 32)}, "https://bot.other.example"}
		for _, bad := range []string{good[:len(good)-6] + "AAAAAA", other.Code(w.customer(t, "绍兴市立医院").ID, w.program.clock.Now())} {
			rep.Scan(bad)
			rep.ExpectText("不是我们公司的", "没有记")
		}
		rep.ExpectNothingElse()
		old := w.program.links.Code(w.customer(t, "绍兴市立医院").ID, w.program.clock.Now().Add(-3*365*24*time.Hour))
		rep.Scan(old)
		rep.ExpectText("过期了", "换一张")
		stranger := s.As("李强").Skip()
		stranger.Say("二维码 绍兴市立医院")
		stranger.ExpectText("周敏的客户", "找周敏要")
	})
}

func TestAPictureJoinsTheVisitJustFiled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪")
		rep.ExpectCard("拜访已记录")
		rep.Send("现场.jpg", snapshot(t, 9))
		rep.ExpectText("附在 绍兴市立医院 这次拜访上")
		s.Settle()
		v := w.lastVisit(t, "zhoumin")
		got := w.pictures(t, v)
		if len(got) != 1 || got[0].State != sales.MediaRead || got[0].Look == 0 || got[0].Width != 64 || got[0].SentAt.IsZero() {
			t.Errorf("picture: %+v", got)
		}
		rep.Send("坏的.png", append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("x"), 200)...))
		rep.ExpectText("附在")
		rep.ExpectText("打不开", "重新发一张")
		rep.ExpectNothingElse()
	})
}

func TestTextInAPictureIsConfirmedFirst(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					everybodyOn(org, platform)
					c.OCR.Command = "printf 迈瑞\\040生化\\040报价\\04028.5万\\n"
				}
			})
			s := bottest.New(t, w)
			rep := s.As("周敏").Skip()
			rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪")
			rep.ExpectCard("拜访已记录")
			rep.Send("报价单.jpg", snapshot(t, 4))
			rep.ExpectText("附在")
			card := rep.ExpectCard("图里的字", "28.5万", "绍兴市立医院")
			if v := w.lastVisit(t, "zhoumin"); strings.Contains(v.Text, "28.5") {
				t.Error("filed before it was confirmed")
			}
			card.Click("记下来")
			card.ExpectUpdate("已记下", "周敏").ExpectNoButtons()
			if v := w.lastVisit(t, "zhoumin"); !strings.Contains(v.Text, "28.5万") || v.Amount != 0 {
				t.Errorf("visit: %q %d", v.Text, v.Amount)
			}
			rep.ExpectNothingElse()
		})
	}
}

func TestVoiceBecomesAVisit(t *testing.T) {
	t.Parallel()
	speech := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.Header.Get("Content-Type") != "audio/amr" || !bytes.HasPrefix(b, []byte("#!AMR")) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"text":"拜访绍兴市立医院王主任介绍了生化分析仪下周二前寄样"}`)
	}))
	t.Cleanup(speech.Close)
	w := newWorld(t, sim.WeCom, func(o *demoOptions) {
		o.change = func(c *configs.Config, org *configs.Org) {
			everybodyOn(org, sim.WeCom)
			c.Speech.URL = speech.URL
		}
	})
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Send("语音.amr", []byte("#!AMR\nxxxx"))
	rep.ExpectText("正在转文字")
	rep.ExpectCard("拜访已记录", "绍兴市立医院", "王主任", "3月17日")
	rep.Send("假的.amr", []byte("MZ this is a program"))
	rep.ExpectText("正在转文字")
	rep.ExpectText("不是语音")
	rep.ExpectNothingElse()
}

func TestVoiceWithoutATranscriberIsSaidHonestly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Send("语音.amr", []byte("#!AMR\nxxxx"))
	rep.ExpectText("还不能转文字", "打字")
	rep.ExpectNothingElse()
}

var pageLink = regexp.MustCompile(`https?://[^)\s]+/my/\S+?/[A-Za-z0-9_-]+`)

func TestOwnPagesShowOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		open := func(rep *bottest.Phone, what string) string {
			t.Helper()
			rep.Say("网页 " + what)
			link := pageLink.FindString(bottest.Plain(rep.ExpectText("一小时内有效").Message))
			if link == "" {
				t.Fatal("no link")
			}
			res, err := http.Get(link)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return string(b)
		}
		rep, other := s.As("周敏").Skip(), s.As("李强").Skip()
		mine := open(rep, "客户")
		if !strings.Contains(mine, "绍兴市立医院") || strings.Contains(open(other, "客户"), "绍兴市立医院") {
			t.Error("a page shows another person's customers, or not one's own")
		}
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪")
		rep.ExpectCard("拜访已记录")
		if page := open(rep, "记录"); !strings.Contains(page, "介绍生化分析仪") {
			t.Error("the page of filings lacks the visit")
		}
		if page := open(rep, "二维码"); strings.Count(page, "data:image/png;base64,") < 2 {
			t.Error("the page of codes has no codes")
		}
	})
}
