package transfer

import (
	"cmp"
	"context"
	"errors"
	"path"
	"slices"
	"strings"
)

// listing writes the names in a folder ($1), each ended by a zero byte, the one
// byte no name has; folders with a slash. What is below another root ($2, or
// nothing) has its absolute links there. Where it cannot, it fails, and ls says why.
const listing = `cd -- "$1" && [ -r . ] || exit 1
LC_ALL=C
for f in * .[!.]* ..?*; do
	[ -e "$f" ] || [ -L "$f" ] || continue
	d=
	if [ -n "$2" ] && [ -L "$f" ]; then
		t=$(readlink -- "$f")
		case $t in
		/*) [ -d "$2$t" ] && d=/ ;;
		*) [ -d "$f" ] && d=/ ;;
		esac
	elif [ -d "$f" ]; then
		d=/
	fi
	printf '%s%s\0' "$f" "$d"
done`

// List asks sh, and ls where there is none: then a name with a line break in it
// looks like two.
func (b Programs) List(ctx context.Context, dir string) ([]File, error) {
	at := strings.TrimSuffix(b.at(ctx, dir), "/") + "/"
	var out strings.Builder
	if err := b.run(ctx, nil, &out, "sh", "-c", listing, "sh", at, b.Root); err == nil {
		return listed(out.String(), "\x00"), nil
	}
	out.Reset()
	err := b.run(ctx, nil, &out, "ls", "-1ApL", "--", at)
	if errors.Is(err, ErrNoTools) || err != nil && out.Len() == 0 { // a link that leads nowhere is an error, after all the rest
		return nil, err
	}
	return listed(out.String(), "\n"), nil
}

// listed reads names that each end the same way, those of folders with a slash
// before it: folders first, then by name.
func listed(out, end string) []File {
	var files []File
	for name := range strings.SplitSeq(out, end) {
		folder := strings.HasSuffix(name, "/")
		if name = strings.TrimSuffix(name, "/"); name != "" {
			files = append(files, File{Name: name, Dir: folder, Size: -1})
		}
	}
	slices.SortFunc(files, func(a, b File) int {
		if a.Dir != b.Dir {
			if a.Dir {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return files
}

// resolving follows the links of a path ($2) below a root ($1), whose absolute
// links lead on below it, and writes where it ends, from that root. The dot keeps
// the line breaks at the end of a name.
const resolving = `in= rest=$2/ n=0
while [ -n "$rest" ]; do
	part=${rest%%/*}
	rest=${rest#*/}
	case $part in
	''|.) continue ;;
	..) in=${in%/*}; continue ;;
	esac
	if [ -L "$1$in/$part" ]; then
		n=$((n + 1))
		[ $n -le 40 ] || exit 1
		to=$(readlink -- "$1$in/$part" && echo .) || exit 1
		to=${to%??}
		case $to in /*) in= ;; esac
		rest=$to/$rest
	else
		in=$in/$part
	fi
done
printf '%s' "$in"`

// at is where a path of the container is for its programs. What is below another
// root has its links there: followed from here, they would lead elsewhere.
func (b Programs) at(ctx context.Context, p string) string {
	plain := path.Join("/", b.Root, p)
	if b.Root == "" {
		return plain
	}
	var out strings.Builder
	if err := b.run(ctx, nil, &out, "sh", "-c", resolving, "sh", b.Root, path.Join("/", p)); err != nil {
		return plain // it will be said of that what is wrong
	}
	return path.Join("/", b.Root, out.String())
}
