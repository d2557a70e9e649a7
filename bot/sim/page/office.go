package page

import (
	"context"
	"net/http"

	"salesflow/bot/sim"
)

func (s *server) officeOf(platform string) (sim.Office, error) {
	one, ok := s.opt.Simulators[platform].(sim.Office)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "没有这个平台:%q,写 wecom 或 dingtalk", platform)
	}
	return one, nil
}

// approvals lists a platform's own approvals (GET /_sim/approval?platform=).
func (s *server) approvals(w http.ResponseWriter, r *http.Request) {
	office, err := s.officeOf(r.URL.Query().Get("platform"))
	if err != nil {
		writeError(w, err)
		return
	}
	list := office.Approvals()
	if list == nil {
		list = []sim.Approval{}
	}
	writeJSON(w, http.StatusOK, map[string]any{"approvals": list})
}

// act decides, transfers or withdraws one as a person would in the platform's app (POST /_sim/approval).
func (s *server) act(w http.ResponseWriter, r *http.Request) {
	var in struct {
		sim.Act
		Platform string `json:"platform"`
	}
	err := readJSON(w, r, &in)
	if err == nil {
		err = s.doAct(r.Context(), in.Platform, in.Act)
	}
	writeOK(w, err)
}

func (s *server) doAct(ctx context.Context, platform string, a sim.Act) error {
	office, err := s.officeOf(platform)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, acting)
	defer cancel()
	return office.Act(ctx, a)
}
