import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { generateTypes, typesFile } from '../../scripts/database-types.ts'

it('src/database.types.ts is what the migrations make it (else: npm run types)', async () => {
  expect(await readFile(typesFile, 'utf8')).toBe(await generateTypes())
})
