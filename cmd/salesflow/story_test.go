package main

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store/storetest"
)

// world is the whole product in one process, as bottest tells stories in it.
type world struct{ *demo }

// Simulators implements bottest.World.
func (w world) Simulators() map[string]sim.Simulator {
	return map[string]sim.Simulator{sim.WeCom: w.wecom, sim.DingTalk: w.dingtalk}
}

// Settle implements bottest.World.
func (w world) Settle(ctx context.Context) error { return w.demo.settle(ctx) }

// storyStart is a Wednesday morning.
var storyStart = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// storyPatience is how long a step of a story's clock waits for what it set off. A step that is over sooner waits no longer.
const storyPatience = time.Minute

// newWorld starts the product with everybody on one platform; "" leaves everyone where the demo company has them.
func newWorld(t *testing.T, platform string, change ...func(*demoOptions)) world {
	t.Helper()
	log := zerolog.New(io.Discard)
	if testing.Verbose() {
		log = zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true}).Level(zerolog.WarnLevel)
	}
	o := demoOptions{
		listen: "127.0.0.1:0", data: t.TempDir(), start: storyStart, log: log, noHistory: true, noEntering: true,
		patience: storyPatience,
		change:   func(_ *configs.Config, org *configs.Org) { everybodyOn(org, platform) },
	}
	for _, c := range change {
		c(&o)
	}
	if o.data != "" {
		storetest.Lay(t, o.data)
	}
	d, err := newDemo(context.Background(), o)
	if err != nil {
		t.Fatalf("start the product: %v", err)
	}
	held := d
	t.Cleanup(func() {
		if err := held.close(); err != nil {
			t.Errorf("stop the product: %v", err)
		}
		held = nil // the runner keeps what was to be done in the end until all tests are over
	})
	return world{d}
}

// everybodyOn moves every person to one platform.
func everybodyOn(org *configs.Org, platform string) {
	if platform == "" {
		return
	}
	for i, p := range org.People {
		org.People[i].Platforms = map[string]string{platform: p.ID}
	}
	for i, g := range org.Groups {
		if g.Platform == platform {
			org.Groups[i].Members = []string{"zhoumin", "liqiang", "wangfang", "linxia", "chengang"}
		}
	}
}

// onBoth tells a story once on each platform.
func onBoth(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform)
			story(t, bottest.New(t, w), w)
		})
	}
}
