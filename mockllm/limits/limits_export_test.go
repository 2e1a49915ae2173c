package limits

// Held is how many holders the limiter remembers.
func (l *Limiter) Held() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all)
}
