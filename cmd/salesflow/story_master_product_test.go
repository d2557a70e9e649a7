package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

func TestAProductsCertificateIsWarnedOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		rep.Say("改产品 低速离心机 有效期 2026-07-01")
		rep.ExpectText("管理员", "没有这个权限")
		admin.Say("改产品 低速离心机 注册证号 国械注准20203220001")
		admin.ExpectCard("国械注准20203220001")
		admin.Say("改产品 低速离心机 负责人 李强")
		admin.ExpectCard("负责人 李强")
		admin.Say("改产品 低速离心机 有效期 明年夏天")
		admin.ExpectText("日期没看懂")
		admin.Say("改产品 低速离心机 有效期 2026-07-01")
		admin.ExpectCard("有效期 7月1日", "低速离心机")
		owner := s.As("李强").Skip()
		s.At(time.Date(2026, 4, 2, 10, 0, 0, 0, storyStart.Location())) // 90 days before
		for _, p := range []*bottest.Phone{admin, owner} {
			p.ExpectText("低速离心机的注册证还有 90 天到期", "国械注准20203220001")
		}
		admin.Say("改产品 低速离心机 有效期 2030-07-01")
		admin.ExpectCard("低速离心机")
		admin.Skip()
		s.At(time.Date(2026, 6, 2, 10, 0, 0, 0, storyStart.Location()))
		if n := w.count(t, "郑凯", "注册证还有"); n != 1 {
			t.Errorf("%d warnings, want the first only", n)
		}
		rep.Skip()
		rep.Say("产品 离心机")
		rep.ExpectCard("低速离心机", "2030")
	})
}

func TestALetterOfAuthorisationIsKeptAndWarnedOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say("授权 绍兴市立医院 低速离心机 到 2026-04-10")
		rep.ExpectText("还差编号")
		rep.Say("授权 绍兴市立医院 低速离心机 到 2026-04-10 编号 SQ2026-001")
		rep.ExpectCard("授权书已记", "SQ2026-001", "绍兴市立医院", "低速离心机")
		rep.Say("授权 绍兴市立医院")
		rep.ExpectText("授权书 1 份", "低速离心机", "SQ2026-001")
		other.Say("授权 绍兴市立医院")
		other.ExpectText("周敏的客户")
		rep.ExpectText("绍兴市立医院的授权书还有 30 天到期", "SQ2026-001", "续签")
		s.At(time.Date(2026, 4, 3, 10, 0, 0, 0, storyStart.Location()))
		rep.ExpectText("绍兴市立医院的授权书还有 7 天到期")
		rep.Say("授权作废 SQ2026-001")
		rep.ExpectText("作废了")
		rep.Skip()
		s.At(time.Date(2026, 4, 10, 12, 0, 0, 0, storyStart.Location()))
		if n := w.count(t, "周敏", "的授权书今天到期"); n > 0 {
			t.Errorf("%d warnings after it was made void", n)
		}
	})
}

func TestProductsAreImportedByTheAdmin(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		chat := sendSheet(admin, w, "产品.xlsx", excel(t,
			[]any{"品名", "品类", "单价", "底价", "注册证号", "有效期至", "适用行业", "话术"},
			[]any{"低速离心机", "检验", "9.8万", "8.5折", "国械注准1", 47000, "医疗", "安静"},
			[]any{"超速离心机", "检验", "480,000", "90%", "", "", "医疗", ""},
			[]any{"坏价格", "检验", "很贵", "", "", "2027-02-30", "", ""},
		))
		chat.ExpectAny()
		s.Settle()
		if w.wecomOnly(admin) {
			chat = admin
		}
		chat.ExpectCard("导入产品", "可导入 2 行", "有问题 1 行", "标准价没看懂", "没有这一天").Click("导入 2 个")
		chat.ExpectCard("导入了 2 个")
		s.As("周敏").Skip().Say("产品 低速离心机").ExpectCard("低速离心机", "¥98,000.00", "低于 8.5 折要特批", "国械注准1", "2028", "安静")
		s.As("周敏").Say("产品 超速离心机").ExpectCard("¥480,000.00", "9 折")
	})
}

func TestTheRegistryFillsInAndChecks(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	answer, asked := "", []string{}
	fake := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		b, _ := io.ReadAll(r.Body)
		var q struct{ Name, USCC string }
		_ = json.Unmarshal(b, &q)
		asked = append(asked, q.Name)
		if r.Header.Get("X-Salesflow-Signature") == "" {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(rw, answer)
	}))
	t.Cleanup(fake.Close)
	says := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		answer = s
	}
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		w := newWorld(t, platform, func(o *demoOptions) {
			before := o.change
			o.change = func(c *configs.Config, org *configs.Org) {
				before(c, org)
				c.Registry = configs.Service{URL: fake.URL, Secret: "s"}
			}
		})
		s := bottest.New(t, w)
		rep := s.As("周敏").Skip()
		says(`{"found":true,"name":"绍兴市立医院","uscc":"91330602MA288T9Y6J","status":"存续"}`)
		rep.Say("查工商 绍兴市立医院")
		rep.ExpectText("在查")
		s.Settle()
		card := rep.ExpectCard("工商核对", "绍兴市立医院", "存续", "信用代码还空着").ExpectButtons("填上代码", "不改")
		if w.customer(t, "绍兴市立医院").USCC != "" {
			t.Fatal("the code was written before anybody tapped")
		}
		card.Click("填上代码")
		rep.ExpectText("按登记改成")
		if got := w.customer(t, "绍兴市立医院").USCC; got != "91330602MA288T9Y6J" {
			t.Errorf("code %q", got)
		}
		says(`{"found":true,"name":"绍兴市第九医院","uscc":"91330602MA288T9Y6J","status":"吊销"}`)
		rep.Say("查工商 绍兴市立医院")
		rep.ExpectText("在查")
		s.Settle()
		rep.ExpectCard("吊销", "先核实", "名称对不上", "绍兴市第九医院").Click("不改")
		if w.customersNamed(t, "绍兴市立医院") != 1 {
			t.Error("the name was overwritten")
		}
		says("<html>" + strings.Repeat("x", 100))
		rep.Say("查工商 绍兴市立医院")
		rep.ExpectText("在查")
		s.Settle()
		rep.ExpectText("没应答")
		says(`{"found":true,"name":"绍兴云岭康复医院","uscc":"91330602MA288T9Y6J","status":"注销"}`)
		rep.Say("新客户 绍兴云岭康复医院 13800005678 医疗")
		rep.ExpectCard("客户已建")
		s.Settle()
		rep.ExpectCard("工商核对", "注销", "先核实")
		mu.Lock()
		n := len(asked)
		mu.Unlock()
		if n < 4 {
			t.Errorf("asked %d times", n)
		}
	}
}
