package wecom

import (
	"reflect"
	"strings"
	"testing"
)

// documents are messages as the platform sends them, and what only the full parser reads.
var documents = map[string]bool{
	"<xml><ToUserName><![CDATA[ww1]]></ToUserName>\n<FromUserName><![CDATA[zhou]]></FromUserName><CreateTime> 1348831860 </CreateTime>" +
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[拜访 <市立> & 医院]]></Content><MsgId>12345</MsgId><AgentID>1</AgentID></xml>": true,
	"<xml><Content>a<![CDATA[b]]>c<![CDATA[]]></Content><Content>d</Content></xml> tail": true,
	"  <xml></xml>": true,
	"<xml><Content>a &amp; b</Content></xml>":                  false,
	"<xml><Content>a]]>b</Content></xml>":                      false,
	"<xml><Content>a\r\nb</Content></xml>":                     false,
	"<xml><Content>a\x01</Content></xml>":                      false,
	"<xml><Content>a\uFFFF</Content></xml>":                    false,
	"<xml><Content>a\xff</Content></xml>":                      false,
	"<xml><Content><b>a</b></Content></xml>":                   false,
	"<xml a='b'><Content>a</Content></xml>":                    false,
	"<xml><Content a='b'>a</Content></xml>":                    false,
	"<xml><!-- c --><Content>a</Content></xml>":                false,
	"<xml><Content/></xml>":                                    false,
	"<xml><CreateTime>soon</CreateTime></xml>":                 false,
	"<xml><CreateTime></CreateTime><Content>a</Content></xml>": false,
	"<xml><Content>a</Content>":                                false,
	"<xml><Content><![CDATA[a</Content></xml>":                 false,
	"<!DOCTYPE a><xml><Content>a</Content></xml>":              false,
	"<xml><SelectedItems><SelectedItem><QuestionKey>q</QuestionKey></SelectedItem></SelectedItems></xml>": false,
	"": false,
}

func TestFlatDocumentsAreReadAsTheParserReadsThem(t *testing.T) {
	t.Parallel()
	for doc, flat := range documents {
		known := true
		var in inbound
		if got := readFlat(doc, func(name, text string) { known = in.set(name, text) && known }) && known; got != flat {
			t.Errorf("%q is flat: %v, want %v", doc, got, flat)
		}
		checkAlike(t, doc)
	}
}

func checkAlike(t *testing.T, doc string) {
	t.Helper()
	got, err := readInbound([]byte(doc))
	var want inbound
	wantErr := unmarshalXML([]byte(doc), &want)
	if (err == nil) != (wantErr == nil) || err == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%q is read as %+v, %v; the parser says %+v, %v", doc, got, err, want, wantErr)
	}
}

func FuzzFlatDocuments(f *testing.F) {
	for doc := range documents {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if !strings.Contains(doc, "<!") || strings.Contains(doc, "<![CDATA[") {
			checkAlike(t, doc)
		}
	})
}
