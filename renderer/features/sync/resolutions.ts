import type { MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import type { FolderLink } from '../../../src/contract/folders.ts'
import type { BlockedItem } from '../../../src/contract/sync.ts'
import type { FailureCode } from '../../../src/domain/failure.ts'

/** `send-again` is offered only where the bytes turn out to be here. */
export type Resolution =
  | 'retry'
  | 'send-again'
  | 'open'
  | 'save-copy'
  | 'discard'
  | 'reveal'
  | 'revert'
  /** Of a linked folder: neither sent nor taken from now on. */
  | 'leave-out'

/** What of the person's own waits in a linked folder. */
export type OwnWork = FolderLink['blocked'][number]['own']

/** An edit that the server will not take as it is: asking once more changes nothing. */
const refusedAsItIs: readonly FailureCode[] = ['file.name-refused', 'file.name-collision']

/** What a person can do about a blocked file of the cache, the likeliest first. */
export const fileResolutions = ({
  direction,
  failure,
  projectId,
}: Pick<BlockedItem, 'direction' | 'failure' | 'projectId'>): Resolution[] => {
  if (direction === 'up') {
    if (projectId === null) return ['save-copy', 'discard']
    if (failure === 'sync.metered') return ['open', 'discard']
    if (refusedAsItIs.includes(failure)) return ['open', 'save-copy', 'discard']
    return ['retry', 'open', 'discard']
  }
  if (projectId === null) return ['retry']
  if (failure === 'sync.metered' || refusedAsItIs.includes(failure)) return ['open']
  return failure === 'sync.remote-object-missing'
    ? ['send-again', 'retry', 'open']
    : ['retry', 'open']
}

/** Reasons that lie in the folder: the person mends them there. */
const inTheFolder = /^(file\.(name-|not-regular|busy|too-large|changed)|disk\.|server\.denied)/

/** Of these the person may simply not want the file in the artifact. */
const mayBeLeftOut =
  /^(file\.(name-|not-regular|busy|too-large|type-)|disk\.(denied|unreadable)|server\.denied)/

/** The same of a linked folder's file. */
export const folderResolutions = (failure: FailureCode, own: OwnWork = null): Resolution[] => {
  if (own) return ['revert', ...folderResolutions(failure)]
  if (failure === 'sync.remote-object-missing') return ['send-again', 'retry']
  // It goes by itself.
  if (failure === 'sync.metered') return ['reveal']
  if (!inTheFolder.test(failure)) return ['retry']
  return mayBeLeftOut.test(failure) ? ['reveal', 'retry', 'leave-out'] : ['reveal', 'retry']
}

/** How own work that may not be sent gives way: what it means, the button, and what is said of its path after it. */
export const revertText: Record<
  NonNullable<OwnWork>,
  { sentence: MessageDescriptor; button: MessageDescriptor; said: (path: string) => string }
> = {
  edit: {
    sentence: msg`Or put the server’s version back: yours then waits in this folder’s trash for 30 days.`,
    button: msg`Put the server’s version back`,
    said: (path) => t`${path} gets the server’s version back`,
  },
  new: {
    sentence: msg`Or move it to this folder’s trash, for 30 days: it is nowhere else.`,
    button: msg`Move it to the trash`,
    said: (path) => t`${path} goes to the trash`,
  },
  deletion: {
    sentence: msg`Or bring it back: you deleted it here, and the server still has it.`,
    button: msg`Bring it back`,
    said: (path) => t`${path} comes back`,
  },
}
