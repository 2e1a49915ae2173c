// Package aside writes files that are whole, or are not there: beside the place where each
// is to be, and renamed when it is done.
//
//	err := aside.Write("card.json", func(w io.Writer) error { … })
package aside

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A File is where a file is to be, and what writes it.
type File struct {
	Path  string
	Write func(io.Writer) error
}

// Write writes one file as [WriteAll] does.
func Write(path string, write func(io.Writer) error) error {
	return WriteAll(File{path, write})
}

// WriteAll writes all files aside and then renames them, so that nobody reads half a
// file and a full disk leaves the earlier ones alone. What is no regular file, such as
// /dev/stdout, is not replaced but written to. The error names the file that could not be
// written.
func WriteAll(files ...File) error {
	aside := map[string]string{} // by path
	defer func() {
		for _, name := range aside {
			_ = os.Remove(name)
		}
	}()
	for _, f := range files {
		if info, err := os.Stat(f.Path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			if err := writeOnto(f); err != nil {
				return fmt.Errorf("write %s: %w", f.Path, err)
			}
			continue
		}
		name, err := writeAside(f)
		if err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		aside[f.Path] = name
	}
	for _, f := range files {
		name, ok := aside[f.Path]
		if !ok {
			continue
		}
		if err := os.Rename(name, f.Path); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		delete(aside, f.Path)
	}
	return nil
}

// writeOnto writes to what stands there already.
func writeOnto(f File) error {
	to, err := os.OpenFile(f.Path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(to)
	return errors.Join(f.Write(w), w.Flush(), to.Close())
}

// writeAside writes a file beside where it is to be, and gives its name; "" and
// nothing left when that fails.
func writeAside(f File) (name string, err error) {
	to, err := os.CreateTemp(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".*")
	if err != nil {
		return "", err
	}
	w := bufio.NewWriter(to)
	err = f.Write(w)
	if err == nil {
		err = errors.Join(w.Flush(), to.Chmod(0o644))
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
}
