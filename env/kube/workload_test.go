package kube

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A kind that something else brought is not taken for Kubernetes' own of the same name.
func TestKindsOfTheSameNameAreNotRolledOver(t *testing.T) {
	server := &conn{} // that must not be asked
	for _, kind := range []string{"StatefulSet", "DaemonSet", "Deployment", "ReplicaSet"} {
		owner := ownerIn(&metav1.OwnerReference{APIVersion: "apps.kruise.io/v1beta1", Kind: kind, Name: "web"})
		over, err := server.rollable(t.Context(), "default", owner)
		if over != owner || err != nil {
			t.Errorf("for %v, %v is rolled over: %v", owner, over, err)
		}
		if done, err := server.roll(t.Context(), "default", over); done || err != nil {
			t.Errorf("%v was rolled over: %v, %v", owner, done, err)
		}
	}
}
