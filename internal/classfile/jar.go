package classfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Limits bound what a Jar takes in. A zero field is its default.
type Limits struct {
	// Jar is the most bytes that the file may have; 128 MiB by default.
	Jar int64
	// Entries is the most files that it may hold; 100,000 by default.
	Entries int
	// Class is the most bytes of a class file; 2 MiB by default.
	Class int64
	// Total is the most bytes of all class files that are read; 256 MiB by
	// default.
	Total int64
}

func (l Limits) withDefaults() Limits {
	set := func(v *int64, to int64) {
		if *v == 0 {
			*v = to
		}
	}
	set(&l.Jar, 128<<20)
	set(&l.Class, 2<<20)
	set(&l.Total, 256<<20)
	if l.Entries == 0 {
		l.Entries = 100_000
	}
	return l
}

// Jar is an opened jar. It may not be used by two goroutines at a time.
type Jar struct {
	// Path is the file.
	Path    string
	limits  Limits
	entries map[string]*zip.File // by class name
	names   []string             // sorted
	left    int64                // of limits.Total
}

// directoryMark begins each entry in the directory of a zip file.
const directoryMark = "PK\x01\x02"

// Open reads a jar into memory and finds the class files in it. Those below
// META-INF, which stand in for others on some Java versions, are left out.
func Open(path string, l Limits) (*Jar, error) {
	l = l.withDefaults()
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("classfile: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(f, l.Jar+1))
	if err != nil {
		return nil, fmt.Errorf("classfile: %w", err)
	}
	if int64(len(data)) > l.Jar {
		return nil, fmt.Errorf("classfile: %s has more than %d bytes, which is the most that a jar may have here", path, l.Jar)
	}
	return read(path, data, l)
}

func read(path string, data []byte, l Limits) (*Jar, error) {
	// archive/zip believes no count but makes an entry for each mark.
	if n := bytes.Count(data, []byte(directoryMark)); n > l.Entries {
		return nil, fmt.Errorf("classfile: %s has some %d entries, more than the %d that are taken", path, n, l.Entries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is written to a path
		return nil, fmt.Errorf("classfile: %s is no jar that can be read: %w", path, err)
	}
	j := &Jar{Path: path, limits: l, entries: make(map[string]*zip.File), left: l.Total}
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".class")
		if !ok || strings.HasPrefix(name, "META-INF/") || strings.HasSuffix(name, "module-info") || strings.HasSuffix(name, "package-info") {
			continue
		}
		if !isInternalName(name) {
			return nil, fmt.Errorf("classfile: %s!%s is no path of a class", path, clip(f.Name))
		}
		name = dotted(name)
		if j.entries[name] != nil {
			return nil, fmt.Errorf("classfile: %s!%s is there twice", path, clip(f.Name))
		}
		j.entries[name] = f
		j.names = append(j.names, name)
	}
	slices.Sort(j.names)
	return j, nil
}

// Names returns the binary names of the classes, sorted.
func (j *Jar) Names() []string { return j.names }

// Class reads the class with that binary name. The error is fs.ErrNotExist if
// the jar has none.
func (j *Jar) Class(name string) (*Class, error) {
	f := j.entries[name]
	if f == nil {
		return nil, fmt.Errorf("classfile: %s has no class %q: %w", j.Path, name, fs.ErrNotExist)
	}
	where := j.Path + "!" + f.Name
	most := min(j.limits.Class, j.left)
	rc, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("classfile: %s: %w", where, err)
	}
	defer func() { _ = rc.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(rc, most+1))
	if int64(len(data)) > most {
		if most < j.limits.Class {
			return nil, fmt.Errorf("classfile: %s: the classes of this jar have more than %d bytes together, which is the most that is read", where, j.limits.Total)
		}
		return nil, fmt.Errorf("classfile: %s: more than %d bytes, which is the most that a class may have here", where, most)
	}
	if err != nil {
		return nil, fmt.Errorf("classfile: %s: %w", where, err)
	}
	j.left -= int64(len(data))
	c, err := Parse(where, data)
	if err != nil {
		return nil, err
	}
	if c.Name != name {
		return nil, fmt.Errorf("classfile: %s holds the class %q; the path of a class must be its name", where, clip(c.Name))
	}
	return c, nil
}
