package docker

import (
	"context"
	"encoding/json"
	"fmt"

	buildkit "github.com/moby/buildkit/client"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
)

// lintRequest asks a Dockerfile frontend for its linter alone.
const lintRequest = "frontend.lint"

// lintResult is the linter's answer, "result.json".
type lintResult struct {
	Warnings []struct {
		Rule     string    `json:"ruleName"`
		About    string    `json:"description"`
		URL      string    `json:"url"`
		Detail   string    `json:"detail"`
		Location lintPlace `json:"location"`
	} `json:"warnings"`
	Error *struct {
		Message  string    `json:"message"`
		Location lintPlace `json:"location"`
	} `json:"buildError"`
}

type lintPlace struct {
	Ranges []struct {
		Start struct {
			Line int `json:"line"`
		} `json:"start"`
	} `json:"ranges"`
}

func (p lintPlace) line() int {
	if len(p.Ranges) == 0 {
		return 0
	}
	return p.Ranges[0].Start.Line
}

// Lint asks BuildKit's linter what it finds in the request's Dockerfile, and
// builds nothing. A Dockerfile that cannot be built is a *BuildError, with the
// findings before it.
func (c *Client) Lint(ctx context.Context, r BuildRequest) ([]BuildWarning, error) {
	dir, file, err := r.files()
	if err != nil {
		return nil, err
	}
	options, err := c.solveOptions(r, dir, file)
	if err != nil {
		return nil, err
	}
	options.Exports, options.CacheExports, options.CacheImports, options.Internal = nil, nil, nil, true
	caps := "moby.buildkit.frontend.subrequests+forward"
	if have := options.FrontendAttrs["frontend.caps"]; have != "" {
		caps = have + "," + caps
	}
	options.FrontendAttrs["frontend.caps"], options.FrontendAttrs["requestid"] = caps, lintRequest

	answer, err := ask(ctx, c, workTime, "checking "+file, func(ctx context.Context, cn *conn) ([]byte, error) {
		return subrequest(ctx, cn, options, file)
	})
	if err != nil {
		return nil, err
	}
	return lintFindings(answer, file)
}

// subrequest runs what options ask the frontend for, and returns its answer as JSON.
func subrequest(ctx context.Context, cn *conn, options buildkit.SolveOpt, file string) ([]byte, error) {
	bk, err := cn.buildkit(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = bk.Close() }()
	defer context.AfterFunc(ctx, func() { _ = bk.Close() })()
	p := newProgress(file, nil)
	request := gateway.SolveRequest{Frontend: options.Frontend, FrontendOpt: options.FrontendAttrs}
	options.Frontend = ""
	var answer []byte
	err = follow(p, func(status chan *buildkit.SolveStatus) error {
		_, err := bk.Build(ctx, options, "twindeck", func(ctx context.Context, g gateway.Client) (*gateway.Result, error) {
			result, err := g.Solve(ctx, request)
			if err == nil {
				answer = result.Metadata["result.json"]
			}
			return result, err
		}, status)
		return err
	})
	if err != nil && ctx.Err() == nil {
		return nil, p.explain(err)
	}
	return answer, err
}

func lintFindings(answer []byte, file string) ([]BuildWarning, error) {
	var got lintResult
	if err := json.Unmarshal(answer, &got); err != nil {
		return nil, fmt.Errorf("reading what the linter says of %s: %w", file, err)
	}
	var out []BuildWarning
	for _, w := range got.Warnings {
		out = append(out, BuildWarning{Rule: w.Rule, Text: w.Detail, Detail: w.About, URL: w.URL, File: file, Line: w.Location.line()})
	}
	if got.Error != nil {
		return out, &BuildError{File: file, Line: got.Error.Location.line(), Err: plain(fmt.Errorf("%s", got.Error.Message))}
	}
	return out, nil
}
