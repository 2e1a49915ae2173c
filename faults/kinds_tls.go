package faults

// The TLS faults. Their rows have no action: a [TLSListener] performs them.
const (
	certExpired    = "cert_expired"
	certWrongHost  = "cert_wrong_host"
	handshakeStall = "handshake_stall"
)

// handshakes are what goes wrong while a connection becomes a safe one.
func handshakes() []Kind {
	return []Kind{
		{
			Name: certExpired, Family: "tls",
			Doc:       "New connections are shown a certificate that expired a day ago.",
			Wire:      "A whole handshake with an expired certificate; the client ends it with an alert. Connections that are open go on, and hide it.",
			Incidents: "Microsoft Teams 2020-02-03; every API behind Let's Encrypt for old clients, 2021-09-30.",
			Client:    "Fails over at once and does not retry: no retry renews a certificate. Never turns verification off.",
			SDKs:      "openai and anthropic: APIConnectionError after two retries, with the reason as its cause. google-genai: \"fetch failed\" at once.",
			Example:   "{provider: primary, kind: cert_expired}",
		},
		{
			Name: certWrongHost, Family: "tls",
			Doc:       "New connections are shown the certificate of another host.",
			Wire:      "A whole handshake with a good certificate for " + anotherHost + "; the client ends it with an alert. Connections that are open go on, and hide it.",
			Incidents: "Edges that lost a host's settings and answer with the certificate of their default site.",
			Client:    "As for an expired certificate: it may as well be somebody in between.",
			SDKs:      "As for an expired certificate.",
			Example:   "{provider: primary, kind: cert_wrong_host, share: 25%}",
		},
		{
			Name: handshakeStall, Family: "tls",
			Doc:       "New connections are accepted, and the handshake is not answered before the window closes.",
			Wire:      "The TCP connection opens, the ClientHello is acknowledged, nothing follows. Connections that are open go on.",
			Incidents: "Edges under a flood of new connections: the handshake is their dearest work.",
			Client:    "Has a timeout for connecting that covers the handshake, far below the one for answers.",
			SDKs:      "openai and anthropic for Python give up connecting after 5 s, Node's fetch after 10 s; both three times.",
			Example:   "{provider: primary, kind: handshake_stall, share: 50%}",
		},
	}
}
