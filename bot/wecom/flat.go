package wecom

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// readFlat reads a document as nearly all callbacks are: <xml> with elements that hold nothing but text, and calls field
// for each in its order. It reports false for whatever else a document may have (attributes, references, comments,
// elements in elements, carriage returns, anything not well-formed), which is left to the parser of encoding/xml; that
// one takes ten times as long. What it reads, it reads as that parser does.
func readFlat(doc string, field func(name, text string)) bool {
	if !plainText(doc) {
		return false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(doc, " \t\n"), "<xml>")
	if !ok {
		return false
	}
	for {
		rest = strings.TrimLeft(rest, " \t\n")
		if after, closed := strings.CutPrefix(rest, "</xml>"); closed {
			return !strings.Contains(after, "<")
		}
		var name, text string
		if name, text, rest, ok = element(rest); !ok {
			return false
		}
		field(name, text)
	}
}

// element cuts <name>text</name> off; the text may be CDATA in part.
func element(doc string) (name, text, rest string, ok bool) {
	end := strings.IndexByte(doc, '>')
	if end < 2 || doc[0] != '<' || !plainName(doc[1:end]) {
		return "", "", "", false
	}
	name, rest = doc[1:end], doc[end+1:]
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 || strings.Contains(rest[:i], "&") || strings.Contains(rest[:i], "]]>") {
			return "", "", "", false
		}
		text, rest = joined(text, rest[:i]), rest[i:]
		if after, closed := strings.CutPrefix(rest, "</"+name+">"); closed {
			return name, text, after, true
		}
		after, isData := strings.CutPrefix(rest, "<![CDATA[")
		data, after, complete := strings.Cut(after, "]]>")
		if !isData || !complete {
			return "", "", "", false
		}
		text, rest = joined(text, data), after
	}
}

// joined is a+b without a copy when one is empty, as it nearly always is.
func joined(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + b
}

func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// plainText reports whether all characters may stand in XML and mean themselves there.
func plainText(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\n' && s[i] != '\t' {
			return false
		}
	}
	return utf8.ValidString(s) && !strings.Contains(s, "\uFFFE") && !strings.Contains(s, "\uFFFF")
}

// readEnvelope is the sealed text of a callback's body.
func readEnvelope(body []byte) (string, error) {
	if len(body) <= maxXMLSize {
		sealed := ""
		if readFlat(string(body), func(name, text string) {
			if name == "Encrypt" {
				sealed = text
			}
		}) {
			return sealed, nil
		}
	}
	var envelope struct {
		Encrypt string `xml:"Encrypt"`
	}
	err := unmarshalXML(body, &envelope)
	return envelope.Encrypt, err
}

// readInbound reads a message's plaintext.
func readInbound(plain []byte) (inbound, error) {
	var in inbound
	if len(plain) <= maxXMLSize {
		known := true
		if readFlat(string(plain), func(name, text string) { known = in.set(name, text) && known }) && known {
			return in, nil
		}
		in = inbound{}
	}
	err := unmarshalXML(plain, &in)
	return in, err
}

// set sets a field that holds text or a number; false when its text is none.
func (in *inbound) set(name, text string) bool {
	switch name {
	case "ToUserName":
		in.CorpID = text
	case "FromUserName":
		in.From = text
	case "CreateTime":
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return false
		}
		in.CreateTime = n
	case "MsgType":
		in.MsgType = text
	case "MsgId":
		in.MsgID = text
	case "AgentID":
		in.AgentID = text
	case "Content":
		in.Content = text
	case "MediaId":
		in.MediaID = text
	case "Event":
		in.Event = text
	case "EventKey":
		in.EventKey = text
	case "TaskId":
		in.TaskID = text
	case "ResponseCode":
		in.ResponseCode = text
	case "ChangeType":
		in.ChangeType = text
	case "UserID":
		in.UserID = text
	case "Id":
		in.ID = text
	case "SelectedItems", "ApprovalInfo":
		return false
	}
	return true
}
