package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/sales"
)

// MaxFile is the largest attachment that is kept, in bytes: what WeCom lets people send.
const maxFile = 20 << 20

// files keeps the bytes of attachments and pictures in data_dir, each under its id; their rows are in the store.
type files struct {
	dir string
	db  *store.DB
	now func() time.Time
}

// path spreads files over folders by their id. Only the id is in it: nothing a person can write.
func (f files) path(id sales.ID) string {
	return filepath.Join(f.dir, fmt.Sprintf("%02x", uint64(id)>>12&0xff), id.String())
}

// keep writes bytes whole or not at all and returns their size and hash.
func (f files) keep(id sales.ID, body io.Reader) (size int64, sum string, err error) {
	path := f.path(id)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, "", fmt.Errorf("make file folder: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return 0, "", fmt.Errorf("make file: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, h), io.LimitReader(body, maxFile+1))
	if err == nil && size > maxFile {
		err = errTooLarge
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return 0, "", fmt.Errorf("write file: %w", err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return 0, "", fmt.Errorf("keep file: %w", err)
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}

var errTooLarge = errors.New("file is larger than 20 MB")

// KeepPicture implements handlers.PictureStore.
func (f files) KeepPicture(_ context.Context, id sales.ID, png []byte) (sales.File, error) {
	size, sum, err := f.keep(id, bytes.NewReader(png))
	if err != nil {
		return sales.File{}, err
	}
	return sales.File{
		ID: id, Name: "chart.png", MIME: "image/png", Size: size, SHA256: sum, State: sales.FileKept, CreatedAt: sales.At(f.now()), Version: 1,
	}, nil
}

// Open implements bot.FileStore.
func (f files) Open(ctx context.Context, id sales.ID) (io.ReadCloser, string, string, error) {
	var row sales.File
	err := f.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		row, err = tx.FileByID(ctx, id)
		return err
	})
	if err != nil {
		return nil, "", "", fmt.Errorf("file %d: %w", id, err)
	}
	body, err := os.Open(f.path(id))
	if err != nil {
		return nil, "", "", fmt.Errorf("open file: %w", err)
	}
	return body, row.Name, row.MIME, nil
}

var _ bot.FileStore = files{}
