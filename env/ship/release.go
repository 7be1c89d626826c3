package ship

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/project"
)

// ReleaseOptions ask for a release: an image whose tag is a semantic version
// instead of one made from what is in the folder. The zero value asks for none.
type ReleaseOptions struct {
	Ask        string           // "patch", "minor", "major", or a version
	Known      project.Releases // those there are
	Overwrite  bool             // an image or a git tag of that version that is there already
	AllowDirty bool             // release what is not committed
	GitTag     bool             // tag the commit when all went well
}

// Release is the release that a plan makes.
type Release struct {
	Version   string `json:"version"`          // the image's tag: "v1.2.3"
	After     string `json:"after,omitempty"`  // the newest version until now
	GitTag    string `json:"gitTag"`           // with the folder's prefix: "api/v1.2.3"
	Commit    string `json:"commit,omitempty"` // that it is made of
	Tagged    bool   `json:"tagged"`           // git has the tag, at that commit
	Makes     bool   `json:"makesTag"`         // tags the commit when all went well
	Overwrite bool   `json:"overwrite"`
}

// Command tags the commit of the release and publishes the tag; empty if there
// is nothing left to tag.
func (r Release) Command() string {
	if r.Tagged || r.Commit == "" {
		return ""
	}
	push := " && git push origin " + r.GitTag
	if r.Overwrite {
		push = " && git push --force origin refs/tags/" + r.GitTag
	}
	return "git " + strings.Join(project.TagArgs(r.GitTag, r.Commit[:min(12, len(r.Commit))], r.Overwrite), " ") + push
}

// Choice is a tag that an image could get.
type Choice struct {
	Name    string // "this work", "next patch"
	Ask     string // for ReleaseOptions; empty: the tag of what is in the folder
	Image   string // the full reference
	Because string // "after v1.4.2"
}

// Choices are the tags that the image of a plan could get.
func Choices(plan Plan, p project.Project, known project.Releases) []Choice {
	if plan.Several() {
		return choicesOfAll(plan, known)
	}
	repository := plan.Image
	if i := strings.LastIndex(repository, ":"); i > strings.LastIndex(repository, "/") {
		repository = repository[:i]
	}
	choices := []Choice{{Name: "this work", Image: repository + ":" + p.Version.Tag, Because: "what is in the folder"}}
	return append(choices, nextChoices(known, repository+":")...)
}

// choicesOfAll are the tags that the images of a plan with several could get: a
// version is one for all of them.
func choicesOfAll(plan Plan, known project.Releases) []Choice {
	all := counted(len(plan.Ships()))
	choices := []Choice{{Name: "this work", Image: all + ", each by its content", Because: "what is in the folders"}}
	return append(choices, nextChoices(known, all+" as ")...)
}

// nextChoices are the versions that come next, where git says which there are.
func nextChoices(known project.Releases, image string) []Choice {
	if !known.InGit || known.Err != nil {
		return nil
	}
	var choices []Choice
	for _, part := range []string{project.Patch, project.Minor, project.Major} {
		if version, err := known.Version(part); err == nil {
			choices = append(choices, Choice{Name: "next " + part, Ask: version, Image: image + version, Because: after(known)})
		}
	}
	return choices
}

// after is what the next version follows, in words.
func after(known project.Releases) string {
	if newest := known.Newest(); newest != "" {
		return "after " + newest
	}
	return "no version is tagged yet"
}

// chooseRelease finds the version that is asked for, and says what speaks
// against releasing it.
func (w *planner) chooseRelease() {
	o := w.options.Release
	if o.Ask == "" || !w.hasImage() {
		return
	}
	fatal := func(text, do string) { w.problem(Problem{Fatal: true, Stage: Build, Text: text, Do: do}) }
	if w.options.Tag != "" {
		fatal("a release has the tag of its version, and another tag is asked for: "+w.options.Tag, "leave --tag or --release out")
		return
	}
	at := w.plan.Project.Version
	raises := slices.Contains([]string{project.Patch, project.Minor, project.Major}, o.Ask)
	if raises && !o.Known.InGit {
		fatal("the folder is in no git repository, whose tags would say which version comes next", "name the version: --release v0.1.0")
		return
	}
	if err := o.Known.Err; err != nil {
		if raises {
			fatal("which version comes next cannot be told: "+err.Error(), "name the version, such as --release v0.1.0")
			return
		}
		w.problem(Problem{Stage: Build, Text: "which versions there are cannot be told: " + err.Error()})
	}
	version, err := o.Known.Version(o.Ask)
	if err != nil {
		fatal("no release can be made: "+err.Error(), "")
		return
	}
	r := &Release{
		Version: version, After: o.Known.Newest(), GitTag: o.Known.Prefix + version, Commit: at.Commit,
		Makes: o.GitTag, Overwrite: o.Overwrite,
	}
	w.plan.Release, w.options.Tag = r, version
	tag, tagged := o.Known.Tag(version)
	r.Tagged = tagged && tag.Commit == at.Commit
	if at.Dirty && !o.AllowDirty {
		fatal("the folder has changes that are not committed, and nobody could build "+version+" again from its commit",
			"commit them, or release them all the same: --allow-dirty")
	}
	if tagged && !r.Tagged && !o.Overwrite {
		do := "name another version"
		if further, err := o.Known.Version(project.Patch); err == nil {
			do += ", such as " + further
		}
		fatal(fmt.Sprintf("git has the tag %s already, at another commit (%.12s)", tag.Name, tag.Commit), do+"; or make it anew: --overwrite")
	}
	if localFiles.MatchString(at.Tag) && !at.Dirty {
		w.problem(Problem{Stage: Build, Text: "files that git ignores go into the image, and are in no commit", Do: "name them in .dockerignore"})
	}
	if o.GitTag && at.Commit == "" {
		fatal("there is no commit to tag as "+r.GitTag, "commit first, or leave --git-tag out")
	}
}

// localFiles is how the tag of a folder ends whose image has files in it that
// git ignores.
var localFiles = regexp.MustCompile(`-local-[0-9a-f]{10}$`)

// checkPublished asks the registry whether the version is there already. An
// image that was released is not to become another one.
func (w *planner) checkPublished(ctx context.Context) {
	r := w.plan.Release
	if r == nil || !w.plan.does(Deliver) || w.plan.Route != Registry || len(w.plan.Fatal()) > 0 {
		return
	}
	for _, image := range w.plan.Ships() {
		if image.Used {
			w.checkFree(ctx, image.Ref, *r)
		}
	}
}

// checkFree asks the registry whether it has an image already that a release
// would make.
func (w *planner) checkFree(ctx context.Context, image string, r Release) {
	digest, err := w.engine.Published(ctx, image)
	switch {
	case errors.Is(err, docker.ErrNotFound):
		return
	case err != nil:
		if q := notTold(image, err); !q.Fatal || !r.Overwrite {
			w.problem(q)
		}
		return
	}
	if has, err := w.engine.Image(ctx, image); err == nil && knows(has, digest) {
		return // the very same
	}
	q := Problem{Stage: Deliver, Text: fmt.Sprintf("%s is in the registry already (%s)", image, digest)}
	if r.Overwrite {
		q.Text += ", and is overwritten"
	} else {
		q.Fatal, q.Do = true, "release another version; or replace that one, for all who pulled it: --overwrite"
	}
	w.problem(q)
}

// notTold is the problem of a registry that does not say whether it has an
// image. Some refuse in the same words whether a repository is private or new,
// and a first release must be possible.
func notTold(image string, err error) Problem {
	q := Problem{
		Fatal: true, Stage: Deliver,
		Text: fmt.Sprintf("whether %s is in the registry already cannot be seen: %v", image, err),
		Do:   "see that the registry can be asked; or release without knowing: --overwrite",
	}
	if e, ok := errors.AsType[*docker.Error](err); ok && e.Do != "" {
		q.Text = fmt.Sprintf("whether %s is in the registry already cannot be seen: %s", image, e.Happened)
		q.Do = e.Do + "; or release without knowing: --overwrite"
	}
	if errors.Is(err, docker.ErrDenied) && docker.HidesRepositories(image) {
		q.Fatal, q.Do = false, "nothing, if the repository is new"
	}
	return q
}

// knows reports whether a registry's digest is one of an image's.
func knows(image docker.Image, digest string) bool {
	return image.Digest == digest || slices.ContainsFunc(image.Digests, func(d string) bool { return digestOf(d) == digest })
}

// keepReleased refuses to push over a version that the registry has, unless it
// is the same image or that is wanted. The plan looked too: this is about what
// has been built since, and what others have pushed.
func (r *run) keepReleased(ctx context.Context, image string) *Failure {
	release := r.plan.Release
	if release == nil || release.Overwrite {
		return nil
	}
	digest, err := r.engine.Published(ctx, image)
	if err != nil || slices.Contains(r.goesBy(image), digest) {
		return nil //nolint:nilerr // not there; or the plan has told of it
	}
	if has, err := r.engine.Image(ctx, image); err == nil && knows(has, digest) {
		return nil
	}
	return &Failure{
		Stage: Deliver, Step: "push " + image,
		Cause: fmt.Sprintf("%s is in the registry already, as another image (%s), and a version that was released does not change", image, digest),
		Do:    "release another version; or replace that one, for all who pulled it: --overwrite",
	}
}

// tagRelease tags the commit of a release that went well, where that is wanted.
func (r *run) tagRelease(ctx context.Context) *Failure {
	release := r.plan.Release
	if release == nil {
		return nil
	}
	if release.Makes && !release.Tagged {
		dir := r.plan.Project.Dir
		if err := project.MakeTag(ctx, dir, release.GitTag, release.Commit, release.Overwrite); err != nil {
			return &Failure{
				Stage: r.stage, Step: "git tag " + release.GitTag, Err: err,
				Cause: fmt.Sprintf("%s is released, and git could not tag it: %v", r.plan.subject(), err),
				Do:    "run: " + release.Command(),
			}
		}
		r.tell(Event{Kind: Command, Text: "git " + strings.Join(project.TagArgs(release.GitTag, release.Commit, release.Overwrite), " ")})
		r.report.GitTag, r.report.Then = release.GitTag, "git push origin "+release.GitTag
		return nil
	}
	r.report.Then = release.Command()
	return nil
}

// hostOf is the registry's host that an image is pushed to.
func hostOf(image string) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return ""
	}
	return reference.Domain(named)
}
