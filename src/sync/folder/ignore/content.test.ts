import { expect, test } from 'vitest'
import { holdsSecret } from './content.ts'

const key = '-----BEGIN PRIVATE KEY-----\nMIIE'

test('a private key is one under any name, and a token where tokens are kept', () => {
  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ', 'DSA '])
    expect(holdsSecret('notes', `-----BEGIN ${kind}PRIVATE KEY-----\n`)).toBe(true)
  expect(holdsSecret('a.txt', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n')).toBe(true)
  expect(holdsSecret('a', `\uFEFF\n ${key}`)).toBe(true)
  expect(holdsSecret('a', 'PuTTY-User-Key-File-3: ssh-ed25519')).toBe(true)
  expect(holdsSecret('server.pem', `-----BEGIN CERTIFICATE-----\nMII\n${key}`)).toBe(true)
  expect(holdsSecret('account.json', `{"private_key": "${key}"}`)).toBe(true)
  expect(holdsSecret('.npmrc', '//registry.example/:_authToken=abc')).toBe(true)
  expect(holdsSecret('.yarnrc.yml', 'npmAuthToken: "abc"')).toBe(true)
})

test('what speaks of keys, is public, or names a variable is none', () => {
  expect(holdsSecret('readme.md', `How to make a key:\n${key}`)).toBe(false)
  expect(holdsSecret('server.pem', '-----BEGIN CERTIFICATE-----\nMII')).toBe(false)
  expect(holdsSecret('a.pub', '-----BEGIN PUBLIC KEY-----\n')).toBe(false)
  expect(holdsSecret('talk.key', 'PK\u0003\u0004')).toBe(false)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as npm spells it
  expect(holdsSecret('.npmrc', '//registry.example/:_authToken=${NPM_TOKEN}')).toBe(false)
  expect(holdsSecret('.npmrc', 'save-exact=true\n')).toBe(false)
  expect(holdsSecret('empty', '')).toBe(false)
})
