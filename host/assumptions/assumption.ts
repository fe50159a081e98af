import type { Kit } from './kit.ts'

// What the product assumes of Electron, each held by one test that runs on the double always and on Electron where its
// binary is. The page docs/electron-assumptions.md is made of this list.

type Told = {
  id: string
  /** One sentence, of Electron. */
  says: string
  /** Files of the product that would be wrong without it. */
  reliedOn: string[]
  /** Where Electron's own repository says so. */
  source: string
}
/** Beside others in one process. */
export type Checked = Told & { check: (kit: Kit) => Promise<void> }
/** In a process of its own, which may end by it; what it told meanwhile is compared. */
export type Played = Told & {
  play: (kit: Kit) => Promise<void> | void
  expects: string[]
}
/** Nobody but a person before a screen can tell. */
export type Seen = Told & { person: string }
export type Where = {
  /** Why it cannot be shown without Electron's binary. */
  onlyElectron?: string
  /** Where the answer differs by system. */
  platforms?: NodeJS.Platform[]
}
export type Assumption = (Checked | Played | Seen) & Where
