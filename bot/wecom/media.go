package wecom

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // the platform's checksum
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/silenceper/wechat/v2/work/addresslist"
	workcontext "github.com/silenceper/wechat/v2/work/context"
	"github.com/silenceper/wechat/v2/work/material"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Sizes of files in bytes (documents 90253, 99110).
const (
	minFile         = 6
	maxFile         = 20 << 20
	maxImage        = 10 << 20
	maxWebhookImage = 2 << 20
	maxName         = 200 // of a file's name
)

// outFile is a file of ours in memory.
type outFile struct {
	name  string
	image bool
	data  []byte
}

func (f outFile) kind() string {
	if f.image {
		return "image"
	}
	return "file"
}

// load reads a file from the store. A picture too large, or of a kind the platform does not show, goes as a file.
func (a *Adapter) load(ctx context.Context, f bot.File) (outFile, error) {
	if a.opt.Files == nil {
		return outFile{}, bot.Refused(bot.Unsupported, "no file store")
	}
	body, name, mime, err := a.opt.Files.Open(ctx, f.ID)
	if err != nil {
		e := &bot.SendError{Reason: bot.Down, Retry: true, After: time.Second, Err: fmt.Errorf("open file: %w", err)}
		if sales.KindOf(err) == sales.NotFound {
			e.Reason, e.Retry = bot.Rejected, false
		}
		return outFile{}, e
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, maxFile+1))
	switch {
	case err != nil:
		return outFile{}, &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("read file: %w", err)}
	case len(data) < minFile || len(data) > maxFile:
		return outFile{}, bot.Refused(bot.Rejected, "file of %d bytes, the platform takes %d to %d", len(data), minFile, maxFile)
	}
	if f.Name != "" {
		name = f.Name
	}
	shown := mime == "image/png" || mime == "image/jpeg"
	return outFile{name: fileName(name), image: f.Image && shown && len(data) <= maxImage, data: data}, nil
}

// fileName is the last part of a name, without what would end it early in a header, and not too long.
func fileName(name string) string {
	name = path.Base(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '"' || r == '\\':
			return '_'
		case unicode.Is(unicode.Cf, r): // could hide how the name ends
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "")))
	if name == "." || name == ".." || name == "/" {
		return "file"
	}
	if ext := path.Ext(name); len(name) > maxName && len(ext) < maxName/2 {
		return strings.ToValidUTF8(name[:maxName-len(ext)], "") + ext
	}
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}

func (a *Adapter) sendFile(ctx context.Context, d bot.Delivery, t target, f bot.File) (bot.Receipt, error) {
	if err := a.paced(ctx, t, 1); err != nil {
		return bot.Receipt{}, err
	}
	file, err := a.load(ctx, f)
	if err != nil {
		return bot.Receipt{}, err
	}
	m := message{MsgType: file.kind()}
	id := &mediaID{}
	switch {
	case t.via == ViaWebhook && file.image && len(file.data) <= maxWebhookImage:
		sum := md5.Sum(file.data) //nolint:gosec // the platform's checksum
		id.Base64, id.MD5 = base64.StdEncoding.EncodeToString(file.data), hex.EncodeToString(sum[:])
	case t.via == ViaWebhook:
		m.MsgType, file.image = "file", false
		id.MediaID, err = a.api.forFiles().uploadToWebhook(ctx, t.key, file)
	default:
		id.MediaID, err = a.api.forFiles().upload(ctx, file)
	}
	if err != nil {
		return bot.Receipt{}, err
	}
	if file.image {
		m.Image = id
	} else {
		m.File = id
	}
	return a.deliver(ctx, d, t, m)
}

// upload puts a file up for three days (document 90253). An upload that is not used has no effect, so a failed one may
// always be repeated.
func (c *client) upload(ctx context.Context, f outFile) (id string, err error) {
	err = c.viaSDK(ctx, "media/upload", func(work *workcontext.Context) error {
		res, err := material.NewClient(work).UploadTempFileFromReader(f.name, f.kind(), bytes.NewReader(f.data))
		if err != nil {
			return err
		}
		id = res.MediaID
		return nil
	})
	return id, uploaded(id, err)
}

func uploaded(id string, err error) error {
	if err == nil && id == "" {
		err = &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("upload answered without media_id")}
	}
	return repeatable(err)
}

// repeatable turns an unknown outcome into a failure: half an upload has no effect.
func repeatable(err error) error {
	if e := new(bot.SendError); errors.As(err, &e) && e.Reason == bot.Unsure {
		return &bot.SendError{Reason: bot.Down, Retry: true, After: e.After, Err: e.Err}
	}
	return err
}

// departments lists every department the app sees (document 90208).
func (c *client) departments(ctx context.Context) (list []*addresslist.Department, err error) {
	err = c.viaSDK(ctx, "department/list", func(work *workcontext.Context) error {
		list, err = addresslist.NewClient(work).DepartmentList()
		return err
	})
	return list, err
}
