import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { generateDocument, schemaFile } from '../../scripts/schema-document.ts'

it('docs/schema.md is what the migrations make it, and says something of everything', async () => {
  const document = await generateDocument()
  expect(await readFile(schemaFile, 'utf8')).toBe(document)
  expect(document.split('\n').filter((line) => /^\| `[^`]+` \|\s+\|/.test(line))).toEqual([])
})
