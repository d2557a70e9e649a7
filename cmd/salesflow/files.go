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

// maxMade is the largest file that the bot makes itself, in bytes: an export of more than a million customers.
const maxMade = 200 << 20

// files keeps the bytes of attachments and pictures in data_dir, each under its id; their rows are in the store. Where several
// replicas share a store, the bytes are there, too, and a replica that has not got a file yet takes it from there.
type files struct {
	dir string
	db  *store.DB
	now func() time.Time
	// custom are the company's own columns of templates.
	custom *sales.Custom
	// sent and made are maxFile and maxMade.
	sent, made int64
}

// path spreads files over folders by their id. Only the id is in it: nothing a person can write.
func (f files) path(id sales.ID) string {
	return filepath.Join(f.dir, fmt.Sprintf("%02x", uint64(id)>>12&0xff), id.String())
}

// keep writes bytes whole or not at all, for every replica, and returns their size and hash.
func (f files) keep(ctx context.Context, id sales.ID, body io.Reader) (size int64, sum string, err error) {
	return f.keepUpTo(ctx, id, body, maxFile)
}

// keepUpTo keeps a file of so many bytes at most; bot.ErrFileTooLarge when it is larger.
func (f files) keepUpTo(ctx context.Context, id sales.ID, body io.Reader, most int64) (size int64, sum string, err error) {
	size, sum, err = f.write(id, body, most)
	if err != nil || !f.db.Shared() {
		return size, sum, err
	}
	local, err := os.Open(f.path(id))
	if err != nil {
		return 0, "", fmt.Errorf("open file: %w", err)
	}
	return size, sum, errors.Join(f.db.PutFileParts(ctx, id, local), local.Close())
}

// errNotHere says that the bytes of a file are neither on this replica nor in the store.
var errNotHere = errors.New("the bytes of the file are gone")

// here returns where the bytes of a file are on this replica, and takes them from the store when another replica got them.
// errNotHere when nobody has them any more.
func (f files) here(ctx context.Context, id sales.ID) (string, error) {
	path := f.path(id)
	if _, err := os.Stat(path); err == nil || !f.db.Shared() {
		if err != nil {
			err = fmt.Errorf("%w: %w", errNotHere, err)
		}
		return path, err
	}
	r, w := io.Pipe()
	found := make(chan int64, 1)
	go func() {
		n, err := f.db.WriteFileParts(ctx, id, w)
		if err == nil && n == 0 {
			err = errNotHere
		}
		found <- n
		_ = w.CloseWithError(err) // always nil
	}()
	_, _, err := f.write(id, r, f.made)
	_ = r.Close() // always nil; it ends the other side where writing failed
	<-found
	return path, err
}

// HasFile implements handlers.FileBytes.
func (f files) HasFile(ctx context.Context, id sales.ID) (bool, error) {
	if _, err := os.Stat(f.path(id)); err == nil || !errors.Is(err, os.ErrNotExist) || !f.db.Shared() {
		return err == nil, nil
	}
	return f.db.HasFileParts(ctx, id)
}

// open opens the bytes of a file.
func (f files) open(ctx context.Context, id sales.ID) (*os.File, error) {
	path, err := f.here(ctx, id)
	if err != nil {
		return nil, err
	}
	body, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	return body, nil
}

// drop forgets the bytes of a file.
func (f files) drop(ctx context.Context, id sales.ID) error {
	err := os.Remove(f.path(id))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if f.db.Shared() {
		err = errors.Join(err, f.db.DropFileParts(ctx, id))
	}
	return err
}

// write writes bytes to this replica's folder whole or not at all.
func (f files) write(id sales.ID, body io.Reader, most int64) (size int64, sum string, err error) {
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
	size, err = io.Copy(io.MultiWriter(tmp, h), io.LimitReader(body, most+1))
	if err == nil && size > most {
		err = bot.ErrFileTooLarge
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

// KeepPicture implements handlers.PictureStore.
func (f files) KeepPicture(ctx context.Context, id sales.ID, png []byte) (sales.File, error) {
	size, sum, err := f.keep(ctx, id, bytes.NewReader(png))
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
	body, err := f.open(ctx, id)
	if err != nil {
		return nil, "", "", err
	}
	return body, row.Name, row.MIME, nil
}

var _ bot.FileStore = files{}
