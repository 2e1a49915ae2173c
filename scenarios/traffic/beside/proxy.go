//go:build unix

package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// proxy has the same mock asked through our proxy and through stock toxiproxy, of
// which neither has anything to do.
func (b *bench) proxy() error {
	bin := b.peer("a provider's proxy", "toxiproxy-server")
	if bin == "" {
		return nil
	}
	plain, err := b.serve(quick)
	if err != nil {
		return err
	}
	defer plain.end()
	ours, err := b.serve(quick, "--proxied", "p", "--control")
	if err != nil {
		return err
	}
	defer ours.end()
	stock, err := b.toxiproxy(bin, plain.url)
	if err != nil {
		return err
	}
	defer stock.kill()
	ask := post(chatPath, chat(false))
	with, theirs, err := b.turns(ours.url, stock.url, ask)
	if err != nil {
		return err
	}
	b.row("proxy beside stock toxiproxy: JSON answers/s", ratio(with, theirs, "/s"), "≥ 0.9 ×", with >= 0.9*theirs)
	without, err := b.loop(plain.url, ask, conns, 3*time.Second)
	b.note("… without any, as providers without transport faults have it", fmt.Sprintf("%.0f /s", without))
	return err
}

// toxiproxy is a stock server with one proxy and no toxics.
func (b *bench) toxiproxy(bin, upstream string) (*child, error) {
	api, port := b.freePort(), b.freePort()
	c, err := start(b.command(bin, "-port", api, "-host", "127.0.0.1"))
	if err != nil {
		return nil, err
	}
	c.url = "http://127.0.0.1:" + api
	if err := c.listens(b.ctx); err != nil {
		return nil, err
	}
	proxy := fmt.Sprintf(`{"name":"p","listen":"127.0.0.1:%s","upstream":%q,"enabled":true}`, port, strings.TrimPrefix(upstream, "http://"))
	r, err := http.NewRequestWithContext(b.ctx, http.MethodPost, c.url+"/proxies", strings.NewReader(proxy))
	if err != nil {
		c.kill()
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.kill()
		return nil, err
	}
	c.url = "http://127.0.0.1:" + port
	return c, resp.Body.Close()
}
