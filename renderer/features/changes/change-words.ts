import { t } from '@lingui/core/macro'
import type { MutationCall } from '../../../src/domain/mutation-table.ts'

/** What was made, as a sentence goes on from it. */
export const whatChanged = (call: MutationCall | null): string => {
  switch (call?.name) {
    case 'artifacts.rename': {
      const { title } = call.input
      return t`The new title “${title}”`
    }
    case 'artifacts.restore': {
      const { revision } = call.input
      return t`Going back to version ${revision}`
    }
    case 'artifacts.restoreFile':
      return t`Going back with one file`
    case 'projects.order':
      return t`The order of projects`
    case 'profile.rename': {
      const newName = call.input.displayName
      return t`The new name “${newName}”`
    }
    case undefined:
      return t`A change that another version of Atelier made`
  }
}
