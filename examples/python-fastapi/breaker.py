"""A circuit breaker: leaves a provider alone that keeps failing."""

import time


class Breaker:
    """Closed until `failures` in a row; then open, so that nobody asks, for `rest`
    seconds; then half open: one request at a time may try. It takes `proofs` that went
    well in a row to close it, and one that did not opens it again. All of it runs in one
    event loop and takes no lock."""

    def __init__(self, failures: int = 5, rest: float = 1.0, proofs: int = 3):
        self.failures, self.rest, self.proofs = failures, rest, proofs
        self.failed = self.proved = 0
        self.opened = 0.0
        self.probing = False

    def admits(self) -> bool:
        """Whether to ask; who is told to must tell `good` or `bad` afterwards, or
        `unknown` when the user left before either was known."""
        if self.failed < self.failures:
            return True
        if self.probing or time.monotonic() < self.opened + self.rest:
            return False
        self.probing = True
        return True

    def good(self) -> None:
        self.proved, self.probing = self.proved + 1, False
        if self.failed < self.failures or self.proved >= self.proofs:
            self.failed = 0

    def bad(self) -> None:
        self.failed, self.proved, self.probing = self.failed + 1, 0, False
        self.opened = time.monotonic()

    def unknown(self) -> None:
        self.probing = False
