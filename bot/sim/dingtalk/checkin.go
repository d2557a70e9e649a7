package dingtalk

import (
	"slices"
	"strconv"
	"time"
)

// CheckIn is one check-in (签到) of a person at a place.
type CheckIn struct {
	Person        string
	At            time.Time
	Place, Detail string
	// Longitude and Latitude are GCJ-02 degrees.
	Longitude, Latitude float64
	Remark              string
	// VisitUser is whom the person says they visited.
	VisitUser string
}

const (
	maxCheckins     = 10000
	maxCheckinUsers = 50
	maxCheckinPage  = 100
)

// CheckIn records a check-in as the phone does. A zero time is now.
func (s *Server) CheckIn(v CheckIn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.people[v.Person]; !ok {
		return ErrUnknownPerson
	}
	if v.At.IsZero() {
		v.At = s.opt.Clock.Now()
	}
	s.visits = append(s.visits, v)
	if len(s.visits) > maxCheckins {
		s.visits = slices.Clone(s.visits[maxCheckins/2:])
	}
	return nil
}

// checkinRecords is POST /v1.0/attendance/checkin/records/query. Times are epoch milliseconds.
func (c *call) checkinRecords() (any, error) {
	var in struct {
		Operator   string   `json:"operatorUserId"`
		Users      []string `json:"userIdList"`
		Start      int64    `json:"startTime"`
		End        int64    `json:"endTime"`
		MaxResults int      `json:"maxResults"`
		NextToken  any      `json:"nextToken"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.people[in.Operator]
	switch {
	case !known:
		return nil, errParam("invalidParameter.operatorUserId", "操作人不存在")
	case len(in.Users) == 0 || len(in.Users) > maxCheckinUsers:
		return nil, errParam("invalidParameter.userIdList", "userIdList不能为空，且最多%d个", maxCheckinUsers)
	case in.Start <= 0 || in.End < in.Start:
		return nil, errParam("invalidParameter.time", "startTime、endTime不正确")
	case in.MaxResults <= 0 || in.MaxResults > maxCheckinPage:
		return nil, errParam("invalidParameter.maxResults", "maxResults只能是1到%d", maxCheckinPage)
	}
	from := 0
	switch t := in.NextToken.(type) {
	case float64:
		from = int(t)
	case string:
		from, _ = strconv.Atoi(t)
	}
	var all []map[string]any
	for _, v := range s.visits {
		if at := v.At.UnixMilli(); slices.Contains(in.Users, v.Person) && at >= in.Start && at <= in.End {
			all = append(all, v.wire())
		}
	}
	from = min(max(from, 0), len(all))
	end := min(from+in.MaxResults, len(all))
	result := map[string]any{"pageList": append([]map[string]any{}, all[from:end]...)}
	if end < len(all) {
		result["nextToken"] = end
	}
	return map[string]any{"result": result}, nil
}

func (v CheckIn) wire() map[string]any {
	return map[string]any{
		"userId": v.Person, "checkinTime": v.At.UnixMilli(), "place": v.Place, "detailPlace": v.Detail,
		"longitude": strconv.FormatFloat(v.Longitude, 'f', -1, 64), "latitude": strconv.FormatFloat(v.Latitude, 'f', -1, 64),
		"remark": v.Remark, "visitUser": v.VisitUser, "imageList": []string{}, "customDataList": []any{},
	}
}
