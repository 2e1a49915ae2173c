package egress

import (
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// brought answers a connection that a hook brought here, which speaks TLS to a
// provider.
func (g *Guard) brought(conn *replay) {
	host := g.helloHost(conn)
	p, real := Find(host)
	if !real {
		return // a hook brings nothing else; whose this is, nobody can tell
	}
	if a := g.answer(host, p); a != nil {
		g.intercept(conn, p, a)
		return
	}
	g.refusals.note(host, p)
	_, _ = conn.Write(accessDenied())
}

// helloHost is the host that a client asks for in the first thing it says, "" when
// it does not say. What was read is read again.
func (g *Guard) helloHost(conn *replay) string {
	_ = conn.SetDeadline(time.Now().Add(maxHeadTime))
	defer func() { _ = conn.SetDeadline(time.Time{}) }()
	heard := &listening{Conn: conn}
	host := ""
	_ = tls.Server(heard, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		host = bare(hello.ServerName)
		return nil, errHeard
	}}).HandshakeContext(g.open)
	conn.head = append(heard.heard, conn.head...)
	return host
}

// errHeard ends a handshake of which only the first message was of interest.
var errHeard = errors.New("heard enough")

// listening keeps what it reads and says nothing.
type listening struct {
	net.Conn
	heard []byte
}

func (l *listening) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.heard = append(l.heard, b[:n]...)
	return n, err
}

func (l *listening) Write(b []byte) (int, error) { return len(b), nil }

// accessDenied is TLS's alert of that name, as a record.
func accessDenied() []byte {
	const alert, fatal, denied = 21, 2, 49
	return []byte{alert, 3, 3, 0, 2, fatal, denied}
}
