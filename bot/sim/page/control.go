package page

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"salesflow/bot/sim"
)

// Bounds of a request.
const (
	maxJSON = 1 << 20
	maxFile = 20 << 20
	// maxForm leaves room for the other fields of an upload.
	maxForm = maxFile + 64<<10
	// acting bounds how long a phone waits for the platform to hand something over.
	acting = time.Minute
)

// readJSON reads one JSON object into v.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJSON))
	if err := d.Decode(v); err != nil {
		if big := new(http.MaxBytesError); errors.As(err, &big) {
			return err
		}
		return refuse(http.StatusBadRequest, "不是合格的 JSON:%s", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return refuse(http.StatusBadRequest, "JSON 后面还有别的内容")
	}
	return nil
}

func (s *server) say(w http.ResponseWriter, r *http.Request) {
	var in struct {
		sim.Say
		Platform string `json:"platform"`
	}
	if err := readJSON(w, r, &in); err != nil {
		writeError(w, err)
		return
	}
	id, err := s.doSay(r.Context(), in.Platform, in.Say)
	writeMessageID(w, id, err)
}

func (s *server) doSay(ctx context.Context, platform string, say sim.Say) (string, error) {
	_, phone, err := s.phoneOf(platform, say.From)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, acting)
	defer cancel()
	return phone.Say(ctx, say)
}

func writeMessageID(w http.ResponseWriter, id string, err error) {
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"message_id": id})
}

// file takes the form fields platform, from, chat and file, and optionally recognition (what the platform heard in a
// voice clip) and event_id.
func (s *server) file(w http.ResponseWriter, r *http.Request) {
	id, err := s.upload(w, r)
	writeMessageID(w, id, err)
}

func (s *server) upload(w http.ResponseWriter, r *http.Request) (string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	// All of it stays in memory: the body is bounded, and no file is left on the disk.
	if err := r.ParseMultipartForm(maxForm); err != nil {
		if big := new(http.MaxBytesError); errors.As(err, &big) {
			return "", refuse(http.StatusRequestEntityTooLarge, "文件太大,最多 %d MB", maxFile>>20)
		}
		return "", refuse(http.StatusBadRequest, "要用 multipart/form-data 传:%s", err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	_, phone, err := s.phoneOf(r.PostFormValue("platform"), r.PostFormValue("from"))
	if err != nil {
		return "", err
	}
	files := r.MultipartForm.File["file"]
	if len(files) != 1 {
		return "", refuse(http.StatusBadRequest, "file 字段要正好一个文件")
	}
	data, err := content(files[0])
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(r.Context(), acting)
	defer cancel()
	return phone.Send(ctx, sim.Upload{
		From: r.PostFormValue("from"), Chat: r.PostFormValue("chat"), Name: files[0].Filename, Data: data,
		Recognition: r.PostFormValue("recognition"), EventID: r.PostFormValue("event_id"),
	})
}

func content(h *multipart.FileHeader) ([]byte, error) {
	if h.Size > maxFile {
		return nil, refuse(http.StatusRequestEntityTooLarge, "文件太大,最多 %d MB", maxFile>>20)
	}
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

func (s *server) click(w http.ResponseWriter, r *http.Request) {
	var in struct {
		sim.Click
		Platform string `json:"platform"`
	}
	err := readJSON(w, r, &in)
	if err == nil {
		err = s.doClick(r.Context(), in.Platform, in.Click)
	}
	writeOK(w, err)
}

func (s *server) doClick(ctx context.Context, platform string, c sim.Click) error {
	_, phone, err := s.phoneOf(platform, c.From)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, acting)
	defer cancel()
	return phone.Click(ctx, c)
}

func writeOK(w http.ResponseWriter, err error) {
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
}

func (s *server) fault(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Platform string `json:"platform"`
		Kind     string `json:"kind"`
		Count    int    `json:"count"`
		Delay    string `json:"delay"`
	}
	err := readJSON(w, r, &in)
	if err == nil {
		err = s.arm(in.Platform, sim.Fault{Kind: in.Kind, Count: in.Count}, in.Delay)
	}
	writeOK(w, err)
}

func (s *server) arm(platform string, f sim.Fault, delay string) error {
	one := s.opt.Simulators[platform]
	if one == nil {
		return refuse(http.StatusBadRequest, "没有这个平台:%q,写 wecom 或 dingtalk", platform)
	}
	if f.Count < 0 {
		return refuse(http.StatusBadRequest, "count 不能小于 0")
	}
	if delay != "" {
		d, err := parseSpan(delay)
		if err != nil {
			return err
		}
		f.Delay = d
	}
	return one.Fault(f)
}
