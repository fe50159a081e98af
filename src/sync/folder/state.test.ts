import { expect, it } from 'vitest'
import { emptyState, type FolderState, type ParkedSince, unpark } from './state.ts'

const now = 1_800_000_000_000
const since = { now, role: 'viewer', uploadRules: null }
const parked = (code: ParkedSince['code']): ParkedSince => ({
  path: 'a',
  fileId: null,
  code,
  since,
})
const stateOf = (role: string | null): FolderState => ({
  ...emptyState(),
  parked: new Map([
    ['put a 1', parked('server.denied')],
    ['put b 2', parked('file.too-large')],
  ]),
  role,
  uploadRules: null,
})
const left = (state: FolderState, planned: string[], at = now): string[] => {
  unpark(state, new Set(planned), at)
  return [...state.parked.keys()]
}

it('keeps what is parked as long as it is planned and nothing changed', () => {
  expect(left(stateOf('viewer'), ['put a 1', 'put b 2'])).toEqual(['put a 1', 'put b 2'])
})
it('forgets what is in no plan any more: edited, renamed, removed, or mended elsewhere', () => {
  expect(left(stateOf('viewer'), ['put a 3', 'put b 2'])).toEqual(['put b 2'])
})
it('tries again what another role or enough time may allow', () => {
  expect(left(stateOf('contributor'), ['put a 1', 'put b 2'])).toEqual(['put b 2'])
  expect(left(stateOf('viewer'), ['put a 1', 'put b 2'], now + 3600_000)).toEqual(['put b 2'])
})
