package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/remote"
)

// maxAnswer bounds what a tool or an endpoint may say, in bytes.
const maxAnswer = 64 << 10

// ErrNoVoice says that a file is no voice clip.
var ErrNoVoice = errors.New("not a voice clip")

// voiceKinds are the beginnings of the sound formats people's phones make.
var voiceKinds = []struct{ magic, mime string }{
	{"#!AMR", "audio/amr"},
	{"#!SILK", "audio/silk"},
	{"\x02#!SILK", "audio/silk"},
	{"OggS", "audio/ogg"},
	{"ID3", "audio/mpeg"},
	{"\xff\xfb", "audio/mpeg"},
	{"\xff\xf1", "audio/aac"},
	{"RIFF", "audio/wav"},
	{"\x00\x00\x00\x18ftyp", "audio/mp4"},
	{"\x00\x00\x00\x1cftyp", "audio/mp4"},
	{"\x00\x00\x00\x20ftyp", "audio/mp4"},
}

// VoiceKind is the MIME type of a voice clip by its first bytes; ErrNoVoice when it is none.
func VoiceKind(b []byte) (string, error) {
	for _, k := range voiceKinds {
		if bytes.HasPrefix(b, []byte(k.magic)) {
			return k.mime, nil
		}
	}
	return "", ErrNoVoice
}

// Tool is something outside that turns a file into text: a program or an HTTP endpoint. The zero Tool is none.
type Tool struct {
	// Command is the program and its arguments; "{file}" among them is the file's path. What it prints is the text.
	Command []string
	// URL takes the bytes in a POST and answers {"text": "…"}. Secret, when set, goes along as a bearer token.
	URL, Secret string
	Timeout     time.Duration // 0: 30 s
	Client      *http.Client  // nil: one that follows no redirects
}

// Set reports whether there is a tool.
func (t Tool) Set() bool { return len(t.Command) > 0 || t.URL != "" }

// Text turns a file into text, trimmed; valid UTF-8 of at most 64 KiB. path is the file, mime its type.
func (t Tool) Text(ctx context.Context, path, mime string) (string, error) {
	timeout := t.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var out string
	var err error
	if t.URL != "" {
		out, err = t.ask(ctx, path, mime)
	} else {
		out, err = t.run(ctx, path)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(strings.ToValidUTF8(out, "")), nil
}

func (t Tool) run(ctx context.Context, path string) (string, error) {
	if len(t.Command) == 0 {
		return "", errors.New("no tool")
	}
	args := make([]string, 0, len(t.Command))
	named := false
	for _, a := range t.Command[1:] {
		if strings.Contains(a, "{file}") {
			a, named = strings.ReplaceAll(a, "{file}", path), true
		}
		args = append(args, a)
	}
	if !named {
		args = append(args, path)
	}
	cmd := exec.CommandContext(ctx, t.Command[0], args...) // from the operator's configuration; the path is ours
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "OMP_THREAD_LIMIT=1", "TESSDATA_PREFIX=" + os.Getenv("TESSDATA_PREFIX")}
	var out bounded
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("run %s: %w", t.Command[0], err)
	}
	return string(out.b), nil
}

// bounded keeps the first bytes that are written and drops the rest.
type bounded struct{ b []byte }

// Write implements io.Writer.
func (w *bounded) Write(p []byte) (int, error) {
	room := max(0, maxAnswer-len(w.b))
	w.b = append(w.b, p[:min(room, len(p))]...)
	return len(p), nil
}

func (t Tool) ask(ctx context.Context, path, mime string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open file: %w", err)
	}
	defer f.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, f)
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	if info, err := f.Stat(); err == nil {
		req.ContentLength = info.Size()
	}
	req.Header.Set("Content-Type", mime)
	if t.Secret != "" {
		req.Header.Set("Authorization", "Bearer "+t.Secret)
	}
	client := t.Client
	if client == nil {
		client = remote.Client(nil)
	}
	res, err := client.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask: %w", remote.Nameless(err))
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask: status %d", res.StatusCode)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	var answer struct {
		Text string `json:"text"`
	}
	if len(b) > maxAnswer || !utf8.Valid(b) || json.Unmarshal(b, &answer) != nil {
		return "", errors.New("answer is not {\"text\": …}")
	}
	return answer.Text, nil
}
