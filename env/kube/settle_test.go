package kube

import (
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

// A container without a probe must be seen ready for a while, however long ago it
// started, unless it was up before anybody looked.
func TestStaysUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		started time.Duration // from when it is looked at on
		seen    time.Duration // when it is seen to be ready
		probed  bool
		again   bool // it starts again a second after
		after   time.Duration
	}{
		"seen at once":               {started: time.Second, seen: time.Second, after: settle},
		"the news of its start late": {started: time.Second, seen: 10 * time.Second, after: settle},
		"it starts again":            {started: time.Second, seen: time.Second, again: true, after: settle + time.Second},
		"up for long":                {started: -time.Hour},
		"just up":                    {started: -2 * time.Second, after: settle},
		"probed":                     {started: time.Second, seen: time.Second, probed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &follower{poke: make(chan struct{}, 1), began: time.Now()}
				f.pods = cache.NewSharedIndexInformer(&cache.ListWatch{}, &corev1.Pod{}, 0, cache.Indexers{})
				pod := func(started time.Time, restarts int32) {
					p := &corev1.Pod{
						ObjectMeta: metav1.ObjectMeta{Name: "web"},
						Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main"}}},
						Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
							Name: "main", RestartCount: restarts, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(started)}},
						}}},
					}
					if c.probed {
						p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{}
					}
					if err := f.pods.GetStore().Add(p); err != nil {
						t.Fatal(err)
					}
				}
				pod(f.began.Add(c.started), 0)
				time.Sleep(c.seen)
				seen := time.Now()
				if c.again {
					if f.staysUp() {
						t.Fatal("it is believed at once")
					}
					time.Sleep(time.Second)
					pod(time.Now(), 1)
				}
				for !f.staysUp() {
					<-f.poke // it arranges for that itself
				}
				if got := time.Since(seen); got != c.after {
					t.Errorf("it is believed after %s, want %s", got, c.after)
				}
			})
		})
	}
}
