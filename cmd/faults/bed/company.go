package bed

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"salesflow/bot/sim"
)

// perRep is how many customers each salesperson has.
const perRep = 3

// Rep is a salesperson of the made-up company.
type Rep struct {
	ID, Platform string
	Customers    []string
}

var (
	cities   = strings.Fields("绍兴 杭州 宁波 温州 嘉兴 湖州 金华 台州 丽水 衢州 舟山 苏州 无锡 常州 南通 扬州 镇江 泰州 徐州 盐城 合肥 芜湖 蚌埠 安庆")
	brands   = strings.Split("安博晨达恒飞高广海和宏华辉汇佳健金锦京凯康科乐立联龙美明诺鹏普启瑞盛泰天通万威信兴旭亚扬益永宇远正智中卓", "")
	business = strings.Fields("医院 精密机械 生物科技 食品 教育装备 检验中心 电子 仪器")
)

// company is n reps on each platform, those above them, and a group on WeCom.
func company(n int) (reps []Rep, c sim.Company) {
	serial := 0
	for i := range 2 * n {
		r := Rep{ID: fmt.Sprintf("w%03d", i/2), Platform: sim.WeCom}
		if i%2 == 1 {
			r = Rep{ID: fmt.Sprintf("d%03d", i/2), Platform: sim.DingTalk}
		}
		for range perRep {
			a, b := serial%len(brands), (serial/len(brands)+7*serial+3)%len(brands)
			r.Customers = append(r.Customers, cities[serial%len(cities)]+brands[a]+brands[b]+business[(serial/3)%len(business)])
			serial++
		}
		reps = append(reps, r)
		c.People = append(c.People, sim.Person{ID: r.ID, Name: "销售" + r.ID, Role: "销售", Platform: r.Platform, Team: "销售部"})
	}
	for _, role := range bosses {
		c.People = append(c.People, sim.Person{ID: role, Name: "同事" + role, Role: role, Platform: sim.WeCom, Team: "销售部"})
	}
	c.Chats = []sim.Chat{{ID: "group", Platform: sim.WeCom, Name: "销售一组", Members: []string{reps[0].ID, reps[2].ID, "lead"}}}
	return reps, c
}

var bosses = strings.Fields("lead legal legal_head director finance admin")

// writeCompany writes the organisation and master files.
func writeCompany(dir string, reps []Rep) error {
	var b strings.Builder
	b.WriteString("company: 故障演练公司\nteams:\n  - {id: sales, name: 销售部, region: 华东, lead: lead}\npeople:\n")
	for _, role := range bosses {
		fmt.Fprintf(&b, "  - {id: %s, name: 同事%s, roles: [%[1]s], team: sales, platforms: {wecom: %[1]s}}\n", role, role)
	}
	type row map[string]string
	var customers, contacts []row
	owners := map[string]string{}
	for _, r := range reps {
		fmt.Fprintf(&b, "  - {id: %s, name: 销售%[1]s, roles: [rep], team: sales, platforms: {%s: %[1]s}}\n", r.ID, r.Platform)
		owners["U"+r.ID] = r.ID
		for _, name := range r.Customers {
			id := fmt.Sprintf("C%05d", len(customers))
			customers = append(customers, row{"id": id, "name": name, "owner": "U" + r.ID, "city": name[:6]})
			contacts = append(contacts, row{"id": "K" + id, "customer": id, "name": "王建国", "title": "主任"})
		}
	}
	fmt.Fprintf(&b, "groups:\n  - {id: group, platform: wecom, name: 销售一组, members: [%s, %s, lead]}\n", reps[0].ID, reps[2].ID)
	o, err := json.Marshal(owners)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "master:\n  file: master.json\n  owners: %s\n  default_owner: %s\n", o, reps[0].ID)
	m, err := json.Marshal(map[string]any{
		"customers": customers, "contacts": contacts,
		"products": []row{{"id": "P01", "name": "生化分析仪", "list_price": "260000"}, {"id": "P02", "name": "血球仪", "list_price": "88000"}},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "master.json"), m, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "org.yaml"), []byte(b.String()), 0o600)
}
