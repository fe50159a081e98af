import type { LeftOutReason, LinkRules } from '../../../contract/left-out.ts'
import { foldPath } from '../../../domain/file-path.ts'
import { isNever, neverOf } from './defaults.ts'
import { Layer, type Verdict } from './layer.ts'
import { oursOf } from './ours.ts'

export type EntryKind = 'file' | 'folder' | 'link' | 'other'
/** Why a path is not synced; `source` is the file that has the rule, null of a rule of ours or a person's. */
export type LeftOut = { reason: LeftOutReason; rule: string | null; source: string | null }

/** The files that hold rules, by what they are called in any folder. */
export const ruleFiles = { gitignore: '.gitignore', atelierignore: '.atelierignore' } as const
/** Whatever the case: many disks do not tell it. */
export const isRuleFile = (path: string): boolean =>
  /(^|\/)\.(gitignore|atelierignore)$/i.test(path)
/** What these files of one folder say; null where there is none. */
export type RuleTexts = { gitignore: string | null; atelierignore: string | null }

/** Whether a person may have it sent all the same. */
export const canSend = (reason: LeftOutReason): boolean =>
  ['litter', 'generated', 'private', 'gitignore', 'atelierignore', 'person'].includes(reason)

/** A person's rules, to be asked about paths. On many disks and at the server two spellings are one name. */
export const personOf = ({ respectGitignore, leftOut, sendAnyway }: LinkRules) => {
  const out = new Set(leftOut.map(foldPath))
  const sent = new Set(sendAnyway.map(foldPath))
  const isWithin = (path: string): boolean => {
    if (out.size === 0) return false
    const folded = foldPath(path)
    if (out.has(folded)) return true
    for (let end = folded.lastIndexOf('/'); end > 0; end = folded.lastIndexOf('/', end - 1))
      if (out.has(folded.slice(0, end))) return true
    return false
  }
  return {
    respectGitignore,
    leavesOut: (path: string): boolean => out.size > 0 && out.has(foldPath(path)),
    sends: (path: string): boolean => sent.size > 0 && sent.has(foldPath(path)),
    /** Neither sent nor taken, wherever it is: by its path alone. */
    isApart: (path: string): boolean => isNever(path) || isWithin(path),
  }
}
export type Person = ReturnType<typeof personOf>

/** The last word of these files is that of the innermost. */
const lastOf = (layers: readonly Layer[], path: string, isFolder: boolean) => {
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const layer = layers[at]
    const verdict: Verdict = layer?.of(path, isFolder) ?? null
    if (layer && verdict !== null) return { verdict, source: layer.source }
  }
  return { verdict: null, source: null }
}

/** One folder on the way down, with the rules that hold for what is in it. What is left out is not entered. */
export class Level {
  readonly #person: Person
  readonly #ignoreCase: boolean
  readonly #folder: string
  readonly #git: readonly Layer[]
  readonly #own: readonly Layer[]
  /** Its person sends a folder that it is in. */
  readonly #isSent: boolean

  private constructor(
    person: Person,
    ignoreCase: boolean,
    folder: string,
    layers: { git: readonly Layer[]; own: readonly Layer[] },
    isSent: boolean,
  ) {
    this.#person = person
    this.#ignoreCase = ignoreCase
    this.#folder = folder
    this.#git = layers.git
    this.#own = layers.own
    this.#isSent = isSent
  }

  /** `ignoreCase`: as git does on a disk without case. */
  static root(person: Person, texts: RuleTexts, ignoreCase: boolean): Level {
    const none = { git: [], own: [] }
    return new Level(person, ignoreCase, '', none, false).#with(texts)
  }

  /** A name in this folder. Null: it is synced. */
  of(name: string, kind: EntryKind): LeftOut | null {
    const never = neverOf(name, this.#folder.slice(this.#folder.lastIndexOf('/') + 1))
    if (never) return { reason: never, rule: name, source: null }
    const path = this.#pathOf(name)
    if (this.#person.leavesOut(path)) return { reason: 'person', rule: null, source: null }
    if (this.#person.sends(path)) return null
    const isFolder = kind === 'folder'
    const ours = oursOf(name, isFolder)
    if (ours?.reason === 'private') return ours
    const own = this.#isSent ? null : lastOf(this.#own, path, isFolder)
    if (own?.verdict === 'kept') return null
    if (own?.verdict) return { reason: 'atelierignore', rule: own.verdict.rule, source: own.source }
    if (ours?.reason === 'litter' || this.#isSent) return ours?.reason === 'litter' ? ours : null
    // Written for git alone: what it keeps there need not be wanted here.
    const git = lastOf(this.#git, path, isFolder)
    if (git.verdict && git.verdict !== 'kept')
      return { reason: 'gitignore', rule: git.verdict.rule, source: git.source }
    return ours ?? null
  }

  /** A folder in this one, that is not left out, with the rules it holds itself. */
  enter(name: string, texts: RuleTexts): Level {
    const folder = this.#pathOf(name)
    const into = (layer: Layer): Layer => layer.within(folder)
    return new Level(
      this.#person,
      this.#ignoreCase,
      folder,
      { git: this.#git.map(into), own: this.#own.map(into) },
      this.#isSent || this.#person.sends(folder),
    ).#with(texts)
  }

  #with({ gitignore, atelierignore }: RuleTexts): Level {
    const isGit = gitignore !== null && this.#person.respectGitignore
    if (!isGit && atelierignore === null) return this
    const add = (layers: readonly Layer[], text: string | null, file: string): readonly Layer[] =>
      text === null
        ? layers
        : [...layers, new Layer(text, this.#folder, this.#pathOf(file), this.#ignoreCase)]
    return new Level(
      this.#person,
      this.#ignoreCase,
      this.#folder,
      {
        git: add(this.#git, isGit ? gitignore : null, ruleFiles.gitignore),
        own: add(this.#own, atelierignore, ruleFiles.atelierignore),
      },
      this.#isSent,
    )
  }

  #pathOf(name: string): string {
    return this.#folder === '' ? name : `${this.#folder}/${name}`
  }
}
