import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../run.ts'
import { debianCopyright } from './debian-copyright.ts'

test('the copyright file of the deb has our licence whole, and says where the others are', async () => {
  const licence = await readFile(join(root, 'LICENSE'), 'utf8')
  const notices = '/opt/Atelier/resources/THIRD-PARTY-NOTICES.txt'
  const text = debianCopyright({ licence, homepage: 'https://atelier.example', notices })
  expect(text).toContain(notices)
  expect(text).toMatch(/^Copyright: \d{4}.* The Atelier authors$/m)
  const words = (of: string): string => of.replaceAll('\n .\n', ' ').replace(/\s+/g, ' ')
  const body = licence.slice(licence.indexOf('Permission is hereby granted')).trim()
  expect(words(text)).toContain(words(body))
  // What goes on in a field begins with a space, and an empty line ends it.
  const licenceLines = text.slice(text.indexOf('License: MIT')).trimEnd().split('\n').slice(1)
  expect(licenceLines.filter((line) => !/^ \S/.test(line))).toEqual([])
})
