package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

func TestTheMorningNamesThreeDealsInOneMessage(t *testing.T) {
	t.Parallel()
	onBothWith(t, withPast, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("计划 明天 上午 绍兴市立")
		rep.ExpectCard("已排")
		s.At(onDay(12, 8, 42))
		morning := rep.ExpectCard("今天的计划", "绍兴市立医院", "TOP3", "第1单", "胜率", "第3单").ExpectButtons("签到绍兴市立", "推进", "拜访", "不是这单", "看第2单", "看第3单")
		if n := w.count(t, "周敏", "今天的计划"); n != 1 {
			t.Errorf("%d morning messages", n)
		}
		morning.Click("不是这单")
		morning.ExpectUpdate("一周内不再排进来", "第1单", "签到绍兴市立")
		morning.Click("拜访")
		rep.ExpectAny()
		morning.ExpectUpdate("✓ 今天去", "第1单")
		rep.Skip()
		rep.Say("TOP3")
		top := rep.ExpectCard("TOP3", "第1单", "上次", "→", "公司到过这步的").ExpectButtons("推进", "拜访", "不是这单", "看第2单", "看第3单")
		top.Click("看第2单")
		top.ExpectUpdate("第2单", "→").ExpectButtons("推进", "拜访", "不是这单", "看第1单", "看第3单")

		lead.Skip()
		lead.Say("TOP3 周敏")
		lead.ExpectCard("TOP3", "周敏", "胜率").ExpectButtons("推进", "问一下", "看第2单", "看第3单")
		lead.Say("TOP3 华东一组")
		lead.ExpectCard("TOP3", "华东一组")
		rep.Skip()
		rep.Say("TOP3 李强")
		rep.ExpectText("要主管或总监权限")
	})
}

func TestADealOfTheTopIsMovedFromItsCard(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 诸暨人民医院 生化分析仪 90万 明天签")
		rep.ExpectAny()
		rep.Skip()
		rep.Say("TOP3")
		top := rep.ExpectCard("TOP3", "胜率")
		top.Click("推进")
		rep.ExpectCard("商机")
		top.ExpectUpdate("✓ ", "已推进到")
	})
}

// withPast gives the company some weeks of history.
func withPast(o *demoOptions) { o.noHistory = false }

func TestDwellStandsBesideItsBenchmark(t *testing.T) {
	t.Parallel()
	onBothWith(t, withPast, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("商机 绍兴市立医院")
		rep.ExpectCard("商机", "方案提交(", "基准 2.1 天")
		rep.Say("商机")
		rep.ExpectText("基准 2.1 天")
		rep.Say("漏斗 我的 本月")
		rep.ExpectImage()
		rep.ExpectText("公司停留中位", "方案提交→价格谈判", "基准 2.1 天")
	})
}

// kaList is the checklist of the story, and a gate that asks for it.
const kaPipelines = `pipelines:
  - key: standard
    name: 标准五阶段
    stages:
      - {key: contact, name: 初步接触, like: contact, chance: 10}
      - {key: need, name: 需求确认, like: need, chance: 25}
      - key: proposal
        name: 方案提交
        like: proposal
        chance: 45
        enter:
          - {say: 合规清单, checklist: true}
      - {key: contract, name: 合同签署, like: contract, chance: 85}
`

func TestAChecklistHoldsADealUpUntilItIsMet(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "pipelines.yaml")
			if err := os.WriteFile(file, []byte(kaPipelines), 0o600); err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, platform, func(o *demoOptions) {
				everybody := o.change
				o.noHistory = true
				o.change = func(c *configs.Config, org *configs.Org) {
					everybody(c, org)
					c.Pipelines = configs.Pipelines{Use: []string{"standard"}, File: file}
					c.Checklists = []configs.Checklist{{Class: "A", Items: []configs.ChecklistItem{
						{Say: "痛点", Count: "pains", Min: 1}, {Say: "定制方案", Document: "定制方案"}, {Say: "法务意见", Count: "legal"},
					}}}
				}
			})
			s := bottest.New(t, w)
			rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
			rep.Say("分级 绍兴市立医院 A")
			rep.ExpectAny()
			rep.Skip()
			rep.Say("商机 绍兴市立医院 生化分析仪 60万")
			rep.ExpectCard("商机已建", "0/3,差")
			rep.Say("推进 绍兴市立医院 方案提交")
			rep.ExpectCard("还不能推进", "合规清单").Click("补合规清单")
			list := rep.ExpectCard("合规清单 0/3", "差 0/1", "法务意见 绍兴市立医院").ExpectButtons("补定制方案")
			list.Click("补定制方案")
			rep.ExpectText("把定制方案的文件发来")
			rep.Send("定制方案.jpg", snapshot(t, 5))
			rep.ExpectCard("合规清单 1/3")
			legal.Say("法务意见 绍兴市立医院 付款改成 45 天内")
			legal.ExpectText("已记到绍兴市立医院")
			rep.ExpectText("法务赵磊", "45 天内")
			rep.Say("法务意见 绍兴市立医院 我自己写")
			rep.ExpectText("没有这个权限")
			rep.Say(firstVisit)
			rep.ExpectAny()
			rep.Skip()
			rep.Say("合规清单 绍兴市立医院")
			rep.ExpectCard("合规清单 3/3", "都齐了", "赵磊")
			rep.Say("推进 绍兴市立医院 方案提交")
			rep.ExpectCard("商机已推进", "方案提交", "3/3")
		})
	}
}

// newMedical is the medical pipeline with 线索 under another key, 方案 gone, and a stage more.
const newMedical = `pipelines:
  - key: medical
    name: 医疗流程
    stages:
      - {key: medical.lead2, name: 线索, like: contact, chance: 12}
      - {key: medical.need, name: 科室需求, like: need, chance: 25}
      - {key: medical.quote, name: 报价, like: negotiation, chance: 50}
      - {key: medical.contract, name: 合同, like: contract, chance: 80}
`

func TestOpenDealsMoveToANewVersionAndBack(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			use := func(file string, start time.Time) func(o *demoOptions) {
				return func(o *demoOptions) {
					everybody := o.change
					o.data = dir
					if !start.IsZero() {
						o.start = start
					}
					o.change = func(c *configs.Config, org *configs.Org) {
						everybody(c, org)
						c.Pipelines = configs.Pipelines{Use: []string{"standard", "medical"}, File: file}
					}
				}
			}
			w := newWorld(t, platform, use("", time.Time{}))
			s := bottest.New(t, w)
			rep := s.As("周敏").Skip()
			rep.Say("商机 绍兴市立医院 生化分析仪 医疗流程 60万")
			rep.ExpectCard("商机已建", "线索")
			rep.Say("商机 诸暨人民医院 生化分析仪 医疗流程 30万")
			rep.ExpectAny()
			rep.Skip()
			rep.Say("推进 绍兴市立医院 生化分析仪 方案")
			rep.ExpectAny()
			s.Settle()
			now := w.Now()
			if err := w.demo.close(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "own.yaml")
			if err := os.WriteFile(file, []byte(newMedical), 0o600); err != nil {
				t.Fatal(err)
			}
			w = newWorld(t, platform, use(file, now))
			s = bottest.New(t, w)
			admin := s.As("郑凯").Skip()
			s.As("王芳").Skip().Say("阶段模板")
			s.As("王芳").ExpectText("没有这个权限")
			admin.Say("阶段模板")
			admin.ExpectText("医疗流程 v2(在用) 0 单", "医疗流程 v1(旧版)", "阶段模板 迁移 医疗流程")
			admin.Say("阶段模板 迁移 医疗流程")
			admin.ExpectCard("的\"方案\"有 1 单,换到哪一步")
			admin.Say("科室需求")
			preview := admin.ExpectCard("迁移预览", "v1 方案 → 科室需求:1 单")
			preview.Click("确认迁移")
			admin.ExpectText("单已换到医疗流程 v2")
			admin.Say("阶段模板")
			admin.ExpectText("医疗流程 v2(在用)")
			rep = s.As("周敏").Skip()
			rep.Say("推进 绍兴市立医院 报价")
			rep.ExpectAny()
			rep.Skip()
			admin.Say("阶段模板 撤销 医疗流程")
			admin.ExpectText("迁移已撤销", "后来又动过")
		})
	}
}

func TestAnotherSystemReadsPipelinesAndSteps(t *testing.T) {
	t.Parallel()
	onBothWith(t, func(o *demoOptions) {
		everybody := o.change
		o.change = func(c *configs.Config, org *configs.Org) {
			everybody(c, org)
			c.Pipelines.Use = []string{"standard", "manufacturing"}
		}
	}, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		admin.Say("接口令牌 新建 ERP 读写 商机 读 客户")
		shown := admin.ExpectText("只显示这一次")
		erp := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(shown.Text)}
		way := find(t, erp.want(200, "GET", "/pipelines", ""), "key", "manufacturing")
		if stages := way["stages"].([]any); len(stages) != 7 || way["name"] != "制造流程" {
			t.Errorf("the pipeline reads %v", way)
		}
		customer := find(t, erp.want(200, "GET", "/customers?limit=200", ""), "name", "绍兴市立医院")["id"].(string)
		made := erp.want(201, "POST", "/opportunities", `{"customer_id":"`+customer+`","amount_fen":100,"pipeline":"manufacturing"}`)
		if made["pipeline"] != "manufacturing" || made["stage_name"] != "询盘" || len(made["nodes"].([]any)) == 0 {
			t.Errorf("made %v", made)
		}
		erp.want(422, "POST", "/opportunities", `{"customer_id":"`+customer+`","amount_fen":100,"pipeline":"没有的"}`)
		s.As("周敏").Skip().Say("节点 绍兴市立医院")
		s.As("周敏").ExpectCard("询盘 · 节点 0/")
		if read := find(t, erp.want(200, "GET", "/opportunities", ""), "id", made["id"].(string)); len(read["nodes"].([]any)) == 0 {
			t.Errorf("read %v", read)
		}
	})
}
