package dingtalk

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// maxFile bounds a file in bytes, both ways (document "上传媒体文件").
const maxFile = 20 << 20

// fileTypes are the only ones sampleFile takes. Others are put into a zip.
var fileTypes = []string{"xlsx", "pdf", "zip", "rar", "doc", "docx"}

// imageTypes are those a chat shows.
var imageTypes = []string{"image/png", "image/jpeg", "image/gif", "image/bmp"}

// sendFile uploads a file and sends it. Files go by the robot API even when there is a reply address, since a reply
// address takes no files; a picture goes there as markdown when calls are to be spared.
func (a *Adapter) sendFile(ctx context.Context, d bot.Delivery, t target) (bot.Receipt, error) {
	if a.opt.Files == nil {
		return bot.Receipt{}, bot.Refused(bot.Unsupported, "no file store")
	}
	m, err := a.uploaded(ctx, *d.Out.File)
	if err != nil {
		return bot.Receipt{}, err
	}
	if m.kind == "image" {
		if t.webhook != "" && a.step(ctx, d, t) != StepCard {
			return a.say(ctx, t, note{title: title(m.name), text: "![" + label(m.name) + "](" + m.id + ")", markdown: true})
		}
		return a.pushFile(ctx, t, "sampleImageMsg", map[string]string{"photoURL": m.id})
	}
	return a.pushFile(ctx, t, "sampleFile", map[string]string{"mediaId": m.id, "fileName": m.name, "fileType": extension(m.name)})
}

// label is a name of a file as the text of a picture in markdown, which it must not end.
func label(name string) string {
	return strings.NewReplacer("[", "(", "]", ")", "<", "＜", "\n", " ").Replace(title(name))
}

func (a *Adapter) pushFile(ctx context.Context, t target, key string, param map[string]string) (bot.Receipt, error) {
	open := t.reachable()
	if open.nobody() {
		return bot.Receipt{}, bot.Refused(bot.NoRecipient, "no account to send to")
	}
	return a.push(ctx, open, key, jsonText(param))
}

// uploaded gives the platform's copy of a file of ours, uploading it when there is none yet.
func (a *Adapter) uploaded(ctx context.Context, f bot.File) (medium, error) {
	if m, ok := a.media.get(f.ID); ok {
		return m, nil
	}
	m, data, err := a.read(ctx, f)
	if err != nil {
		return medium{}, err
	}
	body, contentType, err := form(m.kind, m.name, data)
	if err != nil {
		return medium{}, &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	var out struct {
		MediaID string `json:"media_id"`
	}
	err = a.api.do(ctx, request{
		api: apiUpload, query: url.Values{"type": {m.kind}}, raw: body, contentType: contentType, slow: true,
	}, &out)
	if err != nil {
		return medium{}, err
	}
	if out.MediaID == "" || len(out.MediaID) > 512 {
		return medium{}, bot.Refused(bot.Rejected, "%s: answer without media id", apiUpload.name)
	}
	m.id = out.MediaID
	a.media.put(f.ID, m)
	return m, nil
}

// read reads a file of ours and makes of it what the platform takes.
func (a *Adapter) read(ctx context.Context, f bot.File) (medium, []byte, error) {
	body, name, _, err := a.opt.Files.Open(ctx, f.ID)
	if err != nil {
		return medium{}, nil, &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("open file %s: %w", f.ID, err)}
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxFile+1))
	if err != nil {
		return medium{}, nil, &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("read file %s: %w", f.ID, err)}
	}
	if f.Name != "" {
		name = f.Name
	}
	if name = fileName(name); name == "" {
		name = "附件"
	}
	m := medium{name: name, kind: "file"}
	switch {
	case len(data) == 0:
		return m, nil, bot.Refused(bot.Rejected, "file %s is empty", f.ID)
	case len(data) > maxFile:
		return m, nil, bot.Refused(bot.Unsupported, "file %s is larger than %d bytes", f.ID, maxFile)
	case f.Image && slices.Contains(imageTypes, http.DetectContentType(data)):
		m.kind = "image"
	case !slices.Contains(fileTypes, extension(name)):
		if data, err = zipped(name, data); err != nil {
			return m, nil, &bot.SendError{Reason: bot.Rejected, Err: err}
		}
		m.name = strings.TrimSuffix(name, path.Ext(name)) + ".zip"
	}
	return m, data, nil
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

func zipped(name string, data []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("zip file: %w", err)
	}
	return b.Bytes(), nil
}

// form is the multipart body of an upload.
func form(kind, name string, data []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err = w.WriteField("type", kind)
	if err == nil {
		var part io.Writer
		if part, err = w.CreateFormFile("media", name); err == nil {
			_, err = part.Write(data)
		}
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, "", fmt.Errorf("make form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// medium is a file on the platform.
type medium struct {
	id, name, kind string
	until          time.Time
}

// Bounds of what is remembered of uploads: a picture for several people, or one whose send is repeated, goes up once.
const (
	maxMedia  = 256
	mediaLife = time.Hour
)

type mediaCache struct {
	now func() time.Time

	mu    sync.Mutex
	items map[sales.ID]medium
}

func newMediaCache(now func() time.Time) *mediaCache {
	return &mediaCache{now: now, items: map[sales.ID]medium{}}
}

func (c *mediaCache) get(id sales.ID) (medium, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, ok := c.items[id]
	return m, ok && c.now().Before(m.until)
}

func (c *mediaCache) put(id sales.ID, m medium) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.items) >= maxMedia {
		clear(c.items)
	}
	m.until = c.now().Add(mediaLife)
	c.items[id] = m
}

// Fetch implements bot.Fetcher: the platform gives a temporary address for a download code, which is fetched at once. The
// body ends with an error beyond 20 MB. Errors are *bot.SendError.
func (a *Adapter) Fetch(ctx context.Context, ref bot.FileRef) (body io.ReadCloser, name, mimeType string, err error) {
	var r fileRef
	if json.Unmarshal([]byte(ref.Ref), &r) != nil || r.Code == "" {
		return nil, "", "", bot.Refused(bot.Rejected, "not a file of this platform")
	}
	orElse(&r.Robot, a.opt.RobotCode)
	var out struct {
		URL string `json:"downloadUrl"`
	}
	err = a.api.do(ctx, request{api: apiFileLink, body: map[string]string{"robotCode": r.Robot, "downloadCode": r.Code}}, &out)
	if err != nil {
		return nil, "", "", err
	}
	u, err := url.Parse(out.URL)
	if err != nil || !a.mayFetch(u) {
		return nil, "", "", bot.Refused(bot.Rejected, "file is at an address that may not be fetched from")
	}
	start := a.opt.Now()
	body, name, mimeType, err = a.download(ctx, u)
	reason := bot.Reason("")
	if err != nil {
		reason = bot.SendFailure(err).Reason
	}
	a.opt.Observer.Observe("file", reason, a.opt.Now().Sub(start))
	if ref.Name != "" {
		name = ref.Name
	}
	return body, name, mimeType, err
}

// mayFetch reports whether a file may be fetched from there: over TLS from anywhere that is not inside our own network
// (the storage behind the platform has many names), or from the configured hosts.
func (a *Adapter) mayFetch(u *url.URL) bool {
	if u.User != nil || u.Hostname() == "" {
		return false
	}
	if a.api.ours(u) {
		return true
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !public(ip) {
		return false
	}
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443")
}

// public reports whether an address is outside every private, local or special network.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10")
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !shared.Contains(ip)
}

// outside dials public addresses only. What a name resolves to is looked at when it is dialled, not before.
var outside = &net.Dialer{
	Timeout: 10 * time.Second,
	Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !public(ap.Addr()) {
			return errors.New("address is inside our network")
		}
		return nil
	},
}

// download gets a file. Redirects are followed as far as each address may be fetched from.
func (a *Adapter) download(ctx context.Context, u *url.URL) (io.ReadCloser, string, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", "", bot.Refused(bot.Rejected, "file has an address that cannot be read")
	}
	transport := a.opt.Transport
	// Behind a proxy it is the proxy that dials, and its own address is inside.
	if proxy, _ := http.ProxyFromEnvironment(req); proxy == nil && !a.api.ours(u) {
		transport = &http.Transport{DialContext: outside.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: 10 * time.Second}
	}
	web := &http.Client{Transport: transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > 3 || a.api.ours(req.URL) != a.api.ours(u) || !a.mayFetch(req.URL) {
			return errors.New("redirect to an address that may not be fetched from")
		}
		return nil
	}}
	res, err := web.Do(req)
	if err != nil {
		return nil, "", "", &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("file: %w", plain(err))}
	}
	if res.StatusCode != http.StatusOK || res.ContentLength > maxFile {
		_ = res.Body.Close()
		if res.ContentLength > maxFile {
			return nil, "", "", bot.Refused(bot.Rejected, "%w", bot.ErrFileTooLarge)
		}
		return nil, "", "", &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("file: HTTP %d", res.StatusCode)}
	}
	body := &fileBody{Reader: bufio.NewReaderSize(&capped{r: res.Body, left: maxFile}, 4096), Closer: res.Body}
	return body, dispositionName(res.Header), mimeOf(res.Header, body.Reader), nil
}

func dispositionName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return fileName(params["filename"])
}

// mimeOf is the type the storage gives, or what the first bytes look like where that says nothing.
func mimeOf(h http.Header, r *bufio.Reader) string {
	if t, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil && t != "application/octet-stream" {
		return t
	}
	first, _ := r.Peek(512) // a shorter file is looked at as it is
	return http.DetectContentType(first)
}

type fileBody struct {
	*bufio.Reader
	io.Closer
}

// capped ends with an error where a file is too large; cut short in silence it would be kept as if it were whole.
type capped struct {
	r    io.Reader
	left int
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(len(p), c.left+1)])
	if c.left -= n; c.left < 0 {
		return 0, bot.ErrFileTooLarge
	}
	return n, err
}
