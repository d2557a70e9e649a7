package store

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

const personColumns = `
	id,
	code,
	name,
	phone,
	roles,
	team_id,
	manager_id,
	hired_on,
	active,
	mail`

const teamColumns = `
	id,
	code,
	name,
	region,
	parent_id,
	lead_id`

const identityColumns = `
	platform,
	user_id,
	person_id,
	union_id,
	linked_at`

const groupColumns = `
	platform,
	chat_id,
	name,
	team_id,
	seen_at`

var (
	persons = tableOf[sales.Person]("persons", personColumns).
		upsert("id", "code, name, phone, roles, team_id, manager_id, hired_on, active, mail", "")
	teams      = tableOf[sales.Team]("teams", teamColumns).upsert("id", "code, name, region, parent_id, lead_id", "")
	identities = rowsOf("identities", "account, "+identityColumns).upsert("platform, account", "user_id, person_id, union_id, linked_at", "")
	groupChats = tableOf[sales.GroupChat]("group_chats", groupColumns).upsert("platform, chat_id", "name, team_id, seen_at", "")
	linkCodes  = rowsOf("link_codes", "code, person_id, expires_at, used")
)

// LoadOrg reads the organisation with the revision it is of.
func (db *DB) LoadOrg(ctx context.Context) (*sales.Org, error) {
	// The revision is read first: what changes meanwhile is then read again at the next look, never missed.
	rev, err := db.Revisions(ctx)
	if err != nil {
		return nil, err
	}
	var people []sales.Person
	if err := db.r.SelectContext(ctx, &people, "SELECT "+personColumns+" FROM persons ORDER BY id"); err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	var groups []sales.Team
	if err := db.r.SelectContext(ctx, &groups, "SELECT "+teamColumns+" FROM teams ORDER BY id"); err != nil {
		return nil, fmt.Errorf("load teams: %w", err)
	}
	var accounts []sales.Identity
	if err := db.r.SelectContext(ctx, &accounts, "SELECT "+identityColumns+" FROM identities ORDER BY person_id, linked_at, platform"); err != nil {
		return nil, fmt.Errorf("load identities: %w", err)
	}
	org := sales.NewOrg(rev.Org, people, groups, accounts)
	return org, db.turns(ctx, org)
}

// CreateLinkCode keeps a code (绑定) that links another identity to the person until it expires.
func (tx *Tx) CreateLinkCode(code string, person sales.PersonID, expires sales.Instant) {
	tx.add(linkCodes, []any{code, person, expires, false})
}

// EventsSince counts what an account has sent since a moment. Units that ask it for the same account are not put into one
// transaction, so that a burst is counted too.
func (tx *Tx) EventsSince(ctx context.Context, platform, user string, since sales.Instant) (int, error) {
	sender := senderKey(bot.Event{Platform: bot.Platform(platform), From: bot.UserID(user)})
	tx.touching("sender", sender)
	var n int
	err := tx.get(ctx, "", &n, "SELECT COUNT(*) FROM inbox WHERE sender = ? AND state = 'done' AND at > ?", sender, since)
	return n, err
}

// TakeLinkCode uses a code up. NotFound when it is unknown, used or expired.
func (tx *Tx) TakeLinkCode(ctx context.Context, code string, now sales.Instant) (sales.PersonID, error) {
	var person sales.PersonID
	err := tx.get(ctx, "绑定码不对或已过期。", &person,
		"SELECT person_id FROM link_codes WHERE code = ? AND used = 0 AND expires_at > ?", code, now)
	if err != nil {
		return 0, err
	}
	tx.touching("link_code", code)
	tx.before = append(tx.before, statement{"UPDATE link_codes SET used = 1 WHERE code = ? AND used = 0", []any{code}, 1})
	return person, nil
}

// LinkIdentity gives a platform account to a person and takes it from whoever had it.
func (tx *Tx) LinkIdentity(i sales.Identity) {
	tx.add(identities, identityRow(i))
	if i.PersonID != tx.person {
		tx.add(newDialogues, newDialogues.row(sales.Dialogue{PersonID: i.PersonID}))
	}
	tx.touching("identity", i.Platform, strings.ToLower(i.UserID))
	tx.orgChanged = true
}

func identityRow(i sales.Identity) []any {
	return []any{strings.ToLower(i.UserID), i.Platform, i.UserID, i.PersonID, i.UnionID, i.LinkedAt}
}

// PutGroupChat keeps a group, new or as it is now.
func (tx *Tx) PutGroupChat(g sales.GroupChat) {
	tx.touching("group", g.Platform, g.ChatID)
	tx.add(groupChats, groupChats.row(g))
}

// GroupChats lists the groups the bot is in.
func (tx *Tx) GroupChats(ctx context.Context) ([]sales.GroupChat, error) {
	var out []sales.GroupChat
	err := tx.list(ctx, &out, "SELECT "+groupColumns+" FROM group_chats ORDER BY platform, chat_id LIMIT 5000")
	return out, err
}

// PutPerson creates or changes a member of the company; PutTeam a team. Both are the directory's business.
func (tx *Tx) PutPerson(p sales.Person) {
	tx.touching("person", p.ID.String())
	tx.add(persons, persons.row(p))
	if p.ID != tx.person {
		tx.add(newDialogues, newDialogues.row(sales.Dialogue{PersonID: p.ID}))
	}
	tx.orgChanged = true
}

// PutTeam creates or changes a team.
func (tx *Tx) PutTeam(t sales.Team) {
	tx.touching("team", t.ID.String())
	tx.add(teams, teams.row(t))
	tx.orgChanged = true
}
