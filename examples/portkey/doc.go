// Package portkey has Portkey's gateway drilled: its app files and scenarios are
// tested here; run drills it.
package portkey
