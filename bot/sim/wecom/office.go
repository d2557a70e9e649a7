package wecom

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// approvalAgent is the 审批 app, from which approval events come.
const approvalAgent = 3010040

// States of an approval and of a person in it.
const (
	approvalPending  = 1
	approvalAgreed   = 2
	approvalRejected = 3
	// approvalWithdrawn is of the approval, approvalMoved of a person.
	approvalWithdrawn = 4
	approvalMoved     = 4
	// changeWithdrawn is the reason of an event.
	changeWithdrawn = 6
)

// maxApprovals bounds the approvals that are remembered.
const maxApprovals = 10_000

// Checkin is one 打卡 as the app reports it. Outdoor is 外出打卡.
type Checkin struct {
	UserID   string
	Outdoor  bool
	At       time.Time
	Title    string
	Detail   string
	Notes    string
	Lat, Lng float64 // degrees, GCJ-02
}

// office is what 打卡 and 审批 hold.
type office struct {
	checkins  []Checkin
	approvals *fifo[*approval]
	order     []string
	nextNo    int
}

type approval struct {
	no, template, creator string
	applied               time.Time
	status                int
	nodes                 []approvalNode
	contents              []formContent
}

// formContent is a control of a form with its value.
type formContent struct {
	Control string          `json:"control"`
	ID      string          `json:"id"`
	Value   json.RawMessage `json:"value"`
}

// valid reports whether the value is one of the control's kind (document 91853).
func (f formContent) valid() bool {
	var v struct {
		Text   *string `json:"text"`
		Number string  `json:"new_number"`
		Money  string  `json:"new_money"`
	}
	if f.ID == "" || json.Unmarshal(f.Value, &v) != nil {
		return false
	}
	switch f.Control {
	case "Text", "Textarea":
		return v.Text != nil
	case "Number":
		return plainNumber(v.Number)
	case "Money":
		return plainNumber(v.Money)
	case "Date", "Selector", "Contact", "File", "Table", "Location", "RelatedApproval", "Formula", "DateRange", "BankAccount":
		return true
	}
	return false
}

func plainNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && !strings.ContainsAny(s, "eExXnNiI")
}

type summaryLine struct {
	Info []struct {
		Text string `json:"text"`
		Lang string `json:"lang"`
	} `json:"summary_info"`
}

func (l summaryLine) valid() bool {
	if len(l.Info) == 0 {
		return false
	}
	for _, i := range l.Info {
		if i.Lang == "" || i.Text == "" || utf8.RuneCountInString(i.Text) > 20 {
			return false
		}
	}
	return true
}

type approvalNode struct {
	Type    int      `json:"type"`
	ApvRel  int      `json:"apv_rel"`
	UserIDs []string `json:"userid"`
	status  map[string]int
	speech  map[string]string
	at      map[string]time.Time
}

func newOffice() office { return office{approvals: newFIFO[*approval](maxApprovals)} }

// AddCheckin records a 打卡 for getcheckindata.
func (s *Server) AddCheckin(c Checkin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.office.checkins = bounded(append(s.office.checkins, c))
}

// apiCheckins serves checkin/getcheckindata: at most 100 users and 30 days; coordinates are millionths of a degree.
func (s *Server) apiCheckins(c *call) (any, *apiError) {
	var req struct {
		Type  int      `json:"opencheckindatatype"`
		Start int64    `json:"starttime"`
		End   int64    `json:"endtime"`
		Users []string `json:"useridlist"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	switch {
	case len(req.Users) == 0 || req.Type < 1 || req.Type > 3:
		return nil, fail(codeParam, "useridlist or opencheckindatatype invalid")
	case len(req.Users) > 100:
		return nil, fail(codeCheckinUsers, "too many users")
	case req.End < req.Start || req.End-req.Start > 30*24*3600:
		return nil, fail(codeCheckinSpan, "invalid time span")
	}
	list := []fields{}
	for _, k := range s.office.checkins {
		at := k.At.Unix()
		asked := slices.ContainsFunc(req.Users, func(u string) bool { return strings.EqualFold(u, k.UserID) })
		if !asked || at < req.Start || at > req.End || req.Type == 1 && k.Outdoor || req.Type == 2 && !k.Outdoor {
			continue
		}
		kind := "上班打卡"
		if k.Outdoor {
			kind = "外出打卡"
		}
		list = append(list, fields{
			"userid": k.UserID, "groupname": "默认规则", "checkin_type": kind, "exception_type": "", "checkin_time": at,
			"location_title": k.Title, "location_detail": k.Detail, "wifiname": "", "notes": k.Notes, "wifimac": "",
			"mediaids": []string{}, "lat": int64(math.Round(k.Lat * 1e6)), "lng": int64(math.Round(k.Lng * 1e6)), "deviceid": "",
			"sch_checkin_time": at, "groupid": 1, "schedule_id": 0, "timeline_id": 0,
		})
	}
	return fields{"checkindata": list}, nil
}

// apiTemplateDetail serves oa/gettemplatedetail with one form of a text control, whatever the id.
func (s *Server) apiTemplateDetail(c *call) (any, *apiError) {
	var req struct {
		ID string `json:"template_id"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	if req.ID == "" {
		return nil, fail(codeParam, "template_id missing")
	}
	return fields{
		"template_names": []fields{{"text": "审批", "lang": "zh_CN"}},
		"template_content": fields{"controls": []fields{{
			"property": fields{
				"control": "Textarea", "id": "Textarea-1", "title": []fields{{"text": "说明", "lang": "zh_CN"}},
				"placeholder": []fields{{"text": "", "lang": "zh_CN"}}, "require": 1, "un_print": 0,
			},
			"config": fields{},
		}}},
	}, nil
}

// apiApply serves oa/applyevent. Every control of the form must hold a value of its own kind, and the process must name
// whom to ask.
func (s *Server) apiApply(c *call) (any, *apiError) {
	var req struct {
		Creator     string `json:"creator_userid"`
		Template    string `json:"template_id"`
		UseTemplate int    `json:"use_template_approver"`
		Process     struct {
			Nodes []approvalNode `json:"node_list"`
		} `json:"process"`
		Data struct {
			Contents []formContent `json:"contents"`
		} `json:"apply_data"`
		Summary []summaryLine `json:"summary_list"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	p := s.dir.person(req.Creator)
	switch {
	case p == nil:
		return nil, &apiError{code: codeNoUser}
	case req.Template == "" || len(req.Data.Contents) == 0 || len(req.Summary) > 3 || req.UseTemplate != 0:
		return nil, fail(codeApprovalForm, "invalid form data")
	case len(req.Process.Nodes) == 0:
		return nil, fail(codeApprovalForm, "invalid process")
	}
	for _, one := range req.Data.Contents {
		if !one.valid() {
			return nil, fail(codeApprovalForm, "invalid value of control %s", one.ID)
		}
	}
	for _, line := range req.Summary {
		if !line.valid() {
			return nil, fail(codeApprovalForm, "invalid summary")
		}
	}
	a := &approval{template: req.Template, creator: p.ID, applied: c.now, status: approvalPending, contents: req.Data.Contents}
	for _, n := range req.Process.Nodes {
		ids, refused := s.members(n.UserIDs)
		if refused != nil || len(ids) == 0 || n.Type < 1 || n.Type > 3 || n.Type == 1 && (n.ApvRel < 1 || n.ApvRel > 3) {
			return nil, fail(codeApprovalForm, "invalid process node")
		}
		n.UserIDs, n.status, n.speech, n.at = ids, map[string]int{}, map[string]string{}, map[string]time.Time{}
		a.nodes = append(a.nodes, n)
	}
	s.office.nextNo++
	a.no = c.now.In(shanghai).Format("20060102") + fmt.Sprintf("%04d", s.office.nextNo%10_000)
	s.office.approvals.put(a.no, a)
	if s.office.order = append(s.office.order, a.no); len(s.office.order) > maxApprovals {
		s.office.order = s.office.order[1:]
	}
	return fields{"sp_no": a.no}, nil
}

// apiApprovalDetail serves oa/getapprovaldetail with both the old and the new shape of the process.
func (s *Server) apiApprovalDetail(c *call) (any, *apiError) {
	var req struct {
		No string `json:"sp_no"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	a, ok := s.office.approvals.get(req.No)
	if !ok {
		return nil, fail(codeParam, "sp_no not found")
	}
	nodes, records := []fields{}, []fields{}
	for _, n := range a.nodes {
		subs, details := []fields{}, []fields{}
		for _, id := range n.UserIDs {
			status, at := max(n.status[id], approvalPending), int64(0)
			if t, ok := n.at[id]; ok {
				at = t.Unix()
			}
			subs = append(subs, fields{"userid": id, "speech": n.speech[id], "sp_yj": status, "sptime": at, "media_ids": []string{}})
			details = append(details, fields{
				"approver": fields{"userid": id}, "speech": n.speech[id], "sp_status": status, "sptime": at, "media_id": []string{},
			})
		}
		nodes = append(nodes, fields{"node_type": n.Type, "sp_status": n.state(), "apv_rel": n.ApvRel, "sub_node_list": subs})
		if n.Type == 1 {
			records = append(records, fields{"sp_status": n.state(), "approverattr": n.attr(), "details": details})
		}
	}
	return fields{"info": fields{
		"sp_no": a.no, "sp_name": "审批", "sp_status": a.status, "template_id": a.template, "apply_time": a.applied.Unix(),
		"applyer":   fields{"userid": a.creator, "partyid": fmt.Sprint(s.dir.deptOf(s.dir.person(a.creator)))},
		"sp_record": records, "notifyer": []any{}, "apply_data": fields{"contents": a.contents}, "comments": []any{},
		"process_list": fields{"node_list": nodes},
	}}, nil
}

// attr is the old code of a node's rule, the reverse of apv_rel: 1 any, 2 all.
func (n *approvalNode) attr() int {
	if n.ApvRel == 2 {
		return 1
	}
	return 2
}

// state is a node's status from those of its people.
func (n *approvalNode) state() int {
	agreed := 0
	for _, st := range n.status {
		if st == approvalRejected {
			return approvalRejected
		}
		if st == approvalAgreed {
			agreed++
		}
		if st == approvalMoved && n.ApvRel != 2 { // whoever it went to decides
			agreed++
		}
	}
	if agreed == len(n.UserIDs) || n.ApvRel == 2 && agreed > 0 {
		return approvalAgreed
	}
	return approvalPending
}

// approvalXML keeps the vendor's spelling StatuChangeEvent.
func (s *Server) approvalXML(x *xmlWriter, a *approval, change int) {
	x.open("ApprovalInfo")
	x.text("SpNoStr", a.no)
	x.bare("SpNo", a.no)
	x.text("SpName", "审批")
	x.number("SpStatus", int64(a.status))
	x.text("TemplateId", a.template)
	x.number("ApplyTime", a.applied.Unix())
	x.open("Applyer")
	x.text("UserId", a.creator)
	x.text("Party", fmt.Sprint(s.dir.deptOf(s.dir.person(a.creator))))
	x.close("Applyer")
	for _, n := range a.nodes {
		if n.Type != 1 {
			continue
		}
		x.open("SpRecord")
		x.number("SpStatus", int64(n.state()))
		x.number("ApproverAttr", int64(n.attr()))
		for _, id := range n.UserIDs {
			x.open("Details")
			x.open("Approver")
			x.text("UserId", id)
			x.close("Approver")
			x.text("Speech", n.speech[id])
			x.number("SpStatus", int64(max(n.status[id], approvalPending)))
			at := int64(0)
			if t, ok := n.at[id]; ok {
				at = t.Unix()
			}
			x.number("SpTime", at)
			x.close("Details")
		}
		x.close("SpRecord")
	}
	x.number("StatuChangeEvent", int64(change))
	x.close("ApprovalInfo")
}
