package kube

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	secretsPath = "/api/v1/namespaces/shop/secrets"
	accountPath = "/api/v1/namespaces/shop/serviceaccounts/default"
	webPath     = "/apis/apps/v1/namespaces/shop/deployments/web"
)

func TestPullSecret(t *testing.T) {
	s := &shopAPI{other: map[string]string{
		"POST " + secretsPath:            "{kind: Secret, apiVersion: v1, metadata: {name: login}}",
		"PATCH " + accountPath:           "{kind: ServiceAccount, apiVersion: v1, metadata: {name: default}}",
		"DELETE " + secretsPath + "/reg": "{kind: Status, apiVersion: v1, status: Success}",
	}}
	c := s.client(t)
	if err := c.AddPullSecret(t.Context(), "shop", "reg", "default", []byte(`{"auths":{}}`)); err != nil {
		t.Fatal(err)
	}
	// What the client sends may be protobuf; the patch is JSON always.
	if made := s.requests("POST " + secretsPath); len(made) != 1 {
		t.Errorf("made %v", made)
	}
	if got := s.requests("PATCH " + accountPath); !slices.Equal(got, []string{"PATCH " + accountPath + ` {"imagePullSecrets":[{"name":"reg"}]}`}) {
		t.Errorf("patched %v", got)
	}
	if err := c.RemovePullSecret(t.Context(), "shop", "reg", "default"); err != nil {
		t.Fatal(err)
	}
	if got := s.requests("PATCH " + accountPath); len(got) != 2 || !strings.Contains(got[1], `{"$patch":"delete","name":"reg"}`) {
		t.Errorf("patched %v", got)
	}
	if len(s.requests("DELETE "+secretsPath+"/reg")) != 1 {
		t.Error("the secret was left")
	}
	if err := c.RemovePullSecret(t.Context(), "shop", "gone", "default"); err != nil {
		t.Errorf("what is gone already: %v", err)
	}
}

// A secret of that name that somebody else made is not touched.
func TestPullSecretOfSomebodyElse(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.Method {
		case http.MethodPost:
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"AlreadyExists","code":409}`))
		case http.MethodGet:
			_, _ = w.Write([]byte(`{"kind":"Secret","apiVersion":"v1","metadata":{"name":"reg"}}`))
		default:
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
	}))
	defer srv.Close()
	err := openServer(t, srv.URL, "").AddPullSecret(t.Context(), "shop", "reg", "default", []byte("{}"))
	if err == nil || !strings.Contains(err.Error(), "not twindeck's") {
		t.Errorf("got %v", err)
	}
}

func TestSetPullPolicy(t *testing.T) {
	s := &shopAPI{other: map[string]string{"PATCH " + webPath: "{kind: Deployment, apiVersion: apps/v1, metadata: {name: web}}"}}
	c := s.client(t)
	if err := c.SetPullPolicy(t.Context(), "shop", Owner{Kind: "Deployment", Name: "web"}, []Container{{Name: "migrate", Init: true}, {Name: "a"}}, "IfNotPresent"); err != nil {
		t.Fatal(err)
	}
	want := "PATCH " + webPath + ` {"spec":{"template":{"spec":{"containers":[{"imagePullPolicy":"IfNotPresent","name":"a"}],"initContainers":[{"imagePullPolicy":"IfNotPresent","name":"migrate"}]}}}}`
	if got := s.requests("PATCH "); !slices.Equal(got, []string{want}) {
		t.Errorf("sent %v", got)
	}
	if err := c.SetPullPolicy(t.Context(), "shop", Owner{Kind: "Job", Name: "once"}, []Container{{Name: "a"}}, "Always"); err == nil || !strings.Contains(err.Error(), "cannot be changed") {
		t.Errorf("got %v", err)
	}
}

func TestMetrics(t *testing.T) {
	for want, answer := range map[Metrics]int{MetricsThere: 200, MetricsAbsent: 404, MetricsBlocked: 503} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(answer) }))
		if got, err := openServer(t, srv.URL, "").Metrics(t.Context()); got != want || err != nil {
			t.Errorf("%d: %s, %v", answer, got, err)
		}
		srv.Close()
	}
}

func TestCertificateEnd(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	end, err := openServer(t, srv.URL, ", certificate-authority-data: "+base64.StdEncoding.EncodeToString(ca)).CertificateEnd(t.Context())
	if err != nil || !end.Equal(parse(t, ca).NotAfter) {
		t.Errorf("%v, %v", end, err)
	}
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer plain.Close()
	if end, err := openServer(t, plain.URL, "").CertificateEnd(t.Context()); err != nil || !end.IsZero() {
		t.Errorf("without TLS: %v, %v", end, err)
	}
}

func parse(t *testing.T, data []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(data)
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestServices(t *testing.T) {
	s := &shopAPI{other: map[string]string{"/api/v1/services": `{kind: ServiceList, apiVersion: v1, metadata: {}, items: [
		{metadata: {namespace: shop, name: inner}, spec: {type: ClusterIP, ports: [{port: 80}]}},
		{metadata: {namespace: shop, name: web, creationTimestamp: "2026-11-22T10:00:00Z"}, spec: {type: LoadBalancer, ports: [{port: 80, nodePort: 30080}, {port: 53, protocol: UDP}]}},
		{metadata: {namespace: shop, name: api}, spec: {type: LoadBalancer, ports: [{port: 81}]}, status: {loadBalancer: {ingress: [{hostname: localhost}, {ip: 10.0.0.1}]}}}]}`}}
	got, err := s.client(t).Services(t.Context(), "")
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if w := got[0]; w.Name != "web" || !slices.Equal(w.Ports, []ServicePort{{80, 30080}}) || w.Addresses != nil || !w.Created.Equal(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", w)
	}
	if !slices.Equal(got[1].Addresses, []string{"localhost", "10.0.0.1"}) {
		t.Errorf("%+v", got[1])
	}
}

func TestRules(t *testing.T) {
	s := &shopAPI{other: map[string]string{"POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews": `{kind: SelfSubjectRulesReview, apiVersion: authorization.k8s.io/v1, metadata: {}, spec: {}, status: {incomplete: false, nonResourceRules: [], resourceRules: [
		{verbs: [create], apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews]}, {verbs: [get, list], apiGroups: [""], resources: [pods, pods/log]}]}}`}}
	rules, whole, err := s.client(t).Rules(t.Context(), "shop")
	if err != nil || !whole || !slices.Equal(rules, []string{"get,list pods,pods/log"}) {
		t.Errorf("%v, %t, %v", rules, whole, err)
	}
}
