import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type DraftOrder, type DraftText, keepWord, saveWord } from '../../../src/domain/drafts.ts'
import { DraftKeeper } from './draft-keeper.ts'

/** Main, behind a channel where every message takes its own time, and a clock that only the test moves. */
const scene = (delays: () => number) => {
  let now = 0
  let timers: { at: number; work: () => void }[] = []
  const later = (milliseconds: number, work: () => void): (() => void) => {
    const timer = { at: now + milliseconds, work }
    timers.push(timer)
    return () => {
      timers = timers.filter((each) => each !== timer)
    }
  }
  const arrive = <Value>(work: () => Value): Promise<Value> =>
    new Promise((done, fail) =>
      later(delays(), () => {
        try {
          const value = work()
          later(delays(), () => done(value))
        } catch (error) {
          later(delays(), () => fail(error))
        }
      }),
    )
  /** When each text was typed last, and up to when main has saved. */
  const typedAt = new Map<string, number>()
  let moment = 0
  let savedAt = 0
  let count = 0
  /** A draft of what was typed before the last save, at whatever moment. */
  let cameBack: string | null = null
  const main = { draft: null as DraftText | null, order: null as DraftOrder | null, here: 'h:' }
  const editor = { text: '', saved: '', base: 'h:' }
  const word = () =>
    editor.text === editor.saved ? null : { text: editor.text, base: editor.base }
  let failing = 0
  const check = (): void => {
    if (main.draft && (typedAt.get(main.draft.text) ?? 0) <= savedAt) cameBack = main.draft.text
  }
  const type = (text: string): void => {
    moment += 1
    editor.text = text
    typedAt.set(text, moment)
    keeper.typed(word)
  }
  const keeper = new DraftKeeper({
    writer: 'w',
    later,
    told: () => {},
    tell: (draft, at) =>
      arrive(() => {
        if (failing > 0) {
          failing -= 1
          throw new Error('the disk is busy')
        }
        const kept = keepWord(main.order, at, draft, main.here)
        if (kept) Object.assign(main, kept)
        check()
      }),
  })
  let saves: Promise<unknown> = Promise.resolve()
  const deeds = {
    type: () => type(`${editor.text}x`),
    undo: () => type(editor.saved),
    leave: () => keeper.flush(),
    fail: () => {
      failing += 1
    },
    save: () => {
      const at = keeper.saving()
      const { text, base } = editor
      const upTo = moment
      count += 1
      const mine = count
      // The editor counts it as saved when the answer comes; saves go one after the other.
      saves = saves.then(() =>
        arrive(() => {
          main.here = `h:${text}`
          Object.assign(main, saveWord(main.order, at, { from: base, to: main.here }, main.draft))
          savedAt = upTo
          check()
        }).then(() => {
          editor.saved = text
          editor.base = `h:${text}`
          // What is there beside it is told anew: it stands on something else now.
          if (mine === count) keeper.typed(word)
        }),
      )
    },
  }
  const pass = async (milliseconds: number): Promise<void> => {
    const end = now + milliseconds
    for (;;) {
      for (let turn = 0; turn < 12; turn += 1) await Promise.resolve()
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      timers = timers.filter((each) => each !== next)
      now = Math.max(now, next.at)
      next.work()
    }
    now = end
  }
  return { main, editor, deeds, pass, keeper, word, cameBack: () => cameBack }
}

it('saved text never comes back as a draft, and unsaved text is kept, whatever the messages take', async () => {
  type Deed = 'type' | 'undo' | 'leave' | 'fail' | 'save'
  const story = fc.array(
    fc.tuple(
      fc.constantFrom<Deed>('type', 'type', 'type', 'save', 'save', 'undo', 'leave', 'fail'),
      fc.nat({ max: 900 }),
    ),
    { maxLength: 14 },
  )
  await fc.assert(
    fc.asyncProperty(story, fc.infiniteStream(fc.nat({ max: 700 })), async (deeds, delays) => {
      const {
        main,
        editor,
        deeds: play,
        pass,
        keeper,
        word,
        cameBack,
      } = scene(() => delays.next().value ?? 0)
      for (const [deed, milliseconds] of deeds) {
        play[deed]()
        await pass(milliseconds)
      }
      await pass(60_000)
      // Who goes away says the last word again, until it is heard.
      for (let count = 0; count <= deeds.length; count += 1) {
        keeper.flush()
        await pass(5_000)
      }
      expect(cameBack()).toBeNull()
      expect(main.draft?.text ?? null).toBe(word()?.text ?? null)
      if (main.draft) expect(main.draft.base).toBe(main.here)
      expect(editor.saved === editor.text).toBe(main.draft === null)
    }),
    { numRuns: 1500 },
  )
})

it('is told soon after the first of several keys, and at once when somebody leaves', async () => {
  const { main, deeds, pass } = scene(() => 0)
  deeds.type()
  await pass(80)
  deeds.type()
  expect(main.draft).toBeNull()
  await pass(30)
  expect(main.draft?.text).toBe('xx')
  deeds.type()
  deeds.leave()
  await pass(1)
  expect(main.draft?.text).toBe('xxx')
})

it('whoever leaves while a word is on its way leaves the last one, too', async () => {
  const { main, deeds, pass } = scene(() => 400)
  deeds.type()
  await pass(600)
  deeds.type()
  deeds.leave()
  // The answer to the first is not there yet: nobody would be, either, to say the second after it.
  await pass(401)
  expect(main.draft?.text).toBe('xx')
})
