package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"github.com/twindeck/twindeck/env"
	"github.com/twindeck/twindeck/env/demo"
	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/ui/screen"
)

// An attack on the terminal must stay text: names, labels, images, log lines,
// YAML, events and errors come from others, and may hold anything.

// unseen are attacks of which nothing may be left: no cell, no colour.
var unseen = map[string]string{
	"clear and home":     "\x1b[2J\x1b[H",
	"window title":       "\x1b]0;owned\x07\x1b]2;owned\x1b\\",
	"clipboard":          "\x1b]52;c;b3duZWQ=\x07",
	"hyperlink":          "\x1b]8;;http://evil\x1b\\",
	"colours":            "\x1b[31;5;7m",
	"other screen":       "\x1b[?1049l\x1b[?25h\x1b[?1003h",
	"scrolling region":   "\x1b[3;5r\x1b[99;99H",
	"reset":              "\x1bc",
	"device control":     "\x1bPq#0;2;0;0;0\x1b\\",
	"bell and backspace": "\x07\x08\x7f",
	"shift out":          "\x0e\x0f",
	"no width":           "\u200b\u200d\ufeff\u00ad\u2060",
	"direction":          "\u202e\u2066\u200f\u061c",
	"variants":           "\ufe0f\ufe0e\U000e0101",
	"private":            "\ue000\U000f0000",
	"c1":                 "\u0085\u009c",
	"query":              "\x1b[6n\x1b[c\x1b[>q",
}

// seen are attacks of which something is left to draw.
var seen = map[string]string{
	"wide":             strings.Repeat("漢字", 60),
	"very long":        strings.Repeat("long ", 80),
	"invalid":          "\xff\xfe\xc3\x28\xf0\x9f",
	"combining":        "e" + strings.Repeat("\u0301\u20dd", 60),
	"combining alone":  strings.Repeat("\u0300", 50),
	"tabs":             "\t\t\tx\t",
	"lines":            "\r\nmore\n\n\u2028\u2029\v\fend\r",
	"flags, joined":    "🇩🇪🇫🇷👩\u200d💻👍🏽❤\ufe0f",
	"hangul, joined":   "한\u1161\u11a8\u1100\u1161",
	"right to left":    "\u202eשלום עולם\u2067",
	"never ends":       "\x1b]0;owned",
	"half a sequence":  "\x1b[",
	"c1 sequence":      "\u009b2J\x9b2J\x9d0;owned\x9c",
	"half a character": "\xe6\xbc",
	"markup":           "%s%d%!x{{.}}\\x1b[31m",
	"ambiguous":        "±×÷αß…“”①",
}

// mixed are the attacks that leave something, those together that do not hide
// each other: the way is long.
func mixed() map[string]string {
	out := map[string]string{"drawn": ""}
	for name, attack := range seen {
		switch name {
		case "very long", "combining alone", "never ends", "half a sequence", "c1 sequence", "half a character":
			out[name] = attack
		default:
			out["drawn"] += attack + " "
		}
	}
	return out
}

// frame is a frame with what a terminal would make of it.
type frame struct {
	width, height int
	lines         []string
}

var colour = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// sound fails unless the frame is rows of exactly its width, of characters
// that stay in their cells, and a terminal shows just these.
func (f frame) sound(t *testing.T, where string) {
	t.Helper()
	if len(f.lines) != f.height {
		t.Fatalf("%s: %d rows, want %d", where, len(f.lines), f.height)
	}
	for i, l := range f.lines {
		plain := colour.ReplaceAllString(l, "")
		for _, r := range plain {
			if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) {
				t.Fatalf("%s: row %d holds %U: %.300q", where, i, r, l)
			}
		}
		if !utf8.ValidString(plain) {
			t.Fatalf("%s: row %d is no UTF-8: %.300q", where, i, l)
		}
		if w, wc := ansi.StringWidth(plain), ansi.StringWidthWc(plain); w != f.width || wc != f.width {
			t.Fatalf("%s: row %d takes %d cells (or %d), want %d: %.300q", where, i, w, wc, f.width, l)
		}
	}
}

// emulated fails unless a terminal shows the rows where they belong, and was
// asked for nothing else.
func (f frame) emulated(t *testing.T, where string) {
	t.Helper()
	emu := vt.NewEmulator(f.width, f.height)
	asked := ""
	emu.SetCallbacks(vt.Callbacks{
		Bell: func() { asked += "bell " }, Title: func(s string) { asked += "title " + s }, IconName: func(s string) { asked += "icon " + s },
		AltScreen: func(bool) { asked += "other screen " }, WorkingDirectory: func(s string) { asked += "folder " + s },
		EnableMode: func(m ansi.Mode) { asked += fmt.Sprintf("mode %d ", m.Mode()) }, DisableMode: func(m ansi.Mode) { asked += fmt.Sprintf("mode %d off ", m.Mode()) },
	})
	for i, l := range f.lines {
		_, _ = fmt.Fprintf(emu, "\x1b[%d;1H%s", i+1, l)
	}
	if asked != "" {
		t.Fatalf("%s: the terminal was asked for %s", where, asked)
	}
	for y, l := range f.lines {
		var row strings.Builder
		for x := 0; x < f.width; x++ {
			c := emu.CellAt(x, y)
			if c == nil || c.Content == "" {
				row.WriteByte(' ')
				continue
			}
			row.WriteString(unmarked(c.Content))
			x += max(c.Width, 1) - 1
		}
		if want := unmarked(colour.ReplaceAllString(l, "")); strings.TrimRight(row.String(), " ") != strings.TrimRight(want, " ") {
			t.Fatalf("%s: the terminal shows in row %d\n%q, want\n%q", where, y, row.String(), want)
		}
	}
}

// unmarked is text without the marks above its letters, which this emulator
// does not keep.
func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			return -1
		}
		return r
	}, s)
}

// borders are where the corners of frames stand.
func (f frame) borders() string {
	var at []string
	for y, l := range f.lines {
		x := 0
		for _, r := range colour.ReplaceAllString(l, "") {
			if strings.ContainsRune("╭╮╰╯", r) {
				at = append(at, fmt.Sprintf("%c%d,%d", r, x, y))
			}
			x += ansi.StringWidth(string(r))
		}
	}
	return strings.Join(at, " ")
}

func (s *stage) frame() frame {
	return frame{s.app.width, s.app.height, strings.Split(s.app.draw(), "\n")}
}

// judgedBy are the texts that Why reads to tell what is the matter: with other
// words it says something else.
var judgedBy = []string{"Image", "Containers", "States", "Message", "Tail", "Output", "Err"}

// wholeNames keeps the deck from calling a container by its service, which it
// does where the name is made of that.
type wholeNames struct{ env.Docker }

func (d wholeNames) Snapshot() docker.Snapshot {
	s := d.Docker.Snapshot()
	s.Containers = slices.Clone(s.Containers)
	for i, c := range s.Containers {
		named := *c
		named.Service = ""
		s.Containers[i] = &named
	}
	return s
}

// attackSizes are the sizes of terminals that are attacked.
var attackSizes = [][2]int{{80, 24}, {120, 36}, {200, 50}}

// Each screen there is, with attacks in every text of which nothing may be
// left: it is the same screen, cell by cell, as with harmless texts.
func TestAttacksLeaveNothing(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for name, attack := range unseen {
		if left := screen.Clean("a" + attack + "b"); left != "ab" {
			t.Errorf("%s leaves %q", name, left)
		}
		all.WriteString(attack)
	}
	for _, sc := range screens {
		if sc.name == "small" {
			continue
		}
		v := venom{text: all.String(), spare: slices.Concat(idsSpared, kindsSpared)}
		if strings.HasPrefix(sc.name, "why") {
			v.spare = append(v.spare, judgedBy...)
		}
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			reached := func(v venom) *stage {
				e := sc.env()
				e.Docker = wholeNames{e.Docker}
				s := open(t, v.poison(e), 120, 36)
				sc.reach(s)
				s.idle()
				return s
			}
			plain, hostile := reached(venom{}), reached(v)
			for _, size := range attackSizes {
				resize := tea.WindowSizeMsg{Width: size[0], Height: size[1]}
				plain.send(resize)
				hostile.send(resize)
				where := fmt.Sprintf("%s at %v", sc.name, size)
				got, want := hostile.frame(), plain.frame()
				got.sound(t, where)
				got.emulated(t, where)
				for i := range want.lines {
					if a, b := ansi.Strip(got.lines[i]), ansi.Strip(want.lines[i]); a != b {
						t.Fatalf("%s: row %d is\n%q, harmless it is\n%q", where, i, a, b)
					}
				}
				if a, b := hostile.app.title(), plain.app.title(); a != b {
					t.Errorf("the window's title is %q, harmless it is %q", a, b)
				}
			}
		})
	}
}

// tour are the places a person gets to, each with a sign that one is there
// which no attack can change. Boxes over the screen are as large as their words.
var tour = []struct {
	keys []string
	sign string
	box  bool
}{
	{nil, "Containers 8", false},
	{[]string{"v"}, "Images", false},
	{[]string{"i"}, "Layers", false},
	{[]string{"esc", "v"}, "Volumes", false},
	{[]string{"v"}, "Networks", false},
	{[]string{"v"}, "Containers 8", false},
	{[]string{"l"}, "follow", false},
	{[]string{"T", "w"}, "Inspect", false},
	{[]string{"esc", "i"}, "wrap", false},
	{[]string{"esc", "W"}, "Nothing is wrong", false},
	{[]string{"esc", "x"}, "Remove container", true},
	{[]string{"esc", "tab", "v"}, "Deployments", false},
	{[]string{"i"}, "Describe", false},
	{[]string{"esc", "v", "v", "v", "v", "v"}, "Services", false},
	{[]string{"v", "v", "v"}, "Secrets", false},
	{[]string{"V", "V", "V", "V", "V", "V", "V", "V", "V"}, "Pods 16", false},
	{[]string{"G", "k"}, "Pods 16", false},
	{[]string{"i"}, "Describe", false},
	{[]string{"esc", "y", "z"}, "YAML", false},
	{[]string{"z", "]"}, "REASON", false},
	{[]string{"]"}, "Why", false},
	{[]string{"esc", "esc", "/", "c", "h", "e", "c", "k", "enter", "W"}, "exit code 1", false},
	{[]string{"esc", "esc", "/", "t", "h", "u", "m", "b", "s", "enter", "W"}, "Cannot pull", false},
	{[]string{"esc", "x"}, "Delete pod", true},
	{[]string{"esc", "n"}, "Namespace", true},
	{[]string{"esc", ":"}, "What do you want to do?", true},
	{[]string{"esc", "?"}, "Keys", true},
	{[]string{"esc", "t"}, "Tasks", true},
	{[]string{"esc", "$"}, "ommand", true},
	{[]string{"esc", "E"}, "Explain", true},
	{[]string{"esc", "3"}, "Ship", false},
	{[]string{"1"}, "Setup", false},
}

// Each place there is, under each attack that leaves something: each
// frame is sound, and the edges stand where they stand elsewhere.
func TestAttacksStayInTheirCells(t *testing.T) {
	t.Parallel()
	want := walk(t, venom{text: " harmless", spare: statesSpared}, false)
	for name, attack := range mixed() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := walk(t, venom{text: attack + "¤", spare: statesSpared}, name == "drawn")
			for i, stop := range tour {
				if !stop.box && got[i] != want[i] {
					t.Errorf("at %q frames stand at\n%s, harmless at\n%s", stop.sign, got[i], want[i])
				}
			}
		})
	}
}

// walk takes the tour, looks at the frames at each stop, or at all there are on
// the way, and tells where they stand.
func walk(t *testing.T, v venom, everyFrame bool) (borders []string) {
	t.Helper()
	s := open(t, v.poison(steady(demo.OpenAt(noon))), 120, 36)
	if everyFrame {
		s.each = func() { s.frame().sound(t, "on the way") }
	}
	s.send(screen.StartTask{Name: v.into("task"), Command: v.into("command"), Run: func(_ context.Context, say func(string)) error {
		say(v.into("progress"))
		return errors.New(v.into("what failed"))
	}})
	for _, stop := range tour {
		s.wait(time.Second) // a dialog ignores keys for a moment
		s.press(stop.keys...)
		if stop.sign == "Explain" {
			s.send(tea.PasteMsg{Content: v.into("Bind for 0.0.0.0:8080 failed: port is already allocated")})
		}
		s.see(stop.sign)
		s.send(screen.Notify{Text: v.into("notice"), Bad: true})
		for _, size := range attackSizes {
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			where, f := fmt.Sprintf("%s at %v", stop.sign, size), s.frame()
			f.sound(t, where)
			f.emulated(t, where)
		}
		s.send(tea.WindowSizeMsg{Width: 120, Height: 36})
		borders = append(borders, s.frame().borders())
		if title := s.app.title(); title != screen.Clean(title) {
			t.Errorf("the window's title is %q", title)
		}
	}
	return borders
}

// huge is a cluster in which one pod has a name, a log, a manifest and a state
// of a megabyte each, on one line.
type huge struct{ env.Kube }

var megabyte = strings.Repeat("0123456789abcdef", 1<<16)

func (h huge) Snapshot() kube.Snapshot {
	s := h.Kube.Snapshot()
	s.Pods = slices.Clone(s.Pods)
	for i, p := range s.Pods {
		if strings.HasPrefix(p.Name, "checkout") {
			big := *p
			big.Name += megabyte
			s.Pods[i] = &big
		}
	}
	return s
}

func (huge) Logs(context.Context, string, string, kube.LogOptions) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("2026-11-20T11:59:58Z first\n2026-11-20T11:59:59Z " + megabyte + "\n")), nil
}

func (huge) Describe(context.Context, kube.Ref) (string, error) { return "Name: " + megabyte, nil }
func (huge) YAML(context.Context, kube.Ref) (string, error) {
	return "kind: Pod\ndata: " + megabyte, nil
}

func (huge) Why(context.Context, string, string) (kube.Ailing, error) {
	return kube.Ailing{Pod: &kube.Pod{Name: megabyte, Namespace: "default"}, Troubles: []kube.Trouble{{Reason: "Error", ExitCode: 1, Message: megabyte, Tail: []string{megabyte}}}}, nil
}

// A megabyte on one line, wherever it comes from, is cut or wrapped, at once.
func TestAMegabyteOnALine(t *testing.T) {
	t.Parallel()
	e := healthy()
	e.Kube = huge{e.Kube}
	s := open(t, e, 120, 36)
	s.each = func() { s.frame().sound(t, "on the way") }
	s.settled()
	s.press("tab", "/")
	s.typed("checkout")
	s.press("enter")
	s.see("Pods 1 of 16")
	for _, stop := range []struct{ key, sign string }{{"l", "first"}, {"w", "wrap ●"}, {"G", "0123456789"}, {"]", "Name: "}, {"]", "kind: Pod"}, {"W", "exit code 1"}, {"z", "exit code 1"}} {
		s.press(stop.key)
		s.see(stop.sign)
		for _, size := range attackSizes {
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			s.frame().emulated(t, stop.sign)
		}
	}
}

// What parts ask of the app is cleaned too: notices, questions, tasks.
func TestAttacksInQuestions(t *testing.T) {
	t.Parallel()
	for name, attack := range seen {
		v := venom{text: attack}
		s := open(t, healthy(), 120, 36)
		s.each = func() { s.frame().sound(t, name) }
		s.settled()
		s.send(screen.Ask{
			Title: v.into("Do it?"), Body: []string{v.into("It is done."), v.into("For good.")},
			Diff: "--- a\n+++ b\n-" + v.into("old") + "\n+" + v.into("new") + "\n", Yes: v.into("yes"), Danger: true,
		})
		for _, size := range attackSizes {
			s.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			s.frame().emulated(t, name)
		}
		s.press("esc")
		s.send(screen.Choose{Title: v.into("Which?"), Choices: []screen.Choice{{Text: v.into("one"), Note: v.into("note")}, {Text: v.into("other")}}})
		s.frame().emulated(t, name)
		s.press("esc")
		s.send(screen.Guard{Target: screen.Target{Name: v.into("prod"), Where: v.into("https://far")}, Does: v.into("delete it")})
		s.frame().emulated(t, name)
	}
}

// FuzzAttack puts any text into every text.
func FuzzAttack(f *testing.F) {
	for _, attack := range seen {
		if len(attack) < 1000 {
			f.Add(attack)
		}
	}
	for _, attack := range unseen {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, attack string) {
		if attack == "" {
			return
		}
		s := open(t, venom{text: attack, spare: statesSpared}.poison(steady(demo.OpenAt(noon))), 100, 30)
		s.see("Pods 16")
		s.press("tab", "W")
		s.see("Why")
		fr := s.frame()
		fr.sound(t, "the decks")
		fr.emulated(t, "the decks")
	})
}
