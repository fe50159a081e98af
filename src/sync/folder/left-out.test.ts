import { expect, test } from 'vitest'
import { defaultLinkRules } from '../policy.ts'
import { noThings } from './ignore/things.ts'
import { LeavingOut } from './left-out.ts'
import { PlanFilter } from './plan-filter.ts'
import { emptyState } from './state.ts'

const out = { rule: 'out', source: '.gitignore', kind: 'file' } as const

/** Files by path, as `[here, when they were last the same, at the server]`; all of them but `free` are left out. */
const open = (
  files: Record<string, [string | null, string | null, string | null]>,
  free: string[] = [],
) => {
  const state = emptyState()
  const leavingOut = new LeavingOut()
  leavingOut.note({ leftOut: noThings() }, null)
  for (const [path, [here, was, there]] of Object.entries(files)) {
    const row = { fileId: path, path, size: 1 }
    const stamp = { size: 1, modified: '1', changed: '1', identity: path }
    if (was !== null) state.base.set(path, { ...row, sha256: was, revision: 1, identity: path })
    if (there !== null)
      state.remote.set(path, { ...row, sha256: there, revision: there === was ? 1 : 2 })
    if (here !== null) state.known.set(path, { path, stamp, sha256: here, hashedAt: 1 })
    if (!free.includes(path)) leavingOut.cover(path, { ...out, path, reason: 'gitignore' })
  }
  const planFilter = new PlanFilter({ now: () => 0 }, leavingOut, { deviceName: 'desk' })
  const plan = () => planFilter.plan(state, []).map(({ kind }) => kind)
  return { state, leavingOut, planFilter, plan }
}

test.each<[string, [string | null, string | null, string | null], string[], number]>([
  ['changed here', ['b', 'a', 'a'], [], 1],
  ['removed here', [null, 'a', 'a'], [], 1],
  ['changed on both sides', ['b', 'a', 'c'], [], 1],
  ['changed there', ['a', 'a', 'c'], ['download'], 0],
  ['removed there', ['a', 'a', null], ['forget'], 0],
  ['changed here and removed there', ['b', 'a', null], ['forget'], 0],
  ['new here', ['a', null, null], [], 0],
  ['new there, and another here', ['a', null, 'b'], [], 1],
  ['new there, and the same here', ['a', null, 'a'], ['adopt'], 0],
])('of what is left out and %s', (_what, trees, kinds, undecided) => {
  const { plan, planFilter, leavingOut } = open({ 'x.txt': trees })
  expect(plan()).toEqual(kinds)
  expect(planFilter.held).toEqual([])
  expect(leavingOut.summary([]).undecided).toBe(undecided)
  // What is not left out is dealt with as ever.
  const twin = open({ 'x.txt': trees }, ['x.txt'])
  expect([...twin.plan(), ...twin.planFilter.held]).not.toEqual([])
})

test('what its person left out goes neither way; version control never does, whatever they say', () => {
  const files = {
    'a/x': ['b', 'a', 'a'],
    'a/y': [null, null, 'a'],
    '.git/HEAD': ['b', 'a', 'c'],
    '.Git/x': [null, null, 'a'],
  } as const
  const scene = open(files as never, Object.keys(files))
  expect(scene.plan().sort()).toEqual(['download', 'put'])
  scene.leavingOut.setRules({ ...defaultLinkRules, leftOut: ['A'], sendAnyway: ['.git'] })
  expect(scene.plan()).toEqual([])
  const { entries } = scene.leavingOut.list(scene.state, [])
  expect(
    entries.map(({ path, reason, atServer }) => `${path} ${reason} ${atServer}`).sort(),
  ).toEqual(['.git version-control 2', 'a person 2'])
})

test('what is to go from the server goes alone, and nothing else is done with it', () => {
  const { plan, planFilter, leavingOut, state } = open(
    {
      'out/a': ['a', 'a', 'a'],
      'out/b': ['c', 'a', 'b'],
      'out/d': [null, null, 'd'],
      'in/e': ['e', 'e', 'e'],
    },
    ['in/e', 'out/d'],
  )
  leavingOut.remove('OUT')
  expect(plan()).toEqual(['remove', 'remove', 'remove'])
  expect(planFilter.held).toEqual([])
  for (const path of ['out/a', 'out/b', 'out/d']) {
    state.remote.delete(path)
    state.base.delete(path)
  }
  expect(plan()).toEqual([])
  // Somebody sends it again: that is another thing.
  state.remote.set('out/f', { fileId: 'f', path: 'out/f', sha256: 'f', size: 1, revision: 1 })
  expect(plan()).toEqual(['download'])
})
