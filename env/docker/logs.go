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
// writes the line's time before every one: before all but the first it is left
// out here, so that the line is whole again. When the other stream writes between
// two pieces, they stay lines of their own. So does what a program wrote last
// without a line end, before what it writes when it is started again.
type frames struct {
	from    io.Reader
	stamped bool           // with times
	left    int            // of the frame being read
	failed  bool           // the frame being read is the engine's own error
	stream  byte           // of the frame being read
	open    bool           // what was read last ended within a line
	stamp   [stampLen]byte // of the frame before
	owed    []byte         // comes before what is left of the frame: a line end, a time
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
	for f.left == 0 && len(f.owed) == 0 {
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
		if !f.stamped || f.failed || f.left < stampLen {
			continue
		}
		var stamp [stampLen]byte
		if _, err := io.ReadFull(f.from, stamp[:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		f.left -= stampLen
		if goesOn := f.open && same && stamp == f.stamp; !goesOn {
			f.owed = f.owed[:0]
			if f.open {
				f.owed = append(f.owed, '\n')
			}
			f.owed = append(f.owed, stamp[:]...)
		}
		f.stamp = stamp
		if len(f.owed) > 0 {
			break
		}
	}
	if f.failed {
		text, _ := io.ReadAll(io.LimitReader(f.from, int64(min(f.left, 4096))))
		return 0, fmt.Errorf("the engine failed reading the log: %s", text)
	}
	if len(f.owed) > 0 {
		n := copy(p, f.owed)
		f.owed, f.open = f.owed[n:], true
		return n, nil
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
