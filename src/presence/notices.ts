import { plural, t } from '@lingui/core/macro'
import type { Command, NoticeKind } from '../contract/desktop.ts'
import type { Need } from './needs.ts'

/** What a notification says, and where a click on it leads. */
export type Notice = { kind: NoticeKind; title: string; body: string; command: Command }

/** Milliseconds in which what comes together is told together. */
export const gatheringMs = 2_000

const together: Record<Need['kind'], (count: number) => Pick<Notice, 'title' | 'body'>> = {
  conflict: (count) => ({
    title: plural(count, { one: '# file in two versions', other: '# files in two versions' }),
    body: t`Both of each are kept until you choose.`,
  }),
  attention: (count) => ({
    title: plural(count, { one: 'One thing needs you', other: '# things need you' }),
    body: t`They cannot go on by themselves.`,
  }),
}

/** Of one thing, to whoever may see the screen. */
const unnamed: Record<Need['kind'], () => Pick<Notice, 'title' | 'body'>> = {
  conflict: () => ({
    title: t`A file is in two versions`,
    body: t`Both are kept until you choose.`,
  }),
  attention: () => ({ title: t`Something needs you`, body: t`It cannot go on by itself.` }),
}

/** One notification for all that is new of a kind. */
const noticeOf = (
  kind: Need['kind'],
  [first, ...more]: readonly Need[],
  saysNames: boolean,
): Notice | null => {
  if (!first) return null
  if (more.length === 0)
    return {
      kind,
      title: first.title,
      body: first.body,
      ...(saysNames ? {} : unnamed[kind]()),
      command: first.command,
    }
  return { kind, ...together[kind](more.length + 1), command: { kind: 'sync' } }
}

type Desk = {
  show: (notice: Notice) => void
  /** What was told of is no more. */
  withdraw: (kind: NoticeKind) => void
  /** The person looks at the window, and sees it there. */
  isWatched: () => boolean
  /** Of files and projects. */
  saysNames: () => boolean
  later: (work: () => void, milliseconds: number) => void
}

/** Tells what begins to wait for the person, once each and together; takes back what waits no more. */
export class Notices {
  readonly #desk: Desk
  #waiting: ReadonlyMap<string, Need> = new Map()
  /** Keys that are new since they were last told of. */
  readonly #fresh = new Set<string>()
  /** Keys that the notification which shows now is about. */
  readonly #shown = new Map<Need['kind'], Set<string>>()
  #isGathering = false

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** All that waits now. */
  follow(needs: readonly Need[]): void {
    const before = this.#waiting
    this.#waiting = new Map(needs.map((need) => [need.key, need]))
    for (const key of this.#waiting.keys()) if (!before.has(key)) this.#fresh.add(key)
    for (const key of this.#fresh) if (!this.#waiting.has(key)) this.#fresh.delete(key)
    for (const [kind, keys] of this.#shown) {
      if ([...keys].some((key) => this.#waiting.has(key))) continue
      this.#shown.delete(kind)
      this.#desk.withdraw(kind)
    }
    if (this.#fresh.size === 0 || this.#isGathering) return
    this.#isGathering = true
    this.#desk.later(() => this.#tell(), gatheringMs)
  }

  #tell(): void {
    this.#isGathering = false
    const fresh = [...this.#waiting.values()].filter(({ key }) => this.#fresh.has(key))
    this.#fresh.clear()
    if (this.#desk.isWatched()) return
    for (const kind of ['attention', 'conflict'] as const) {
      const news = fresh.filter((need) => need.kind === kind)
      const notice = noticeOf(kind, news, this.#desk.saysNames())
      if (!notice) continue
      this.#shown.set(kind, new Set(news.map(({ key }) => key)))
      this.#desk.show(notice)
    }
  }
}
