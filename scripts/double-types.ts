import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root, run } from './run.ts'

/**
 * Compiles main and preload with `electron` meaning the tests' double: what the product calls and the double lacks
 * fails here, and not in some spec. An ambient module outdoes every path, so the double gets Electron's types without
 * the modules that they declare.
 */
const types = await readFile(join(root, 'node_modules/electron/electron.d.ts'), 'utf8')
const namespace = types.replace(/^declare module 'electron(\/\w+)?' \{\n[^\n]*\n\}\n/gm, '')
if (namespace === types) throw new Error('The types of Electron are written in another way.')
await mkdir(join(root, 'test-output'), { recursive: true })
await writeFile(join(root, 'test-output/electron-namespace.d.ts'), namespace)
process.exitCode = await run('tsc', ['--noEmit', '-p', 'tsconfig.double.json'])
