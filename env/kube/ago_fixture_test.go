package kube

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The restarts of a pod, as the server prints them, come with the time of the
// last one.
func TestFixtureRestartsComeWithTheirTime(t *testing.T) {
	c := inNamespace(t)
	ns, ctx := c.options.Namespace, deadline(t, time.Minute)
	text := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: fickle}\nspec: {terminationGracePeriodSeconds: 0, containers: [{name: app, image: %q, command: [sh, -c, \"exit 3\"]}]}\n", "twindeck.local/base:1")
	before := time.Now()
	if _, err := c.Apply(ctx, ns, read(t, c, text), nil); err != nil {
		t.Fatal(err)
	}
	o := follow(t, c, PodKind(), ns).await("a pod that was restarted", func(o Objects) bool {
		return o.row("fickle") != nil && strings.HasSuffix(o.cell(o.row("fickle"), "RESTARTS"), agoEnd)
	})
	column := -1
	for i := range o.Columns {
		if o.Columns[i].Name == "RESTARTS" {
			column = i
		}
	}
	count, at, behind, ok := o.row("fickle").Ago(column)
	if !ok || count != "1 (" || behind != " ago)" || at.Before(before.Add(-2*time.Second)) || at.After(time.Now()) {
		t.Errorf("%q, %v, %q, %v of %q: not one restart since %v", count, at, behind, ok, o.row("fickle").Cells[column], before)
	}
}
