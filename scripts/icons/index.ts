import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readArguments } from '../arguments.ts'
import { root } from '../run.ts'
import { pictures } from './pictures.ts'

readArguments('npm run icons\n  draws everything in resources/ that comes of icon.svg', {})

for (const [path, bytes] of await pictures()) {
  const file = join(root, 'resources', path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, bytes)
  console.log(`resources/${path}  ${bytes.length}`)
}
