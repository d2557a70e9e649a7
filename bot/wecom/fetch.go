package wecom

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"salesflow/bot"
)

// maxFetch bounds a file of a member's in bytes (document 90254).
const maxFetch = 20 << 20

// mediaHosts are where the platform keeps what is sent to the robot: its own hosts, and its buckets at the cloud.
var mediaHosts = []string{".work.weixin.qq.com", ".weixin.qq.com"}

// robotBucket begins the name of a bucket with files sent to robots, below bucketHost.
const (
	robotBucket = "ww-aibot-"
	bucketHost  = ".myqcloud.com"
)

// Fetch implements bot.Fetcher: media of the app by id (three days), files sent to the robot by address (five minutes),
// which are decrypted. The body is whole in memory, at most 20 MB. Errors are *bot.SendError.
func (a *Adapter) Fetch(ctx context.Context, ref bot.FileRef) (body io.ReadCloser, name, mimeType string, err error) {
	var m mediaRef
	if err := json.Unmarshal([]byte(ref.Ref), &m); err != nil || m.MediaID == "" && m.URL == "" {
		return nil, "", "", bot.Refused(bot.Rejected, "not a file of this platform")
	}
	var f fetched
	if m.URL != "" {
		f, err = a.download(ctx, m)
	} else {
		f, err = a.api.forFiles().media(ctx, m.MediaID)
	}
	if err != nil {
		return nil, "", "", err
	}
	if ref.Name != "" {
		f.name = ref.Name
	}
	return io.NopCloser(bytes.NewReader(f.data)), f.name, f.mime, nil
}

// fetched is a file of a member's.
type fetched struct {
	data       []byte
	name, mime string
}

// media gets a file by its id (document 90254). An error comes as JSON where the file would be.
func (c *client) media(ctx context.Context, id string) (f fetched, err error) {
	const api = "media/get"
	err = c.withToken(ctx, api, func(ctx context.Context, token string, reached *atomic.Bool) error {
		req, err := c.build(traced(ctx, reached), request{api: api, query: url.Values{"access_token": {token}, "media_id": {id}}})
		if err != nil {
			return err
		}
		res, err := c.http.Do(req)
		if err != nil {
			return fmt.Errorf("%s: %w", api, plainError(err))
		}
		if f, err = readFile(api, res); err != nil {
			return err
		}
		if res.Header.Get("Content-Disposition") == "" && len(f.data) < 4096 && json.Valid(f.data) {
			return codeIn(api, f.data)
		}
		return nil
	})
	return f, repeatable(err)
}

// download gets a file by its address. The address came in a message, so only the platform's own hosts are asked, and
// redirects are not followed.
func (a *Adapter) download(ctx context.Context, m mediaRef) (f fetched, err error) {
	u, err := url.Parse(m.URL)
	if err != nil || !a.mayFetch(u) {
		return f, bot.Refused(bot.Rejected, "file is not on a host of the platform")
	}
	const api = "robot/file"
	err = a.api.forFiles().observed(ctx, api, func(ctx context.Context, reached *atomic.Bool) error {
		req, err := http.NewRequestWithContext(traced(ctx, reached), http.MethodGet, u.String(), nil)
		if err != nil {
			return errors.New(api + ": address cannot be read")
		}
		res, err := a.api.http.Do(req)
		if err != nil {
			return fmt.Errorf("%s: %w", api, plainError(err))
		}
		f, err = readFile(api, res)
		return err
	})
	if err != nil {
		return f, repeatable(err)
	}
	if m.AESKey == "" {
		return f, nil
	}
	if f.data, err = openFile(m.AESKey, f.data); err != nil {
		return f, &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	f.mime = http.DetectContentType(f.data)
	return f, nil
}

// openFile decrypts a file sent to the robot with the key that came with it (document 101463).
func openFile(aesKey string, sealed []byte) ([]byte, error) {
	aesKey = strings.TrimRight(aesKey, "=")
	key, err := base64.RawStdEncoding.DecodeString(aesKey)
	if err != nil || len(key) != 32 {
		return nil, errors.New("key of the file cannot be read")
	}
	return openCBC(key, sealed)
}

// mayFetch reports whether a file may be fetched from there.
func (a *Adapter) mayFetch(u *url.URL) bool {
	if u.User != nil || u.Host == "" {
		return false
	}
	if base, err := url.Parse(a.opt.APIBase); err == nil && u.Scheme == base.Scheme && u.Host == base.Host {
		return true
	}
	host := strings.ToLower(u.Hostname())
	if u.Scheme != "https" || u.Port() != "" && u.Port() != "443" {
		return false
	}
	if strings.HasPrefix(host, robotBucket) && strings.HasSuffix(host, bucketHost) {
		return true
	}
	for _, list := range [][]string{mediaHosts, a.opt.MediaHosts} {
		for _, h := range list {
			if h != "" && (host == h || h[0] == '.' && strings.HasSuffix(host, h)) {
				return true
			}
		}
	}
	return false
}

// readFile reads a bounded file and closes the answer.
func readFile(api string, res *http.Response) (fetched, error) {
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fetched{}, &statusError{api: api, status: res.StatusCode}
	}
	if res.ContentLength > maxFetch+padBlock {
		return fetched{}, bot.Refused(bot.Rejected, "%w", bot.ErrFileTooLarge)
	}
	// A sealed file is up to one block longer than what is in it.
	data, err := io.ReadAll(io.LimitReader(res.Body, maxFetch+padBlock+1))
	if err != nil {
		return fetched{}, fmt.Errorf("%s: read file: %w", api, err)
	}
	if len(data) > maxFetch+padBlock {
		return fetched{}, bot.Refused(bot.Rejected, "%w", bot.ErrFileTooLarge)
	}
	f := fetched{data: data, mime: res.Header.Get("Content-Type")}
	if _, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
		f.name = fileName(params["filename"])
	}
	return f, nil
}
