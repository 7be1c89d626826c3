package docker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/moby/moby/client"
)

// Logs opens a container's output, standard output and error in one stream in
// the order they were written. Close ends it; so does the end of ctx.
func (c *Client) Logs(ctx context.Context, id string, o LogOptions) (io.ReadCloser, error) {
	doing := "reading the log of container " + short(id)
	ctx = c.here(ctx)
	cn, err := c.conn(ctx)
	if err != nil {
		return nil, err
	}
	tty, err := ask(ctx, c, answerTime, doing, func(ctx context.Context, cn *conn) (bool, error) {
		r, err := cn.api.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		return r.Container.Config != nil && r.Container.Config.Tty, err
	})
	if err != nil {
		return nil, err
	}
	from, end, err := begun(ctx, workTime, func(ctx context.Context) (io.ReadCloser, error) {
		return cn.api.ContainerLogs(ctx, id, logOptions(o))
	})
	if err != nil {
		return nil, cn.explain(doing, workTime, err)
	}
	b := &body{Reader: from, from: from, end: end}
	if !tty {
		b.Reader = &frames{from: from, stamped: o.Timestamps}
	}
	return b, nil
}

func logOptions(o LogOptions) client.ContainerLogsOptions {
	out := client.ContainerLogsOptions{
		ShowStdout: true, ShowStderr: true,
		Follow: o.Follow, Timestamps: o.Timestamps,
	}
	if o.Tail > 0 {
		out.Tail = strconv.Itoa(o.Tail)
	}
	if !o.Since.IsZero() {
		out.Since = o.Since.Format(time.RFC3339Nano)
	}
	return out
}

// body is what the engine answers with for as long as somebody reads it.
type body struct {
	io.Reader
	from io.Closer // that it reads from
	end  func()    // ends the request
}

func (b *body) Close() error {
	b.end()
	return b.from.Close()
}

// frames reads the payload of the engine's multiplexed stream: each frame is
// a byte that names the stream, three of nothing, a 4-byte length, the bytes.
//
// The engine keeps a line longer than 16 KiB in pieces, a frame each, and
// writes the time before every one: before all but the first it is left out
// here, so that the line is whole again. When the other stream writes between
// two pieces, they stay lines of their own.
type frames struct {
	from    io.Reader
	stamped bool // with times
	left    int  // of the frame being read
	failed  bool // the frame being read is the engine's own error
	stream  byte // of the frame being read
	open    bool // what was read last ended within a line
	broken  bool // a line end is owed before the frame being read
}

// stampLen is the length of what the engine writes before a line: a time in
// UTC with nanoseconds, and a space.
const stampLen = len("2006-01-02T15:04:05.000000000Z ")

// The streams of a frame.
const (
	lastStream  = 2 // 0 stdin, 1 stdout, 2 stderr
	errorStream = 3 // text of an error in the engine
)

func (f *frames) Read(p []byte) (int, error) {
	for f.left == 0 {
		var head [8]byte
		if _, err := io.ReadFull(f.from, head[:]); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return 0, errors.New("the engine ended the log in the middle of a line")
			}
			return 0, err
		}
		if head[0] > errorStream {
			return 0, fmt.Errorf("the log is no multiplexed stream: unknown stream %d", head[0])
		}
		f.failed = head[0] > lastStream
		f.left = int(binary.BigEndian.Uint32(head[4:]))
		same := f.stream == head[0]
		f.stream = head[0]
		f.broken = f.stamped && f.open && !same && f.left > 0
		if f.stamped && f.open && same && !f.failed && f.left > stampLen {
			if _, err := io.CopyN(io.Discard, f.from, int64(stampLen)); err != nil {
				return 0, err
			}
			f.left -= stampLen
		}
	}
	if f.failed {
		text, _ := io.ReadAll(io.LimitReader(f.from, int64(min(f.left, 4096))))
		return 0, fmt.Errorf("the engine failed reading the log: %s", text)
	}
	if f.broken && len(p) > 0 {
		f.broken = false
		p[0] = '\n'
		return 1, nil
	}
	n, err := f.from.Read(p[:min(len(p), f.left)])
	f.left -= n
	if n > 0 {
		f.open = p[n-1] != '\n'
	}
	if errors.Is(err, io.EOF) && f.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
