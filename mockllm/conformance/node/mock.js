// Where the mock providers are, what they are asked, and what a right answer looks like.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as z from 'zod'

/** The word by which the mock knows the question again, in its answer. */
export const nonce = 'zijozasuvadakufipu'

/** Few words, so that each answer is soon there: the scenario has 12 for all models. */
const words = 12

export const prompt = `What is the weather in Lagos? ${nonce}`

/** use gives this process the environment that an app would be given to find one provider. */
export function use(name) {
  const file = process.env.BROWNOUT_READY
  assert(file, 'BROWNOUT_READY names no ready file; start with ../run')
  const provider = JSON.parse(readFileSync(file, 'utf8')).providers[name]
  assert(provider, `no provider ${name} in ${file}`)
  Object.assign(process.env, provider.env)
  return provider
}

/** whole fails unless text is a complete answer to the prompt. */
export function whole(text) {
  const found = text.split(' ')
  assert.equal(found[1], nonce, text)
  assert.equal(found.length, words, text)
}

/** asked fails unless args are what the weather tool takes. */
export function asked(args) {
  weather.parse(typeof args === 'string' ? JSON.parse(args) : args)
}

/** unit fails unless the vector has so many dimensions and length 1. */
export function unit(vector, dimensions) {
  assert.equal(vector.length, dimensions)
  const length = Math.hypot(...vector)
  assert(Math.abs(length - 1) < 1e-3, `length ${length}`)
}

/** join gathers what an async iterable yields of text. */
export async function join(stream, text = (x) => x) {
  let all = ''
  for await (const event of stream) all += text(event) ?? ''
  return all
}

/** What the weather tool takes. */
export const weather = z.strictObject({
  city: z.string().min(1),
  unit: z.enum(['celsius', 'fahrenheit']),
})

export const tool = {
  name: 'get_weather',
  description: 'The weather of a city',
  schema: z.toJSONSchema(weather, { target: 'draft-7' }),
}

/** A structured answer: every kind of value that schemas are usually made of. */
export const report = z.strictObject({
  city: z.string().min(1),
  degrees: z.number(),
  sky: z.enum(['clear', 'cloudy', 'rain']),
  storm: z.boolean(),
  hours: z.array(z.strictObject({ hour: z.int(), note: z.string() })),
  warning: z.string().nullable(),
})

export const reportSchema = z.toJSONSchema(report, { target: 'draft-7' })
