package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// What one replica fetched, every other can read, also when the one that did is gone.
func TestAFileIsReadOnEveryReplica(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	first := r.boot("")
	s := bottest.New(t, r.world)
	rep := s.As("周敏").Skip()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 900, 700))); err != nil {
		t.Fatal(err)
	}
	rep.Say(firstVisit)
	rep.ExpectCard("拜访已记录")
	rep.Send("现场.png", picture.Bytes())
	rep.ExpectText("收下了", "绍兴市立医院")
	var f sales.File
	waitUntil(t, "the picture", func() bool {
		return first.db.View(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			media, err := tx.MediaBy(ctx, r.person(t, "zhoumin").ID, 1)
			if err != nil || len(media) == 0 || media[0].State == sales.MediaFresh {
				return errors.Join(err, errNotHere)
			}
			f, err = tx.FileByID(ctx, media[0].FileID)
			return err
		}) == nil
	})
	second := r.boot("")
	if _, err := os.Stat(second.files.path(f.ID)); err == nil {
		t.Fatal("both replicas have one folder")
	}
	r.halt(first)
	for range 2 { // from the store, then from its own folder
		body, name, _, err := second.files.Open(t.Context(), f.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil || !bytes.Equal(got, picture.Bytes()) {
			t.Errorf("%s has %d bytes of %d, %v", name, len(got), picture.Len(), err)
		}
	}
	if err := second.files.drop(t.Context(), f.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := second.files.open(t.Context(), f.ID); !errors.Is(err, errNotHere) {
		t.Errorf("a file that is gone: %v", err)
	}
	if _, err := os.Stat(second.files.path(f.ID)); err == nil {
		t.Error("an empty file was left behind")
	}
}

func TestALargeFileGoesThroughTheStore(t *testing.T) {
	t.Parallel()
	onServers, _ := onMariaDB(t)
	r := newRig(t, onServers)
	one, other := r.boot(""), r.boot("")
	id, err := one.db.NewID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("绍兴市立医院"), 180_000) // some 3 MB: several parts, the last not full
	if _, _, err := one.files.keep(t.Context(), id, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	body, err := other.files.open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if err := errors.Join(err, body.Close()); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d, %v", len(got), len(data), err)
	}
}
