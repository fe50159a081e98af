import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import { isStopped, needsAttention } from '../../../../src/sync/attention.ts'
import type { Tone } from '../../../ui/badge.tsx'

export type LinkWord = { word: string; tone: Tone }

type Said = { word: MessageDescriptor; tone: Tone }
const inStep: Said = { word: msg`Up to date`, tone: 'success' }
const syncing: Said = { word: msg`Syncing`, tone: 'info' }

const words: Record<FolderLink['status'], Said> = {
  'in-step': inStep,
  syncing,
  waiting: { word: msg`Needs you`, tone: 'warning' },
  paused: { word: msg`Paused`, tone: 'neutral' },
  offline: { word: msg`Offline`, tone: 'warning' },
  gone: { word: msg`No longer shared with you`, tone: 'warning' },
  failed: { word: msg`Stopped`, tone: 'danger' },
}

const ofAnotherNetwork: Said = { word: msg`Waits for another network`, tone: 'neutral' }
const byHand: Said = { word: msg`Some files stopped`, tone: 'neutral' }

const saidOf = (link: FolderLink): Said => {
  if (link.status !== 'waiting' || needsAttention(link)) return words[link.status]
  if (link.blocked.some(isStopped)) return byHand
  return link.blocked.length > 0 ? ofAnotherNetwork : syncing
}

const spoken = ({ word, tone }: Said): LinkWord => ({ word: i18n._(word), tone })

/** How a linked folder is, in a word. */
export const linkWord = (link: FolderLink): LinkWord => spoken(saidOf(link))

/** The same of several: the gravest. */
const gravest: readonly Tone[] = ['danger', 'warning', 'info', 'neutral', 'success']
export const linksWord = (links: readonly FolderLink[]): LinkWord => {
  const all = links.map(saidOf)
  const found = gravest.flatMap((tone) => all.filter((each) => each.tone === tone))
  return spoken(found[0] ?? inStep)
}
