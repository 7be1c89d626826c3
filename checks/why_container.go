package checks

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
)

// containerSign is one thing that can be the matter with a container: what it
// looks like, and what is said of it.
type containerSign struct {
	warn  bool // it needs no mending, and is worth a look
	fits  func(a docker.Ailment) bool
	head  func(a docker.Ailment) string
	steps func(a docker.Ailment) []string
}

// settled is how long a container that was started again must run before it is
// believed.
const settled = 30 * time.Second

// lately is how long the end before is told of what is up again: what dies every
// few minutes is up between two looks.
const lately = 10 * time.Minute

// whyContainer says what is the matter with a container that was looked at.
func whyContainer(ctx context.Context, m *Machine, a docker.Ailment) Why {
	now := m.Host.Now()
	w := Why{Status: OK, Head: wellHead(a)}
	for _, s := range containerSigns(now) {
		if s.fits(a) {
			w = Why{Status: Fail, Head: s.head(a), Steps: s.steps(a)}
			if s.warn {
				w.Status = Warn
			}
			break
		}
	}
	if w.Status == OK && a.State != "running" && EndedOnPurpose(a.ExitCode) && a.ExitCode != 0 {
		w.Steps = []string{"docker start " + a.Name}
	}
	if port, ok := takenPort(a.Err); ok {
		m.whyPort(ctx, &w, a, port)
	}
	w.sawOfRun(a)
	w.sawOfCheck(a)
	if w.Status == OK {
		return w
	}
	w.askKnown(m.Host.OS(), a)
	if w.Tail, w.TailOf = withoutBlank(a.Tail), a.Name; len(w.Tail) == 0 {
		w.saw("its log", a.Lost)
	}
	return w
}

// EndedOnPurpose reports whether an exit code is what docker stop, ctrl+c or the
// end of the work leaves behind (0, or 128 + INT, KILL, TERM).
func EndedOnPurpose(code int) bool { return slices.Contains([]int{0, 130, 137, 143}, code) }

// EndedWithEngine reports whether an exit code is what the engine writes of a
// container that ran when the engine or its machine went down: nobody saw how
// it ended then.
func EndedWithEngine(code int) bool { return code == 255 }

func wellHead(a docker.Ailment) string {
	switch {
	case a.State == "running" && a.Health == "starting":
		return "Nothing is wrong so far: its health check has not passed yet"
	case a.State == "running":
		return "Nothing is wrong: it is up"
	case a.State == "created":
		return "It was created and never started"
	case a.State == "paused":
		return "It is paused: docker unpause " + a.Name + " lets it go on"
	case a.State == "exited" && a.ExitCode == 0:
		return "Nothing is wrong: it ended by itself, without an error"
	case a.State == "exited" && a.ExitCode == 137:
		return "It was killed (exit code 137): docker stop does that to a program that does not end in 10 s, docker kill at once"
	case a.State == "exited":
		return fmt.Sprintf("Nothing is wrong: it was asked to end%s", inWords(a.ExitCode))
	}
	return "It is " + a.State
}

// containerSigns are tried in their order: what the engine itself says of a
// start that failed comes before what an exit code may mean.
func containerSigns(now time.Time) []containerSign {
	words := func(a docker.Ailment) string { return strings.ToLower(a.Err + "\n" + strings.Join(a.Tail, "\n")) }
	ends := func(code int) func(docker.Ailment) bool {
		return func(a docker.Ailment) bool {
			return a.ExitCode == code && slices.Contains([]string{"exited", "restarting", "created"}, a.State)
		}
	}
	// The engine writes 126 and 127 for much that is no program: its words count then.
	calls := func(a docker.Ailment) bool { return a.Err == "" && (ends(126)(a) || ends(127)(a)) }
	howItEnds := func(a docker.Ailment) []string {
		return []string{"Read its last lines: docker logs --tail 50 " + a.Name, "docker inspect --format '{{.State.ExitCode}}' " + a.Name + ", once it ended, tells its exit code"}
	}
	fixed := func(head string) func(docker.Ailment) string { return func(docker.Ailment) string { return head } }
	look := func(a docker.Ailment) string {
		return "docker run --rm --entrypoint ls " + a.Image + " -l / shows what the image holds"
	}
	return slices.Concat(startSigns(), []containerSign{
		{
			fits: func(a docker.Ailment) bool { return a.State == "dead" },
			head: fixed("Was to be removed, and the engine could not remove all of it"),
			steps: func(a docker.Ailment) []string {
				return []string{"docker rm --force " + a.Name + " tries again", "If that fails: restart the engine, which then lets go of its files and mounts"}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return a.OOMKilled && a.State != "running" },
			head: func(a docker.Ailment) string {
				if a.Limit == 0 {
					return "Was killed: the engine's memory was used up, and it has no limit of its own"
				}
				return "Was killed: it used more memory than its limit of " + bytesOf(a.Limit)
			},
			steps: func(a docker.Ailment) []string {
				if a.Limit == 0 {
					return []string{"docker stats --no-stream shows who uses how much", "Give the engine more (Docker Desktop → Settings → Resources), or this container a limit: " + inFile(a, "mem_limit", "--memory")}
				}
				more := strings.ToLower(strings.TrimSuffix(bytesOf(2*a.Limit), "i"))
				return []string{
					fmt.Sprintf("docker update --memory %s --memory-swap %s %s && docker start %s", more, more, a.Name, a.Name),
					"For good: " + inFile(a, "mem_limit: "+more, "--memory "+more), "Or make the program use less",
				}
			},
		},
		{
			fits: func(a docker.Ailment) bool {
				return strings.Contains(words(a), "exec format error") && a.State != "running"
			},
			head: func(a docker.Ailment) string {
				return "Does not start: the image " + a.Image + " is for another architecture"
			},
			steps: func(a docker.Ailment) []string {
				return []string{"Build it for this engine: twindeck build --platform linux/" + orElse(a.EngineArch, "ARCH"), "Or pull it for it: docker pull --platform linux/" + orElse(a.EngineArch, "ARCH") + " " + a.Image}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return calls(a) && a.Finished.Sub(a.Started) > longStart },
			head: func(a docker.Ailment) string {
				return fmt.Sprintf("Ended with exit code %d: it called a command that %s", a.ExitCode, map[int]string{126: "may not be executed", 127: "is not there"}[a.ExitCode])
			},
			steps: func(a docker.Ailment) []string {
				return []string{"Its last lines name the command: docker logs --tail 50 " + a.Name, look(a), "Mend it, then: docker start " + a.Name}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return noProgram.MatchString(a.Err) || a.Err == "" && ends(127)(a) },
			head: func(a docker.Ailment) string { return "Does not start: its command is not in the image" + quoted(a) },
			steps: func(a docker.Ailment) []string {
				return []string{look(a), `A script that is there and "not found" has Windows line ends (CRLF), or names an interpreter the image lacks`, "See CMD, ENTRYPOINT and " + inFile(a, "command", "the arguments")}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return mayNotRun.MatchString(a.Err) || a.Err == "" && ends(126)(a) },
			head: func(a docker.Ailment) string { return "Does not start: its command may not be executed" + quoted(a) },
			steps: func(docker.Ailment) []string {
				return []string{"In the Dockerfile: COPY --chmod=755", "Or: RUN chmod +x FILE, before USER"}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return a.Err != "" && a.State != "running" },
			head: func(a docker.Ailment) string { return "The engine could not start it: " + ownWords(a.Err) },
			steps: func(a docker.Ailment) []string {
				return []string{"Mend what the engine names, then: docker start " + a.Name}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return a.ExitCode == 137 && a.State == "restarting" },
			head: fixed("Was killed (exit code 137), and is started again"),
			steps: func(a docker.Ailment) []string {
				return []string{"docker events --filter container=" + a.Name + " tells who kills it: oom, or a kill from outside", "docker stats --no-stream shows whether memory is short"}
			},
		},
		{
			fits: ends(139),
			head: fixed("Crashed with a memory fault (exit code 139)"),
			steps: func(a docker.Ailment) []string {
				return []string{"Run it by hand: docker run --rm " + a.Image, "An image built for another system or library (glibc, musl) is a usual cause"}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return a.ExitCode == 143 && a.State == "restarting" },
			head: fixed("Was asked to end (exit code 143), and is started again"),
			steps: func(a docker.Ailment) []string {
				return []string{"docker events --filter container=" + a.Name + " tells who asks"}
			},
		},
		{
			fits: func(a docker.Ailment) bool { return a.State == "restarting" && a.ExitCode == 0 },
			head: func(a docker.Ailment) string {
				return "Ends by itself (exit code 0), and is started again: its restart policy is " + orElse(a.Policy, "always")
			},
			steps: func(a docker.Ailment) []string {
				return []string{"See CMD and ENTRYPOINT of " + a.Image + ": a program that keeps running is expected", "What does one thing and ends needs no policy: docker update --restart no " + a.Name}
			},
		},
		{
			warn:  true,
			fits:  func(a docker.Ailment) bool { return a.State == "exited" && EndedWithEngine(a.ExitCode) },
			head:  fixed("It ended with exit code 255: the engine writes that where it was stopped, or the machine went down, while it ran"),
			steps: func(a docker.Ailment) []string { return []string{"docker start " + a.Name} },
		},
		{
			fits: func(a docker.Ailment) bool {
				return a.State == "restarting" || a.State == "exited" && !EndedOnPurpose(a.ExitCode)
			},
			head: func(a docker.Ailment) string {
				return fmt.Sprintf("Crashes: exit code %d%s", a.ExitCode, inWords(a.ExitCode))
			},
			steps: func(a docker.Ailment) []string {
				return []string{"Read its last lines: docker logs --tail 50 " + a.Name, "Look around in its image: docker run --rm -it --entrypoint sh " + a.Image, "Mend it, then: docker start " + a.Name}
			},
		},
		{
			fits: func(a docker.Ailment) bool {
				return a.State == "running" && a.Restarts >= 2 && !a.Finished.IsZero() && now.Sub(a.Started) < settled
			},
			head: func(a docker.Ailment) string {
				return fmt.Sprintf("Keeps ending: it was started again %d times, last a moment ago", a.Restarts)
			},
			steps: howItEnds,
		},
		{
			fits: func(a docker.Ailment) bool { return a.State == "running" && a.Health == "unhealthy" },
			head: func(a docker.Ailment) string { return "Runs, and its health check fails" + lastOutput(a) },
			steps: func(a docker.Ailment) []string {
				s := []string{"docker logs --tail 50 " + a.Name + " shows what the program says of it"}
				if a.Check != nil {
					s = append([]string{"Run the check by hand: docker exec " + a.Name + " " + a.Check.Asks}, s...)
				}
				return append(s, "If only the check is wrong: HEALTHCHECK in the Dockerfile, or "+inFile(a, "healthcheck", "--health-cmd"))
			},
		},
		{
			warn: true,
			fits: func(a docker.Ailment) bool {
				return a.State == "running" && a.Restarts >= 2 && !a.Finished.IsZero() && now.Sub(a.Started) < lately
			},
			head: func(a docker.Ailment) string {
				return fmt.Sprintf("It is up again: it ended %s ago, and was started again %d times", inMinutes(now.Sub(a.Finished)), a.Restarts)
			},
			steps: howItEnds,
		},
	})
}

// longStart is how long a program runs at most that could not be started.
const longStart = 10 * time.Second

// What runc and crun say of a program that is not there, or may not be run.
var (
	noProgram = regexp.MustCompile(`(?i)executable file .*not found|exec: ".*no such file or directory|command that was not found`)
	mayNotRun = regexp.MustCompile(`(?i)exec: ".*permission denied|open executable: permission denied`)
)

// inFile names the place where a setting of a container is kept: the Compose
// file, or the docker run command it was made by.
func inFile(a docker.Ailment, compose, flag string) string {
	if a.Project != "" {
		return compose + " of service " + a.Service + " in the Compose file, then docker compose up -d " + a.Service
	}
	return flag + " of docker run"
}

// quoted is the command that was to be run.
func quoted(a docker.Ailment) string {
	if len(a.Command) == 0 {
		return ""
	}
	return ": " + a.Command[0]
}

// lastOutput is what the health check got last.
func lastOutput(a docker.Ailment) string {
	if a.Check == nil || len(a.Check.Runs) == 0 {
		return ""
	}
	if said := finalLine(a.Check.Runs[len(a.Check.Runs)-1].Output); said != "" {
		return ": " + said
	}
	return ""
}

// finalLine is the last line with words: before it stand progress bars.
func finalLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexAny(s, "\r\n")+1:])
}

// mismatched reports whether the image is for another architecture.
func mismatched(a docker.Ailment) bool {
	return a.ImageArch != "" && a.EngineArch != "" && a.ImageArch != a.EngineArch
}

// sawOfRun tells how the container is and how it ended.
func (w *Why) sawOfRun(a docker.Ailment) {
	now := a.State
	if a.Restarts > 0 {
		now += ", restarted " + count(a.Restarts, "time", "times")
	}
	if a.Policy != "" {
		now += ", restart policy " + a.Policy
	}
	since := a.Started
	if a.State == "exited" || a.State == "created" || a.State == "dead" {
		since = time.Time{}
	}
	w.sawSince("state", now, since)
	if !a.Finished.IsZero() {
		end := "it ended"
		if a.State != "running" { // a start clears the code
			end = fmt.Sprintf("exit code %d%s", a.ExitCode, inWords(a.ExitCode))
		}
		if a.OOMKilled {
			end += ", out of memory"
		}
		if ran := a.Finished.Sub(a.Started); ran > 0 && a.State != "running" {
			end += ", after " + short(ran)
		}
		w.sawAt("last end", end, a.Finished)
	}
	if a.Err != "" && !strings.Contains(w.Head, ownWords(a.Err)) {
		w.saw("the engine said", ownWords(a.Err))
	}
	switch {
	case a.OOMKilled && a.Limit > 0:
		w.saw("memory limit", bytesOf(a.Limit)+", reached")
	case a.Limit > 0:
		w.saw("memory limit", bytesOf(a.Limit))
	}
	if mismatched(a) {
		w.saw("architecture", "the image is for "+a.ImageArch+", the engine runs "+a.EngineArch)
	}
	if a.ImageGone {
		w.saw("image", a.Image+" is no longer in the engine")
	}
}

// sawOfCheck tells of the health check with its figures.
func (w *Why) sawOfCheck(a docker.Ailment) {
	c := a.Check
	if c == nil {
		return
	}
	said := fmt.Sprintf("%s every %s", oneLine(c.Asks), c.Every)
	if c.Failed > 0 {
		said += fmt.Sprintf("; failed %s in a row (%d make it unhealthy)", count(c.Failed, "time", "times"), c.Retries)
	}
	w.saw("health check", said)
	if len(c.Runs) == 0 {
		return
	}
	last := c.Runs[len(c.Runs)-1]
	got := fmt.Sprintf("exit code %d", last.Code)
	if last.Code < 0 {
		got = "no end within " + c.Timeout.String()
	}
	if out := finalLine(last.Output); out != "" && !strings.Contains(w.Head, out) {
		got += ": " + out
	}
	w.sawAt("last check", got, last.At)
}

// askKnown looks for known error texts: in the engine's words as they are on
// this machine, in the program's own as they are where it ran.
func (w *Why) askKnown(system string, a docker.Ailment) {
	if len(w.Steps) == 0 || strings.HasPrefix(w.Head, "The engine could not") {
		if told, ok := Telling(system, a.Err); ok {
			w.knows(told)
			return
		}
	}
	if w.Status == Warn && !slices.ContainsFunc(a.Tail, complaint.MatchString) {
		return // its last lines are of its good times
	}
	text := slices.Clone(a.Tail)
	if a.Check != nil && a.Health == "unhealthy" {
		for _, r := range a.Check.Runs {
			text = append(text, r.Output)
		}
	}
	if told, ok := toldBy(text); ok && a.Err == "" {
		told.Do = slices.DeleteFunc(slices.Clone(told.Do), func(s string) bool { return strings.HasPrefix(s, "kubectl ") })
		w.knows(told)
	} else if a.Err == "" && a.Health != "unhealthy" {
		w.Says = mostTelling(a.Tail)
	}
}
