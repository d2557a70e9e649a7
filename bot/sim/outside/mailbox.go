package outside

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"time"
)

// MailOptions say what kind of mail server it is.
type MailOptions struct {
	// Plain offers no STARTTLS, Implicit has TLS from the beginning.
	Plain, Implicit bool
	// User and Password are asked for when they are set.
	User, Password string
}

// Message is a mail as it arrived.
type Message struct {
	From string
	To   []string
	// Header is the decoded header, Raw all of it.
	Subject, ID string
	Header      mail.Header
	Text        string
	Files       map[string][]byte
	Raw         string
}

// Mailbox is a small SMTP server on the loopback (RFC 5321, STARTTLS, AUTH PLAIN and LOGIN) for everybody's mail. It keeps what it is
// sent and can be told to refuse.
type Mailbox struct {
	o    MailOptions
	ln   net.Listener
	cert tls.Certificate
	pool *x509.CertPool

	mu      sync.Mutex
	refuse  map[string]string
	got     []Message
	changed chan struct{}
	conns   map[net.Conn]bool
	all     sync.WaitGroup
}

// maxMails is how many mails are kept; older ones go.
const maxMails = 1000

// NewMailbox starts a server; Close ends it.
func NewMailbox(o MailOptions) (*Mailbox, error) {
	s := &Mailbox{o: o, refuse: map[string]string{}, changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	if err := s.certify(); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	s.ln = ln
	if o.Implicit {
		s.ln = tls.NewListener(ln, s.tls())
	}
	s.all.Go(s.serve)
	return s, nil
}

func (s *Mailbox) certify() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return fmt.Errorf("make certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	s.cert = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	s.pool = x509.NewCertPool()
	s.pool.AddCert(leaf)
	return nil
}

func (s *Mailbox) tls() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{s.cert}, MinVersion: tls.VersionTLS12}
}

// TLS is a client's configuration that trusts the server.
func (s *Mailbox) TLS() *tls.Config {
	return &tls.Config{RootCAs: s.pool, MinVersion: tls.VersionTLS12}
}

// URL is the server's address as the configuration has it.
func (s *Mailbox) URL() string {
	at := s.ln.Addr().String()
	if s.o.User != "" {
		at = s.o.User + ":" + s.o.Password + "@" + at
	}
	switch {
	case s.o.Implicit:
		return "smtps://" + at
	case s.o.Plain:
		return "smtp://" + at + "?tls=off"
	}
	return "smtp://" + at
}

// Refuse answers a receiver with a line such as "550 no such user"; with an empty line it is taken again.
func (s *Mailbox) Refuse(to, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse[to] = line; line == "" {
		delete(s.refuse, to)
	}
}

// Mails are the mails that have arrived for a receiver, all when to is empty.
func (s *Mailbox) Mails(to string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.got {
		for _, r := range m.To {
			if to == "" || r == to {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

// Changed is closed when the next mail has arrived.
func (s *Mailbox) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Mailbox) serve() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.all.Go(func() {
			s.talk(c)
			_ = c.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.mu.Unlock()
		})
	}
}

// Close ends the server and waits for it.
func (s *Mailbox) Close() {
	_ = s.ln.Close()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.all.Wait()
}

// session is one connection.
type session struct {
	s      *Mailbox
	c      net.Conn
	r      *bufio.Reader
	secure bool
	authed bool
	m      Message
}

func (s *Mailbox) talk(c net.Conn) {
	x := &session{s: s, c: c, r: bufio.NewReader(c), secure: s.o.Implicit}
	x.say("220 salesflow ESMTP")
	for {
		line, err := x.r.ReadString('\n')
		if err != nil || len(line) > 2048 {
			return
		}
		if !x.command(strings.TrimRight(line, "\r\n")) {
			return
		}
	}
}

func (x *session) say(lines ...string) {
	_, _ = io.WriteString(x.c, strings.Join(lines, "\r\n")+"\r\n")
}

// command answers one line and reports whether the talk goes on.
func (x *session) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		x.greet()
	case "STARTTLS":
		x.say("220 go ahead")
		t := tls.Server(x.c, x.s.tls())
		if t.Handshake() != nil {
			return false
		}
		x.c, x.r, x.secure = t, bufio.NewReader(t), true
	case "AUTH":
		return x.auth(rest)
	case "MAIL":
		if x.s.o.User != "" && !x.authed {
			x.say("530 authentication required")
			return true
		}
		x.m = Message{From: between(rest)}
		x.say("250 ok")
	case "RCPT":
		to := between(rest)
		x.s.mu.Lock()
		no := x.s.refuse[to]
		x.s.mu.Unlock()
		if no != "" {
			x.say(no)
			return true
		}
		x.m.To = append(x.m.To, to)
		x.say("250 ok")
	case "DATA":
		x.say("354 go on")
		return x.data()
	case "RSET", "NOOP":
		x.say("250 ok")
	case "QUIT":
		x.say("221 bye")
		return false
	default:
		x.say("502 unknown")
	}
	return true
}

func (x *session) greet() {
	lines := []string{"salesflow", "8BITMIME"}
	if !x.secure && !x.s.o.Plain {
		lines = append(lines, "STARTTLS")
	}
	if x.s.o.User != "" && x.secure {
		lines = append(lines, "AUTH PLAIN LOGIN")
	}
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		lines[i] = "250" + sep + l
	}
	x.say(lines...)
}

func (x *session) auth(rest string) bool {
	_, given, _ := strings.Cut(rest, " ")
	want := "\x00" + x.s.o.User + "\x00" + x.s.o.Password
	if given == "" {
		x.say("334 ")
		line, err := x.r.ReadString('\n')
		if err != nil {
			return false
		}
		given = strings.TrimSpace(line)
	}
	got, err := base64.StdEncoding.DecodeString(given)
	if x.authed = err == nil && string(got) == want; !x.authed {
		x.say("535 authentication failed")
		return true
	}
	x.say("235 welcome")
	return true
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

// data reads a mail up to the line with a full stop alone.
func (x *session) data() bool {
	var b strings.Builder
	for {
		line, err := x.r.ReadString('\n')
		if err != nil || b.Len() > 64<<20 {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	x.m.Raw = b.String()
	if !x.m.parse() {
		x.say("554 no mail")
		return true
	}
	x.s.mu.Lock()
	if len(x.s.got) >= maxMails {
		x.s.got = x.s.got[1:]
	}
	x.s.got = append(x.s.got, x.m)
	close(x.s.changed)
	x.s.changed = make(chan struct{})
	x.s.mu.Unlock()
	x.say("250 kept")
	return true
}

// parse reads header, text and attachments.
func (m *Message) parse() bool {
	got, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		return false
	}
	words := new(mime.WordDecoder)
	m.Header, m.Files, m.ID = got.Header, map[string][]byte{}, strings.Trim(got.Header.Get("Message-ID"), "<>")
	if m.Subject, err = words.DecodeHeader(got.Header.Get("Subject")); err != nil {
		return false
	}
	return m.part(got.Header.Get("Content-Type"), got.Header.Get("Content-Transfer-Encoding"), "", got.Body)
}

func (m *Message) part(kind, encoding, name string, body io.Reader) bool {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return false
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return true
			}
			if err != nil {
				return false
			}
			file := ""
			if _, d, err := mime.ParseMediaType(p.Header.Get("Content-Disposition")); err == nil {
				file, _ = new(mime.WordDecoder).DecodeHeader(d["filename"])
			}
			if !m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), file, p) {
				return false
			}
		}
	}
	if strings.EqualFold(encoding, "base64") {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return false
	}
	if name != "" {
		m.Files[name] = data
	} else {
		m.Text += string(data)
	}
	return true
}
