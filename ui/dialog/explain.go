package dialog

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/twindeck/twindeck/checks"
	"github.com/twindeck/twindeck/env/secret"
	"github.com/twindeck/twindeck/ui/screen"
	"github.com/twindeck/twindeck/ui/theme"
)

const (
	longestText = 16 << 10 // bytes that are kept of what is pasted: its last
	textRows    = 6        // of the text, at most
	allRows     = 32       // of text and explanation, at most
)

// Explain takes an error text, pasted or typed, and says below it what is
// known of it.
type Explain struct {
	ctx    *screen.Context
	system string // whose advice is wanted: a runtime.GOOS value
	text   string
	shown  []string // text as it is drawn, clean and without secrets
	found  []checks.Explanation
	top    int // of the explanation
	rows   int // of the explanation, when it was drawn last
}

// NewExplain returns the dialog, with advice for a system.
func NewExplain(ctx *screen.Context, system string) *Explain {
	return &Explain{ctx: ctx, system: system}
}

// Key types, and scrolls the explanation.
func (e *Explain) Key(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	switch msg.String() {
	case "esc", "ctrl+c":
		return nil, true
	case "up":
		e.top--
	case "down":
		e.top++
	case "pgup":
		e.top -= max(e.rows-1, 1)
	case "pgdown":
		e.top += max(e.rows-1, 1)
	case "ctrl+u":
		e.set("")
	case "enter":
		e.set(e.text + "\n")
	case "backspace":
		_, size := utf8.DecodeLastRuneInString(e.text)
		e.set(e.text[:len(e.text)-size])
	default:
		if msg.Text != "" {
			e.set(e.text + msg.Text)
		}
	}
	return nil, false
}

// Paste adds what was pasted.
func (e *Explain) Paste(msg tea.PasteMsg) {
	e.set(e.text + strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(msg.Content))
}

func (e *Explain) set(text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if cut := len(text) - longestText; cut > 0 {
		text = strings.ToValidUTF8(text[cut:], "")
	}
	e.text, e.top = text, 0
	e.found = checks.Explain(e.system, text)
	e.shown = strings.Split(secret.Mask(text), "\n")
	for i, l := range e.shown {
		e.shown[i] = screen.Clean(l)
	}
}

// View draws the text above what is known of it.
func (e *Explain) View(width, height int) []string {
	th := e.ctx.Theme
	inside := min(width-6, 100)
	room := max(min(height-4, allRows), 4)
	typed := min(textRows, max(room/4, 1))
	e.rows = max(room-typed-1, 1)

	told := e.explanation(inside)
	e.top = max(min(e.top, len(told)-e.rows), 0)
	foot := [][2]string{{"ctrl+u", "clear"}, {"esc", "close"}}
	if len(told) > e.rows {
		foot = append([][2]string{{"↑↓", "scroll"}}, foot...)
	}
	hints := make([]string, len(foot))
	for i, k := range foot {
		hints[i] = th.Key.Render(k[0]) + " " + th.Dim.Render(k[1])
	}
	f := form{title: th.Strong.Render("Explain an error"), edge: th.BorderFocus, wide: inside, foot: strings.Join(hints, "  ")}
	f.lines = append(f.lines, screen.Block(e.typed(inside, typed), inside, typed)...)
	f.lines = append(f.lines, th.Faint.Render(strings.Repeat("─", inside)))
	f.lines = append(f.lines, screen.Block(told[e.top:], inside, e.rows)...)
	return f.draw(width, height)
}

// typed is the end of the text, with the cursor behind it.
func (e *Explain) typed(width, rows int) []string {
	th := e.ctx.Theme
	cursor := th.Caret.Render(" ")
	if e.text == "" {
		return []string{cursor + th.Dim.Render(screen.Cut("Paste what docker, kubectl, a registry, a build or a pod said", width-1))}
	}
	var lines []string
	for _, l := range e.shown[max(0, len(e.shown)-rows):] {
		lines = append(lines, screen.HardWrap(l, width-1)...)
	}
	lines = lines[max(0, len(lines)-rows):]
	for i, l := range lines {
		lines[i] = th.Text.Render(l)
	}
	lines[len(lines)-1] += cursor
	return lines
}

// explanation is what is known of the text, or what to collect.
func (e *Explain) explanation(width int) []string {
	th := e.ctx.Theme
	if strings.TrimSpace(e.text) == "" {
		return nil
	}
	var lines []string
	add := func(label string, style theme.Style, texts ...string) {
		const indent, room = 2, 9
		for _, text := range texts {
			for _, l := range screen.WrapText(screen.Clean(text), width-indent-room) {
				lines = append(lines, screen.Blank(indent)+th.Dim.Render(screen.Fit(label, room))+style.Render(l))
				label = ""
			}
		}
	}
	head := func(level theme.Level, text string) {
		for i, l := range screen.WrapText(screen.Clean(text), width-2) {
			sign := "  "
			if i == 0 {
				sign = th.Level(level).Render(level.Glyph()) + " "
			}
			lines = append(lines, sign+th.Strong.Render(l))
		}
	}
	if len(e.found) == 0 {
		head(theme.Idle, "This text is not known.")
		add("collect", th.Text, checks.WhatToCollect()...)
		return lines
	}
	for i, s := range e.found {
		if i > 0 {
			lines = append(lines, "")
		}
		head(theme.Broken, s.Cause)
		if len(e.found) > 1 {
			add("line", th.Dim, s.Line)
		}
		add("do", th.Text, s.Do...)
		if s.Check != "" {
			add("check", th.Text, "twindeck check --only "+s.Check)
		}
		if s.Link != "" {
			add("more", th.Accent, s.Link)
		}
	}
	return lines
}
