package faults_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/seed-76a9de92/brownout/faults"
)

// BenchmarkProxy has many clients ask a server that answers 1 KiB, without a proxy,
// through stock toxiproxy, and through ours with nothing to do.
func BenchmarkProxy(b *testing.B) {
	b.Run("none", func(b *testing.B) { benchAnswers(b, answering(b)) })
	b.Run("stock", func(b *testing.B) {
		server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
		p := toxiproxy.NewProxy(server, "stock", "127.0.0.1:0", answering(b))
		if err := p.Start(); err != nil {
			b.Fatal(err)
		}
		defer p.Stop()
		benchAnswers(b, p.Listen)
	})
	b.Run("ours", func(b *testing.B) {
		p, err := faults.StartProxy("127.0.0.1:0", answering(b), faults.ProxyOptions{Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		defer p.Close()
		benchAnswers(b, p.Addr())
	})
}

const (
	askSize    = 256
	answerSize = 1024
)

// answering is the address of a server that answers each question.
func answering(b *testing.B) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var talks sync.WaitGroup
	b.Cleanup(func() {
		l.Close()
		talks.Wait()
	})
	talks.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				defer c.Close()
				ask, answer := make([]byte, askSize), make([]byte, answerSize)
				for {
					if _, err := io.ReadFull(c, ask); err != nil {
						return
					}
					if _, err := c.Write(answer); err != nil {
						return
					}
				}
			})
		}
	})
	return l.Addr().String()
}

// benchAnswers asks b.N questions over 256 connections.
func benchAnswers(b *testing.B, addr string) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var clients sync.WaitGroup
	defer clients.Wait()
	b.ReportAllocs()
	b.ResetTimer()
	for range 256 {
		clients.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			ask, answer := make([]byte, askSize), make([]byte, answerSize)
			for left.Add(-1) >= 0 {
				if _, err := c.Write(ask); err != nil {
					b.Error(err)
					return
				}
				if _, err := io.ReadFull(c, answer); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
}
