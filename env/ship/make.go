package ship

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twindeck/twindeck/env/docker"
)

// made is what is known of an image that is being shipped.
type made struct {
	digest  string   // of what was built, kept or pushed
	digests []string // every digest it goes by
	built   bool     // in this run
}

// knows remembers digests that name an image and no other.
func (r *run) knows(ref, digest string, more ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.images[ref]
	if digest != "" {
		m.digest = digest
	}
	for _, d := range append([]string{digest}, more...) {
		if d != "" && !slices.Contains(m.digests, d) {
			m.digests = append(m.digests, d)
		}
	}
}

// alsoKnows remembers further digests of an image; the first known stays its
// own.
func (r *run) alsoKnows(ref string, digests ...string) {
	r.mu.Lock()
	own := r.images[ref].digest
	r.mu.Unlock()
	if own == "" {
		own = digests[0]
	}
	r.knows(ref, own, digests...)
}

// goesBy are the digests that name an image and no other, as far as is known.
func (r *run) goesBy(ref string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.images[ref].digests)
}

// tellOf tells of an image by its name, where there are several.
func (r *run) tellOf(image Image, e Event) {
	if r.plan.Several() {
		e.ImageName = image.Name
	}
	r.tell(e)
}

// of is the failure of one image, by its name where there are several.
func (r *run) of(image Image, f *Failure) *Failure {
	if r.plan.Several() {
		f.Image = image.Name
	}
	return f
}

// starts tells that the work on all images of a stage begins; on a single
// one, it tells which command does the same.
func (r *run) starts(does string, images []Image, command string) {
	if !r.plan.Several() {
		r.begin(does+" "+images[0].Ref, command)
		return
	}
	r.tell(Event{Kind: StageStarted, Text: fmt.Sprintf("%s %s", does, counted(len(images)))})
}

// counted is a number of images in words.
func counted(n int) string {
	if n == 1 {
		return "1 image"
	}
	return fmt.Sprintf("%d images", n)
}

// build builds what has changed, each image after those it needs.
func (r *run) build(ctx context.Context) *Failure {
	var images []Image
	for _, image := range r.plan.Ships() {
		if image.Action == KeepImage && r.keeps(ctx, image) {
			continue
		}
		images = append(images, image)
	}
	if len(images) == 0 {
		r.tell(Event{Kind: StageSkipped, Text: "nothing has changed: the engine has " + counted(len(r.plan.Ships()))})
		return nil
	}
	r.starts("building", images, buildCommand(r.plan, images[0].Build))
	if failure := each(ctx, images, r.buildImage); failure != nil {
		return failure
	}
	r.tell(Event{Kind: StageDone})
	return nil
}

// keeps reports whether the engine still has an image that need not be built.
func (r *run) keeps(ctx context.Context, image Image) bool {
	have, err := r.engine.Image(ctx, image.Ref)
	if err != nil {
		return false
	}
	r.known(image.Ref, have)
	r.tellOf(image, Event{Kind: ImageKept, Text: image.Why})
	return true
}

// known remembers what the engine knows an image by.
func (r *run) known(ref string, have docker.Image) {
	digest := have.Digest
	if digest == "" {
		digest = have.ID
	}
	r.knows(ref, digest, have.ID, have.Config)
	for _, d := range have.Digests {
		r.knows(ref, "", digestOf(d))
	}
}

func (r *run) buildImage(ctx context.Context, image Image) *Failure {
	if r.plan.Several() {
		r.tellOf(image, Event{Kind: Command, Text: buildCommand(r.plan, image.Build)})
	}
	result, err := r.engine.Build(ctx, image.Build, func(e docker.BuildEvent) {
		switch {
		case e.Step != nil:
			r.tellOf(image, Event{Kind: BuildStepped, Step: e.Step})
		case e.Log != nil:
			r.tellOf(image, Event{Kind: BuildLogged, Log: e.Log})
		case e.Warning != nil:
			r.tellOf(image, Event{Kind: BuildWarned, Warning: e.Warning})
		}
	})
	if err != nil {
		return r.of(image, buildFailure(err))
	}
	digest := result.Digest
	if digest == "" {
		digest = result.ImageID
	}
	r.knows(image.Ref, digest, result.ImageID, result.Config)
	r.mu.Lock()
	r.images[image.Ref].built = true
	r.mu.Unlock()
	r.tellOf(image, Event{Kind: BuildDone, Image: &result})
	return nil
}

// deliver pushes, or loads into nodes, what the manifests run. An image that
// is there already is delivered all the same: that moves no layer, and its
// digest comes back.
func (r *run) deliver(ctx context.Context) *Failure {
	if r.plan.Route == Shared {
		r.tell(Event{Kind: StageSkipped, Text: r.plan.RouteWhy})
		return nil
	}
	images := slices.DeleteFunc(r.plan.Ships(), func(i Image) bool { return !i.Used })
	if len(images) == 0 {
		r.tell(Event{Kind: StageSkipped, Text: "no manifest runs what was built"})
		return nil
	}
	does, command, move := "pushing", pushCommand, r.pushImage
	if r.plan.Route == Load {
		does, command, move = "loading into "+named(r.plan.Nodes)+":", loadCommand, r.loadImage
	}
	r.starts(does, images, command(r.plan, images[0].Ref))
	if failure := each(ctx, images, move); failure != nil {
		return failure
	}
	r.tell(Event{Kind: StageDone})
	return nil
}

func (r *run) pushImage(ctx context.Context, image Image) *Failure {
	if r.plan.Several() {
		r.tellOf(image, Event{Kind: Command, Text: pushCommand(r.plan, image.Ref)})
	}
	if err := r.nameForRegistry(ctx, image); err != nil {
		return r.of(image, deliverFailure(image.Ref, err))
	}
	result, failure := r.push(ctx, image)
	if failure != nil {
		return r.of(image, failure)
	}
	r.knows(image.Ref, result.Digest)
	r.tellOf(image, Event{Kind: PushDone, Pushed: &result})
	return nil
}

// nameForRegistry gives an image that was built before, under its plain name,
// the name the registry knows it by.
func (r *run) nameForRegistry(ctx context.Context, image Image) error {
	if r.plan.does(Build) {
		return nil
	}
	_, err := r.engine.Image(ctx, image.Ref)
	if !errors.Is(err, docker.ErrNotFound) {
		return err
	}
	plain := plainName(image.Ref)
	r.tellOf(image, Event{Kind: Command, Text: "docker tag " + plain + " " + image.Ref})
	if err := r.engine.Tag(ctx, plain, image.Ref); err != nil {
		return fmt.Errorf("naming %s for the registry: %w", plain, err)
	}
	return nil
}

// sumUp writes into the report what was shipped.
func (r *run) sumUp() {
	ships := r.plan.Ships()
	if !r.plan.Several() {
		if len(ships) == 1 {
			r.report.Digest = r.images[ships[0].Ref].digest
		}
		return
	}
	for _, image := range ships {
		m := r.images[image.Ref]
		r.report.Images = append(r.report.Images, ShippedImage{Name: image.Name, Image: image.Ref, Digest: m.digest, Built: m.built})
	}
}
