// How the support answers while its first provider fails.

import { fileURLToPath } from 'node:url'
import { test as base, expect, vi } from 'vitest'
import { Drill } from './brownout.js'
import { Support } from './support.js'

const test = base.extend({
  /** Mock providers, which the SDKs find in the environment. */
  drill: async ({}, use) => {
    const drill = await Drill.start(fileURLToPath(new URL('outage.drill.yaml', import.meta.url)))
    for (const [name, value] of Object.entries(drill.env)) vi.stubEnv(name, value)
    await use(drill)
    vi.unstubAllEnvs()
    await drill.stop()
  },
})

// Judged from both ends: what users got, and what the providers were asked.
test('users of a surge', async ({ drill }) => {
  const support = new Support()
  for (const phase of ['baseline', 'surge', 'recovery']) {
    await drill.jump(phase)
    await drill.ask((prompt) => support.reply(prompt), 40)
  }
  const card = await drill.card()
  expect(card.verdict, card.sentence).toBe('pass')
  expect(card.findings ?? []).toEqual([])
}, 30_000)

// Judged by the providers alone: the test looks at the answers by itself, or not at all.
// What users got is not measured then, and no verdict is given.
test('manners in a surge', async ({ drill }) => {
  const support = new Support()
  await drill.jump('surge')
  for (let i = 0; i < 5; i++) await support.reply('Where is my parcel?')
  expect(await drill.counters('primary', 'surge')).toMatchObject({ attempts: 5 })
  expect(await drill.counters('secondary', 'surge')).toMatchObject({ attempts: 5 })
})

// A fault that no phase of the scenario has: half an answer, with a reason to end.
test('an answer that ends early', async ({ drill }) => {
  await drill.jump('baseline')
  await drill.open('primary', 'early_finish', { at: { token: 5 } })
  const [answer] = await drill.ask((prompt) => new Support().reply(prompt))
  expect(answer).toBeTypeOf('string')
  expect(await drill.counters('secondary', 'baseline')).toMatchObject({ attempts: 1 })
})
