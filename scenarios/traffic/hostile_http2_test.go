package traffic_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// A rawPeer is a connection of HTTP/2 on whose other side frames are written as one
// likes.
type rawPeer struct {
	*http2.Framer
	net.Conn
	stream uint32 // of the request that has come
}

// head is a response head: a status of 200 and what else there is.
func head(fields ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	_ = e.WriteField(hpack.HeaderField{Name: ":status", Value: "200"}) // into a buffer
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1], Sensitive: true})
	}
	return b.Bytes()
}

// fill is a piece of a head that can be repeated.
func fill() []byte { return head("x-fill", strings.Repeat("a", 1000))[1:] }

// again does a thing until it fails, with a millisecond for everybody else after each
// hundred.
func again(do func() error) {
	for n := 1; do() == nil; n++ {
		if n%100 == 0 {
			time.Sleep(ms)
		}
	}
}

// acceptRaw is an app that speaks as much HTTP/2 as it takes to get requests, and does
// as talk likes with one after another. It counts those that come.
func acceptRaw(t *testing.T, settings []http2.Setting, talk func(rawPeer)) (s *site, requests *atomic.Int64) {
	requests = new(atomic.Int64)
	return accept(t, func(c net.Conn) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		f.AllowIllegalWrites = true
		if f.WriteSettings(settings...) != nil {
			return
		}
		streams := make(chan uint32, 100)
		var reading sync.WaitGroup
		defer reading.Wait()
		defer c.Close()
		reading.Go(func() {
			defer close(streams)
			for got, err := f.ReadFrame(); err == nil; got, err = f.ReadFrame() {
				if got.Header().Type == http2.FrameHeaders {
					requests.Add(1)
					streams <- got.Header().StreamID
				}
			}
		})
		for id := range streams {
			talk(rawPeer{f, c, id})
		}
	}), requests
}

func TestHostileHTTP2(t *testing.T) {
	for _, test := range []struct {
		name     string
		how      string
		settings []http2.Setting
		talk     func(rawPeer)
	}{
		{name: "a head without end", how: "invalid", talk: func(p rawPeer) {
			_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: p.stream, BlockFragment: head()})
			again(func() error { return p.WriteContinuation(p.stream, false, fill()) })
		}},
		{name: "empty pieces of a head", how: "timeout", talk: func(p rawPeer) {
			_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: p.stream, BlockFragment: head()})
			again(func() error { return p.WriteContinuation(p.stream, false, nil) })
		}},
		{name: "settings", how: "timeout", talk: func(p rawPeer) {
			again(func() error { return p.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 20}) })
		}},
		{name: "resets", how: "reset", talk: func(p rawPeer) {
			for range 1000 {
				_ = p.WriteRSTStream(p.stream, http2.ErrCodeInternal)
			}
		}},
		{name: "a stream that is refused", how: "reset", talk: func(p rawPeer) {
			_ = p.WriteRSTStream(p.stream, http2.ErrCodeRefusedStream)
		}},
		{name: "going away from each request", how: "reset", talk: func(p rawPeer) {
			_ = p.WriteGoAway(0, http2.ErrCodeNo, nil)
			p.Close()
		}},
		{name: "going away, and staying", how: "reset", talk: func(p rawPeer) { _ = p.WriteGoAway(0, http2.ErrCodeNo, nil) }},
		{name: "no window, ever", how: "timeout", settings: []http2.Setting{{ID: http2.SettingInitialWindowSize}}, talk: func(rawPeer) {}},
		{name: "empty data", how: "timeout", talk: func(p rawPeer) {
			_ = p.WriteHeaders(http2.HeadersFrameParam{StreamID: p.stream, BlockFragment: head(), EndHeaders: true})
			again(func() error { return p.WriteData(p.stream, false, nil) })
		}},
		{name: "a promise that nobody asked for", how: "invalid", talk: func(p rawPeer) {
			_ = p.WritePushPromise(http2.PushPromiseParam{StreamID: p.stream, PromiseID: 2, BlockFragment: head(), EndHeaders: true})
		}},
		{name: "a frame of 16 MB", how: "invalid", talk: func(p rawPeer) {
			_, _ = p.Write([]byte{0xff, 0xff, 0xff, 0, 0, 0, 0, 0, byte(p.stream)})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app, requests := acceptRaw(t, test.settings, test.talk)
				s := app.sender(
					traffic.Journey{Timeout: time.Second, Request: ask.Request{Method: "POST"}},
					traffic.Journey{Timeout: time.Second},
					traffic.Journey{Timeout: time.Second, Request: ask.Request{Text: "words"}},
				)
				s.H2C = true
				due := every(100*ms, 12)
				for i := range due {
					due[i].Journey = i % len(s.Journeys)
				}
				before := alive()
				results := run(t.Context(), s, due)
				for _, r := range results {
					if r.How != test.how || r.Sent != r.At || r.Ended > r.At+time.Second {
						t.Errorf("journey %d due at %v, sent at %v, ended %s at %v: %v", r.Journey, r.At, r.Sent, r.How, r.Ended, r.Err)
					}
				}
				if n := requests.Load(); n > int64(len(results)) {
					t.Errorf("the app had %d requests of %d", n, len(results))
				}
				const most = 8 << 20
				if held := alive() - before; held > most {
					t.Errorf("%d bytes are held after it", held)
				}
			})
		})
	}
}

// watched is a connection that tells when it is closed for the first time.
type watched struct {
	net.Conn
	once sync.Once
	then func()
}

func (l *watched) Close() error {
	l.once.Do(l.then)
	return l.Conn.Close()
}

// An app that asks for answers to its frames, and reads nothing, has requests time out;
// the connection is over with the last of them. It is on the kernel's own connections,
// for net/http holds a lock while it cannot write.
func TestDeafHTTP2(t *testing.T) {
	for name, ask := range map[string]func(*http2.Framer) error{
		"settings": func(f *http2.Framer) error { return f.WriteSettings() },
		"pings":    func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) },
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var app sync.WaitGroup
		app.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				app.Go(func() {
					defer c.Close()
					f := http2.NewFramer(c, c)
					for err := f.WriteSettings(); err == nil; err = ask(f) {
					}
				})
			}
		})
		var open atomic.Int64
		s := &traffic.Sender{Target: "http://" + l.Addr().String(), H2C: true, Journeys: []traffic.Journey{{Timeout: 100 * ms}}}
		s.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			open.Add(1)
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &watched{Conn: c, then: func() { open.Add(-1) }}, err
		}
		for _, r := range run(t.Context(), s, every(10*ms, 5)) {
			if r.How != "timeout" {
				t.Errorf("%s: %s at %v: %v", name, r.How, r.Ended, r.Err)
			}
		}
		if n := open.Load(); n != 0 {
			t.Errorf("%s: %d connections are open after the last request", name, n)
		}
		l.Close()
		app.Wait()
	}
}
