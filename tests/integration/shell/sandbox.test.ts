import { expect, it } from 'vitest'
import { type SandboxGround, startSandboxOf } from '../../../scripts/sandbox.ts'

const helper = { path: '/a b/chrome-sandbox', owner: 1000, mode: 0o100755 }
const free: SandboxGround = {
  isRoot: false,
  helper,
  usernsClone: null,
  apparmorRestricts: null,
  maxNamespaces: '63432\n',
}

it('is there where user namespaces are, or the helper may make it', () => {
  expect(startSandboxOf(free)).toEqual({ kind: 'on' })
  expect(startSandboxOf({ ...free, usernsClone: '1\n', apparmorRestricts: '0\n' }).kind).toBe('on')
  const allowed = { ...helper, owner: 0, mode: 0o104755 }
  expect(startSandboxOf({ ...free, apparmorRestricts: '1\n', helper: allowed }).kind).toBe('on')
})

it('is not for root', () => {
  expect(startSandboxOf({ ...free, isRoot: true }).kind).toBe('root')
})

it.each([
  ['Ubuntu’s restriction', { apparmorRestricts: '1\n' }],
  ['Debian’s switch', { usernsClone: '0\n' }],
  ['none at all', { maxNamespaces: '0\n' }],
  [
    'a helper of root’s without its bit',
    { apparmorRestricts: '1', helper: { ...helper, owner: 0 } },
  ],
])('%s: a sentence with the way out', (_name, ground) => {
  const sandbox = startSandboxOf({ ...free, ...ground })
  expect(sandbox).toMatchObject({
    kind: 'impossible',
    sentence: expect.stringContaining("sudo chmod 4755 '/a b/chrome-sandbox'"),
  })
})
