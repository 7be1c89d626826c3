package desktop

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Policy is what an administrator has fixed.
type Policy struct {
	Path   string   // admin-settings.json; empty: there is none
	Locked []string // names of what a user may not change, sorted
	Err    error    // why the file could not be read, naming the place
}

// Policy reads admin-settings.json, by which an administrator fixes settings.
func (d *Desktop) Policy(context.Context) Policy {
	path := placesOf(d.host).admin
	data, err := d.host.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Policy{}
	}
	p := Policy{Path: path}
	if err != nil {
		p.Err = fmt.Errorf("reading the administrator's settings: %w", err)
		return p
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		p.Err = fmt.Errorf("reading the administrator's settings: %s:%d: %w", path, lineOf(data, err), err)
		return p
	}
	p.Locked = lockedNames("", all)
	slices.Sort(p.Locked)
	return p
}

// lockedNames are the settings that say they are locked, those within others
// with a dot: "linuxVM.wslEngineEnabled".
func lockedNames(under string, all map[string]any) []string {
	var names []string
	for name, value := range all {
		o, ok := value.(map[string]any)
		if !ok {
			continue
		}
		if locked, _ := o["locked"].(bool); locked {
			names = append(names, under+name)
		}
		names = append(names, lockedNames(under+name+".", o)...)
	}
	return names
}

// Locked says who has fixed a setting: the path of admin-settings.json, or
// Docker Desktop's own word for what is fixed in the organisation's console. It
// is empty when the user may change it, or when nobody tells. The name is the
// one in admin-settings.json: "kubernetes".
func (d *Desktop) Locked(ctx context.Context, name string) (by string) {
	p := d.Policy(ctx)
	if slices.ContainsFunc(p.Locked, func(n string) bool {
		return strings.EqualFold(n, name) || strings.EqualFold(n, name+".enabled")
	}) {
		return p.Path
	}
	settings, err := d.backendSettings(ctx)
	if err == nil && lockedIn(settings, name) {
		return "Docker Desktop (GET /app/settings)"
	}
	return ""
}

const (
	backendLimit  = time.Second
	backendAnswer = 4 << 20 // bytes read at most
)

// backendSettings asks Docker Desktop's own socket. It is documented nowhere and
// need not be there, so what goes wrong is no fault of the machine.
func (d *Desktop) backendSettings(ctx context.Context) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, backendLimit)
	defer cancel()
	network, address, _ := strings.Cut(placesOf(d.host).backend, "://")
	conn, err := d.host.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if _, err := io.WriteString(conn, "GET /app/settings HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		return nil, err
	}
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		return nil, errors.New(r.Status)
	}
	var all any
	err = json.NewDecoder(io.LimitReader(r.Body, backendAnswer)).Decode(&all)
	return all, err
}

// lockedIn looks at any depth for an object of that name that is locked.
func lockedIn(v any, name string) bool {
	switch v := v.(type) {
	case map[string]any:
		for n, below := range v {
			if strings.EqualFold(n, name) && isLocked(below) || lockedIn(below, name) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return lockedIn(x, name) })
	}
	return false
}

// isLocked reports whether a setting says so itself, or its "enabled" does.
func isLocked(v any) bool {
	o, ok := v.(map[string]any)
	if !ok {
		return false
	}
	if locked, _ := o["locked"].(bool); locked {
		return true
	}
	enabled, _ := o["enabled"].(map[string]any)
	locked, _ := enabled["locked"].(bool)
	return locked
}
