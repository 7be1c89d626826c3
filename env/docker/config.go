package docker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
)

// ConfigError is a configuration file of Docker's that cannot be used.
// errors.Is(err, ErrConfig) holds.
type ConfigError struct {
	File         string
	Line, Column int // 1-based; 0: unknown
	Err          error
}

// Error names the place and what is wrong there.
func (e *ConfigError) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	return fmt.Sprintf("reading Docker's configuration: %s: %v. Mend the file, or move it away to start with an empty one", place, e.Err)
}

// Unwrap returns ErrConfig and the cause.
func (e *ConfigError) Unwrap() []error { return []error{ErrConfig, e.Err} }

// readConfig reads config.json of dir as the docker command does: no file and
// an empty file are an empty configuration (the latter is told by empty).
// It never returns nil; what could be read of a broken file is in it.
func readConfig(dir string) (cfg *configfile.ConfigFile, empty bool, err error) {
	path := filepath.Join(dir, config.ConfigFileName)
	cfg = configfile.New(path)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, false, nil
	}
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return cfg, false, &ConfigError{File: path, Err: err}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return cfg, true, nil
	}
	return cfg, false, parseConfig(cfg, path, data)
}

// parseConfig fills cfg from data, and finds the place of what is wrong.
func parseConfig(cfg *configfile.ConfigFile, path string, data []byte) error {
	err := cfg.LoadFromReader(bytes.NewReader(data))
	if err == nil {
		return nil
	}
	bad := &ConfigError{File: path, Err: err}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		bad.Line, bad.Column = place(data, syntax.Offset)
	case errors.As(err, &kind):
		bad.Line, bad.Column = place(data, kind.Offset)
		bad.Err = fmt.Errorf("%q must be %s, not %s", kind.Field, plainType(kind.Type.Kind().String()), kind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		bad.Line, bad.Column = place(data, int64(len(data)))
		bad.Err = errors.New("the file ends in the middle")
	}
	return bad
}

func plainType(kind string) string {
	switch kind {
	case "map", "struct", "ptr":
		return "an object"
	case "slice":
		return "a list"
	default:
		return "a " + kind
	}
}

// place turns an offset, counted as encoding/json does (bytes read when the
// error was seen), into line and column.
func place(data []byte, offset int64) (line, column int) {
	at := int(min(max(offset-1, 0), int64(len(data))))
	before := string(data[:at])
	line = 1 + strings.Count(before, "\n")
	return line, at - strings.LastIndex(before, "\n")
}
