// Planted runs the server of package app, with the traits that it is given.
//
//	go run ./examples/planted --trait dead_primary_first --trait raw_error
//	go run ./examples/planted --list
//	go run ./examples/planted --drill down
//
// The providers come from the variables that brownout sets:
// BROWNOUT_PRIMARY_URL and _KEY, BROWNOUT_SECONDARY_URL and _KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/seed-76a9de92/brownout/examples/planted/app"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run serves until ctx ends, or prints what it is asked for. It returns the exit
// code: 0 after an orderly end, 1 when serving failed, 2 for wrong usage.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("planted", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var traits []string
	flags.Func("trait", "`NAME[=VALUE]` of a trait, see --list; repeatable", func(s string) error {
		traits = append(traits, s)
		return nil
	})
	listen := flags.String("listen", "127.0.0.1:8000", "`address` to serve on; port 0 is any free one")
	list := flags.Bool("list", false, "print the traits")
	drill := flags.String("drill", "", "print the scenario of the drill of that `name`")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	err := usage(flags)
	switch {
	case err != nil:
	case *list:
		printTraits(stdout)
		return 0
	case *drill != "":
		err = printDrill(stdout, *drill)
	default:
		log := slog.New(slog.NewJSONHandler(stderr, nil))
		var a *app.App
		if a, err = app.New(config(getenv, traits, log)); err == nil {
			return serve(ctx, *listen, a, log)
		}
	}
	if err != nil {
		fmt.Fprintf(stderr, "planted: %v\n", err)
		return 2
	}
	return 0
}

func usage(flags *flag.FlagSet) error {
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return nil
}

func config(getenv func(string) string, traits []string, log *slog.Logger) app.Config {
	cfg := app.Config{Tools: getenv("BROWNOUT_TOOLS_URL"), Traits: traits, Log: log, Seed: rand.Uint64()}
	for _, name := range []string{"primary", "secondary"} {
		prefix := "BROWNOUT_" + strings.ToUpper(name)
		cfg.Providers = append(cfg.Providers, app.Provider{Name: name, URL: getenv(prefix+"_URL") + "/v1", Key: getenv(prefix + "_KEY")})
	}
	return cfg
}

func printTraits(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, t := range app.Traits() {
		fmt.Fprintf(tw, "%s\t%s\n", t.Flag(), t.Does)
	}
	tw.Flush()
}

func printDrill(w io.Writer, name string) error {
	var names []string
	for _, d := range app.Drills() {
		if d.Name == name {
			fmt.Fprint(w, app.Scenario(d))
			return nil
		}
		names = append(names, d.Name)
	}
	slices.Sort(names)
	return fmt.Errorf("unknown drill %q; there are %s", name, strings.Join(names, ", "))
}

// drain is how long requests under way may take to end.
const drain = 3 * time.Second

// serve answers until ctx ends, and forgets what it knows at each SIGHUP. It
// returns the exit code.
func serve(ctx context.Context, addr string, a *app.App, log *slog.Logger) int {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		log.Error("cannot serve", "error", err)
		return 1
	}
	server := &http.Server{Handler: a, ReadHeaderTimeout: 5 * time.Second}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	log.Info("listening", "url", "http://"+listener.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	for {
		select {
		case <-hangup:
			a.Forget()
		case err := <-ended:
			log.Error("serving ended", "error", err)
			return 1
		case <-ctx.Done():
			graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
			defer cancel()
			if server.Shutdown(graceful) != nil {
				server.Close()
			}
			if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
				log.Error("serving ended", "error", err)
				return 1
			}
			return 0
		}
	}
}
