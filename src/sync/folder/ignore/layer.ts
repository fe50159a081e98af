import ignore, { type Ignore } from 'ignore'

/** What one file of rules says of a path: the rule that leaves it out, that it is kept, or nothing. */
export type Verdict = { rule: string } | 'kept' | null

/** The matcher remembers each path it was asked about; after so many it is made anew. */
export const maxRemembered = 4_000

/** To git a quoted slash is a slash, but for one at either end; to the matcher it is none that `**` may stand beside. */
const quotedSlash = /(?<!\\)(?<!^\uFEFF?!?)((?:\\\\)*)\\\/(?![ \r]*$)/gm

/**
 * How many ways there may be to lay the rules of one file over one path: each `**` between slashes may stand for any of
 * its folders, and a matcher tries them all. Nobody's rules and folders come near; somebody's who wants to hold us do.
 */
const maxWays = 200_000

/** In how many ways so many `**` lie among so many folders. */
const waysOf = (globs: number, folders: number): number => {
  let ways = 1
  for (let place = 1; place <= globs && ways <= maxWays; place += 1)
    ways = (ways * (folders + place)) / place
  return ways
}

/** Rules with more than one `**`: how many there are of each number, and one of them. */
const wideRules = (rules: string): ReadonlyMap<number, { count: number; rule: string }> => {
  const found = new Map<number, { count: number; rule: string }>()
  if (!/\*\*.*\*\*/.test(rules)) return found
  for (const rule of rules.split(/\r?\n/)) {
    const globs = rule.startsWith('#') ? 0 : (rule.match(/\*{2,}/g)?.length ?? 0)
    if (globs > 1) found.set(globs, { count: (found.get(globs)?.count ?? 0) + 1, rule })
  }
  return found
}

/** Rules of one file as git reads them, for what is in the folder of that file. */
export class Layer {
  readonly #rules: string
  /** '' is the root. */
  readonly #folder: string
  readonly #ignoreCase: boolean
  /** The file the rules are of. */
  readonly source: string
  readonly #wide: ReturnType<typeof wideRules>
  #matcher: Ignore | null = null
  #asked = 0

  constructor(rules: string, folder: string, source: string, ignoreCase: boolean) {
    this.#rules = rules.normalize('NFC').replace(quotedSlash, '$1/')
    this.#folder = folder
    this.source = source
    this.#ignoreCase = ignoreCase
    this.#wide = wideRules(this.#rules)
  }

  /** Of a path, from the root on, of which no folder is left out. What would take for ever to tell is left out. */
  of(path: string, isFolder: boolean): Verdict {
    const endless = this.#endlessFor(path)
    if (endless !== null) return { rule: endless }
    this.#asked += 1
    if (this.#asked % maxRemembered === 0) this.#matcher = null
    this.#matcher ??= ignore({ ignoreCase: this.#ignoreCase }).add(this.#rules)
    const { ignored, unignored, rule } = this.#matcher.test(this.#own(path) + (isFolder ? '/' : ''))
    if (ignored) return { rule: rule?.pattern ?? '' }
    return unignored ? 'kept' : null
  }

  /** The same in a folder that is kept: should these rules leave it out, what is in it is asked about by itself. */
  within(folder: string): Layer {
    const verdict = this.of(folder, true)
    if (verdict === null || verdict === 'kept') return this
    const name = this.#own(folder).replace(/[\\*?[\] ]/g, '\\$&')
    return new Layer(`${this.#rules}\n!/${name}/`, this.#folder, this.source, this.#ignoreCase)
  }

  #endlessFor(path: string): string | null {
    if (this.#wide.size === 0) return null
    const folders = this.#own(path).split('/').length
    let ways = 0
    for (const [globs, { count, rule }] of this.#wide) {
      ways += count * waysOf(globs, folders)
      if (ways > maxWays) return rule
    }
    return null
  }

  #own(path: string): string {
    return this.#folder === '' ? path : path.slice(this.#folder.length + 1)
  }
}
