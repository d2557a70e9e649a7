package wecom

import (
	"context"
	"strconv"
	"strings"
)

// emit delivers an event of a member to the app and waits until it was handed over.
func (s *Server) emit(ctx context.Context, from, name string, body func(*xmlWriter)) error {
	p, _, err := s.speaker(from, "")
	if err != nil {
		return err
	}
	s.mu.Lock()
	handed, err := s.deliver(&event{
		id: name + "-" + randomHex(8), kind: name, from: p.ID, plain: s.eventXML(p.ID, name, body),
	})
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.handOver(ctx, handed, messageGap)
}

// SetVisible tells the app that a member came into its visible range (subscribe) or left it (unsubscribe).
func (s *Server) SetVisible(ctx context.Context, person string, visible bool) error {
	name := "unsubscribe"
	if visible {
		name = "subscribe"
	}
	return s.emit(ctx, person, name, nil)
}

// Report sends the position the phone reports when the app is opened (event LOCATION), in degrees and metres.
func (s *Server) Report(ctx context.Context, at Place, precision float64) error {
	return s.emit(ctx, at.From, "LOCATION", func(x *xmlWriter) {
		x.bare("Latitude", degrees(at.Lat))
		x.bare("Longitude", degrees(at.Lng))
		x.bare("Precision", degrees(precision))
		x.text("AppType", "wxwork")
	})
}

// Menu taps an entry of the app's menu.
func (s *Server) Menu(ctx context.Context, person, key string) error {
	return s.emit(ctx, person, "click", func(x *xmlWriter) { x.text("EventKey", key) })
}

// Scan reads a code through the app's menu (scancode_waitmsg).
func (s *Server) Scan(ctx context.Context, person, key, result string) error {
	return s.emit(ctx, person, "scancode_waitmsg", func(x *xmlWriter) {
		x.text("EventKey", key)
		x.open("ScanCodeInfo")
		x.text("ScanType", "qrcode")
		x.text("ScanResult", result)
		x.close("ScanCodeInfo")
	})
}

// ContactChange is a change of the address book. Only what callbacks configured after August 2022 get is required; the
// other elements are left out when empty, as there.
type ContactChange struct {
	// Type is create_user, update_user, delete_user, create_party, update_party, delete_party or update_tag.
	Type        string
	UserID      string
	Departments []int
	PartyID     int
	ParentID    int
	TagID       int
	// Optional elements.
	Name, NewUserID, DirectLeader string
	Status                        int
}

// ContactChanged tells the app of a change of the address book (change_contact from "sys"). It does not change the
// simulated company.
func (s *Server) ContactChanged(ctx context.Context, c ContactChange) error {
	s.mu.Lock()
	handed, err := s.deliver(&event{
		id: "contact-" + randomHex(8), kind: "change_contact", from: "sys",
		plain: s.eventXML("sys", "change_contact", func(x *xmlWriter) { contactXML(x, c) }),
	})
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.handOver(ctx, handed, messageGap)
}

func contactXML(x *xmlWriter, c ContactChange) {
	x.text("ChangeType", c.Type)
	optional := func(name, value string) {
		if value != "" {
			x.text(name, value)
		}
	}
	number := func(name string, v int) {
		if v != 0 {
			x.number(name, int64(v))
		}
	}
	optional("UserID", c.UserID)
	ids := make([]string, 0, len(c.Departments))
	for _, d := range c.Departments {
		ids = append(ids, strconv.Itoa(d))
	}
	optional("Department", strings.Join(ids, ","))
	number("Id", c.PartyID)
	number("ParentId", c.ParentID)
	number("TagId", c.TagID)
	optional("Name", c.Name)
	optional("NewUserID", c.NewUserID)
	optional("DirectLeader", c.DirectLeader)
	number("Status", c.Status)
}
