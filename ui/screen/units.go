package screen

import (
	"fmt"
	"strconv"
	"time"
)

// Age writes how long ago t was, in one unit: 3s 5m 2h 4d 2y; "-" for a zero
// time, 0s for one to come.
func Age(now, t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return Span(now.Sub(t))
}

// Ago writes how long ago t was, in words: just now, 5m ago.
func Ago(now, t time.Time) string {
	if age := Age(now, t); age != "0s" {
		return age + " ago"
	}
	return "just now"
}

// Span writes a duration in one unit, rounded down.
func Span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return "0s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < day:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	case d < 2*365*day:
		return strconv.Itoa(int(d/day)) + "d"
	}
	return strconv.Itoa(int(d/(365*day))) + "y"
}

// Bytes writes an amount of bytes in at most four characters, in powers of
// 1024 as docker stats and kubectl top do: 31M, 1.2G.
func Bytes(n int64) string {
	if n < 1024 {
		return strconv.FormatInt(max(n, 0), 10) + "B"
	}
	v := float64(n)
	for _, unit := range [...]string{"K", "M", "G", "T", "P", "E"} {
		v /= 1024
		if v < 9.95 && unit != "K" && unit != "M" {
			return fmt.Sprintf("%.1f%s", v, unit)
		}
		if v < 999.5 {
			return fmt.Sprintf("%.0f%s", v, unit)
		}
	}
	return "-"
}
