package kube

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// A list of pods is whole, in however many pages it comes.
func TestPods(t *testing.T) {
	t.Parallel()
	f := newFakeAPI(t, "a", "b", "c")
	pods, err := f.client().Pods(deadline(t, callLimit), "shop")
	var names []string
	for _, p := range pods {
		names = append(names, p.Namespace+"/"+p.Name)
	}
	if want := []string{"shop/a", "shop/b", "shop/c"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, %v; want %q", names, err, want)
	}
	if _, err := openServer(t, "http://"+hang(t), "").Pods(deadline(t, 200*time.Millisecond), ""); !errors.Is(err, ErrTimeout) {
		t.Errorf("of a server that never answers: %v", err)
	}
}
