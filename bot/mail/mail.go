package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"salesflow/bot"
	"salesflow/cards/render"
)

// Bounds of a mail. What is longer is refused or cut: mail servers take 10 to 50 MB in all, base64 included.
const (
	maxSubject = 120     // runes
	maxText    = 256_000 // bytes
	maxFiles   = 10
	maxFile    = 10 << 20
	maxAddress = 254
)

// Options configure a Sender. Server, From and Now are required.
type Options struct {
	// Server is smtp://user:password@host:587, which must offer STARTTLS, or smtps://…:465 for TLS from the beginning.
	// smtp://host:25?tls=off is a relay without TLS; it takes no password then.
	Server string
	// From is the sender: an address, or a name and an address, 华东销售 <sales@example.com>. The name goes out encoded.
	From string
	// Name stands beside From when that has no name of its own, 销售流 when empty.
	Name  string
	Files bot.FileStore
	// TLS is used instead of the system's certificates; it may be nil.
	TLS *tls.Config
	// Timeout bounds one exchange with the server, 12 s when zero.
	Timeout time.Duration
	Now     func() time.Time
}

// Sender sends deliveries by mail. It implements bot.Sender.
type Sender struct {
	o      Options
	host   string
	opts   []gomail.Option
	domain string
}

// New reads the server's address. The error does not repeat it, since a password is in it.
func New(o Options) (*Sender, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("mail: the server's address cannot be read")
	}
	name, from, err := mailbox(o.From)
	if err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	o.From = from
	if name != "" {
		o.Name = name
	}
	if o.Name == "" {
		o.Name = "销售流"
	}
	if o.Timeout <= 0 {
		o.Timeout = 12 * time.Second
	}
	s := &Sender{o: o, host: u.Hostname(), domain: o.From[strings.LastIndex(o.From, "@")+1:]}
	port, secure := 587, u.Query().Get("tls") != "off"
	if u.Scheme == "smtps" {
		port, secure = 465, true
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, errors.New("mail: the server's port cannot be read")
		}
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		conf = o.TLS.Clone()
	}
	conf.ServerName = s.host
	s.opts = []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(o.Timeout), gomail.WithTLSConfig(conf), gomail.WithoutNoop(), gomail.WithHELO("salesflow")}
	switch {
	case u.Scheme == "smtps":
		s.opts = append(s.opts, gomail.WithSSL())
	case secure:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	password, ok := u.User.Password()
	if ok && !secure {
		return nil, errors.New("mail: a password must not go to a server without TLS")
	}
	if ok {
		s.opts = append(s.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

// Address is a mail address as a server takes it, without a name beside it.
func Address(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxAddress || strings.IndexFunc(raw, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) >= 0 {
		return "", errors.New("not a mail address")
	}
	a, err := netmail.ParseAddress(raw)
	if err != nil || a.Address != raw || a.Name != "" {
		return "", errors.New("not a mail address")
	}
	return a.Address, nil
}

// mailbox is a sender as the configuration writes it: an address, or a name and an address in angle brackets.
func mailbox(raw string) (name, address string, err error) {
	a, err := netmail.ParseAddress(strings.TrimSpace(raw))
	if err != nil {
		return "", "", errors.New("not a mail address")
	}
	if address, err = Address(a.Address); err != nil {
		return "", "", err
	}
	if a.Name == "" {
		return "", address, nil
	}
	return headline(a.Name), address, nil
}

// Send implements bot.Sender. Each attempt has the same message id, so that a mail whose outcome was unknown is known again
// where it arrives twice.
func (s *Sender) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	m, err := s.message(ctx, d)
	if err != nil {
		return bot.Receipt{}, err
	}
	c, err := gomail.NewClient(s.host, s.opts...)
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Reason: bot.Permission, Err: fmt.Errorf("mail client: %w", err)}
	}
	if err := c.DialWithContext(ctx); err != nil {
		return bot.Receipt{}, dialFailure(err)
	}
	err = c.Send(m)
	_ = c.Close() // the server has answered for the message by now
	if err != nil {
		return bot.Receipt{}, sendFailure(err)
	}
	return bot.Receipt{Message: s.messageID(d)}, nil
}

func (s *Sender) messageID(d bot.Delivery) string {
	return "salesflow." + d.ID.String() + "@" + s.domain
}

// Ping looks whether the server takes us.
func (s *Sender) Ping(ctx context.Context) error {
	c, err := gomail.NewClient(s.host, s.opts...)
	if err != nil {
		return fmt.Errorf("mail client: %w", err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		return dialFailure(err)
	}
	return c.Close()
}

// message builds the mail of a delivery.
func (s *Sender) message(ctx context.Context, d bot.Delivery) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingB64))
	if err := m.FromFormat(s.o.Name, s.o.From); err != nil {
		return nil, bot.Refused(bot.Permission, "sender: %w", err)
	}
	if len(d.Users) == 0 {
		return nil, bot.Refused(bot.NoRecipient, "nobody to send to")
	}
	for _, u := range d.Users {
		to, err := Address(string(u))
		if err != nil {
			return nil, bot.Refused(bot.NoRecipient, "%w", err)
		}
		if err := m.AddTo(to); err != nil {
			return nil, bot.Refused(bot.NoRecipient, "receiver: %w", err)
		}
	}
	subject, text, files, err := content(d.Out)
	if err != nil {
		return nil, err
	}
	m.Subject(subject)
	m.SetDateWithValue(s.o.Now())
	m.SetMessageIDWithValue(s.messageID(d))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetUserAgent("salesflow")
	m.SetBodyString(gomail.TypeTextPlain, text)
	for _, f := range files {
		if err := s.attach(ctx, m, f); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// content is what a delivery says by mail.
func content(o bot.Outgoing) (subject, text string, files []bot.File, err error) {
	switch {
	case o.Mail != nil:
		subject, text, files = o.Mail.Subject, o.Mail.Text, o.Mail.Files
	case o.Card != nil:
		subject, text = o.Card.Heading(), render.Text(*o.Card)+"\n\n在企业微信或钉钉里回给机器人就行,回这封邮件没人看。"
	case o.File != nil:
		subject, text, files = o.File.Name, "附件:"+o.File.Name, []bot.File{*o.File}
	default:
		text, _ = render.Say(o.Text, false)
		subject, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	}
	subject = headline(subject)
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	switch {
	case subject == "" && text == "":
		return "", "", nil, bot.Refused(bot.Rejected, "empty mail")
	case len(text) > maxText:
		return "", "", nil, bot.Refused(bot.Rejected, "text of %d bytes", len(text))
	case len(files) > maxFiles:
		return "", "", nil, bot.Refused(bot.Rejected, "%d attachments", len(files))
	}
	return subject, text, files, nil
}

// headline is a text as one header line: nothing in it can end the line and begin another header.
func headline(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxSubject {
		s = string([]rune(s)[:maxSubject-1]) + "…"
	}
	if s == "" {
		return "销售流"
	}
	return s
}

func (s *Sender) attach(ctx context.Context, m *gomail.Msg, f bot.File) error {
	if s.o.Files == nil {
		return bot.Refused(bot.Unsupported, "no files here")
	}
	body, name, mime, err := s.o.Files.Open(ctx, f.ID)
	if err != nil {
		return bot.Refused(bot.Rejected, "open attachment: %w", err)
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxFile+1))
	switch {
	case err != nil:
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("read attachment: %w", err)}
	case len(data) > maxFile:
		return bot.Refused(bot.Rejected, "attachment larger than %d bytes", maxFile)
	}
	if f.Name != "" {
		name = f.Name
	}
	var opts []gomail.FileOption
	if mime != "" {
		opts = append(opts, gomail.WithFileContentType(gomail.ContentType(mime)))
	}
	if err := m.AttachReader(headline(strings.NewReplacer("/", "_", "\\", "_", `"`, "'").Replace(name)), strings.NewReader(string(data)), opts...); err != nil {
		return bot.Refused(bot.Rejected, "attach: %w", err)
	}
	return nil
}

// dialFailure sorts an error before anything was sent. It says what the server said, not what we sent it.
func dialFailure(err error) error {
	var network net.Error
	var certificate *tls.CertificateVerificationError
	text := err.Error()
	switch {
	case errors.As(err, &certificate):
		return &bot.SendError{Reason: bot.Permission, Retry: true, After: 10 * time.Minute, Err: fmt.Errorf("certificate of mail server: %w", err)}
	case errors.As(err, &network) || errors.Is(err, io.EOF):
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("reach mail server: %w", err)}
	case strings.Contains(text, "535") || strings.Contains(text, "SMTP AUTH failed"):
		return &bot.SendError{Reason: bot.BadToken, Retry: true, After: 10 * time.Minute, Err: errors.New("the mail server refuses user and password")}
	case strings.Contains(text, "STARTTLS") || strings.Contains(text, "tls"):
		return &bot.SendError{Reason: bot.Permission, Retry: true, After: 10 * time.Minute, Err: fmt.Errorf("TLS with mail server: %w", err)}
	}
	return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("reach mail server: %w", err)}
}

// sendFailure sorts an error of the transmission by the server's code (RFC 5321): 4xx may be tried again, 5xx may not.
func sendFailure(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return &bot.SendError{Reason: bot.Unsure, Retry: true, Err: fmt.Errorf("send mail: %w", err)}
	}
	switch code := e.ErrorCode(); {
	case code >= 500 && e.Reason == gomail.ErrSMTPRcptTo:
		return &bot.SendError{Reason: bot.NoRecipient, Err: fmt.Errorf("the mail server knows no such receiver: %d", code)}
	case code >= 500:
		return &bot.SendError{Reason: bot.Rejected, Err: fmt.Errorf("the mail server refuses the mail: %d", code)}
	case code >= 400:
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: time.Minute, Err: fmt.Errorf("the mail server asks to come again: %d", code)}
	}
	return &bot.SendError{Reason: bot.Unsure, Retry: true, Err: fmt.Errorf("send mail: reason %d", e.Reason)}
}
