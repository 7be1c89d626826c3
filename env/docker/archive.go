package docker

import (
	"archive/tar"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// archive passes an image archive on, as docker save writes it, and leaves out
// the blobs that the reader has already. It holds no more in memory than the
// image's documents (index, manifests, configuration).
//
// In an archive with an OCI layout (Docker 25 and newer) each blob is named by
// its digest, so what to leave out is known before it is read. Older archives
// are passed on whole.
type archive struct {
	held map[string]bool     // digests the reader has
	news func(LayerProgress) // of layers
	docs map[string][]byte   // by digest, and by name for those at the top
	size map[string]int64    // of each blob, by digest
	sent int64               // bytes of blobs passed on
	left int                 // how many blobs were left out
}

// Documents are small; anything larger that begins like one is a layer.
const mostDocument = 8 << 20

// newsEvery is how many bytes lie between two pieces of news of one layer.
const newsEvery = 1 << 20

func newArchive(held map[string]bool, news func(LayerProgress)) *archive {
	if news == nil {
		news = func(LayerProgress) {}
	}
	return &archive{held: held, news: news, docs: map[string][]byte{}, size: map[string]int64{}}
}

// pass copies the archive from one to the other.
func (a *archive) pass(to io.Writer, from io.Reader) error {
	in, out := tar.NewReader(from), tar.NewWriter(to)
	body := bufio.NewReader(in)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return fmt.Errorf("reading the engine's archive: %w", err)
		}
		body.Reset(in)
		if err := a.entry(out, h, body); err != nil {
			return err
		}
	}
}

func (a *archive) entry(out *tar.Writer, h *tar.Header, body *bufio.Reader) error {
	digest := blobDigest(h.Name)
	leave := digest != "" && a.held[digest]
	if leave {
		a.left++
	} else {
		if err := out.WriteHeader(h); err != nil {
			return err
		}
		if digest != "" {
			a.sent += h.Size
		}
	}
	if digest != "" {
		a.size[digest] = h.Size
	}
	first, _ := body.Peek(1)
	switch document := len(first) == 1 && (first[0] == '{' || first[0] == '[') && h.Size <= mostDocument; {
	case document:
		text, err := io.ReadAll(body)
		if err != nil {
			return fmt.Errorf("reading the engine's archive: %w", err)
		}
		name := digest
		if name == "" {
			name = path.Clean(h.Name)
		}
		a.docs[name] = text
		if leave {
			return nil
		}
		_, err = out.Write(text)
		return err
	case leave:
		a.news(LayerProgress{ID: digest, Status: "Layer already exists", Done: h.Size, Total: h.Size})
		return nil // the next entry skips what is left of this one
	case digest == "":
		_, err := io.Copy(out, body)
		return err
	}
	return a.layer(out, body, LayerProgress{ID: digest, Status: "Loading", Total: h.Size})
}

// layer copies a layer and tells how far it is.
func (a *archive) layer(out io.Writer, body io.Reader, p LayerProgress) error {
	a.news(p)
	for p.Done < p.Total {
		n, err := io.CopyN(out, body, min(newsEvery, p.Total-p.Done))
		p.Done += n
		if err != nil {
			return err
		}
		if p.Done == p.Total {
			p.Status = "Loaded"
		}
		a.news(p)
	}
	return nil
}

// blobDigest is the digest of an OCI layout's blob, blobs/sha256/HEX; empty
// for another file.
func blobDigest(name string) string {
	rest, ok := strings.CutPrefix(path.Clean(name), "blobs/")
	algorithm, hex, two := strings.Cut(rest, "/")
	if !ok || !two || hex == "" || strings.Contains(hex, "/") {
		return ""
	}
	return algorithm + ":" + hex
}

// contents is what an archive that was passed on holds under a name.
type contents struct {
	target string   // digest that the name leads to; empty in an archive without an OCI layout
	config string   // digest of the configuration
	layers []string // digests, each once, of the platform's image; files in an old archive
}

// find looks an image up by its full name. arch picks one of an image for
// several platforms; empty: the first whose manifest is there.
func (a *archive) find(name, arch string) (contents, error) {
	var index ocispec.Index
	if text := a.docs[ocispec.ImageIndexFile]; text == nil {
		return a.findOld()
	} else if err := json.Unmarshal(text, &index); err != nil {
		return contents{}, fmt.Errorf("reading the archive's %s: %w", ocispec.ImageIndexFile, err)
	}
	for _, m := range index.Manifests {
		if m.Annotations["io.containerd.image.name"] != name {
			continue
		}
		c := contents{target: m.Digest.String()}
		manifest, ok := a.manifest(m.Digest.String(), arch)
		if !ok {
			return c, fmt.Errorf("the engine's archive of %s has no manifest for %s", name, arch)
		}
		c.config = manifest.Config.Digest.String()
		seen := map[string]bool{}
		for _, l := range manifest.Layers {
			if d := l.Digest.String(); !seen[d] {
				seen[d] = true
				c.layers = append(c.layers, d)
			}
		}
		return c, nil
	}
	return contents{}, fmt.Errorf("the engine's archive does not name %s", name)
}

// manifest is an image's manifest: itself, or the one for arch in its index.
func (a *archive) manifest(digest, arch string) (ocispec.Manifest, bool) {
	var m struct {
		ocispec.Manifest
		Manifests []ocispec.Descriptor `json:"manifests"`
	}
	if text := a.docs[digest]; text == nil || json.Unmarshal(text, &m) != nil {
		return ocispec.Manifest{}, false
	}
	for _, child := range m.Manifests {
		p := child.Platform
		if p != nil && (p.OS == "unknown" || arch != "" && p.Architecture != arch) {
			continue // an attestation, or another machine's
		}
		if found, ok := a.manifest(child.Digest.String(), arch); ok {
			return found, true
		}
	}
	return m.Manifest, m.Config.Digest != ""
}

// findOld reads the list of an archive without an OCI layout. It holds the
// one image that was asked for.
func (a *archive) findOld() (contents, error) {
	var list []struct {
		Config string
		Layers []string
	}
	if err := json.Unmarshal(a.docs["manifest.json"], &list); err != nil || len(list) != 1 {
		return contents{}, errors.New("the engine's archive has neither an index nor a manifest")
	}
	hex := strings.TrimSuffix(path.Base(list[0].Config), ".json")
	return contents{config: "sha256:" + hex, layers: list[0].Layers}, nil
}
