// Go-openai is a chat endpoint on top of openai-go and anthropic-sdk-go, in two
// styles: naive, as a first version is, and hardened, as it is after a bad day. It
// is here to be drilled, and to be copied from.
//
//	go run . --style hardened --listen 127.0.0.1:8000
//
// The SDKs find their keys and addresses in the environment variables that they
// read: OPENAI_API_KEY, OPENAI_BASE_URL, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/openai/openai-go/v3"
)

func main() {
	// Only a first signal is ours: a second one ends the process at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	style := flag.String("style", "hardened", "naive or hardened")
	listen := flag.String("listen", "127.0.0.1:8000", "`address` to serve on")
	flag.Parse()
	if err := run(ctx, *style, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "go-openai:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, style, listen string) error {
	if os.Getenv("OPENAI_API_KEY") == "" || os.Getenv("ANTHROPIC_API_KEY") == "" {
		return errors.New("set OPENAI_API_KEY and ANTHROPIC_API_KEY")
	}
	desk, err := newDesk(style, openai.NewClient(), anthropic.NewClient(), slog.New(slog.NewTextHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	return serve(ctx, listen, desk)
}

// newDesk makes the chat endpoint in one of its styles.
func newDesk(style string, first openai.Client, second anthropic.Client, log *slog.Logger) (http.Handler, error) {
	switch style {
	case "naive":
		return desk{naive{first}, log}, nil
	case "hardened":
		return desk{newHardened(first, second), log}, nil
	}
	return nil, fmt.Errorf("unknown style %q: naive or hardened", style)
}

// serve answers requests until ctx ends, and gives those under way three seconds.
func serve(ctx context.Context, listen string, handler http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if server.Shutdown(graceful) != nil {
		server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
