package egress

import (
	"embed"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// A few lines for clients that do not read a proxy from the environment. They
// bring connections to providers to the guard and leave all others alone.
//
//go:embed hooks
var hooks embed.FS

// Files of the guard's directory.
const (
	nodeHook  = "guard.cjs"
	pythonDir = "python"
)

// hookFiles is where each file of hooks goes.
func hookFiles() map[string]string {
	return map[string]string{
		"hooks/guard.cjs":        nodeHook,
		"hooks/sitecustomize.py": filepath.Join(pythonDir, "sitecustomize.py"),
	}
}

// writeHooks puts the hooks of a guard into a directory.
func writeHooks(dir string, guard net.Addr) error {
	host, port, err := net.SplitHostPort(guard.String())
	if err != nil {
		return err
	}
	fill := strings.NewReplacer("{{host}}", host, "{{port}}", port, "{{pattern}}", pattern())
	for from, to := range hookFiles() {
		text, err := hooks.ReadFile(from)
		if err != nil {
			return err
		}
		to = filepath.Join(dir, to)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(fill.Replace(string(text))), 0o600); err != nil {
			return err
		}
	}
	return nil
}
