package page

import (
	"net/http"
	"slices"

	"salesflow/bot/sim"
)

// robotChat is the id of a person's single chat with WeCom's intelligent robot, which takes the files that the app's
// own chat cannot (sim/wecom.RobotChat).
const robotChat = "robot"

// company is everybody, in the order of Options.People, and every chat.
func (s *server) company() sim.Company {
	out := sim.Company{People: []sim.Person{}, Chats: []sim.Chat{}}
	var members []sim.Person
	for _, platform := range platforms {
		if one := s.opt.Simulators[platform]; one != nil {
			c := one.Company()
			members, out.Chats = append(members, c.People...), append(out.Chats, c.Chats...)
		}
	}
	place := func(p sim.Person) int {
		at := slices.IndexFunc(s.opt.People, func(o sim.Person) bool { return o.ID == p.ID && o.Platform == p.Platform })
		if at < 0 {
			return len(s.opt.People)
		}
		return at
	}
	slices.SortStableFunc(members, func(a, b sim.Person) int { return place(a) - place(b) })
	out.People = append(out.People, members...)
	for i := range out.Chats {
		if out.Chats[i].Members == nil {
			out.Chats[i].Members = []string{}
		}
	}
	return out
}

func (s *server) people(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.company())
}

// phoneOf finds a person's account. An empty platform stands for the only one the person is on.
func (s *server) phoneOf(platform, person string) (sim.Person, sim.Simulator, error) {
	if platform != "" && s.opt.Simulators[platform] == nil {
		return sim.Person{}, nil, refuse(http.StatusBadRequest, "没有这个平台:%q,写 wecom 或 dingtalk", platform)
	}
	var found []sim.Person
	for _, p := range s.company().People {
		if p.ID == person && (platform == "" || platform == p.Platform) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return sim.Person{}, nil, refuse(http.StatusNotFound, "没有这个人:%q,/_sim/people 列出所有人", person)
	case 1:
		return found[0], s.opt.Simulators[found[0].Platform], nil
	}
	return sim.Person{}, nil, refuse(http.StatusBadRequest, "%s 在两个平台上都有账号,platform 写 wecom 或 dingtalk", person)
}
