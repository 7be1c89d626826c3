package link

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 3*LongestLine)
	got, err := Lines(strings.NewReader("one\n"+long+"\nthree\nfour"), 3)
	if want := []string{"one", long[:LongestLine], "three"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%d lines, %v", len(got), err)
	}
	if got, err := Lines(strings.NewReader("one\ntwo"), 9); err != nil || !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("%q, %v", got, err)
	}
	broken := io.MultiReader(strings.NewReader("one\n"), iotest.ErrReader(iotest.ErrTimeout))
	if got, err := Lines(broken, 9); !errors.Is(err, iotest.ErrTimeout) || !slices.Equal(got, []string{"one"}) {
		t.Errorf("%q, %v", got, err)
	}
}
