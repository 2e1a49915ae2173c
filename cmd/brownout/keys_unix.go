//go:build unix && !solaris && !aix

package main

import "golang.org/x/sys/unix"

// singleKeys lets a terminal give each key as it is pressed, unseen, and return from
// reading ten times a second, so that whoever reads can end. Ctrl-C stays what it is,
// and so does what is written. The returned function puts it back.
func singleKeys(fd int) (restore func(), err error) {
	was, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	now := *was
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 0, 1 // tenths of a second
	if err := unix.IoctlSetTermios(fd, setTermios, &now); err != nil {
		return nil, err
	}
	return func() { _ = unix.IoctlSetTermios(fd, setTermios, was) }, nil
}
