package kube

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func TestHopelessly(t *testing.T) {
	for name, tc := range map[string]struct {
		status  string // of the one container
		retries bool
		says    string // "": may still come up
	}{
		"starting":               {`{name: a, state: {waiting: {reason: ContainerCreating}}}`, false, ""},
		"first pull failed":      {`{name: a, state: {waiting: {reason: ErrImagePull}}}`, false, ""},
		"pull failed again":      {`{name: a, state: {waiting: {reason: ImagePullBackOff, message: not found}}}`, false, "ImagePullBackOff: not found"},
		"image never there":      {`{name: a, state: {waiting: {reason: ErrImageNeverPull}}}`, true, "ErrImageNeverPull"},
		"missing ConfigMap":      {`{name: a, state: {waiting: {reason: CreateContainerConfigError, message: configmap x not found}}}`, false, "configmap"},
		"first crash":            {`{name: a, restartCount: 0, state: {terminated: {exitCode: 1}}}`, false, ""},
		"second crash":           {`{name: a, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}`, false, ""},
		"third crash":            {`{name: a, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 7}}}`, false, "exit code 7"},
		"third crash, just now":  {`{name: a, restartCount: 2, state: {terminated: {exitCode: 7}}}`, false, "exit code 7"},
		"third crash of a Job":   {`{name: a, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 7}}}`, true, ""},
		"third end, with code 0": {`{name: a, restartCount: 2, state: {terminated: {exitCode: 0, reason: Completed}}}`, false, "exit code 0, Completed"},
		"prepared at last":       {`{name: i, restartCount: 2, state: {terminated: {exitCode: 0, reason: Completed}}}`, false, ""},
		"runs after two crashes": {`{name: a, restartCount: 2, state: {running: {}}, lastState: {terminated: {exitCode: 7}}}`, false, ""},
		"cannot be started":      {`{name: a, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 128, reason: StartError, message: no such file}}}`, false, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var pod corev1.Pod
			text := "{spec: {restartPolicy: Always, initContainers: [{name: i}], containers: [{name: a}]}, status: {containerStatuses: [" + tc.status + "]}}"
			if err := yaml.UnmarshalStrict([]byte(text), &pod); err != nil {
				t.Fatal(err)
			}
			err := hopelessly(&pod, tc.retries)
			if (err == nil) != (tc.says == "") || err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %q", err, tc.says)
			}
		})
	}
}
