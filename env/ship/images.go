package ship

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
	"github.com/twindeck/twindeck/env/project"
)

// Image is one of the project's images in a plan.
type Image struct {
	Name   string              `json:"name"`  // the last part of its repository
	Ref    string              `json:"image"` // full reference that is built and deployed
	Build  docker.BuildRequest `json:"-"`
	Needs  []string            `json:"needs,omitempty"` // names of those it is built from
	Action Action              `json:"action"`
	Why    string              `json:"why,omitempty"` // of the action, in half a sentence
	Used   bool                `json:"used"`          // a manifest runs it, as far as manifests are known
}

// Action is what becomes of an image.
type Action string

// The actions.
const (
	BuildImage Action = "build"
	KeepImage  Action = "keep"      // it is there already
	LeaveOut   Action = "leave out" // nobody asked for it
)

// Fate is what becomes of the image, in words.
func (i Image) Fate() string {
	switch i.Action {
	case KeepImage:
		if i.Why == "" {
			return "as it was built"
		}
		return i.Why
	case LeaveOut:
		return "left out: " + i.Why
	default:
		if len(i.Needs) > 0 {
			return "to build, after " + strings.Join(i.Needs, ", ")
		}
		return "to build"
	}
}

// Counted is how many of several images were shipped, in words.
func (r Report) Counted() string {
	built := 0
	for _, i := range r.Images {
		if i.Built {
			built++
		}
	}
	return fmt.Sprintf("%s, %d of them built", counted(len(r.Images)), built)
}

// Ships are the images that are not left out.
func (p Plan) Ships() []Image {
	return slices.DeleteFunc(slices.Clone(p.Images), func(i Image) bool { return i.Action == LeaveOut })
}

// Several reports whether the plan has to say which image it means.
func (p Plan) Several() bool { return len(p.Images) > 1 }

// subject is what is shipped, in words.
func (p Plan) subject() string {
	if p.Several() {
		return counted(len(p.Ships()))
	}
	return p.Image
}

// ourImages are the project's images; one made by hand has but a Dockerfile.
func ourImages(p project.Project) []project.Image {
	if len(p.Images) > 1 {
		return p.Images
	}
	one := project.Image{Context: p.Context}
	if len(p.Images) == 1 {
		one = p.Images[0]
	}
	one.Name, one.Dockerfile, one.Tag = p.Name, p.Dockerfile, p.Version.Tag
	return []project.Image{one}
}

// imageNames are the names of the project's images that are used for a deploy.
func (w *planner) imageNames() []string {
	var names []string
	for _, i := range ourImages(w.plan.Project) {
		names = append(names, i.Name)
	}
	return names
}

// choose says which images the plan is about, by name: those that were asked
// for, or those the manifests run, or all; with those they are built from.
func (w *planner) choose(s *sight) {
	all := ourImages(w.plan.Project)
	names := w.imageNames()
	w.used = used(s.written, names)
	asked := w.options.Images
	for _, name := range asked {
		if !slices.Contains(names, name) {
			w.problem(Problem{
				Fatal: true, Stage: Build, Text: fmt.Sprintf("the project has no image %q", name),
				Do: "choose from " + strings.Join(names, ", "),
			})
		}
	}
	switch {
	case len(asked) > 0 && w.plan.does(Deploy):
		asked = together(s.written, names, asked)
	case len(asked) > 0:
	case w.plan.does(Deploy) && len(w.used) > 0 && len(all) > 1:
		asked = w.used
	default:
		asked = names
	}
	w.chosen = map[string]bool{}
	for _, name := range asked {
		w.chosen[name] = true
	}
	for _, i := range slices.Backward(all) { // each comes after those it needs
		for _, need := range i.Needs {
			w.chosen[need] = w.chosen[need] || w.chosen[i.Name]
		}
	}
}

// used are the names that manifests run.
func used(written []kube.Manifest, names []string) []string {
	var out []string
	for _, m := range written {
		for _, image := range m.Images {
			if name := project.LastPart(image); slices.Contains(names, name) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// together adds to the images asked for those that run in the same workloads:
// a pod is replaced as a whole.
func together(written []kube.Manifest, names, asked []string) []string {
	out := slices.Clone(asked)
	for more := true; more; {
		more = false
		for _, m := range written {
			ours := used([]kube.Manifest{m}, names)
			if !slices.ContainsFunc(ours, func(name string) bool { return slices.Contains(out, name) }) {
				continue
			}
			for _, name := range ours {
				if !slices.Contains(out, name) {
					out, more = append(out, name), true
				}
			}
		}
	}
	return out
}

// nameImages makes each image's full reference and the request to build it.
func (w *planner) nameImages(now time.Time) {
	if !w.hasImage() {
		return
	}
	all := ourImages(w.plan.Project)
	if len(all) > 1 {
		w.oneOnly()
	}
	refs := map[string]string{}
	for _, from := range all {
		build, err := w.options.request(from)
		if err != nil {
			w.problem(Problem{Fatal: true, Stage: Build, File: from.File, Line: from.Line, Text: fmt.Sprintf("image %s: %v", from.Name, err)})
		}
		tag, bad := makeTag(from, w.options, build, now)
		if bad != nil {
			w.problemOnce(*bad)
		}
		if bad := checkName(w.registry, from.Name, tag); bad != nil {
			w.problem(*bad)
		}
		image := Image{Name: from.Name, Ref: from.Name + ":" + tag, Needs: from.Needs, Action: BuildImage, Used: true}
		if w.registry != "" {
			image.Ref = w.registry + "/" + image.Ref
		}
		if len(w.used) > 0 {
			image.Used = slices.Contains(w.used, from.Name)
		}
		refs[image.Name] = image.Ref
		for name, base := range from.Bases {
			if build.Contexts == nil {
				build.Contexts = map[string]string{}
			}
			looked, err := docker.ContextName(name)
			if err != nil {
				looked = name // the builder says what is wrong with it
			}
			build.Contexts[looked] = "docker-image://" + refs[base]
		}
		build.Context, build.Dockerfile, build.Tag = from.Context, from.Dockerfile, image.Ref
		image.Build = build
		if !w.chosen[image.Name] {
			image.Action, image.Why = LeaveOut, "no manifest runs it"
			if len(w.options.Images) > 0 {
				image.Why = "it was not asked for"
			}
		}
		w.plan.Images = append(w.plan.Images, image)
	}
	if len(all) == 1 {
		w.plan.Image, w.plan.Build = w.plan.Images[0].Ref, w.plan.Images[0].Build
	}
}

// oneOnly refuses options that mean one image where there are several.
func (w *planner) oneOnly() {
	chosen := 0
	for _, yes := range w.chosen {
		if yes {
			chosen++
		}
	}
	if w.options.Build.Target != "" && chosen > 1 {
		w.problem(Problem{
			Fatal: true, Stage: Build, Text: fmt.Sprintf("the stage %s was asked for, and there are %d images to build", w.options.Build.Target, chosen),
			Do: "choose one with --image NAME, or write the target into .twindeck.yaml or the Compose file",
		})
	}
}

// request is what a person asked for, on top of what the project says of an image.
func (o Options) request(i project.Image) (docker.BuildRequest, error) {
	build := o.Build
	if build.Target == "" {
		build.Target = i.Target
	}
	if build.Platform == "" {
		build.Platform = strings.Join(i.Platforms, ",")
	}
	build.Args = over(i.Args, o.Build.Args)
	build.Labels = over(i.Labels, o.Build.Labels)
	build.Contexts = over(i.Contexts, o.Build.Contexts)
	var said docker.BuildRequest
	for _, option := range i.Options {
		if err := docker.SetBuildOption(&said, option.Name, option.Value); err != nil {
			return build, fmt.Errorf("its %s %s cannot be used: %w", option.Name, option.Value, err)
		}
	}
	build.Secrets, build.SSH = slices.Concat(said.Secrets, build.Secrets), slices.Concat(said.SSH, build.SSH)
	build.CacheFrom, build.CacheTo = slices.Concat(said.CacheFrom, build.CacheFrom), slices.Concat(said.CacheTo, build.CacheTo)
	build.AddHosts, build.Ulimits = slices.Concat(said.AddHosts, build.AddHosts), slices.Concat(said.Ulimits, build.Ulimits)
	build.Attests = over(said.Attests, build.Attests)
	if build.Network == "" {
		build.Network = said.Network
	}
	if build.ShmSize == 0 {
		build.ShmSize = said.ShmSize
	}
	return build, nil
}

// over is the first map with the second's values on top; nil if it is empty.
func over(first, second map[string]string) map[string]string {
	all := maps.Clone(first)
	if all == nil && len(second) > 0 {
		all = map[string]string{}
	}
	maps.Copy(all, second)
	if len(all) == 0 {
		return nil
	}
	return all
}

// keepUnchanged finds the images that need not be built: their tags stand for
// what is in them, and the engine has them. An image alone is built all the
// same, which its cache makes cheap, as docker build would.
func (w *planner) keepUnchanged(ctx context.Context, s *sight) {
	if !w.plan.Several() || s.infoErr != nil || !w.plan.does(Build) || w.options.Tag != "" || w.options.Build.Renewed() {
		return
	}
	for i := range w.plan.Images {
		image := &w.plan.Images[i]
		if image.Action != BuildImage {
			continue
		}
		if _, err := w.engine.Image(ctx, image.Ref); err == nil {
			image.Action, image.Why = KeepImage, "unchanged: the engine has it"
		}
	}
}

// refs are the references that stand for our images in the manifests, by name.
func (p Plan) refs() map[string]string {
	all := map[string]string{}
	for _, i := range p.Ships() {
		all[i.Name] = i.Ref
	}
	return all
}

// concerned leaves out workloads that run images of ours, but none that this
// plan is about: what they run would not be there.
func (w *planner) concerned(manifests []kube.Manifest) []kube.Manifest {
	names := w.imageNames()
	if len(w.options.Images) == 0 {
		return manifests
	}
	return slices.DeleteFunc(manifests, func(m kube.Manifest) bool {
		ours := used([]kube.Manifest{m}, names)
		return len(ours) > 0 && !slices.ContainsFunc(ours, func(name string) bool { return w.chosen[name] })
	})
}
