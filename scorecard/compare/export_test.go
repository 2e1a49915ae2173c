package compare

// The chances that claims rest on, for tests that count coins.
var (
	SignFlip       = signFlip
	MedianInterval = medianInterval
)
