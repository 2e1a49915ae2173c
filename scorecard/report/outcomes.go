package report

// outcomes is every outcome there is, from the best to the worst: the order of
// the columns of a table.
func outcomes() []string {
	return []string{
		"good", "cached", "fallback", "slow_good", "slow_cached", "slow_fallback",
		"degraded", "slow_degraded", "deferred", "slow_deferred", "unverified", "slow_unverified",
		"error", "slow_error", "wrong", "slow_wrong", "truncated", "slow_truncated", "spliced", "slow_spliced",
		"stale", "slow_stale", "foreign", "slow_foreign", "lost", "slow_lost", "hang", "unknown",
	}
}
