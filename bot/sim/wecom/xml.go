package wecom

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlWriter writes the platform's XML: text in CDATA, numbers bare.
type xmlWriter struct{ buf bytes.Buffer }

func (x *xmlWriter) open(name string)  { x.buf.WriteString("<" + name + ">") }
func (x *xmlWriter) close(name string) { x.buf.WriteString("</" + name + ">") }
func (x *xmlWriter) bytes() []byte     { return x.buf.Bytes() }

// text writes an element with its value in CDATA. What XML cannot hold becomes U+FFFD.
func (x *xmlWriter) text(name, value string) {
	x.open(name)
	x.buf.WriteString("<![CDATA[")
	x.buf.WriteString(strings.ReplaceAll(xmlSafe(value), "]]>", "]]]]><![CDATA[>"))
	x.buf.WriteString("]]>")
	x.close(name)
}

// bare writes a number or another word that needs no quoting.
func (x *xmlWriter) bare(name, value string) {
	x.open(name)
	_ = xml.EscapeText(&x.buf, []byte(value))
	x.close(name)
}

func (x *xmlWriter) number(name string, v int64) { x.bare(name, strconv.FormatInt(v, 10)) }

func xmlSafe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000:
			return r
		default:
			return utf8.RuneError
		}
	}, s)
}

// head begins a plaintext: whom it is for, who made it and when.
func (s *Server) head(x *xmlWriter, from, msgType string) {
	x.open("xml")
	x.text("ToUserName", s.opt.CorpID)
	x.text("FromUserName", from)
	x.number("CreateTime", s.opt.Clock.Now().Unix())
	x.text("MsgType", msgType)
}

// messageXML is the plaintext of a member's message; body writes what is particular to its type.
func (s *Server) messageXML(from, msgType string, msgID int64, body func(*xmlWriter)) []byte {
	var x xmlWriter
	s.head(&x, from, msgType)
	body(&x)
	x.number("MsgId", msgID)
	x.number("AgentID", int64(s.opt.AgentID))
	x.close("xml")
	return x.bytes()
}

// eventXML is the plaintext of an event of this app. Events have no MsgId.
func (s *Server) eventXML(from, name string, body func(*xmlWriter)) []byte {
	return s.agentEventXML(from, name, int64(s.opt.AgentID), body)
}

func (s *Server) agentEventXML(from, name string, agent int64, body func(*xmlWriter)) []byte {
	var x xmlWriter
	s.head(&x, from, "event")
	x.text("Event", name)
	if body != nil {
		body(&x)
	}
	x.number("AgentID", agent)
	x.close("xml")
	return x.bytes()
}
