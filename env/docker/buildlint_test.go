package docker

import (
	"errors"
	"testing"
)

func TestLintFindings(t *testing.T) {
	got, err := lintFindings([]byte(`{"warnings":[{"ruleName":"StageNameCasing","description":"Stage names should be lowercase","url":"https://example.com","detail":"Stage name 'A' should be lowercase",
		"location":{"ranges":[{"start":{"line":3},"end":{"line":3}}]}},{"ruleName":"X","detail":"x","location":{}}],"sources":[]}`), "/a/Dockerfile")
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	want := BuildWarning{Rule: "StageNameCasing", Text: "Stage name 'A' should be lowercase", Detail: "Stage names should be lowercase", URL: "https://example.com", File: "/a/Dockerfile", Line: 3}
	if got[0] != want || got[1].Line != 0 {
		t.Errorf("got %+v", got)
	}
	_, err = lintFindings([]byte(`{"buildError":{"message":"no such stage","location":{"ranges":[{"start":{"line":2}}]}}}`), "/a/Dockerfile")
	var broken *BuildError
	if !errors.As(err, &broken) || broken.Line != 2 || broken.Error() != "no such stage" {
		t.Errorf("got %v", err)
	}
	if _, err := lintFindings(nil, "/a/Dockerfile"); err == nil {
		t.Error("no answer is no error")
	}
}
