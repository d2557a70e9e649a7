package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

const storyFields = `
fields:
  - {object: 客户, key: cycle_month, name: 预算月份, aliases: [预算周期], type: text, max: 20, card: true}
  - {object: 客户, key: grade_note, name: 信用备注, type: text, see: [finance, director], edit: [finance]}
  - {object: 商机, key: source, name: 预算来源, type: choice, options: [财政, 自筹, 设备贷], stage: negotiation, card: true}
  - {object: 商机, key: share, name: 我司份额, type: percent, max: 100}
  - {object: 拜访, key: bed, name: 床位数, type: number, unit: 张, required: true, card: true}
  - {object: 投诉, key: serial, name: 机身号, type: text, card: true}
  - {object: 合同, key: place, name: 交货地, type: text, card: true}
records:
  - key: device
    name: 设备档案
    aliases: [设备]
    prefix: SB
    customer: true
    fields:
      - {key: model, name: 型号, type: text, required: true}
      - {key: installed, name: 装机日期, type: date, required: true}
      - {key: price, name: 采购价, type: money, see: [rep, lead, director, finance]}
      - {key: inuse, name: 在用, type: bool}
      - {key: hours, name: 日均小时, type: number, unit: 小时}
`

// withFields starts the product with custom fields.
func withFields(t *testing.T, platform string) world {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fields.yaml")
	if err := os.WriteFile(file, []byte(storyFields), 0o600); err != nil {
		t.Fatal(err)
	}
	return newWorld(t, platform, func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			c.Fields.File = file
		}
	})
}

func withFieldsOnBoth(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	t.Helper()
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := withFields(t, platform)
			story(t, bottest.New(t, w), w)
		})
	}
}

func TestFieldsOfTheCompanysOwnAreFilledByChat(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, finance, other, admin := s.As("周敏").Skip(), s.As("吴桐").Skip(), s.As("李强").Skip(), s.As("郑凯").Skip()
		rep.Say("字段 客户")
		rep.ExpectText("客户的字段 1 个", "预算月份(也叫预算周期) · 文字")
		admin.Say("字段 客户")
		admin.ExpectText("客户的字段 2 个", "信用备注", "能看 财务、销售总监", "能改 财务")
		rep.Say("补资料 绍兴市立医院 预算周期 每年3月")
		rep.ExpectText("记下了,绍兴市立医院 预算月份:每年3月")
		rep.Say("客户 绍兴市立医院")
		rep.ExpectCard("绍兴市立医院", "预算月份", "每年3月")
		rep.Say("填 客户 绍兴市立医院 预算月份 每年4月")
		rep.ExpectText("预算月份改成 每年4月(原来 每年3月)")
		rep.Say("撤销")
		rep.ExpectText("已撤销:绍兴市立医院", "改回 每年3月")
		rep.Say("填 客户 绍兴市立医院")
		rep.ExpectText("预算月份 每年3月")
		// What a role may not see is nowhere.
		finance.Say("填 客户 绍兴市立医院 信用备注 压款两次")
		finance.ExpectText("信用备注:压款两次")
		finance.Say("客户 绍兴市立医院 资料")
		finance.ExpectCard("信用备注", "压款两次")
		rep.Say("填 客户 绍兴市立医院 信用备注 没有")
		rep.ExpectText("没有字段", "信用备注 没有", "能填:预算月份")
		rep.Say("客户 绍兴市立医院 资料")
		rep.ExpectCard("资料登记").Without("信用备注")
		other.Say("填 客户 绍兴市立医院 预算月份 每年5月")
		other.ExpectText("周敏")
		// A visit asks for what it needs, once.
		rep.Say("拜访 绍兴市立医院 王主任 聊了全自动生化分析仪,嫌贵")
		rep.ExpectCard("拜访已记录")
		rep.ExpectText("还差一项", "床位数")
		rep.Say("很多张")
		rep.ExpectText("床位数没看懂", "写一个数")
		rep.Say("600张")
		rep.ExpectText("床位数:600张")
	})
}

func TestAFieldIsAskedForAtItsStage(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院 低速离心机 60万")
		rep.ExpectCard("商机已建")
		rep.Say("推进 绍兴市立医院 价格谈判")
		rep.ExpectAny()
		rep.Say("财政")
		rep.ExpectCard("商机已推进", "价格谈判", "预算来源", "财政")
		rep.Say("商机 绍兴市立医院 我司份额 120%")
		rep.ExpectText("我司份额最大 100%")
		rep.Say("商机 绍兴市立医院 我司份额 35% 预算来源 自筹")
		rep.ExpectText("我司份额:35%", "预算来源改成 自筹(原来 财政)")
	})
}

func TestARecordTypeOfTheCompanysOwn(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, other, lead := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip()
		rep.Say("设备档案 绍兴市立医院 型号 AU480 采购价 48万")
		rep.ExpectText("设备档案的装机日期?")
		rep.Say("2025年3月5日")
		card := rep.ExpectCard("设备档案已建 SB0001", "绍兴市立医院", "AU480", "2025-03-05", "48万").ExpectButtons("修改", "撤销")
		rep.Say("设备档案 SB0001 在用 是 型号 AU5800")
		rep.ExpectText("在用:是", "型号改成 AU5800(原来 AU480)")
		lead.Say("设备档案 绍兴市立医院")
		lead.ExpectText("绍兴市立医院的设备档案 1 条", "SB0001", "AU5800", "48万")
		other.Say("设备档案 SB0001")
		other.ExpectText("你看不了")
		other.Say("设备档案 绍兴市立医院 型号 X 装机日期 昨天")
		other.ExpectText("周敏")
		rep.Say("设备档案 导出")
		rep.ExpectText("在做设备档案的 Excel")
		rep.ExpectText("设备档案-2026-03-11.xlsx")
		rep.Skip()
		card.Click("撤销")
		card.ExpectUpdate("设备档案已撤销", "已撤销")
		lead.Say("设备档案 SB0001")
		lead.ExpectText("没有编号是 SB0001")
	})
}

func TestCustomFieldsInFilesAndRules(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, director := s.As("周敏").Skip(), s.As("陈刚").Skip()
		chat := sendSheet(rep, w, "客户.xlsx", excel(t, []any{"客户名称", "联系电话", "行业", "预算月份"},
			[]any{"嘉兴云海医院", "13800001111", "医疗", "每年9月"}, []any{"嘉兴云湖医院", "13800001112", "医疗", "这个预算月份写得实在是太长了要超过二十个字"}))
		s.Settle()
		if w.wecomOnly(rep) {
			chat = rep // the preview comes where cards can change
		}
		preview := chat.ExpectCard("导入客户", "等你定", "可导入 1 行", "第 3 行:预算月份最长 20 个字")
		preview.Click("导入 1 家")
		s.Settle()
		preview.ExpectUpdate("导入了 1 家")
		rep.Say("填 客户 嘉兴云海医院")
		rep.ExpectText("预算月份 每年9月")
		rep.Skip()
		// A rule begins with a custom field, and reads one in its condition.
		director.Say("规则 财政单\n当 商机.预算来源 变为 财政 且 商机.我司份额 > 30% 则 推送 销售总监 \"财政的单子 {客户}\"")
		director.ExpectCard("财政单", "草稿").Click("启用")
		director.Skip()
		rep.Say("商机 绍兴市立医院 低速离心机 60万")
		rep.ExpectCard("商机已建")
		rep.Say("填 商机 绍兴市立医院 我司份额 40%")
		rep.ExpectText("我司份额:40%")
		rep.Say("填 商机 绍兴市立医院 预算来源 财政")
		rep.ExpectText("预算来源:财政")
		director.ExpectCard("财政的单子 绍兴市立医院")
	})
}

func TestAnotherSystemFillsCustomFields(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		admin.Say("接口令牌 新建 ERP 读写 客户、字段、档案")
		erp := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("只显示这一次").Text)}
		id := find(t, erp.want(200, "GET", "/customers?limit=200", ""), "name", "绍兴市立医院")["id"].(string)
		set := erp.want(200, "PATCH", "/custom/customer/"+id, `{"custom":{"cycle_month":"每年3月"}}`)
		if set["custom"].(map[string]any)["cycle_month"] != "每年3月" {
			t.Errorf("set %v", set)
		}
		for body, field := range map[string]string{
			`{"custom":{"cycle_month":12}}`: "a number", `{"custom":{"credit":"x"}}`: "an unknown field", `{"custom":{"grade_note":"x"}}`: "a field of finance",
		} {
			if status, out := erp.send("PATCH", "/custom/customer/"+id, body); status != 422 {
				t.Errorf("%s: %d %v", field, status, out)
			}
		}
		if got := erp.want(200, "GET", "/customers/"+id, "")["custom"]; got == nil || got.(map[string]any)["cycle_month"] != "每年3月" {
			t.Errorf("the customer has %v", got)
		}
		made := erp.want(201, "POST", "/records", `{"kind":"device","customer_id":"`+id+`","custom":{"model":"AU480","installed":"2025-03-05","inuse":true}}`)
		if got := find(t, erp.want(200, "GET", "/records?kind=device", ""), "no", "SB0001")["custom"].(map[string]any); made["no"] != "SB0001" || got["model"] != "AU480" || got["inuse"] != true {
			t.Errorf("made %v, read %v", made, got)
		}
		if status, out := erp.send("POST", "/records", `{"kind":"device","customer_id":"`+id+`","custom":{"model":"AU480"}}`); status != 422 {
			t.Errorf("without a required field: %d %v", status, out)
		}
		rep.Say("设备档案 SB0001")
		rep.ExpectCard("设备档案 SB0001", "AU480")
	})
}

func TestMergedCustomersJoinTheirFields(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, finance := s.As("周敏").Skip(), s.As("吴桐").Skip()
		finance.Say("填 客户 嘉兴妇幼保健院 信用备注 付款拖").ExpectText("记下了")
		rep.Say("填 客户 绍兴市立医院 预算月份 3月").ExpectText("记下了", "3月")
		s.FastForward(time.Hour)
		rep.Say("填 客户 嘉兴妇幼保健院 预算月份 10月").ExpectText("记下了", "10月")
		rep.Say("合并 嘉兴妇幼保健院 到 绍兴市立医院")
		ask := rep.ExpectCard("合并客户", "字段 预算月份 10月 / 3月,留 10月").Without("付款拖", "信用备注")
		ask.Click("合并")
		rep.ExpectText("合好了", "字段:预算月份留 10月")
		rep.Say("填 客户 绍兴市立医院").ExpectText("预算月份 10月")
		finance.Say("填 客户 绍兴市立医院").ExpectText("信用备注 付款拖")
		rep.Say("撤销合并").ExpectText("还原成两家了")
		rep.Say("填 客户 绍兴市立医院").ExpectText("预算月份 3月")
		rep.Say("填 客户 嘉兴妇幼保健院").ExpectText("预算月份 10月")
		finance.Say("填 客户 绍兴市立医院").ExpectText("还没填", "信用备注")
		// What was changed after the merge stays with the side that was kept.
		rep.Skip().Say("合并 嘉兴妇幼保健院 到 绍兴市立医院")
		rep.ExpectCard("合并客户", "留 10月", "[合并]").Click("合并")
		rep.ExpectText("合好了")
		rep.Say("填 客户 绍兴市立医院 预算月份 6月").ExpectText("记下了", "原来 10月")
		rep.Say("撤销合并").ExpectText("还原成两家了")
		rep.Say("填 客户 绍兴市立医院").ExpectText("预算月份 6月")
	})
}

func TestRecordsOfTheCompanysOwnComeFromFilesAndAreAddedUp(t *testing.T) {
	withFieldsOnBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say("导入 设备档案")
		rep.ExpectText("设备档案导入模板.xlsx")
		send := func(rows ...[]any) bottest.Seen {
			t.Helper()
			rep.Skip()
			chat := sendSheet(rep, w, "设备档案.xlsx", excel(t, append([][]any{{"编号", "客户名称", "型号", "装机日期", "日均小时", "在用"}}, rows...)...))
			s.Settle()
			if w.wecomOnly(rep) {
				chat = rep
			}
			return chat.ExpectCard("导入档案", "等你定")
		}
		// Excel hands over some dates as a count of days.
		preview := send([]any{"", "绍兴市立医院", "AU480", 45721, "4.8", "是"}, []any{"", "绍兴市立医院", "AU5800", "2025-04-01", "5.2小时", "是"},
			[]any{"", "嘉兴妇幼保健院", "CL-900", "2024-12-31", "2", "否"}, []any{"", "宁波市立医院", "AU480", "2025-03-05", "", ""},
			[]any{"", "绍兴市立医院", "", "2025-03-05", "", ""}, []any{"", "绍兴市立医院", "AU480", "2025-03-05", "4.8", "是"})
		if text := bottest.Plain(preview.Message); !contains(text, "可导入 3 行", "第 5 行:宁波市立医院不是你的客户", "第 6 行:型号空着") {
			t.Errorf("the preview says %s", text)
		}
		preview.Click("导入 3 条")
		s.Settle()
		preview.ExpectUpdate("导入了 3 条")
		rep.Say("撤销导入").ExpectText("是档案,整批撤不了", "档案名 编号 撤销")
		rep.Say("设备档案 SB0002").ExpectCard("SB0002", "绍兴市立医院", "AU5800", "2025-04-01")
		// The same file again files nothing; one that names a number corrects it.
		again := send([]any{"", "绍兴市立医院", "AU480", "2025-03-05", "4.8", "是"}, []any{"SB0002", "绍兴市立医院", "AU5800", "2025-04-01", "5.2小时", "否"},
			[]any{"SB0099", "绍兴市立医院", "AU1", "2025-04-01", "", ""})
		if text := bottest.Plain(again.Message); !contains(text, "可导入 1 行", "已有 1 行", "没有设备档案 SB0099") {
			t.Errorf("the second preview says %s", text)
		}
		again.Click("导入 1 条")
		s.Settle()
		again.ExpectUpdate("导入了 1 条")
		rep.Say("设备档案 SB0002").ExpectCard("SB0002", "否")
		// Added up: by itself, by a choice, for a period; nobody else's.
		rep.Say("汇总 设备档案 日均小时").ExpectText("3 条,合计 12小时,平均 4小时,最少 2小时,最多 5.2小时")
		rep.Say("汇总 设备档案 在用").ExpectText("共 3 条", "· 否:2 条(67%)", "· 是:1 条(33%)")
		rep.Say("汇总 设备档案 日均小时 按 在用 本月").ExpectText("3月1日", "按在用", "· 否:2 条,合计 7.2小时", "· 是:1 条,合计 4.8小时")
		rep.Say("汇总 设备档案 日均小时 上月").ExpectText("没有填过的")
		rep.Say("汇总 设备档案 型号").ExpectText("能汇总", "日均小时", "在用")
		rep.Say("汇总 客户 预算月份").ExpectText("没有能汇总的字段")
		other.Say("汇总 设备档案 日均小时").ExpectText("没有填过的")
		rep.Say("导出 设备档案").ExpectText("在做设备档案的 Excel")
	})
}

// On the command line the company's own columns are read, and records are filed for whom the file names.
func TestTheCommandLineReadsFieldsOfTheCompanysOwn(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	fields := filepath.Join(t.TempDir(), "fields.yaml")
	if err := os.WriteFile(fields, []byte(storyFields), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := filepath.Join(t.TempDir(), "salesflow.yaml")
	if err := os.WriteFile(cfg, []byte("fields: {file: "+fields+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := sheetFile(t, append(slices.Clone(importHeader), "预算月份"), []any{"临海远洲机械有限公司", "13905760001", "制造", "", "临海", "李强", "远洲", "每年9月"})
	code, out := command(t, dir, "import", "customers", file, "--config", cfg)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	c := customersCalled(t, dir, "临海远洲机械有限公司")
	if len(c) != 1 {
		t.Fatalf("customers %+v", c)
	}
	values := func(id sales.ID) (out []sales.CustomValue) {
		db := openAt(t, dir)
		defer db.Close()
		if err := db.View(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.CustomValues(ctx, id)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := values(c[0].ID); len(got) != 1 || got[0].Text != "每年9月" {
		t.Errorf("values %+v", got)
	}
	devices := sheetFile(t, []any{"客户", "型号", "装机日期", "记录人"}, []any{"绍兴市立医院", "AU480", "2025-03-05", "周敏"}, []any{"绍兴市立医院", "AU480", "2025-03-06", ""})
	if _, out = command(t, dir, "import", "records", "device", devices, "--config", cfg); !contains(out, "可导入 1", "第 3 行", "记录人空着", "一行都没写") {
		t.Errorf("the preview says %s", out)
	}
	if code, out = command(t, dir, "import", "records", "device", devices, "--config", cfg, "--valid-only"); code != 0 || !contains(out, "已导入 1 条") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if _, out = command(t, dir, "import", "records", "device", devices, "--config", cfg, "--valid-only"); !contains(out, "已有 1", "已导入 0 条") {
		t.Errorf("the second time it says %s", out)
	}
	if code, out = command(t, dir, "import", "records", "nothing", devices, "--config", cfg); code == 0 || !contains(out, "没有档案 nothing") {
		t.Errorf("of an unknown type it says %s", out)
	}
}
