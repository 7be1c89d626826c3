// Package screen is what every part of the interface shares: the context they
// draw with, the shape of a part, and the messages a part sends to the app.
package screen

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/ui/keys"
	"github.com/twindeck/twindeck/ui/theme"
)

// Context is handed to every part when it is made. The app alone changes it.
type Context struct {
	Theme *theme.Theme
	Keys  *keys.Map
	Env   *env.Environment
	Now   func() time.Time // for ages; fixed in tests
	Facts Facts            // what is known of the other sides by now

	Version    string // of twindeck; empty: not told
	DebugImage string // of debug containers, as chosen last; empty: as shipped

	Life context.Context // ends when the app does; work of a part stands under it
	Work *sync.WaitGroup // goroutines of parts; the app waits for them at its end
}

// NewContext returns a context for parts; life ends them.
func NewContext(life context.Context, e *env.Environment, t *theme.Theme, k *keys.Map, now func() time.Time) *Context {
	return &Context{Theme: t, Keys: k, Env: e, Now: now, Life: life, Work: &sync.WaitGroup{}}
}

// Part is a piece of the screen. It is plain state with methods; only the app
// is a tea.Model. No method does I/O: work is returned as a tea.Cmd.
type Part interface {
	SetSize(width, height int)
	// Key acts on an action of this part's place, or on a raw key while the
	// part reads text; handled is false for what is not its business.
	Key(a keys.Action, msg tea.KeyPressMsg) (cmd tea.Cmd, handled bool)
	// Update takes every message that is not a key.
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly height lines of at most width cells.
	View() string
	// Footer names the actions to show in the footer now, best first.
	Footer() []keys.Action
}

// StartTask asks the app to run something in the background: it is shown in
// the footer while it runs, can be cancelled, and its command is logged.
type StartTask struct {
	Name    string        // "restart web"
	Command string        // what would do the same: "docker restart web"
	Limit   time.Duration // 0: 30 s; NoLimit: until it ends, or is cancelled
	Run     func(ctx context.Context, say func(string)) error
	Done    func(error) tea.Msg // sent when it ended; nil: nothing
}

// NoLimit is the limit of what takes as long as it takes.
const NoLimit time.Duration = -1

// Ask asks the app for a confirming dialog. Keys are ignored for its first
// 400 ms, so typing ahead cannot confirm it.
type Ask struct {
	Title  string
	Body   []string // what happens, and what is lost
	Diff   string   // unified; of a file that is changed
	Yes    string   // label of the confirming key: "delete"
	Danger bool
	// ReadFirst refuses a yes until the end of the question was in view.
	ReadFirst bool
	Then      tea.Cmd // sent on yes
}

// Form asks the app for a dialog in which lines are typed. Like Ask, it ignores
// keys at first.
type Form struct {
	Title  string
	Body   []string
	Fields []Field
	Start  int // the field that has the keyboard at first
	// Note is shown below the lines, and follows what is typed: the command
	// that would do the same. Nil: nothing.
	Note func(values []string) string
	Yes  string // what enter does: "start it"
	Then func(values []string) tea.Cmd
}

// Field is a line of a Form.
type Field struct {
	Label  string   // "image"
	Value  string   // at first
	Choice []string // it is one of these, and not typed
	// Browse finds a value in some other way; set is to be sent with what was
	// found. Nil: it can only be typed.
	Browse func(values []string, set func(value string) tea.Msg) tea.Cmd
}

// GiveTerminal asks the app to stop drawing and reading keys while To runs. Keys
// that come before it does are handed to Ahead: they were meant for it.
type GiveTerminal struct {
	To    tea.ExecCommand
	Ahead func(typed string)
	Then  func(error) tea.Msg // sent when the terminal is back; nil: nothing
}

// Did tells the app of something that was done while the terminal was given
// over: it is kept with the tasks, and its end is shown in the footer.
type Did struct {
	Name    string // "shell in web"
	Command string // what would do the same
	Began   time.Time
	Ended   time.Time
	Text    string // how it ended
	Err     error  // it did not end well; told instead of Text
}

// Choose asks the app for a list of which one is chosen.
type Choose struct {
	Title   string
	Choices []Choice
	Find    bool // typing narrows them down
}

// Choice is a line of a Choose.
type Choice struct {
	Text string
	Note string  // at the right
	Then tea.Cmd // sent when it is chosen
}

// Offer is something that the palette finds by name besides the actions.
type Offer struct {
	Choice
	Words []string // who types one of these means it and nothing else
	// In shows it in a namespace; "": in all. Nil: it is in none.
	In func(namespace string) tea.Cmd
}

// Offerer is a Part that has offers. Learn is what it takes to have them all; it
// is done when somebody comes to look for one. While Learning there may be more.
type Offerer interface {
	Offers() []Offer
	Learn() tea.Cmd
	Learning() bool
}

// OffersCame tells the app that an Offerer has learned what there was to learn.
type OffersCame struct{}

// DebugWith tells the app which image a person chose for debug containers. It
// is offered the next time.
type DebugWith struct{ Image string }

// Notify shows a line in the footer for a while.
type Notify struct {
	Text string
	Bad  bool // something failed
	Not  bool // what was asked for cannot be done, and why; nothing failed
}

// InNamespace asks the app to look at another namespace; "": at all.
type InNamespace struct{ Name string }

// CopyLimit is how many bytes are copied at most: terminals refuse more.
const CopyLimit = 100_000

// CopyText asks the app to copy text to the clipboard (OSC 52).
type CopyText struct{ Text, What string }

// Send wraps a message in a command.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
