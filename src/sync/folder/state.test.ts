import { expect, it } from 'vitest'
import {
  type BlockedSince,
  emptyState,
  type FolderState,
  retryWhereChanged,
  unblock,
} from './state.ts'

const now = 1_800_000_000_000
const since = { now, role: 'viewer', uploadRules: null }
const blocked = (code: BlockedSince['code']): BlockedSince => ({
  path: 'a',
  fileId: null,
  code,
  since,
})
const stateOf = (role: string | null): FolderState => ({
  ...emptyState(),
  blocked: new Map([
    ['put a 1', blocked('server.denied')],
    ['put b 2', blocked('file.too-large')],
  ]),
  role,
  uploadRules: null,
})
const left = (state: FolderState, planned: string[], at = now): string[] => {
  unblock(state, new Set(planned), at)
  return [...state.blocked.keys()]
}

it('keeps what is blocked as long as it is planned and nothing changed', () => {
  expect(left(stateOf('viewer'), ['put a 1', 'put b 2'])).toEqual(['put a 1', 'put b 2'])
})
it('forgets what is in no plan any more: edited, renamed, removed, or mended elsewhere', () => {
  expect(left(stateOf('viewer'), ['put a 3', 'put b 2'])).toEqual(['put b 2'])
})
it('tries again what another role or enough time may allow', () => {
  expect(left(stateOf('contributor'), ['put a 1', 'put b 2'])).toEqual(['put b 2'])
  expect(left(stateOf('viewer'), ['put a 1', 'put b 2'], now + 3600_000)).toEqual(['put b 2'])
})

it('tries again what lies where the folder has changed, and nothing else', () => {
  const waiting = (path: string, code: BlockedSince['code']) => ({ ...blocked(code), path })
  const leftAfter = (...changed: string[]): string[] => {
    const state = {
      blocked: new Map([
        ['download a', waiting('docs/Notes', 'file.name-collision')],
        ['put b', waiting('docs/notes.md', 'file.too-large')],
      ]),
    }
    retryWhereChanged(state, changed)
    return [...state.blocked.keys()]
  }
  const [download, put] = ['download a', 'put b']
  expect(leftAfter()).toEqual([download, put])
  expect(leftAfter('docs/other.md', 'doc')).toEqual([download, put])
  // In it, itself in whatever case, and around it.
  for (const path of ['docs/Notes/x.log', 'docs/notes', 'docs'])
    expect(leftAfter(path)).toEqual([put])
  expect(leftAfter('docs/notes.md')).toEqual([download, put])
})
