package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/bot/dingtalk"
	"salesflow/bot/wecom"
	"salesflow/store/cache"
	"salesflow/store/sales"
)

// robotLease is how long a replica holds the robot's socket without renewing it.
const robotLease = 20 * time.Second

// adapters are the platforms that are configured.
type adapters struct {
	wecom    *wecom.Adapter
	dingtalk *dingtalk.Adapter
}

// platforms makes the adapters of the platforms that are configured.
func (p *program) platforms(context.Context) error {
	var errs []error
	if c := p.cfg.WeCom; c.Enabled() {
		webhooks := map[string]string{}
		for name, key := range c.GroupWebhooks {
			webhooks[name] = key.Reveal()
		}
		a, err := wecom.New(wecom.Options{
			CorpID: c.CorpID, AgentID: c.AgentID, Secret: c.Secret.Reveal(), ContactsSecret: c.ContactsSecret.Reveal(),
			Token: c.Token.Reveal(), EncodingAESKey: c.EncodingAESKey.Reveal(), APIBase: c.APIBase,
			Robot:    wecom.RobotOptions{BotID: c.Robot.BotID, Secret: c.Robot.Secret.Reveal(), URL: c.Robot.WSURL},
			Webhooks: webhooks, HomeURL: p.home(), Cache: cache.ForTokens(p.redis), Files: p.files, Person: p.personOf(wecom.Platform),
			Observer: callMeter{p.meter, wecom.Platform}, Now: p.clock.Now, Pace: p.newPacer(),
		})
		errs = append(errs, err)
		if err == nil {
			p.adapters.wecom = a
			p.pump.Senders[wecom.Platform] = a
			p.mux.Handle(c.CallbackPath, a.Callback(p.intake()))
		}
	}
	if c := p.cfg.DingTalk; c.Enabled() {
		a, err := p.newDingTalk()
		errs = append(errs, err)
		if err == nil {
			p.adapters.dingtalk = a
			p.pump.Senders[dingtalk.Platform] = a
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("platforms: %w", err)
	}
	return nil
}

// home is the page a card without buttons opens.
func (p *program) home() string {
	if p.cfg.PublicURL == "" {
		return ""
	}
	return p.cfg.PublicURL + "/"
}

// personOf finds the person behind an account, for buttons meant for some only.
func (p *program) personOf(platform bot.Platform) func(bot.UserID) int64 {
	return func(u bot.UserID) int64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		org, err := p.books.RecentOrg(ctx)
		if err != nil {
			return 0
		}
		person, _ := org.ByAccount(string(platform), string(u))
		return int64(person.ID)
	}
}

// receive starts to take events: from here on people are answered.
func (p *program) receive(ctx context.Context) error {
	if a := p.adapters.wecom; a != nil {
		p.goIn(ctx, &p.receiving, "wecom robot", func(ctx context.Context) error {
			return a.RunRobot(ctx, p.intake(), leaseOf{p, "wecom.robot"})
		})
	}
	if a := p.adapters.dingtalk; a != nil {
		p.goIn(ctx, &p.receiving, "dingtalk stream", func(ctx context.Context) error { return a.Run(ctx, p.intake()) })
	}
	return nil
}

// mine says whether this replica may send through a channel now: the robot's socket is held by one of them.
func (p *program) mine(platform bot.Platform, via string) bool {
	if platform != wecom.Platform || via != wecom.ViaRobot {
		return true
	}
	return p.holdsRobot.Load()
}

// leaseOf is a lease in the database.
type leaseOf struct {
	p    *program
	name string
}

// Acquire implements wecom.Lease.
func (l leaseOf) Acquire(ctx context.Context) (bool, error) {
	ok, err := l.p.db.Lease(ctx, l.name, l.p.db.Holder(), robotLease)
	l.p.holdsRobot.Store(ok && err == nil)
	return ok, err
}

// Renew implements wecom.Lease.
func (l leaseOf) Renew(ctx context.Context) (bool, error) { return l.Acquire(ctx) }

// Release implements wecom.Lease.
func (l leaseOf) Release(ctx context.Context) error {
	l.p.holdsRobot.Store(false)
	return l.p.db.ReleaseLease(ctx, l.name, l.p.db.Holder())
}

// newDingTalk makes the DingTalk adapter.
func (p *program) newDingTalk() (*dingtalk.Adapter, error) {
	c := p.cfg.DingTalk
	return dingtalk.New(dingtalk.Options{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), CorpID: c.CorpID, RobotCode: c.RobotCode, CardTemplateID: c.CardTemplateID,
		APIBase: c.APIBase, OAPIBase: c.OAPIBase, Cache: cache.ForTokens(p.redis), Files: p.files,
		Account: p.accountOf(dingtalk.Platform), Person: p.personOf(dingtalk.Platform), Union: p.unionOf,
		Usage: p.usage, Count: p.countCall, Observer: callMeter{p.meter, dingtalk.Platform}, Now: p.clock.Now,
		PerSecond: p.dingPerSecond,
	})
}

// accountOf finds a person's account on a platform, "" when they have none.
func (p *program) accountOf(platform bot.Platform) func(int64) bot.UserID {
	return func(person int64) bot.UserID {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		org, err := p.books.RecentOrg(ctx)
		if err != nil {
			return ""
		}
		for _, id := range org.Identities(sales.PersonID(person)) {
			if id.Platform == string(platform) {
				return bot.UserID(id.UserID)
			}
		}
		return ""
	}
}

// unionOf finds the unionId of a DingTalk account among what was synchronised.
func (p *program) unionOf(ctx context.Context, user bot.UserID) (string, error) {
	org, err := p.books.RecentOrg(ctx)
	if err != nil {
		return "", err
	}
	person, _ := org.ByAccount(string(dingtalk.Platform), string(user))
	for _, id := range org.Identities(person.ID) {
		if id.Platform == string(dingtalk.Platform) {
			return id.UnionID, nil
		}
	}
	return "", nil
}

// spoken are the traits of the platforms the program speaks.
func spoken() bot.Platforms { return bot.Platforms{dingtalk.Traits(), wecom.Traits()} }
