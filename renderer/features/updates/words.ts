import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import type { InstallStep, UpdateMeans, Updates } from '../../../src/contract/updates.ts'

/** Why this installation does not update itself, and what to do instead. */
export const hindranceText: Record<
  Exclude<UpdateMeans, { kind: 'self' }>['why'],
  MessageDescriptor
> = {
  'not-configured': msg`Nobody has said where updates of this Atelier are to be had. Ask whoever gave it to you.`,
  development: msg`Atelier runs from its source: update that.`,
  store: msg`The store that Atelier was installed from keeps it up to date.`,
  'no-rights': msg`Atelier was installed for everybody on this computer, and may not replace itself. Fetch the new package, or ask whoever looks after this computer.`,
  'read-only': msg`Atelier lies where it may not write, so it cannot replace itself. Fetch the new version, or move Atelier into a folder of your own.`,
  translocated: msg`macOS runs a copy of Atelier as long as it stays where it was downloaded. Move Atelier into the Applications folder and open it there; then it updates itself.`,
  unpacked: msg`Atelier was unpacked by hand, so it cannot replace itself. Fetch the new version and unpack it the same way.`,
}

/** Why the way to the download page is another one. */
export const copyFirstText = msg`This version may bring another database. Atelier makes a copy of the workspace on this computer for it first, then opens the download page and quits. Install the new version before you open Atelier again: what is opened again makes its copy anew.`

/** What the update's next step waits for; null where there is nothing. Edits hold up the restart alone. */
export const waitText = ({ state, busy: { edits, transfers } }: Updates): string | null => {
  if (state.status !== 'available' && state.status !== 'ready') return null
  if (state.status === 'ready' && edits > 0)
    return plural(edits, {
      one: 'It waits until one edit is sent. What is unsent stays on this computer.',
      other: 'It waits until # edits are sent. What is unsent stays on this computer.',
    })
  return transfers > 0
    ? plural(transfers, {
        one: 'It waits for one file on the way.',
        other: 'It waits for # files on the way.',
      })
    : null
}

export const stepText: Record<InstallStep, MessageDescriptor> = {
  saving: msg`Keeping what you typed…`,
  copying: msg`Making a copy of the database on this computer…`,
  stopping: msg`Closing the workspace…`,
  installing: msg`Installing. Atelier opens again by itself.`,
  leaving: msg`Opening the download page. Atelier quits, for you to install the new version.`,
}
