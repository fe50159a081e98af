import type { FolderLink } from '../../../../src/contract/folders.ts'
import { isStopped, needsAttention } from '../../../../src/sync/attention.ts'
import type { Tone } from '../../../ui/badge.tsx'

export type LinkWord = { word: string; tone: Tone }

const words: Record<FolderLink['status'], LinkWord> = {
  'in-step': { word: 'Up to date', tone: 'success' },
  syncing: { word: 'Syncing', tone: 'info' },
  waiting: { word: 'Needs you', tone: 'warning' },
  paused: { word: 'Paused', tone: 'neutral' },
  offline: { word: 'Offline', tone: 'warning' },
  gone: { word: 'No longer shared with you', tone: 'warning' },
  failed: { word: 'Stopped', tone: 'danger' },
}

const ofAnotherNetwork: LinkWord = { word: 'Waits for another network', tone: 'neutral' }
const byHand: LinkWord = { word: 'Some files stopped', tone: 'neutral' }

/** How a linked folder is, in a word. */
export const linkWord = (link: FolderLink): LinkWord => {
  if (link.status !== 'waiting' || needsAttention(link)) return words[link.status]
  if (link.parked.some(isStopped)) return byHand
  return link.parked.length > 0 ? ofAnotherNetwork : words.syncing
}

/** The same of several: the gravest. */
const gravest: readonly Tone[] = ['danger', 'warning', 'info', 'neutral', 'success']
export const linksWord = (links: readonly FolderLink[]): LinkWord => {
  const all = links.map(linkWord)
  const found = gravest.flatMap((tone) => all.filter((each) => each.tone === tone))
  return found[0] ?? { word: 'Up to date', tone: 'success' }
}
