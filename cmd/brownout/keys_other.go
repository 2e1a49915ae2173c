//go:build !unix || solaris || aix

package main

import "errors"

// singleKeys lets a terminal give each key as it is pressed.
func singleKeys(int) (restore func(), err error) {
	return nil, errors.New("single keys cannot be read from a terminal of this system; --control and brownout ctl do the same")
}
