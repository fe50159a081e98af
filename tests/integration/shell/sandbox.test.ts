import { expect, it } from 'vitest'
import {
  mayBeAbout,
  type SandboxGround,
  startSandboxOf as sandboxOf,
} from '../../../scripts/sandbox.ts'

const helper = { path: '/a b/chrome-sandbox', owner: 1000, mode: 0o100755 }
const free: SandboxGround = {
  isRoot: false,
  helper,
  usernsClone: null,
  apparmorRestricts: null,
  maxNamespaces: '63432\n',
  mayHaveProfile: false,
}
const startSandboxOf = (ground: SandboxGround) => sandboxOf(ground, 'npm run dev')

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
  // A way on without it, by the command that was begun.
  expect(sandbox).toHaveProperty('sentence', expect.stringContaining('npm run dev -- --no-sandbox'))
})

it('where a profile of AppArmor may allow it, it is tried, with a word before', () => {
  const restricted = { ...free, apparmorRestricts: '1\n', mayHaveProfile: true }
  expect(startSandboxOf(restricted)).toMatchObject({
    kind: 'uncertain',
    sentence: expect.stringContaining('sudo chmod 4755'),
  })
  // No profile allows what the kernel has none of.
  expect(startSandboxOf({ ...restricted, maxNamespaces: '0\n' }).kind).toBe('impossible')
})

const electron = '/home/ada/my work/atelier/node_modules/electron/dist/electron'
it.each([
  ['profile electron /home/*/**/node_modules/electron/dist/electron flags=(unconfined) {', true],
  [`profile electron "${electron}" {`, true],
  ['/home/ada/**/electron {', true],
  ['profile electron @{HOME}/**/electron {', true],
  ['profile both /home/{ada,ben}/**/{electron,chrome} {', true],
  ['profile of-two-lines\n  /home/**/electron flags=(unconfined) {', true],
  ['profile broken /home/[/electron {', true],
  ['profile chrome /opt/google/chrome{,-beta,-unstable}/chrome flags=(unconfined) {', false],
  ['profile firefox /{usr/lib/firefox{,-esr},opt/firefox}/firefox{,-esr,-bin} {', false],
  ['profile ben /home/ben/**/electron {', false],
  ['profile flat /home/ada/*/electron {', false],
  ['profile unprivileged_userns {\n  audit deny capability,', false],
  [`profile other /usr/bin/other {\n  ${electron} rix,\n  userns,`, false],
])('%s: %j', (profile, isAbout) => {
  expect(mayBeAbout([`# a comment\nabi <abi/4.0>,\n${profile}\n}`], electron)).toBe(isAbout)
})
