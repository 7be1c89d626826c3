package checks

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/twindeck/twindeck/env/docker"
	"github.com/twindeck/twindeck/env/kube"
)

// What works today and will not for long.

func probeServerCertificateEnd(ctx context.Context, m *Machine) Finding {
	end, err := once(ctx, &m.facts, "certificate end", m.Kube.CertificateEnd)
	if err != nil {
		return notHere("The certificate cannot be looked at").saw("TLS", "%v", err)
	}
	if end.IsZero() {
		return notHere("The API server shows no certificate")
	}
	f := ok("Valid until %s", end.Format("2 January 2006")).saw("TLS: not after", "%s", end.UTC().Format(time.RFC3339))
	left := end.Sub(m.Host.Now())
	if left >= soon {
		return f
	}
	f.Status = Warn
	f.Summary = fmt.Sprintf("The API server's certificate expires in %d days, on %s", int(left.Hours()/24), end.Format("2 January 2006"))
	return f.byHand(saveCluster,
		"k3d and kind: start the cluster anew, or make another; minikube start renews it",
		"Docker Desktop → Settings → Kubernetes → Reset cluster: new certificates, and everything in the cluster is deleted",
		"With kubeadm elsewhere: kubeadm certs renew all")
}

// saveCluster is how to keep what a reset would delete.
const saveCluster = "Save what is in the cluster: kubectl get all,configmap,secret,pvc,ingress --all-namespaces --output yaml > cluster.yaml"

// tokenSoon is how long before a token ends one should hear of it: many live
// for a day or less, and are renewed by hand.
const tokenSoon = 12 * time.Hour

func probeToken(ctx context.Context, m *Machine) Finding {
	u, err := m.kubeUser(ctx)
	if err != nil {
		return fail("The user cannot be read").saw("kubeconfig", "%v", err)
	}
	if u.Token == "" {
		return notHere("The user has no token in the kubeconfig")
	}
	end := jwtEnd(u.Token)
	if end.IsZero() {
		return ok("It says no end").saw(u.file+": token", "a token without an expiry")
	}
	return m.untilFinding("The token in the kubeconfig", end).saw(u.file+": token", "valid until %s", end.UTC().Format(time.RFC3339))
}

// untilFinding words the end of a token: over, near or far.
func (m *Machine) untilFinding(what string, end time.Time) Finding {
	left := end.Sub(m.Host.Now())
	at := end.UTC().Format("2 January 2006 15:04 MST")
	switch {
	case left <= 0:
		return fail("%s expired on %s", what, at).byHand("Log in again, as you did when you got it")
	case left < tokenSoon:
		return warn("%s expires in %s", what, left.Round(time.Minute)).byHand("Log in again before " + at)
	}
	return ok("%s is valid until %s", what, at)
}

// jwtEnd is the expiry of a JSON Web Token; zero if it says none, or is none.
func jwtEnd(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		End json.Number `json:"exp"`
	}
	if json.Unmarshal(data, &claims) != nil {
		return time.Time{}
	}
	return unixTime(claims.End)
}

// loginEnd is when a stored login ends; zero if it does not say. Amazon ECR's
// passwords are base64 of an object with an expiration; others are JWTs.
func loginEnd(l docker.Login) time.Time {
	if end := jwtEnd(l.Secret()); !end.IsZero() {
		return end
	}
	data, err := base64.StdEncoding.DecodeString(l.Secret())
	if err != nil {
		return time.Time{}
	}
	var ecr struct {
		Expiration json.Number `json:"expiration"`
	}
	if json.Unmarshal(data, &ecr) != nil {
		return time.Time{}
	}
	return unixTime(ecr.Expiration)
}

func unixTime(seconds json.Number) time.Time {
	f, err := seconds.Float64()
	if err != nil || f <= 0 || f > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(f), 0)
}

func probeMetrics(ctx context.Context, m *Machine) Finding {
	const manifest = "https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml"
	state, err := once(ctx, &m.facts, "metrics", m.Kube.Metrics)
	switch {
	case err != nil:
		return notHere("The metrics API cannot be asked").saw("GET /apis/metrics.k8s.io", "%v", err)
	case state == kube.MetricsAbsent:
		return notHere("No metrics-server; only kubectl top and autoscalers need it").
			saw("GET /apis/metrics.k8s.io/v1beta1", "404").
			byHand("kubectl apply -f "+manifest, insecureMetrics)
	case state == kube.MetricsBlocked:
		return warn("The metrics API is registered and does not answer").
			saw("GET /apis/metrics.k8s.io/v1beta1", "503 service unavailable").
			byHand("kubectl -n kube-system get pods -l k8s-app=metrics-server shows its pod",
				"In clusters on this machine its kubelets' certificates are their own: "+insecureMetrics)
	}
	return ok("It answers").saw("GET /apis/metrics.k8s.io/v1beta1", "200")
}

// insecureMetrics lets metrics-server ask kubelets whose certificates no CA signed.
const insecureMetrics = `kubectl -n kube-system patch deployment metrics-server --type json -p '[{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"--kubelet-insecure-tls"}]'`
