import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type Ticket, type Trouble } from './circuit-breaker.ts'

const open = (random = () => 1) => {
  const clock = { now: 1_800_000_000_000 }
  const breaker = new CircuitBreaker(() => clock.now, random)
  const ask = (outcome: 'answered' | Trouble | null): string => {
    const ticket = breaker.acquire()
    if (typeof ticket === 'string') return ticket
    breaker.release(ticket, outcome)
    return 'went'
  }
  return { breaker, clock, ask }
}
const down: Trouble = { code: 'server.unavailable', retryAfterSeconds: null }
const busy: Trouble = { code: 'server.rate-limited', retryAfterSeconds: 40 }

describe('the breaker', () => {
  it('opens after five failures without a success between, with the last one’s code', () => {
    const { ask } = open()
    for (let request = 0; request < 4; request += 1) ask(down)
    ask('answered')
    for (let request = 0; request < 4; request += 1) ask(down)
    expect(ask(busy)).toBe('went')
    expect(ask('answered')).toBe('server.rate-limited')
  })
  it('lets one probe go when the time is over, and waits longer each time it fails', () => {
    const { breaker, clock, ask } = open()
    for (let request = 0; request < 5; request += 1) ask(down)
    for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      clock.now += wait - 1
      expect(ask(down)).toBe('server.unavailable')
      clock.now += 1
      const probe = breaker.acquire() as Ticket
      expect(probe).toEqual({ isProbe: true })
      expect(breaker.acquire()).toBe('server.unavailable')
      breaker.release(probe, down)
    }
    clock.now += 60_000
    expect(ask('answered')).toBe('went')
    expect(ask('answered')).toBe('went')
  })
  it('waits as long as it is asked to, and chance makes it less than the bound otherwise', () => {
    const patient = open(() => 0)
    for (let request = 0; request < 5; request += 1) patient.ask(busy)
    patient.clock.now += 39_999
    expect(patient.ask('answered')).toBe('server.rate-limited')
    patient.clock.now += 1
    expect(patient.ask('answered')).toBe('went')
  })
  it('takes what was on its way before it opened for nothing new', () => {
    const { breaker, clock, ask } = open()
    const tickets = Array.from({ length: 24 }, () => breaker.acquire() as Ticket)
    for (const ticket of tickets) breaker.release(ticket, down)
    clock.now += 1_000
    expect(ask('answered')).toBe('went')
  })
  it('gives the probe to another when it was given up', () => {
    const { clock, ask } = open()
    for (let request = 0; request < 5; request += 1) ask(down)
    clock.now += 1_000
    expect(ask(null)).toBe('went')
    expect(ask('answered')).toBe('went')
  })
  it('goes at once when a person asks, and when the clock was set back', () => {
    const hurried = open()
    for (let request = 0; request < 5; request += 1) hurried.ask(down)
    hurried.breaker.reset()
    expect(hurried.ask('answered')).toBe('went')
    const back = open()
    for (let request = 0; request < 5; request += 1) back.ask(down)
    back.clock.now -= 24 * 3600_000
    expect(back.ask('answered')).toBe('went')
  })
})
