package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// atOnce is how many dry runs are under way together.
const atOnce = 4

// Change is what applying an object did or would do.
type Change string

// The changes.
const (
	Created   Change = "created"
	Updated   Change = "configured"
	Unchanged Change = "unchanged"
)

// Applied is one object after (or, in a dry run, before) its apply.
type Applied struct {
	Ref    Ref    `json:"ref"`
	Change Change `json:"change"`
	Diff   string `json:"diff,omitempty"` // unified diff of the YAML, live against wanted; "" when unchanged; secrets masked
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	// Pulls are the pull policies of its containers as the cluster would have
	// them: what a manifest leaves out, the cluster may have from before.
	Pulls []PullPolicy `json:"-"`
}

// DryRun asks the server what applying ms would do, in their order, and
// changes nothing. Namespace is where objects go that name none; "" is the
// context's. What the server refuses is returned as *ManifestError, all joined.
func (c *Client) DryRun(ctx context.Context, namespace string, ms []Manifest) ([]Applied, error) {
	cn, err := c.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("comparing manifests with the cluster: %w", err)
	}
	ts, err := cn.targets(namespace, ms)
	if err != nil {
		return nil, err
	}
	return cn.dryRun(ctx, ts)
}

func (cn *conn) dryRun(ctx context.Context, ts []target) ([]Applied, error) {
	results, problems := make([]Applied, len(ts)), make([]error, len(ts))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i := range ts {
		g.Go(func() error {
			results[i], problems[i] = cn.put(ctx, &ts[i], true)
			return nil
		})
	}
	_ = g.Wait() // the errors are in problems, all of them
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return results, nil
}

// Apply validates all of ms with a dry run, then applies them one by one:
// what others stand on first. It returns what was applied even when a later
// one fails.
func (c *Client) Apply(ctx context.Context, namespace string, ms []Manifest, news func(Applied)) ([]Applied, error) {
	cn, err := c.connected(ctx)
	if err != nil {
		return nil, fmt.Errorf("applying manifests: %w", err)
	}
	ts, err := cn.targets(namespace, ms)
	if err != nil {
		return nil, err
	}
	if _, err := cn.dryRun(ctx, ts); err != nil {
		return nil, err
	}
	byRank(ts)
	var done []Applied
	for i := range ts {
		if ts[i].client == nil {
			if err := cn.awaitKind(ctx, &ts[i], namespace); err != nil {
				return done, err
			}
		}
		a, err := cn.put(ctx, &ts[i], false)
		if err != nil {
			return done, err
		}
		done = append(done, a)
		if news != nil {
			news(a)
		}
	}
	return done, nil
}

// put applies one object, or only asks what that would do.
func (cn *conn) put(ctx context.Context, t *target, dry bool) (Applied, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	out := Applied{Ref: t.ref, File: t.File, Line: t.Line}
	live, result, err := cn.exchange(ctx, t, dry)
	if err != nil {
		return out, err
	}
	out.Pulls = pullPolicies(result.Object)
	out.Change, out.Diff, err = compare(live, result)
	return out, err
}

// exchange returns the object before and after; before is nil if there was none.
func (cn *conn) exchange(ctx context.Context, t *target, dry bool) (before, after *unstructured.Unstructured, err error) {
	if t.client == nil {
		return nil, t.object, nil // its kind comes first; there is nobody to ask
	}
	before, err = t.client.Get(ctx, t.ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		before = nil
	} else if err != nil {
		return nil, nil, cn.refused(t, err)
	}
	data, err := json.Marshal(t.object.Object)
	if err != nil {
		return nil, nil, t.fail(0, "", fmt.Errorf("writing it as JSON: %w", err))
	}
	force := false
	o := metav1.PatchOptions{FieldManager: manager, FieldValidation: metav1.FieldValidationStrict, Force: &force}
	if dry {
		o.DryRun = []string{metav1.DryRunAll}
	}
	after, err = t.client.Patch(ctx, t.ref.Name, types.ApplyPatchType, data, o)
	if apierrors.IsConflict(err) && ours(err) {
		force = true
		after, err = t.client.Patch(ctx, t.ref.Name, types.ApplyPatchType, data, o)
	}
	switch {
	case err == nil:
		return before, after, nil
	case dry && t.made && apierrors.IsNotFound(err):
		return nil, t.object, nil // its namespace comes first
	}
	return nil, nil, cn.refused(t, err)
}

var conflictWith = regexp.MustCompile(`conflict with "([^"]+)"`)

// holders are the field managers that a conflict names.
func holders(err error) []string {
	var (
		status apierrors.APIStatus
		names  []string
	)
	if errors.As(err, &status) && status.Status().Details != nil {
		for _, cause := range status.Status().Details.Causes {
			if m := conflictWith.FindStringSubmatch(cause.Message); m != nil && !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// ours says whether all fields in conflict are held by a person's own earlier
// commands: kubectl's or twindeck's (scale, restart, roll back). Those a
// manifest may take over; a controller's or another tool's it may not.
func ours(err error) bool {
	names := holders(err)
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool {
		return name != manager && name != "kubectl" && !strings.HasPrefix(name, "kubectl-")
	})
}

// refused places the server's answer in the manifest; a failed connection is
// no fault of the manifest.
func (cn *conn) refused(t *target, err error) error {
	var status apierrors.APIStatus
	doing := "applying " + t.ref.String()
	if !errors.As(err, &status) || apierrors.IsUnauthorized(err) || apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) ||
		apierrors.IsServiceUnavailable(err) || apierrors.IsTooManyRequests(err) {
		return explain(doing, cn.at, err)
	}
	root, line := t.node(), 0
	for _, path := range fieldPaths(status.Status()) {
		if line = lineOf(root, path); line > 0 {
			break
		}
	}
	_, kind := classify(err, cn.at)
	err = refusal{kind, err}
	hint := ""
	names := holders(err)
	switch text := err.Error(); {
	case len(names) > 0:
		hint = "leave the field out of the manifest, or take it over: kubectl apply --server-side --force-conflicts --field-manager=" + manager
		err = fmt.Errorf("held by %s: %w", strings.Join(names, ", "), err)
	case strings.Contains(text, "field is immutable"):
		hint = "this field cannot be changed: delete the object and apply it again, or undo the change"
	case strings.Contains(text, "namespaces \"") && apierrors.IsNotFound(err):
		hint = "make the namespace first: kubectl create namespace " + t.ref.Namespace
	case strings.Contains(text, "field not declared in schema"), strings.Contains(text, "unknown field"):
		hint = "check its spelling and indentation; kubectl explain " + strings.ToLower(t.ref.Kind) + " lists the fields"
	}
	return t.fail(line, hint, err)
}

// refusal is the server's own answer, of a kind that errors.Is knows, or of none.
type refusal struct{ kind, err error }

// Error is the server's text.
func (r refusal) Error() string { return withoutDumps(r.err.Error()) }

// Unwrap gives kind and answer.
func (r refusal) Unwrap() []error {
	if r.kind == nil {
		return []error{r.err}
	}
	return []error{r.kind, r.err}
}

var fieldPath = regexp.MustCompile(`unknown field "([^"]+)"|\.([A-Za-z][^\s:]*(?:\[[^\]]*\][^\s:]*)*): (?:field not declared|expected|duplicate)`)

// fieldPaths are the fields that an answer speaks of.
func fieldPaths(s metav1.Status) []string {
	var paths []string
	if s.Details != nil {
		for _, cause := range s.Details.Causes {
			if cause.Field != "" {
				paths = append(paths, cause.Field)
			}
		}
	}
	for _, m := range fieldPath.FindAllStringSubmatch(s.Message, -1) {
		paths = append(paths, m[1]+m[2])
	}
	return paths
}
