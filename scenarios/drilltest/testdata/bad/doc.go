// Package bad holds tests that fail: what drilltest says of apps that break a
// drill, and the README's first test. The tests above build it and run them one
// by one.
package bad
