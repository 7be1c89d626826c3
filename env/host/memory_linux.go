package host

import (
	"bufio"
	"errors"
	"os"
	"strconv"
	"strings"
)

// memory reads /proc/meminfo; free is what programs could get without swapping.
func memory() (Space, error) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return Space{}, err
	}
	defer f.Close() //nolint:errcheck // read only
	var s Space
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kib, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "MemTotal":
			s.Total = kib << 10
		case "MemAvailable":
			s.Free = kib << 10
		}
	}
	if s.Total == 0 {
		return Space{}, errors.New("/proc/meminfo names no MemTotal")
	}
	return s, nil
}
