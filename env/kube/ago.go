package kube

import (
	"strings"
	"time"
)

// Some cells tell how long ago something was behind what they count: RESTARTS
// of a pod is "3 (5m ago)". The server wrote that when it sent the row, and
// sends no other while the pod does not change. Such a cell is kept with the
// time that it counts from in the place of the age, as the cells of an age
// column are, and goes on as they do.
const agoEnd = " ago)"

// agoCell is such a text with the time in it, counted back from now; ok is
// false for a text that tells no age.
func agoCell(text string, now time.Time) (cell string, ok bool) {
	before, age, ok := cutAgo(text)
	if !ok {
		return "", false
	}
	d, ok := duration(age)
	if !ok {
		return "", false
	}
	return before + timeCell(now.Add(-d)) + agoEnd, true
}

// cutAgo finds what stands in the place of the age.
func cutAgo(text string) (before, age string, ok bool) {
	rest, ok := strings.CutSuffix(text, agoEnd)
	open := strings.LastIndexByte(rest, '(') + 1
	return text[:open], rest[open:], ok && open > 0
}

// Ago takes a cell apart that tells how long ago something was: what stands
// before the age, the time that it counts from, and what stands behind it. ok
// is false for all others.
func (o *Object) Ago(column int) (before string, at time.Time, behind string, ok bool) {
	if column >= len(o.Cells) {
		return "", time.Time{}, "", false
	}
	before, age, ok := cutAgo(o.Cells[column])
	if !ok || !isTime(age) {
		return "", time.Time{}, "", false
	}
	at, err := time.Parse(time.RFC3339, age)
	return before, at, agoEnd, err == nil
}
