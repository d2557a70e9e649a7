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
	"salesflow/bot/webhook/hooktest"
	"salesflow/configs"
)

const erpSecret = "erp-secret-0123456789"

// taxService is an example of an e-invoice service: it takes a request once for each id, refuses a buyer without an address, and has
// issued the invoice when it is asked after.
type taxService struct {
	mu    sync.Mutex
	asked map[string]map[string]any
	srv   *httptest.Server
}

func newTaxService(t *testing.T) *taxService {
	s := &taxService{asked: map[string]map[string]any{}}
	s.srv = httptest.NewServer(s)
	t.Cleanup(s.srv.Close)
	return s
}

func (s *taxService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"status":"accepted"}`)
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	var q map[string]any
	if json.Unmarshal(body, &q) != nil || r.Header.Get("X-Salesflow-Signature") == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.asked[q["id"].(string)] = q
	switch buyer := q["buyer"].(map[string]any); {
	case buyer["address"] == nil:
		_, _ = io.WriteString(w, `{"status":"failed","field":"address","message":"缺注册地址"}`)
	case q["kind"] == "red":
		_, _ = io.WriteString(w, `{"status":"issued","tax_no":"R`+q["red_of"].(string)+`"}`)
	default:
		_, _ = io.WriteString(w, `{"status":"accepted"}`)
	}
}

// waiting is the id of the last request of a kind.
func (s *taxService) waiting(no string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := ""
	for id, q := range s.asked {
		if q["no"] == no && id > last {
			last = id
		}
	}
	return last
}

func onBothWithERP(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, erp *hooktest.Receiver, tax *taxService)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			var w world
			erp := hooktest.New(t, erpSecret, time.Now)
			tax := newTaxService(t)
			w = newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					c.ERP = configs.Service{URL: erp.URL(), Secret: erpSecret}
					c.EInvoice = configs.Service{URL: tax.srv.URL, Secret: erpSecret}
					everybodyOn(org, platform)
				}
			})
			story(t, bottest.New(t, w), w, erp, tax)
		})
	}
}

func TestASignedContractIsAnOrderInTheERP(t *testing.T) {
	t.Parallel()
	onBothWithERP(t, func(t *testing.T, s *bottest.Story, w world, erp *hooktest.Receiver, _ *taxService) {
		admin, rep, legal, director := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		finance := s.As("吴桐").Skip()
		rep.Say("提交合同 绍兴市立医院 生化分析仪 128万 余款验收后30天 交期45天").ExpectCard("合同草稿")
		rep.Say("无附件")
		legal.ExpectCard("等你处理").Click("同意")
		if n := len(erp.Got("order.signed")); n != 0 {
			t.Fatalf("%d orders before it was signed", n)
		}
		director.ExpectCard("等你处理").Click("同意")
		s.Settle()
		got := erp.Wait(t, "order.signed", 1)
		var order map[string]any
		if err := json.Unmarshal(got[0].Data, &order); err != nil || order["contract_no"] != "HT2026-001" || order["amount_fen"] != float64(128000000) {
			t.Fatalf("order %s, %v", got[0].Data, err)
		}
		said := described(t, w, "SignedOrder")
		for key := range order {
			if said[key] == nil {
				t.Errorf("the document does not say that an order has %s", key)
			}
		}
		rep.Skip()
		rep.Say("合同进度 HT2026-001")
		rep.ExpectCard("合同进度 · HT2026-001", "已发给 ERP,等回")

		admin.Say("接口令牌 新建 ERP 读写 合同、订单、发货、发票、回款")
		api := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("读写订单").Text)}
		id := order["contract_id"].(string)
		if status, out := api.send("POST", "/contracts/"+id+"/order", `{"state":"accepted"}`); status != 422 {
			t.Errorf("an order without its number: %d %v", status, out)
		}
		api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"accepted","order_no":"SO-1001","seq":5,"amount_fen":127000000}`)
		rep.ExpectCard("合同进度 · HT2026-001", "SO-1001 已接单")
		api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"shipped","seq":7}`)
		if late := api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"producing","seq":6}`); late["state"] != "shipped" {
			t.Errorf("what comes late wins: %v", late)
		}
		rep.ExpectCard("合同进度 · HT2026-001", "SO-1001 已发货")

		// What differs is a list with who is to look at it, and each ends by a tap.
		rep.Skip()
		rep.Say("对齐 HT2026-001")
		deal := rep.ExpectCard("对齐 · HT2026-001", "SO-1001", "ERP 金额和合同不一样", "¥1,270,000.00", "ERP 已发货,这边没记", "→你:")
		deal.Click("1 已处理")
		deal.ExpectUpdate("周敏", "处理过", "ERP 已发货").Without("金额和合同不一样")
		finance.Skip()
		finance.Say("对齐")
		list := finance.ExpectCard("对齐 · 公司", "ERP 已发货,这边没记", "HT2026-001", "处理过 1 条")
		finance.Say("对齐 处理 HT2026-001 补记中")
		finance.ExpectText("HT2026-001", "处理过了")
		_ = list

		// The other system files what it did; the same rules hold, and the same people are told.
		rep.Skip()
		made := api.want(201, "POST", "/shipments", `{"contract_id":"`+id+`","quantity_hundredths":400,"unit":"台","amount_fen":60000000,"tracking":"SF1234567890"}`)
		rep.ExpectCard("FH2026-001", "4台")
		if status, out := api.send("POST", "/shipments", `{"contract_id":"`+id+`","amount_fen":90000000}`); status != 409 || !strings.Contains(out["detail"].(string), "合同金额") {
			t.Errorf("more than was sold: %d %v", status, out)
		}
		find(t, api.want(200, "GET", "/shipments?contract_id="+id, ""), "id", made["id"].(string))
		invoice := api.want(201, "POST", "/invoices", `{"contract_id":"`+id+`","amount_fen":60000000,"tax_no":"24332000000012345678"}`)
		body := `{"contract_id":"` + id + `","amount_fen":20000000,"bank_ref":"ICBC-77"}`
		paid := api.want(201, "POST", "/payments", body)
		if paid["left_fen"] != float64(0) {
			t.Errorf("the invoice takes the payment: %v", paid)
		}
		if status, _ := api.send("POST", "/payments", body); status != 409 {
			t.Errorf("the bank's entry twice: %d", status)
		}
		if status, out := api.send("POST", "/payments", `{"contract_id":"`+id+`","amount_fen":20000000}`); status != 409 || !strings.Contains(out["detail"].(string), "像是同一笔") {
			t.Errorf("the same money on no day in particular: %d %v", status, out)
		}
		if got := find(t, api.want(200, "GET", "/invoices?contract_id="+id, ""), "id", invoice["id"].(string)); got["open_fen"] != float64(40000000) {
			t.Errorf("open: %v", got)
		}
		if state := api.want(200, "GET", "/contracts/"+id, ""); state["paid_fen"] != float64(20000000) || state["order"].(map[string]any)["order_no"] != "SO-1001" {
			t.Errorf("the contract stands at %v", state)
		}
		customer := order["customer"].(map[string]any)["id"].(string)
		draft := api.want(201, "POST", "/contracts", `{"customer_id":"`+customer+`","amount_fen":5000000,"payment_days":30}`)
		if draft["no"] != "HT2026-002" || draft["state"] != "pending" {
			t.Errorf("submitted: %v", draft)
		}
		legal.ExpectCard("HT2026-002", "等你处理")

		rep.Skip()
		api.want(201, "POST", "/contracts/"+id+"/order", `{"state":"rejected","seq":9,"note":"物料停产"}`)
		rep.ExpectText("ERP 没接 HT2026-001", "物料停产")
		if n := len(erp.Got("order.signed")); n != 1 {
			t.Errorf("%d orders", n)
		}
	})
}

func TestAnEInvoiceIsIssuedOrSaysWhatToMend(t *testing.T) {
	t.Parallel()
	onBothWithERP(t, func(t *testing.T, s *bottest.Story, w world, _ *hooktest.Receiver, tax *taxService) {
		admin, finance, rep := s.As("郑凯").Skip(), s.As("吴桐").Skip(), s.As("周敏").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		rep.Say("电子票 FP2026-001")
		rep.ExpectAny().Without("在开")
		finance.Skip()
		finance.Say("开票资料 绍兴市立医院 税号 123 邮箱 cw@example.com")
		finance.ExpectText("税号", "15 到 20 位", "没有改动")
		finance.Say("开票资料 绍兴市立医院 抬头 绍兴市立医院 税号 913306001234567 邮箱 cw@example.com")
		finance.ExpectText("记下了", "913306001234567", "cw@example.com")
		finance.Say("电子票 FP2026-001")
		finance.ExpectCard("电子票 FP2026-001 · 在开")
		s.Settle()
		finance.ExpectCard("没开出来", "地址有问题", "缺注册地址", "开票资料 绍兴市立医院 地址").ExpectButtons("再开一次")
		finance.ExpectText("电子票 FP2026-001", "没开出来", "地址有问题")
		finance.Say("开票资料 绍兴市立医院 地址 绍兴市越城区中兴路 1 号")
		finance.ExpectText("记下了", "中兴路 1 号")
		finance.Say("电子票 FP2026-001")
		finance.ExpectCard("电子票 FP2026-001 · 在开")
		s.Settle()
		admin.Say("接口令牌 新建 税务 读写 发票")
		service := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("读写发票").Text)}
		id := tax.waiting("FP2026-001")
		service.want(201, "POST", "/einvoices/"+id+"/result", `{"status":"issued","tax_no":"24332000000087654321","pdf_url":"https://tax.example.com/a.pdf"}`)
		finance.ExpectText("电子票开好了", "24332000000087654321", "https://tax.example.com/a.pdf")
		if status, _ := service.send("POST", "/einvoices/"+id+"/result", `{"status":"failed"}`); status != 409 {
			t.Errorf("another last word: %d", status)
		}
		finance.Say("红冲 FP2026-001 5万 退货")
		finance.ExpectText("已红冲", "HC2026-001")
		finance.Say("电子票 HC2026-001")
		finance.ExpectCard("电子票 HC2026-001", "红字 -¥50,000.00")
		s.Settle()
		finance.ExpectText("电子票开好了", "R24332000000087654321")
	})
}
