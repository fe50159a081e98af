import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { arbitraryOf } from '../../tests/fixtures/arbitrary-of.ts'
import { answer } from './ipc.ts'
import { type Channel, events, needsAccount, requests } from './table.ts'

/** Of rules of our own there are too few examples by chance. */
const known: Partial<Record<Channel, fc.Arbitrary<unknown>>> = {
  'backend.choose': fc.oneof(
    fc.constant({ kind: 'embedded' }),
    fc.record({
      kind: fc.constant('hosted'),
      url: fc.domain().map((host) => `https://${host}`),
      publishableKey: fc.stringMatching(/^sb_publishable_\w{10,30}$/),
    }),
  ),
}

/** Electron sends structured clones, the tests' double of it and whatever keeps a request send JSON. */
const ways: Record<string, (value: unknown) => unknown> = {
  'a structured clone': structuredClone,
  JSON: (value) => JSON.parse(JSON.stringify(value)),
}
const hold = (
  schema: z.ZodType,
  examples: fc.Arbitrary<unknown>,
  sent: (value: unknown, way: (value: unknown) => unknown) => unknown,
) => {
  fc.assert(
    fc.property(examples, (example) => {
      const taken = schema.parse(example)
      for (const [name, way] of Object.entries(ways))
        expect(schema.parse(sent(example, way)), name).toEqual(taken)
    }),
    { numRuns: 15 },
  )
}

const channels = Object.keys(requests) as Channel[]

test.each(channels)(
  'what %s is asked with arrives as it was sent, however it is sent',
  (channel) => {
    const { argument } = requests[channel]
    hold(argument, known[channel] ?? arbitraryOf(argument), (example, way) => {
      // As the preload hands it over, and main takes it.
      const [, arrived] = way([channel, example]) as [string, unknown]
      return arrived ?? undefined
    })
  },
)

test.each(channels)('and so does its answer: %s', (channel) => {
  const { result } = requests[channel]
  hold(result, arbitraryOf(result), (value, way) => {
    const arrived = answer.parse(way({ ok: true, value }))
    return arrived.ok && arrived.value
  })
})

test.each(Object.entries(events))('what %s tells arrives as it was told', (name, { payload }) => {
  hold(
    payload,
    arbitraryOf(payload),
    (value, way) => (way([name, value]) as unknown[])[1] ?? undefined,
  )
})

test('an answer without an account is of the form of any other', () => {
  for (const channel of channels.filter(needsAccount)) {
    const { result, signedOut } = requests[channel]
    if (signedOut) expect(result.parse(signedOut.answer), channel).toEqual(signedOut.answer)
  }
})

test('a channel is an area and a verb', () => {
  for (const name of [...channels, ...Object.keys(events)])
    expect(name).toMatch(/^[a-z]+\.[a-z][A-Za-z]*$/)
})
