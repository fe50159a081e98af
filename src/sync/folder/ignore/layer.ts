import ignore, { type Ignore } from 'ignore'

/** What one file of rules says of a path: the rule that leaves it out, that it is kept, or nothing. */
export type Verdict = { rule: string } | 'kept' | null

/** The matcher remembers each path it was asked about; after so many it is made anew. */
export const remembered = 4_000

/** To git a quoted slash is a slash, but for one at either end; to the matcher it is none that `**` may stand beside. */
const quotedSlash = /(?<!\\)(?<!^\uFEFF?!?)((?:\\\\)*)\\\/(?![ \r]*$)/gm

/** Rules of one file as git reads them, for what is in the folder of that file. */
export class Layer {
  readonly #rules: string
  /** '' is the root. */
  readonly #folder: string
  readonly #ignoreCase: boolean
  /** The file the rules are of. */
  readonly source: string
  #matcher: Ignore | null = null
  #asked = 0

  constructor(rules: string, folder: string, source: string, ignoreCase: boolean) {
    this.#rules = rules.normalize('NFC').replace(quotedSlash, '$1/')
    this.#folder = folder
    this.source = source
    this.#ignoreCase = ignoreCase
  }

  /** Of a path, from the root on, of which no folder is left out. */
  of(path: string, isFolder: boolean): Verdict {
    this.#asked += 1
    if (this.#asked % remembered === 0) this.#matcher = null
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

  #own(path: string): string {
    return this.#folder === '' ? path : path.slice(this.#folder.length + 1)
  }
}
