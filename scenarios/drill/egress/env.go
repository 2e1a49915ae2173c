package egress

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
)

// Env is what the app's environment needs besides, as NAME=value, to come after
// all else in it: the last of a name counts.
func (g *Guard) Env() []string {
	proxy := "http://" + g.listener.Addr().String()
	direct := strings.Join(g.direct(), ",")
	env := []string{
		"HTTP_PROXY=" + proxy, "http_proxy=" + proxy,
		"HTTPS_PROXY=" + proxy, "https_proxy=" + proxy,
		"NO_PROXY=" + direct, "no_proxy=" + direct,
	}
	// What else leads past the guard, where somebody set it.
	for _, name := range []string{"ALL_PROXY", "all_proxy", "GRPC_PROXY", "grpc_proxy", "WS_PROXY", "ws_proxy", "WSS_PROXY", "wss_proxy"} {
		if variable(g.opts.Environ, name) != "" {
			env = append(env, name+"="+proxy)
		}
	}
	for _, name := range []string{"no_grpc_proxy", "NO_GRPC_PROXY"} {
		if variable(g.opts.Environ, name) != "" {
			env = append(env, name+"="+direct)
		}
	}
	if g.opts.CA != nil {
		for _, name := range g.caVariables() {
			env = append(env, name+"="+filepath.Join(g.opts.Dir, trustFile))
		}
	}
	of := func(name string) string { return variable(g.opts.Environ, name) }
	return append(env,
		"NODE_OPTIONS="+joined(" ", of("NODE_OPTIONS"), "--require "+quoted(filepath.Join(g.opts.Dir, nodeHook))),
		"PYTHONPATH="+joined(string(filepath.ListSeparator), filepath.Join(g.opts.Dir, pythonDir), of("PYTHONPATH")), // the first of a name is found
		"JAVA_TOOL_OPTIONS="+joined(" ", of("JAVA_TOOL_OPTIONS"), g.java()),                                          // the last property counts
	)
}

// direct are the hosts that are called past the guard. No IPv6 that nobody asked
// for: some versions of Python's httpx end with an error at one.
func (g *Guard) direct() []string {
	hosts := []string{"localhost", "127.0.0.1"}
	for _, host := range g.opts.Direct {
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// joined joins two values of which either may be empty.
func joined(between, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}

// quoted is a path as Node wants it that may have spaces.
func quoted(path string) string {
	if !strings.ContainsAny(path, ` "\`) {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(path) + `"`
}

// java are the properties by which Java's clients find a proxy; they read no
// variables.
func (g *Guard) java() string {
	host, port, _ := net.SplitHostPort(g.listener.Addr().String())
	direct := strings.Join(append([]string{"127.*"}, g.direct()...), "|")
	return strings.Join([]string{
		"-Dhttp.proxyHost=" + host, "-Dhttp.proxyPort=" + port,
		"-Dhttps.proxyHost=" + host, "-Dhttps.proxyPort=" + port,
		"-Dhttp.nonProxyHosts=" + direct,
	}, " ")
}
