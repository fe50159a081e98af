import type { LinkRules } from '../contract/left-out.ts'
import type { TransferSettings } from '../contract/sync.ts'

/** Bytes; a larger file neither goes nor comes by itself over a metered network. */
export const maxMeteredFileBytes = 5_000_000

/** Days that what sync removed stays in a linked folder's trash. */
export const trashDays = 30

/** How much sync takes where its person has said nothing. */
export const unlimited: TransferSettings = {
  paused: false,
  upLimit: null,
  downLimit: null,
  keepLimit: null,
  metered: false,
}

/** What a linked folder leaves out where its person has said nothing. */
export const defaultLinkRules: LinkRules = { respectGitignore: true, leftOut: [], sendAnyway: [] }
