// A circuit breaker: a provider that keeps failing is left alone for a while.

const failures = 5 // in a row, until it opens
const rest = 2_000 // ms until a probe may go, and up to half as long again

/** Breaker knows whether a provider is worth asking. */
export class Breaker {
  #inRow = 0
  #restsUntil = 0

  /** allows reports whether a request may go there now. Once rested, one may, as a probe. */
  allows() {
    if (this.#inRow < failures) return true
    if (performance.now() < this.#restsUntil) return false
    this.#restLonger() // nobody else goes until the probe is back
    return true
  }

  succeeded() {
    this.#inRow = 0
  }

  failed() {
    if (++this.#inRow >= failures) this.#restLonger()
  }

  #restLonger() {
    // Jitter: many servers whose breakers opened together do not probe together.
    this.#restsUntil = performance.now() + rest * (1 + Math.random() / 2)
  }
}
