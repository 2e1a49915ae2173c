package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxBody bounds what a request may say, in bytes, if its route says nothing else.
const maxBody = 64 << 10

// A gate lets in who has the token and is no web page. A page that somebody on this
// machine looks at can send requests here, too: by its own name for this address (DNS
// rebinding), or from another origin (CSRF).
type gate struct {
	token    [sha256.Size]byte
	anywhere bool
}

func digest(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

// refuse says why a request is not let in, nil when it is.
func (g gate) refuse(r *http.Request) *Problem {
	if p := foreign(r, g.anywhere); p != nil {
		return p
	}
	if !g.known(r) {
		return refusal(http.StatusUnauthorized, "token", "say the token that was printed at the start: Authorization: Bearer TOKEN")
	}
	return nil
}

// unfit says why a body is not read, nil when it is.
func (r *Route) unfit(req *http.Request) *Problem {
	kinds := r.kinds()
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	switch {
	case req.ContentLength != 0 && (err != nil || !slices.Contains(kinds, kind)):
		p := refusal(http.StatusUnsupportedMediaType, "content_type", "a body is %s", strings.Join(kinds, " or "))
		p.Allowed = kinds
		return p
	case req.ContentLength > r.most():
		return refusal(http.StatusRequestEntityTooLarge, "body", "a body of %d bytes; allowed: %d", req.ContentLength, r.most())
	}
	return nil
}

// kinds are those of a body; of no route those of any other.
func (r *Route) kinds() []string {
	if r != nil && len(r.Kinds) > 0 {
		return r.Kinds
	}
	return []string{"application/json"}
}

func (r *Route) most() int64 {
	if r != nil && r.Most > 0 {
		return r.Most
	}
	return maxBody
}

// Foreign says why a request is not from this machine, or is from a web page that is
// not ours; nil when neither is so.
func Foreign(r *http.Request) *Problem { return foreign(r, false) }

func foreign(r *http.Request, anywhere bool) *Problem {
	switch {
	case !anywhere && !localName(r.Host):
		return refusal(http.StatusMisdirectedRequest, "host", "this is called by an address of this machine or localhost, not %q", r.Host)
	case fromPage(r):
		return refusal(http.StatusForbidden, "origin", "web pages of other origins are not let in")
	}
	return nil
}

// known compares digests, which are of one length, in a time that tells nothing.
func (g gate) known(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	own := digest(strings.TrimSpace(token))
	return strings.EqualFold(scheme, "Bearer") && subtle.ConstantTimeCompare(own[:], g.token[:]) == 1
}

// fromPage says whether a browser sends the request for a page that is not ours.
func fromPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}

// localName says whether a Host header names this machine in a way that no name server
// has a part in.
func localName(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	return loopback(strings.Trim(host, "[]"))
}

// loopback says whether a host is a loopback address or localhost.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
