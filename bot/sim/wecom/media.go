package wecom

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// Limits of temporary media (developer.work.weixin.qq.com/document/path/90253), and of what the simulator holds.
const (
	mediaTTL        = 3 * 24 * time.Hour
	robotURLTTL     = 5 * time.Minute
	minMediaBytes   = 6
	maxMediaEntries = 20_000
	maxBlobBytes    = 256 << 20
)

// maxMediaBytes is the size limit by type.
var maxMediaBytes = map[string]int{"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}

// Where a media_id is valid: mediaCorp for all apps of the corporation, "webhook|" and the key for one webhook robot,
// mediaRobot for the intelligent robot.
const (
	mediaCorp  = "corp"
	mediaRobot = "robot"
)

// blob is a stored file; phones open it at /media/{id}/{name}.
type blob struct {
	id, name, contentType string
	data                  []byte
	more                  int64 // zero bytes that follow data, behind the robot's URL
}

// upload is a media_id. It names its file, so that forgetting a file frees it.
type upload struct {
	blob        string
	kind, scope string
	created     time.Time
}

// robotFile is a URL of the robot's, behind which a file is served encrypted with the key.
type robotFile struct {
	blob    string
	key     []byte
	created time.Time
}

type media struct {
	blobs   *fifo[*blob]
	size    int // bytes in blobs, at most maxSize
	maxSize int
	uploads *fifo[upload]
	robot   *fifo[robotFile]
}

func newMedia() media {
	return media{
		blobs: newFIFO[*blob](maxMediaEntries), uploads: newFIFO[upload](maxMediaEntries),
		robot: newFIFO[robotFile](maxMediaEntries), maxSize: maxBlobBytes,
	}
}

// keep stores a file, and forgets the oldest ones when there are too many.
func (m *media) keep(name string, data []byte) *blob {
	b := &blob{id: randomHex(16), name: cleanName(name), contentType: contentType(name, data), data: data}
	m.size += len(data)
	for _, old := range m.blobs.put(b.id, b) {
		m.size -= len(old.data)
	}
	for m.size > m.maxSize && len(m.blobs.order) > 1 {
		old, _ := m.blobs.get(m.blobs.order[0])
		m.size -= len(old.data)
		m.blobs.remove(old.id)
	}
	return b
}

func (b *blob) file() *sim.File {
	return &sim.File{Name: b.name, URL: "/media/" + b.id + "/" + url.PathEscape(b.name)}
}

// cleanName keeps the last element of a file name.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" || name == "" {
		return "file"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

func contentType(name string, data []byte) string {
	if strings.HasSuffix(strings.ToLower(name), ".amr") {
		return "audio/amr"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return http.DetectContentType(data)
}

// apiUpload serves media/upload.
func (s *Server) apiUpload(c *call) (any, *apiError) { return s.uploadMedia(c, mediaCorp) }

func (s *Server) uploadMedia(c *call, scope string) (any, *apiError) {
	kind := c.query.Get("type")
	limit, ok := maxMediaBytes[kind]
	if !ok || scope != mediaCorp && kind != "file" && kind != "voice" {
		return nil, fail(codeMediaType, "invalid media type")
	}
	name, data, refused := readUpload(c)
	if refused != nil {
		return nil, refused
	}
	if refused := checkMedia(kind, data, limit); refused != nil {
		return nil, refused
	}
	id, _ := s.addUpload(kind, scope, name, data, c.now)
	c.record.Body = fmt.Sprintf("(upload %s %q, %d bytes)", kind, name, len(data))
	return fields{"type": kind, "media_id": id, "created_at": strconv.FormatInt(c.now.Unix(), 10), "errmsg": ""}, nil
}

func (s *Server) addUpload(kind, scope, name string, data []byte, now time.Time) (mediaID string, b *blob) {
	mediaID, b = "MEDIA"+randomHex(24), s.media.keep(name, data)
	s.media.uploads.put(mediaID, upload{blob: b.id, kind: kind, scope: scope, created: now})
	return mediaID, b
}

// readUpload takes the multipart field "media".
func readUpload(c *call) (name string, data []byte, refused *apiError) {
	kind, params, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, fail(codeEmptyMedia, "multipart/form-data expected")
	}
	reader := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for range 16 {
		part, err := reader.NextPart()
		if err != nil {
			break
		}
		if part.FormName() != "media" {
			continue
		}
		if part.FileName() == "" {
			return "", nil, fail(codeEmptyMedia, "filename missing")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return "", nil, fail(codeEmptyMedia, "broken multipart body")
		}
		return part.FileName(), data, nil
	}
	return "", nil, fail(codeEmptyMedia, "field media missing")
}

func checkMedia(kind string, data []byte, limit int) *apiError {
	switch {
	case len(data) == 0:
		return fail(codeEmptyMedia, "empty media data")
	case len(data) < minMediaBytes:
		return fail(codeMediaSize, "invalid file size")
	case len(data) > limit:
		return fail(codeMediaTooLarge, "media size out of limit")
	}
	got := http.DetectContentType(data)
	switch {
	case kind == "image" && got != "image/png" && got != "image/jpeg":
		return fail(codeImageFormat, "invalid image format")
	case kind == "voice" && !bytes.HasPrefix(data, []byte("#!AMR")):
		return fail(codeMediaKind, "invalid voice format")
	case kind == "video" && got != "video/mp4":
		return fail(codeMediaKind, "invalid video format")
	}
	return nil
}

// mediaOf finds a media_id that is valid in the scope and of the kind ("" for any).
func (s *Server) mediaOf(id, scope, kind string, now time.Time) (*blob, *apiError) {
	u, ok := s.media.uploads.get(id)
	if !ok || u.scope != scope || kind != "" && u.kind != kind || now.Sub(u.created) > mediaTTL {
		return nil, &apiError{code: codeBadMedia}
	}
	b, ok := s.media.blobs.get(u.blob)
	if !ok {
		return nil, &apiError{code: codeBadMedia}
	}
	return b, nil
}

// apiMediaGet serves media/get: the bytes, or a JSON error.
func (s *Server) apiMediaGet(c *call) (any, *apiError) {
	id := c.query.Get("media_id")
	if id == "" {
		return nil, fail(codeNoMediaID, "media_id missing")
	}
	u, refused := s.mediaOf(id, mediaCorp, "", c.now)
	if refused != nil {
		return nil, refused
	}
	return rawFile{name: u.name, contentType: u.contentType, data: u.data}, nil
}

// showMedia checks the media of a message and shows it on the phone.
func (s *Server) showMedia(c *call, m *mediaBody, kind, scope string) (sim.Message, *apiError) {
	if m == nil || m.MediaID == "" {
		return sim.Message{}, fail(codeNoMediaID, "media_id missing")
	}
	u, refused := s.mediaOf(m.MediaID, scope, kind, c.now)
	if refused != nil {
		return sim.Message{}, refused
	}
	shown := "file"
	if kind == "image" {
		shown = "image"
	}
	return sim.Message{Kind: shown, File: u.file()}, nil
}

// serveFile lets a phone open a file. The id cannot be guessed; nothing else protects it.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b, ok := s.media.blobs.get(r.PathValue("id"))
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	disposition := "attachment"
	h.Set("Content-Type", "application/octet-stream")
	switch got := http.DetectContentType(b.data); got {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		disposition = "inline"
		h.Set("Content-Type", got)
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": b.name}))
	_, _ = w.Write(b.data)
}

// serveRobotFile hands the robot an encrypted file, for five minutes after the message.
func (s *Server) serveRobotFile(w http.ResponseWriter, r *http.Request) {
	b, key := s.robotFile(r.PathValue("id"))
	if b == nil {
		http.Error(w, "url expired", http.StatusForbidden)
		return
	}
	sealed, err := sealMedia(key, b.data)
	if err != nil {
		http.Error(w, "internal server error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": b.name}))
	_, _ = w.Write(sealed)
	_, _ = io.Copy(w, sim.Zeros(b.more)) // not sealed: nobody may keep that much
}

// robotFile finds what is behind a URL of the robot's while it is valid.
func (s *Server) robotFile(id string) (*blob, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.media.robot.get(id)
	if !ok {
		return nil, nil
	}
	if now := s.opt.Clock.Now(); now.Sub(f.created) > robotURLTTL {
		s.violate(now, "robot_media", "file downloaded after its five minutes")
		return nil, nil
	}
	b, _ := s.media.blobs.get(f.blob)
	return b, f.key
}
