package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/twindeck/twindeck/checks"
)

// reporting is `twindeck report`.
type reporting struct {
	file    string // "-" prints only; empty: a name with today's date
	yes     bool
	program string                                 // twindeck's version
	asks    func(in io.Reader, out io.Writer) bool // somebody is there to be asked
}

func newReport(open opener, b Build) *cobra.Command {
	return newReportOf(&reporting{program: strings.TrimSpace(b.version() + " " + b.commit()), asks: onTerminals}, open)
}

func newReportOf(r *reporting, open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write a report to attach to a question, without secrets",
		Long: "report gathers what somebody who helps you will ask for: versions, all checks with what they saw,\n" +
			"Docker Desktop's settings, contexts, the cluster's recent warnings and Docker's disk usage.\n" +
			"Passwords, tokens and keys are masked; your home directory, name and machine are not named.\n\n" +
			"On a terminal it shows the whole report and asks before it writes a file. Elsewhere it prints the\n" +
			"report and writes no file, unless --yes is given. A file that is there is never overwritten.\n" +
			"The exit code is 0 also when something is broken: see twindeck check for a verdict.",
		Example: "  twindeck report\n" +
			"  twindeck report --yes               # write ./twindeck-report-DATE.md without asking\n" +
			"  twindeck report --file - | less     # print it, and write nothing",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd, open) },
	}
	cmd.Flags().StringVar(&r.file, "file", "", "`file` to write, or - to print only (default ./twindeck-report-DATE.md)")
	cmd.Flags().BoolVarP(&r.yes, "yes", "y", false, "write the file without showing the report and asking")
	return cmd
}

func (r *reporting) run(cmd *cobra.Command, open opener) error {
	if r.file == "-" && r.yes {
		return usageErrorf("--file - writes no file that --yes could allow; use one of them")
	}
	e, err := open(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	var page strings.Builder
	if err := checks.Diagnose(ctx, checks.Catalogue(*e), *e, r.program).WriteMarkdown(&page); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the report was cancelled: %w", err)
	}
	path := r.file
	if path == "" {
		path = "twindeck-report-" + e.Host.Now().Format(time.DateOnly) + ".md"
	}
	if !r.yes {
		if _, err := io.WriteString(cmd.OutOrStdout(), page.String()); err != nil {
			return fmt.Errorf("printing the report: %w", err)
		}
		if r.file == "-" {
			return nil
		}
		if agreed, err := r.agreed(cmd, path); !agreed || err != nil {
			return err
		}
	}
	written, err := writeNew(path, page.String())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.ErrOrStderr(), "written to %s\n", written)
	return err
}

// agreed asks whether to write the report that was just shown. Where nobody
// can be asked it says how to write it.
func (r *reporting) agreed(cmd *cobra.Command, path string) (bool, error) {
	if !r.asks(cmd.InOrStdin(), cmd.OutOrStdout()) {
		_, err := fmt.Fprintf(cmd.ErrOrStderr(), "twindeck: no file was written; use --yes to write %s, or --file - to only print\n", path)
		return false, err
	}
	yes, err := ask(cmd.Context(), "\nwrite to "+path+"?", cmd.ErrOrStderr(), cmd.InOrStdin())
	if err == nil && !yes {
		_, err = fmt.Fprintln(cmd.ErrOrStderr(), "not written")
	}
	return yes, err
}

// onTerminals reports whether in and out are both a person's.
func onTerminals(in io.Reader, out io.Writer) bool {
	from, ok := in.(*os.File)
	to, ok2 := out.(*os.File)
	return ok && ok2 && term.IsTerminal(from.Fd()) && term.IsTerminal(to.Fd())
}

// writeNew writes a file that is not there yet: if path is taken, its name
// gets -2, -3 and so on in front of the extension.
func writeNew(path, text string) (written string, err error) {
	ext := filepath.Ext(path)
	for n := 1; ; n++ {
		name := path
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(path, ext), n, ext)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("writing the report: %w; name another --file, or use --file - to print it", err)
		}
		_, err = f.WriteString(text)
		if err = errors.Join(err, f.Close()); err != nil {
			return "", fmt.Errorf("writing the report: %w", errors.Join(err, os.Remove(name)))
		}
		return name, nil
	}
}
