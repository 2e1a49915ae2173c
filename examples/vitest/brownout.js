// Mock LLM providers for tests, led by them. Copy this file beside yours; it needs Node
// alone, and a `brownout` on the path or where BROWNOUT says.
//
//	const test = base.extend({
//	  drill: async ({}, use) => {
//	    const drill = await Drill.start('outage.drill.yaml')
//	    for (const [name, value] of Object.entries(drill.env)) vi.stubEnv(name, value)
//	    await use(drill)
//	    vi.unstubAllEnvs()
//	    await drill.stop()
//	  },
//	})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'

const command = () => process.env.BROWNOUT || 'brownout'
const readyWithin = 30_000 // ms that the mocks may take to listen
const now = performance.now.bind(performance) // the fake timers of a test do not stop it
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * The mock providers of a scenario. They are healthy until a phase is jumped to, and
 * end with stop, or with this process, however it ends.
 */
export class Drill {
  /** @type {Record<string, string>} the variables by which the SDKs find the mocks */
  env = {}
  #directory = mkdtempSync(join(tmpdir(), 'brownout-'))
  #process
  #ended
  #control

  /** start stands the mocks up. The flags are more of `brownout serve`. */
  static async start(scenario, ...flags) {
    const drill = new Drill()
    try {
      await drill.#start(scenario, flags)
    } catch (error) {
      await drill.stop()
      throw error
    }
    return drill
  }

  async #start(scenario, flags) {
    process.once('exit', this.#leave)
    for (const signal of signals) process.once(signal, this.#die)
    const said = openSync(this.#file('said'), 'w')
    this.#process = spawn(
      command(),
      ['serve', scenario, '--control', '--any-port', '--until-eof', '--ready-file', this.#file('ready'), '--log', this.#file('log'), ...flags],
      // A session of its own: the terminal's Ctrl-C is for the tests. The pipe ends with
      // this process, and the mocks with the pipe.
      { stdio: ['pipe', said, said], detached: true },
    )
    closeSync(said)
    // Nothing of it keeps a process alive whose tests are done.
    this.#process.unref()
    this.#process.stdin.unref()
    await once(this.#process, 'spawn').catch(missing)
    this.#ended = once(this.#process, 'exit')
    const { control, providers } = JSON.parse(await this.#ready())
    this.#control = control
    for (const provider of Object.values(providers)) Object.assign(this.env, provider.env)
  }

  /** #ready gives what the ready file says once it is there. */
  async #ready() {
    for (const until = now() + readyWithin; ; await sleep(20)) {
      const ready = read(this.#file('ready'))
      if (ready) return ready
      if (this.#process.exitCode !== null) this.#fail(`brownout ended with exit code ${this.#process.exitCode}`)
      if (now() > until) this.#fail(`the mocks were not ready within ${readyWithin / 1000} s`)
    }
  }

  #fail(what) {
    throw new Error(`${what}:\n${read(this.#file('said'))}`)
  }

  #file(name) {
    return join(this.#directory, name)
  }

  /** stop ends the mocks, and leaves nothing of them behind. */
  async stop() {
    await this.#halt()
    this.#leave()
    process.off('exit', this.#leave)
    for (const signal of signals) process.off(signal, this.#die)
  }

  async #halt() {
    if (!this.#ended) return
    this.#process.ref()
    this.#process.stdin.end()
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), 10_000)
    await this.#ended
    clearTimeout(kill)
  }

  #leave = () => rmSync(this.#directory, { recursive: true, force: true })

  #die = (signal) => {
    this.#leave()
    // Whoever else listens decides what becomes of the process; without anybody it ends.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }

  /**
   * call gives what the control answers at a path: GET without a body, else POST. All
   * paths stand in its /v1/openapi.json.
   */
  async call(path, body) {
    const response = await fetch(this.#control.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.#control.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${text}`)
    return JSON.parse(text)
  }

  /** jump lets a phase of the scenario hold from now on. */
  async jump(phase) {
    await this.call('/v1/phases/jump', { phase })
  }

  /** open opens a fault, in the scenario's words, until the phase ends: { share: '40%' }. */
  async open(provider, kind, keys = {}) {
    await this.call('/v1/faults', { provider, kind, ...keys })
  }

  /** heal closes every fault that is open. */
  async heal() {
    await this.call('/v1/heal', {})
  }

  /** counters says how many attempts reached a provider in a phase: attempts, faulted, retries. */
  async counters(provider, phase) {
    const { phases } = await this.call('/v1/counters')
    return phases.findLast((p) => p.phase === phase)?.providers.find((p) => p.provider === provider)
  }

  /**
   * ask has the app asked as users do, some at once, and reports what each got: its
   * answer, or what it threw. The prompts carry words by which the mocks know them again.
   * @param {(prompt: string) => Promise<string>} app
   * @returns {Promise<(string | Error)[]>}
   */
  async ask(app, count = 1, atOnce = 10) {
    const { questions } = await this.call('/v1/questions', { count })
    const reports = [], answers = []
    const left = questions.entries()
    const user = async () => {
      for (const [i, { nonce, prompt }] of left) {
        const began = now()
        const seen = { status: 200 }
        try {
          answers[i] = await app(prompt)
          seen.text = String(answers[i])
        } catch (error) { // whatever it is: the user has no answer
          answers[i] = error
          Object.assign(seen, { status: 500, text: String(error) })
        }
        reports.push({ nonce, took_s: (now() - began) / 1000, ...seen })
      }
    }
    await Promise.all(Array.from({ length: atOnce }, user))
    await this.call('/v1/requests', reports)
    return answers
  }

  /** card stops the mocks and judges the drill: the scorecard, as in card.json. */
  async card() {
    await this.#halt()
    const judge = spawn(command(), ['report', this.#file('log'), '--format', 'json'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [card, said] = await Promise.all([judge.stdout, judge.stderr].map((s) => s.toArray().then((all) => Buffer.concat(all).toString())))
    if (!card) throw new Error(said)
    return JSON.parse(card)
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function missing(error) {
  if (error.code !== 'ENOENT') throw error
  throw new Error(`there is no ${command()}: install brownout with go install, or say where it is with BROWNOUT`)
}
