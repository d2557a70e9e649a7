package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/store/sales"
)

// MaxText is the longest message that is read, in bytes. Both platforms cut far below it.
const MaxText = 8000

// ErrNotMine is returned by a topic or free-text handler for a text it cannot use; the router then goes on looking.
var ErrNotMine = errors.New("not mine")

// Command is a word people say, with everything help and permission need to know of it.
type Command[T any] struct {
	// Name is the word; Aliases are others, pinyin initials included. All may be written with a leading slash.
	Name    string
	Aliases []string
	// Summary is one line of help, Usage the form, Detail the rest of "帮助 NAME".
	Summary, Usage, Detail string
	// Example gives a message that works when this person sends it as it is.
	Example func(ctx context.Context, t Turn, tx T) (string, error)
	// Roles may use it; none means everyone the bot knows.
	Roles []sales.Role
	// Strangers may use it too: people the bot does not know.
	Strangers bool
	// Glued lets the word run into what follows without a space ("拜访绍兴市立医院").
	Glued bool
	// Rank orders the help of a role: the lower the earlier; 0 is not in the short help.
	Rank   map[sales.Role]int
	Handle HandlerFunc[T]
}

// Router finds the handler of an event. It is filled at start-up, where a double registration panics, and then only read.
type Router[T any] struct {
	commands []Command[T]
	words    map[string]int
	ordered  []string // the words, longest first
	actions  map[string]HandlerFunc[T]
	topics   map[string]HandlerFunc[T]

	// Text handles free text, Sent files, Entered the first contact, Joined a group. Stranger answers people the bot does
	// not know, Lost a text nobody could use.
	// Troubled answers what the platform delivered broken.
	Text, Sent, Entered, Joined, Stranger, Lost, Troubled HandlerFunc[T]

	// Moved takes what the platform itself tells of its own approvals; nobody has said it.
	Moved HandlerFunc[T]

	// IsCode knows a text that is a scanned code; Scanned takes it before any open question does.
	IsCode  func(text string) bool
	Scanned HandlerFunc[T]

	// Asked takes a text that asks something, before an open question takes it for its answer; that one stays open. It may
	// be nil, and returns ErrNotMine for what asks nothing. AskedFirst names the commands whose word also begins questions
	// (拜访了几家, 合同 谁在审): those are asked before they are done.
	Asked      HandlerFunc[T]
	AskedFirst func(command string) bool

	// Around wraps the handling of every turn of a person the bot knows, whatever its handler; it may be nil.
	Around func(next HandlerFunc[T]) HandlerFunc[T]

	// Commanded wraps the handling of a command; it may be nil.
	Commanded func(command string, next HandlerFunc[T]) HandlerFunc[T]

	// Ahead does what of a said text needs no transaction, while the turn waits for its own; it knows the command, but
	// not the dialogue. It may be nil. What it returns is only a help: a turn must come to the same end without it.
	Ahead func(ctx context.Context, t Turn) any
}

// ahead is the work on a turn that needs no transaction, done once, by whoever asks first; nil when there is none.
func (r *Router[T]) ahead(ctx context.Context, t Turn) func() any {
	if r.Ahead == nil || t.Person.ID == 0 || t.Event.Kind != Said || t.Event.Trouble != "" || len(t.Event.Text) > MaxText {
		return nil
	}
	return sync.OnceValue(func() any {
		t.Text = CleanText(t.Event.Text)
		if c, args, ok := r.match(t.Text); ok {
			t.Command, t.Args = c.Name, args
		}
		return r.Ahead(ctx, t)
	})
}

// Command registers a command.
func (r *Router[T]) Command(c Command[T]) {
	if r.words == nil {
		r.words = map[string]int{}
	}
	for _, w := range append([]string{c.Name}, c.Aliases...) {
		w = foldWord(w)
		if _, ok := r.words[w]; ok || w == "" {
			panic("bot: command word registered twice or empty: " + w)
		}
		r.words[w] = len(r.commands)
		r.ordered = append(r.ordered, w)
	}
	slices.SortStableFunc(r.ordered, func(a, b string) int { return len(b) - len(a) })
	r.commands = append(r.commands, c)
}

// Knows reports whether a word is a command already.
func (r *Router[T]) Knows(word string) bool {
	_, ok := r.words[foldWord(word)]
	return ok
}

// Action registers the handler of a button's verb.
func (r *Router[T]) Action(verb string, h HandlerFunc[T]) {
	if r.actions == nil {
		r.actions = map[string]HandlerFunc[T]{}
	}
	if _, ok := r.actions[verb]; ok {
		panic("bot: action registered twice: " + verb)
	}
	r.actions[verb] = h
}

// Topic registers the handler that takes the answer to an open question.
func (r *Router[T]) Topic(name string, h HandlerFunc[T]) {
	if r.topics == nil {
		r.topics = map[string]HandlerFunc[T]{}
	}
	if _, ok := r.topics[name]; ok {
		panic("bot: topic registered twice: " + name)
	}
	r.topics[name] = h
}

// Verbs lists the verbs of the registered buttons, sorted.
func (r *Router[T]) Verbs() []string { return slices.Sorted(maps.Keys(r.actions)) }

// Topics lists the names of the registered questions, sorted.
func (r *Router[T]) Topics() []string { return slices.Sorted(maps.Keys(r.topics)) }

// Commands lists the registered commands in the order of registration.
func (r *Router[T]) Commands() []Command[T] { return r.commands }

// Words lists every word that starts a command.
func (r *Router[T]) Words() []string { return r.ordered }

// Find is the command of a word.
func (r *Router[T]) Find(word string) (Command[T], bool) {
	i, ok := r.words[foldWord(word)]
	if !ok {
		return Command[T]{}, false
	}
	return r.commands[i], true
}

// Dispatch hands one turn to its handler. Person is zero for a stranger.
func (r *Router[T]) Dispatch(ctx context.Context, t Turn, tx T) (Reply, error) {
	if len(t.Event.Text) > MaxText {
		return Text(fmt.Sprintf("这条太长了(%d 字),看不完。拣要紧的发,2000 字以内。", utf8.RuneCountInString(t.Event.Text))), nil
	}
	t.Text = CleanText(t.Event.Text)
	if t.Event.Kind == Moved {
		if r.Moved == nil {
			return Reply{}, nil
		}
		return r.Moved(ctx, t, tx)
	}
	if t.Person.ID == 0 {
		return r.stranger(ctx, t, tx)
	}
	if r.Around != nil {
		return r.Around(r.dispatch)(ctx, t, tx)
	}
	return r.dispatch(ctx, t, tx)
}

// dispatch handles the turn of a person the bot knows.
func (r *Router[T]) dispatch(ctx context.Context, t Turn, tx T) (Reply, error) {
	if t.Event.Trouble != "" {
		return r.Troubled(ctx, t, tx)
	}
	switch t.Event.Kind {
	case Tapped:
		return r.tapped(ctx, t, tx)
	case Said:
		return r.said(ctx, t, tx)
	case Sent:
		return r.Sent(ctx, t, tx)
	case Entered:
		return r.Entered(ctx, t, tx)
	case Joined:
		return r.Joined(ctx, t, tx)
	}
	return Reply{}, nil
}

func (r *Router[T]) stranger(ctx context.Context, t Turn, tx T) (Reply, error) {
	if t.Event.Kind == Said {
		if c, args, ok := r.match(t.Text); ok && c.Strangers {
			t.Command, t.Args = c.Name, args
			return c.Handle(ctx, t, tx)
		}
	}
	return r.Stranger(ctx, t, tx)
}

func (r *Router[T]) tapped(ctx context.Context, t Turn, tx T) (Reply, error) {
	if t.Event.Tap == nil {
		return Reply{}, nil
	}
	a, err := cards.DecodeAction(t.Event.Tap.Action)
	h, ok := r.actions[a.Verb]
	if err != nil || !ok {
		return Text("这个按钮已失效。发 帮助 看现在能做什么。"), nil
	}
	t.Action, t.Input = a, t.Event.Tap.Input
	return h(ctx, t, tx)
}

func (r *Router[T]) said(ctx context.Context, t Turn, tx T) (Reply, error) {
	if t.Text == "" {
		return r.Lost(ctx, t, tx)
	}
	if r.IsCode != nil && (t.Event.Scanned || r.IsCode(t.Text)) {
		return r.Scanned(ctx, t, tx)
	}
	if c, args, ok := r.match(t.Text); ok {
		if !allowed(c.Roles, t.Person) {
			return Text(refusal(c.Name, c.Roles)), nil
		}
		if r.Asked != nil && args != "" && r.AskedFirst(c.Name) {
			if reply, err := r.Asked(ctx, t, tx); !errors.Is(err, ErrNotMine) {
				return reply, err
			}
		}
		t.Command, t.Args = c.Name, args
		handle := c.Handle
		if r.Commanded != nil {
			handle = r.Commanded(c.Name, handle)
		}
		reply, err := handle(ctx, t, tx)
		if !errors.Is(err, ErrNotMine) {
			return reply, err
		}
		t.Command, t.Args = "", ""
	} else if r.Asked != nil {
		reply, err := r.Asked(ctx, t, tx)
		if !errors.Is(err, ErrNotMine) {
			return reply, err
		}
	}
	if h, ok := r.topics[t.Dialogue.Topic]; ok && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		reply, err := h(ctx, t, tx)
		if !errors.Is(err, ErrNotMine) {
			return reply, err
		}
	}
	reply, err := r.Text(ctx, t, tx)
	if errors.Is(err, ErrNotMine) {
		return r.Lost(ctx, t, tx)
	}
	return reply, err
}

// Matches reports whether a text starts with a command.
func (r *Router[T]) Matches(text string) bool {
	_, _, ok := r.match(text)
	return ok
}

// match finds the command a text starts with: the longest word that is the whole text or is followed by a space,
// punctuation or a digit or Latin letter, or by anything for glued commands.
func (r *Router[T]) match(text string) (Command[T], string, bool) {
	s := strings.TrimLeft(text, "/#／＃ ")
	folded := foldWord(s)
	for _, w := range r.ordered {
		if !strings.HasPrefix(folded, w) {
			continue
		}
		rest := s[len(w):]
		c := r.commands[r.words[w]]
		next, _ := utf8.DecodeRuneInString(rest)
		latin := w[0] < utf8.RuneSelf
		switch {
		case rest == "", unicode.IsSpace(next), unicode.IsPunct(next):
		case !latin && next < utf8.RuneSelf && !unicode.IsPunct(next):
		case c.Glued && !latin:
		default:
			continue
		}
		return c, strings.TrimLeftFunc(rest, func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune(",，:：、.。!！?？;；", r) // a transcript ends with a full stop
		}), true
	}
	return Command[T]{}, "", false
}

// foldWord folds Latin letters to lower case; it keeps the length in bytes.
func foldWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func allowed(roles []sales.Role, p sales.Person) bool { return len(roles) == 0 || p.Has(roles...) }

func refusal(what string, roles []sales.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return what + ":" + strings.Join(names, "、") + "能用,你没有这个权限。发 帮助 看你能做什么。"
}

// CleanText drops control characters and the invisible ones people paste along, and trims.
func CleanText(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == '\ufffd', r == '\u2028', r == '\u2029',
			r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case r == '\u00a0', r == '\u3000':
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
