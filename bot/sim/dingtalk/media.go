package dingtalk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// linkLife is how long a download link works. The documents only call it temporary.
const linkLife = 30 * time.Minute

// blob is a file: sent by a person (code is its downloadCode) or uploaded by the bot (id is its media_id).
type blob struct {
	key  string // of the URL on the phone
	code string
	id   string
	kind string
	name string
	mime string
	data []byte
	more int64 // zero bytes that follow data
}

// link is a temporary download URL.
type link struct {
	blob    *blob
	expires time.Time
}

// keep stores a file under new keys and forgets the oldest ones beyond the limit in bytes.
func (s *Server) keep(b *blob) *blob {
	b.key, b.code = secret(), secret()
	b.id = "@lAL" + s.opaque("media", b.key)[:26]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.media.put(b.key, b)
	s.media.put(b.id, b)
	s.codes.put(b.code, b)
	s.files = append(s.files, b)
	s.bytes += int64(len(b.data))
	for s.bytes > keepFileSize {
		old := s.files[0]
		s.files = s.files[1:]
		s.bytes -= int64(len(old.data))
		s.media.remove(old.key)
		s.media.remove(old.id)
		s.codes.remove(old.code)
	}
	return b
}

// uploadMedia is POST /media/upload. Size limits: pictures, videos and files 20 MB, voice 2 MB.
func (c *call) uploadMedia() (any, error) {
	kind, name, data, err := c.multipart()
	if err != nil {
		return nil, err
	}
	limit := maxFile
	switch kind {
	case "image", "video", "file":
	case "voice":
		limit = 2 << 20
	default:
		return nil, errOld(40004, "不合法的媒体文件类型")
	}
	if len(data) == 0 {
		return nil, errOld(40035, "缺少参数 media")
	}
	if len(data) > limit {
		return nil, errOld(40006, "不合法的文件大小")
	}
	b := c.s.keep(&blob{name: name, kind: kind, data: data, mime: mimeOf(name, data)})
	return map[string]any{
		"errcode": 0, "errmsg": "ok", "type": kind, "media_id": b.id, "created_at": c.s.opt.Clock.Now().UnixMilli(),
	}, nil
}

// multipart reads the one file of an upload and its type, which may stand in the query or in the form.
func (c *call) multipart() (kind, name string, data []byte, err error) {
	kind = c.r.URL.Query().Get("type")
	mt, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || mt != "multipart/form-data" {
		return "", "", nil, errOld(41005, "缺少多媒体文件数据")
	}
	mr := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for range 20 {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", "", nil, errOld(41005, "缺少多媒体文件数据")
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return "", "", nil, errOld(41005, "缺少多媒体文件数据")
		}
		switch part.FormName() {
		case "type":
			kind = string(b)
		case "media":
			name, data = path.Base(part.FileName()), b
		}
	}
	return kind, name, data, nil
}

// downloadFile is POST /v1.0/robot/messageFiles/download.
func (c *call) downloadFile() (any, error) {
	var in struct {
		RobotCode    string `json:"robotCode"`
		DownloadCode string `json:"downloadCode"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.codes.get(in.DownloadCode)
	if !ok {
		return nil, errParam("invalidParameter.downloadCode", "downloadCode无效或已过期")
	}
	key := secret()
	s.links.put(key, &link{blob: b, expires: s.opt.Clock.Now().Add(linkLife)})
	return map[string]any{"downloadUrl": c.base + "/download/" + key}, nil
}

func (s *Server) serveDownload(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l, ok := s.links.get(r.PathValue("key"))
	ok = ok && s.opt.Clock.Now().Before(l.expires)
	s.mu.Unlock()
	if !ok {
		http.Error(w, "Request has expired.", http.StatusForbidden)
		return
	}
	serveBlob(w, l.blob)
}

// serveMedia shows a file on a phone.
func (s *Server) serveMedia(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	s.mu.Lock()
	b, ok := s.media.get(key)
	s.mu.Unlock()
	if !ok || strings.HasPrefix(key, "@") { // a media_id travels in messages and is no key
		http.NotFound(w, r)
		return
	}
	serveBlob(w, b)
}

func serveBlob(w http.ResponseWriter, b *blob) {
	h := w.Header()
	h.Set("Content-Type", b.mime)
	h.Set("Content-Length", strconv.FormatInt(int64(len(b.data))+b.more, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	if !strings.HasPrefix(b.mime, "image/") && !strings.HasPrefix(b.mime, "audio/") {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": b.name}))
	}
	_, _ = w.Write(b.data)
	_, _ = io.Copy(w, sim.Zeros(b.more)) // whoever has had enough hangs up
}

// mediaURLLocked is the phone's URL of what a message refers to: a media_id or an http address.
func (s *Server) mediaURLLocked(ref string) (string, error) {
	if strings.HasPrefix(ref, "https://") || strings.HasPrefix(ref, "http://") {
		return ref, nil
	}
	b, ok := s.media.get(ref)
	if !ok || !strings.HasPrefix(ref, "@") {
		return "", fmt.Errorf("mediaId不存在")
	}
	return "/media/" + b.key, nil
}

var markdownImage = regexp.MustCompile(`(!\[[^\]]*\]\()(@[A-Za-z0-9_-]+)(\))`)

// showLocked resolves the pictures in a markdown text to what a phone can load. An unknown one stays as it is: the real
// client shows a broken picture.
func (s *Server) showLocked(md string) string {
	return markdownImage.ReplaceAllStringFunc(md, func(m string) string {
		p := markdownImage.FindStringSubmatch(m)
		u, err := s.mediaURLLocked(p[2])
		if err != nil {
			s.violateLocked("media", p[2], "markdown shows an unknown mediaId")
			return m
		}
		return p[1] + u + p[3]
	})
}

var kinds = map[string]string{
	".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".gif": "picture", ".webp": "picture", ".bmp": "picture",
	".amr": "audio", ".ogg": "audio", ".mp3": "audio", ".wav": "audio", ".m4a": "audio", ".opus": "audio",
	".mp4": "video", ".mov": "video",
}

// kindOf is the msgtype by which a file reaches the bot.
func kindOf(name, recognition string) string {
	if recognition != "" {
		return "audio"
	}
	if k := kinds[strings.ToLower(path.Ext(name))]; k != "" {
		return k
	}
	return "file"
}

var audioTypes = map[string]string{
	".mp3": "audio/mpeg", ".wav": "audio/wav", ".m4a": "audio/mp4", ".amr": "audio/amr",
}

// mimeOf tells what a browser may take the bytes for. What could run a script is bytes only.
func mimeOf(name string, data []byte) string {
	if kindOf(name, "") == "audio" {
		if t := audioTypes[strings.ToLower(path.Ext(name))]; t != "" {
			return t
		}
		return "audio/ogg"
	}
	t := http.DetectContentType(data)
	switch t {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "video/mp4":
		return t
	}
	return "application/octet-stream"
}
