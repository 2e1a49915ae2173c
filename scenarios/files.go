package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/library"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// address is where a file is: a path, or the name of a shipped scenario.
type address struct {
	path    string
	builtin bool
}

func (a address) String() string {
	if a.builtin {
		return "builtin:" + a.path
	}
	return a.path
}

// files reads scenario files.
type files struct {
	fsys fs.FS // nil: this machine's
}

// named finds what a user means: a shipped scenario by its bare name, else a
// file. ./NAME is always a file.
func (f files) named(name string) address {
	if slices.Contains(library.Names(), name) {
		return address{name, true}
	}
	return address{path: name}
}

// beside is what one file means by the name of another.
func (f files) beside(from address, name string) (address, error) {
	if shipped, ok := strings.CutPrefix(name, "builtin:"); ok {
		return address{shipped, true}, nil
	}
	switch {
	case strings.Contains(name, "://"), strings.HasPrefix(name, "http:"):
		return address{}, errors.New("allowed: a file of this machine, or builtin:NAME; nothing is fetched")
	case from.builtin:
		return address{}, errors.New("a shipped scenario has no file beside it; allowed: builtin:NAME")
	case f.fsys != nil:
		return address{path: path.Join(path.Dir(from.path), name)}, nil
	case filepath.IsAbs(name):
		return address{path: filepath.Clean(name)}, nil
	}
	return address{path: filepath.Join(filepath.Dir(from.path), name)}, nil
}

// read reads a file, unless it is none that could be a scenario.
func (f files) read(at address) ([]byte, error) {
	if at.builtin {
		data, ok := library.Read(at.path)
		if !ok {
			return nil, errors.New("no shipped scenario of that name")
		}
		return data, nil
	}
	file, err := f.openRegular(at.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > yamltree.MaxBytes {
		return nil, fmt.Errorf("%d bytes; a scenario has at most 1 MiB", info.Size())
	}
	data, err := io.ReadAll(io.LimitReader(file, yamltree.MaxBytes+1))
	if err != nil {
		return nil, reason(err)
	}
	return data, nil
}

// openRegular opens a file, unless it is none. It is looked at before opening: opening
// a pipe would wait for somebody to write into it.
func (f files) openRegular(name string) (fs.File, error) {
	info, err := f.stat(name)
	switch {
	case err != nil:
		return nil, reason(err)
	case info.IsDir():
		return nil, errors.New("a directory; allowed: a file")
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	}
	file, err := f.open(name)
	if err != nil {
		return nil, reason(err)
	}
	return file, nil
}

func (f files) stat(name string) (fs.FileInfo, error) {
	if f.fsys != nil {
		return fs.Stat(f.fsys, name)
	}
	return os.Stat(name)
}

func (f files) open(name string) (fs.File, error) {
	if f.fsys != nil {
		return f.fsys.Open(name)
	}
	return os.Open(name)
}

// reason is why a file cannot be read, without its name, which the diagnostic
// has.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file")
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// hintFor helps who mistyped the name of a shipped scenario.
func hintFor(at address) string {
	if !at.builtin && strings.ContainsAny(at.path, `/\`) {
		return ""
	}
	if near := schema.Nearest(at.path, library.Names()); near != "" {
		return fmt.Sprintf("did you mean the shipped scenario %q?", near)
	}
	return "brownout list tells the names of the shipped scenarios"
}
