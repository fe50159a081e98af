import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Release, UpdateMeans } from '../contract/updates.ts'
import {
  advance,
  begin,
  checkAgainMs,
  checkEveryMs,
  type Effect,
  firstCheckMs,
  type Happening,
  laterMs,
  type Model,
  shownOf,
} from './policy.ts'

const self: UpdateMeans = { kind: 'self' }
const page: UpdateMeans = { kind: 'page', why: 'read-only' }
const release = (version = '2.0.0'): Release => ({
  version,
  notes: '',
  releasedAt: null,
  postgresMajor: 17,
})
const at = 1_000_000

/** What becomes of it, and everything that was to be done. */
const play = (happenings: Happening[], means: UpdateMeans = self, automatic = true, now = at) => {
  let model = begin({ means, automatic, skipped: null }, 0)
  const effects: Effect[] = []
  for (const happening of happenings) {
    const step = advance(model, happening, now)
    model = step.model
    effects.push(...step.effects)
  }
  return { model, effects: effects.map(({ type }) => type), shown: shownOf(model, now, true) }
}
const busyness = (edits: number, transfers = 0): Happening => ({
  type: 'busyness',
  busy: { edits, transfers },
})
const found: Happening = { type: 'found', release: release() }
const time: Happening = { type: 'time' }

describe('an update', () => {
  it('is looked for, fetched and announced by itself, and installed by the person', () => {
    const ready = play([time, found, { type: 'downloaded' }])
    expect(ready.effects).toEqual(['check', 'download', 'announce'])
    expect(ready.shown).toMatchObject({ isTold: true, state: { status: 'ready' } })
    const installed = play([time, found, { type: 'downloaded' }, { type: 'installAsked' }])
    expect(installed.effects.at(-1)).toBe('install')
  })

  it('is not looked for before whoever opened the application has what they came for', () => {
    const model = begin({ means: self, automatic: true, skipped: null }, 0)
    expect(advance(model, time, firstCheckMs - 1).effects).toEqual([])
    expect(advance(model, time, firstCheckMs).effects).toEqual([{ type: 'check' }])
  })

  it('is looked for once a day, and sooner after an answer that did not come', () => {
    const { model } = play([time, { type: 'foundNothing' }])
    expect(advance(model, time, at + checkEveryMs - 1).effects).toEqual([])
    expect(advance(model, time, at + checkEveryMs).effects).toHaveLength(1)
    const silent = play([time, { type: 'failed', of: 'check', failure: 'update.feed-unreachable' }])
    expect(advance(silent.model, time, at + checkAgainMs - 1).effects).toEqual([])
    expect(advance(silent.model, time, at + checkAgainMs).effects).toHaveLength(1)
    expect(silent.shown.isTold).toBe(false)
  })

  it('is looked for each day where one was found before, too, which stays until there is another', () => {
    const nextDay = at + checkEveryMs
    for (const reached of [
      play([time, found, { type: 'downloaded' }]),
      play([{ type: 'checkAsked' }, found, { type: 'automatic', automatic: true }], page, false),
    ]) {
      const before = reached.model.state
      const look = advance(reached.model, time, nextDay)
      expect(look.effects).toEqual([{ type: 'check' }])
      expect(look.model.state).toEqual(before)
      // One at a time.
      expect(advance(look.model, time, nextDay).effects).toEqual([])
      const same = advance(look.model, found, nextDay)
      expect(same.model).toMatchObject({ state: before, nextCheckAt: nextDay + checkEveryMs })
      const silence: Happening = {
        type: 'failed',
        of: 'check',
        failure: 'update.feed-unreachable',
      }
      expect(advance(look.model, silence, nextDay).model).toMatchObject({
        state: before,
        nextCheckAt: nextDay + checkAgainMs,
        isLooking: false,
      })
      const newer = advance(look.model, { type: 'found', release: release('2.0.1') }, nextDay)
      expect(newer.model.state).toMatchObject({ release: { version: '2.0.1' } })
      expect(newer.model.state.status).toBe(before.status === 'ready' ? 'downloading' : 'available')
      const withdrawn = advance(look.model, { type: 'foundNothing' }, nextDay)
      expect(withdrawn.model.state.status).toBe('current')
    }
    // What the person began meanwhile is not undone by the answer.
    const { model } = play([time, found, { type: 'downloaded' }])
    const looking = advance(model, time, nextDay).model
    const installing = advance(looking, { type: 'installAsked' }, nextDay).model
    expect(
      advance(installing, { type: 'found', release: release('2.0.1') }, nextDay).model.state,
    ).toMatchObject({ status: 'installing', release: { version: '2.0.0' } })
  })

  it('is looked for and fetched when no bytes are on their way, whatever cannot be sent', () => {
    expect(play([busyness(0, 1), time]).effects).toEqual([])
    expect(play([time, busyness(0, 1), found]).effects).toEqual(['check'])
    expect(play([time, busyness(0, 1), found, busyness(0)]).effects).toEqual(['check', 'download'])
    // A folder that failed for good keeps its edits for as long.
    const ready = play([busyness(3), time, found, { type: 'downloaded' }])
    expect(ready.effects).toEqual(['check', 'download', 'announce'])
    expect(ready.shown).toMatchObject({ isTold: true, state: { status: 'ready' } })
  })

  it('is installed when nothing is on its way, and nothing is unsent', () => {
    for (const busy of [busyness(2), busyness(0, 1), busyness(1, 1)]) {
      const asked = [time, found, { type: 'downloaded' }, busy, { type: 'installAsked' }] as const
      expect(play([...asked]).effects).not.toContain('install')
      expect(play([...asked]).model.state).toMatchObject({ status: 'ready', isWanted: true })
      const effectsWith = (happening: Happening) => play([...asked, happening, busyness(0)]).effects
      expect(play([...asked, busyness(0)]).effects).toContain('install')
      expect(effectsWith({ type: 'cancelAsked' })).not.toContain('install')
      expect(effectsWith({ type: 'laterAsked' })).not.toContain('install')
    }
  })

  it('waits no longer than its person does, and begins nothing that nobody asked for', () => {
    const goOn: Happening = { type: 'goOnAsked' }
    const waiting = [time, busyness(2, 1), found] as const
    expect(play([...waiting]).effects).toEqual(['check'])
    expect(play([...waiting, goOn]).effects).toEqual(['check', 'download'])
    const fetched = [...waiting, goOn, { type: 'downloaded' }] as const
    expect(play([...fetched, goOn]).effects).not.toContain('install')
    expect(play([...fetched, { type: 'installAsked' }, goOn]).effects).toContain('install')
  })

  it('is left alone for a day after “Later”', () => {
    const { model, shown } = play([time, found, { type: 'downloaded' }, { type: 'laterAsked' }])
    expect(shown.isTold).toBe(false)
    expect(shownOf(model, at + laterMs, true).isTold).toBe(true)
  })

  it('that is skipped is not told of again, but when the person asks', () => {
    const skipped = play([time, found, { type: 'downloaded' }, { type: 'skipAsked' }])
    expect(skipped.effects.at(-1)).toBe('keep')
    const again = advance(skipped.model, time, at + checkEveryMs).model
    expect(advance(again, found, at + checkEveryMs)).toMatchObject({
      model: { state: { status: 'current' } },
      effects: [],
    })
    const newer = advance(again, { type: 'found', release: release('2.0.1') }, at + checkEveryMs)
    expect(newer.effects).toEqual([{ type: 'download' }])
    const asked = advance(skipped.model, { type: 'checkAsked' }, at)
    const told = advance(asked.model, found, at)
    expect(told.model.state).toMatchObject({ status: 'available', isWanted: false })
    const wanted = advance(told.model, { type: 'downloadAsked' }, at)
    expect(wanted.model.skipped).toBeNull()
    expect(wanted.effects.map(({ type }) => type)).toEqual(['download', 'keep'])
  })

  it('whose download the person ended is fetched when they say so alone', () => {
    const ended: Happening = { type: 'failed', of: 'download', failure: 'sync.cancelled' }
    const { model, effects } = play([time, found, { type: 'cancelAsked' }, ended])
    expect(effects).toEqual(['check', 'download', 'cancel'])
    expect(model.state).toMatchObject({ status: 'available', isWanted: false })
    expect(advance(model, { type: 'downloadAsked' }, at).effects).toEqual([{ type: 'download' }])
  })

  it('is told of, and no more, where an installation cannot replace itself', () => {
    const { effects, shown } = play([time, found, { type: 'downloadAsked' }], page)
    expect(effects).toEqual(['check', 'announce'])
    expect(shown).toMatchObject({ isTold: true, state: { status: 'available' } })
  })

  it('is nobody’s to look for where no feed is configured', () => {
    const none: UpdateMeans = { kind: 'none', why: 'not-configured' }
    expect(play([time, { type: 'checkAsked' }, found], none).effects).toEqual([])
  })

  it('is not looked for by itself where the person does not want that, and is when they ask', () => {
    expect(play([time], self, false).effects).toEqual([])
    const { effects, shown } = play([{ type: 'checkAsked' }, found], self, false)
    expect(effects).toEqual(['check'])
    expect(shown).toMatchObject({ isTold: true, state: { isWanted: false } })
  })

  it('of another PostgreSQL leads to its page by a copy of the database here, and no other does', () => {
    const other: Happening = { type: 'found', release: { ...release(), postgresMajor: 18 } }
    const silent: Happening = { type: 'found', release: { ...release(), postgresMajor: null } }
    expect(play([time, found], page).shown.copiesFirst).toBe(false)
    for (const each of [other, silent]) {
      const { model, shown } = play([time, each], page)
      expect(shown.copiesFirst).toBe(true)
      expect(shownOf(model, at, false).copiesFirst).toBe(false)
    }
    const leaving = play([time, other, { type: 'leaveAsked' }], page)
    expect(leaving.effects).toEqual(['check', 'announce', 'leave'])
    expect(leaving.shown.state).toMatchObject({ status: 'installing', step: 'saving' })
    // Also from what was not installed by itself, and where the feed did not even say which version there is.
    const failed = (of: 'check' | 'install'): Happening => ({
      type: 'failed',
      of,
      failure: 'update.not-installed',
    })
    const here = [time, other, { type: 'downloaded' }, { type: 'installAsked' }] as const
    const notInstalled = play([...here, failed('install'), { type: 'leaveAsked' }])
    expect(notInstalled.effects.at(-1)).toBe('leave')
    const unknown = play([time, failed('check')], page)
    expect(unknown.shown.copiesFirst).toBe(true)
    expect(advance(unknown.model, { type: 'leaveAsked' }, at).effects).toEqual([{ type: 'leave' }])
    // What installs itself makes its copy then.
    expect(play([time, other, { type: 'leaveAsked' }]).effects).not.toContain('leave')
  })

  it('is not held up for ever by a database here that does not open', () => {
    const noCopy: Happening = { type: 'failed', of: 'install', failure: 'update.no-copy' }
    const here = [time, found, { type: 'downloaded' }, { type: 'installAsked' }] as const
    const failed = play([...here, noCopy])
    expect(failed.shown.copiesFirst).toBe(false)
    const without = advance(failed.model, { type: 'withoutCopyAsked' }, at)
    expect(without.effects).toEqual([{ type: 'install', release: release(), mayCopy: false }])
    // As with any installation it waits, and is told again what it may do.
    const busy = play([...here, noCopy, busyness(1), { type: 'withoutCopyAsked' }])
    expect(busy.model.state).toMatchObject({ status: 'ready', isWanted: true })
    const again = advance(busy.model, { type: 'cancelAsked' }, at).model
    expect(
      advance(advance(again, { type: 'installAsked' }, at).model, busyness(0), at).effects,
    ).toEqual([{ type: 'install', release: release(), mayCopy: true }])
    // By hand it is the page that is opened, and nothing more.
    const other: Happening = { type: 'found', release: { ...release(), postgresMajor: 18 } }
    const byHand = play(
      [time, other, { type: 'leaveAsked' }, noCopy, { type: 'withoutCopyAsked' }],
      page,
    )
    expect(byHand.effects).toEqual(['check', 'announce', 'leave', 'openPage'])
    expect(byHand.shown.state.status).toBe('available')
    // Nothing else that goes wrong leaves a copy out.
    const full: Happening = { type: 'failed', of: 'install', failure: 'disk.full' }
    expect(advance(play([...here, full]).model, { type: 'withoutCopyAsked' }, at).effects).toEqual(
      [],
    )
  })

  it('that could not be installed says so wherever the person is', () => {
    const happenings: Happening[] = [time, found, { type: 'downloaded' }, { type: 'installAsked' }]
    const failed: Happening = { type: 'failed', of: 'install', failure: 'update.not-installed' }
    expect(play([...happenings, failed]).shown).toMatchObject({
      isTold: true,
      state: { status: 'failed', during: 'install' },
    })
    // What is said of another step that ended meanwhile is no news of this one.
    const stale: Happening = { type: 'failed', of: 'download', failure: 'update.damaged' }
    expect(play([...happenings, stale]).model.state.status).toBe('installing')
  })
})

const anyMeans = fc.constantFrom<UpdateMeans>(self, page, { kind: 'none', why: 'store' })
const anyVersion = fc.constantFrom('2.0.0', '2.0.1', '3.0.0')
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom<Happening>(
    ...([
      ...['time', 'checkAsked', 'foundNothing', 'downloadAsked', 'downloaded', 'cancelAsked'],
      ...['laterAsked', 'skipAsked', 'installAsked', 'goOnAsked', 'leaveAsked'],
      'withoutCopyAsked',
    ].map((type) => ({ type })) as Happening[]),
  ),
  anyVersion.map((version): Happening => ({ type: 'found', release: release(version) })),
  fc.tuple(fc.nat(2), fc.nat(1)).map(([edits, transfers]) => busyness(edits, transfers)),
  fc.boolean().map((automatic): Happening => ({ type: 'automatic', automatic })),
  fc
    .constantFrom('check' as const, 'download' as const, 'install' as const)
    .map((of): Happening => ({ type: 'failed', of, failure: 'update.damaged' })),
  fc.constant<Happening>({ type: 'failed', of: 'install', failure: 'update.no-copy' }),
)

describe('whatever happens, in whatever order', () => {
  const walk = (
    means: UpdateMeans,
    steps: [Happening, number][],
    look: (
      before: Model,
      happening: Happening,
      result: { model: Model; effects: Effect[] },
    ) => void,
  ): void => {
    let model = begin({ means, automatic: true, skipped: null }, 0)
    let now = 0
    for (const [happening, passed] of steps) {
      now += passed
      const result = advance(model, happening, now)
      look(model, happening, result)
      model = result.model
    }
  }
  const anySteps = fc.array(fc.tuple(anyHappening, fc.nat(2 * checkEveryMs)), { maxLength: 60 })

  it('nothing is fetched while bytes move, nor installed while edits are unsent, unless its person says so, nor where it cannot be', () => {
    fc.assert(
      fc.property(anyMeans, anySteps, (means, steps) =>
        walk(means, steps, (_, happening, { model, effects }) => {
          for (const { type } of effects.filter(
            ({ type }) => type === 'download' || type === 'install',
          )) {
            const { edits, transfers } = model.busy
            const isBusy = transfers > 0 || (type === 'install' && edits > 0)
            const isHeldUp = isBusy && happening.type !== 'goOnAsked'
            expect([type, isHeldUp, means.kind]).toEqual([type, false, 'self'])
          }
        }),
      ),
    )
  })

  it('nothing is installed that was not fetched and asked for', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        let asked = false
        walk(self, steps, (before, { type }, { effects }) => {
          const { state } = before
          const hasNoCopy = state.status === 'failed' && state.failure === 'update.no-copy'
          if (type === 'installAsked' && state.status === 'ready') asked = true
          if (type === 'withoutCopyAsked' && hasNoCopy) asked = true
          if (type === 'laterAsked' || type === 'cancelAsked') asked = false
          for (const effect of effects) {
            if (effect.type !== 'install') continue
            expect([state.status === 'ready', hasNoCopy]).toContain(true)
            expect(asked).toBe(true)
            expect(before.state).toMatchObject({ release: effect.release })
          }
        })
      }),
    )
  })

  it('each work is begun where none of its kind is under way, and a skipped version is not announced', () => {
    fc.assert(
      fc.property(anyMeans, anySteps, (means, steps) =>
        walk(means, steps, (before, happening, { model, effects }) => {
          const types = effects.map(({ type }) => type)
          if (types.includes('check')) expect(before.state.status).not.toBe('checking')
          if (types.includes('download')) expect(before.state.status).not.toBe('downloading')
          if (types.includes('check') && happening.type === 'time')
            expect([before.automatic, before.busy.transfers]).toEqual([true, 0])
          for (const effect of effects)
            if (effect.type === 'announce') expect(effect.release.version).not.toBe(model.skipped)
          expect(new Set(types).size).toBe(types.length)
        }),
      ),
    )
  })
})
