// Supportbot runs the support bot of package bot as a server of its own.
//
//	go run ./examples/supportbot --style resilient --listen 127.0.0.1:8000
//
// The providers come from the environment variables that the vendors' SDKs read.
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
	"strings"
	"syscall"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

func main() {
	// Only a first signal is ours: a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stderr))
}

// run serves until ctx ends. It returns the exit code: 0 after an orderly end, 1
// when serving failed, 2 for wrong usage.
func run(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) int {
	flags := flag.NewFlagSet("supportbot", flag.ContinueOnError)
	flags.SetOutput(stderr)
	style := flags.String("style", "resilient", strings.Join(bot.Styles(), " or "))
	listen := flags.String("listen", "127.0.0.1:8000", "`address` to serve on; port 0 is any free one")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "supportbot: unexpected argument %q\n", flags.Arg(0))
		return 2
	}

	cfg := bot.FromEnv(getenv)
	cfg.Style = *style
	cfg.Seed = rand.Uint64()
	cfg.Log = slog.New(slog.NewTextHandler(stderr, nil))
	b, err := bot.New(cfg)
	if err != nil {
		fmt.Fprintf(stderr, "supportbot: %v\n", err)
		return 2
	}
	defer b.Close()
	if err := serve(ctx, *listen, b, cfg.Log.With("style", *style)); err != nil {
		fmt.Fprintf(stderr, "supportbot: %v\n", err)
		return 1
	}
	return 0
}

// drain is how long requests under way may take to end. Whoever started the
// process gives it some five seconds.
const drain = 3 * time.Second

// serve answers requests until ctx ends, then lets those under way end.
func serve(ctx context.Context, addr string, b *bot.Bot, log *slog.Logger) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err // names the address and the reason
	}
	server := &http.Server{Handler: b, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	log.Info("listening", "url", "http://"+listener.Addr().String())

	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("shutting down")
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if server.Shutdown(graceful) != nil {
		b.Close() // gives up what is still under way, so that its users are told
		server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
