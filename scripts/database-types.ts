import { execFile, execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { servers, startDatabase } from '../tests/database/server.ts'
import { programOf, root } from './run.ts'

/*
 * Writes src/database.types.ts from the migrations, by Supabase's own generator. The CLI is not a
 * dependency: not every registry carries all of its platforms.
 */

export const typesFile = join(root, 'src/database.types.ts')

export const generateTypes = async (): Promise<string> => {
  const database = await startDatabase(servers[0], 'superuser')
  try {
    const { stdout } = await promisify(execFile)(
      ...programOf('npm', [
        ...['exec', '--yes', '--', 'supabase@3.1.0', 'gen', 'types', 'typescript'],
        ...[`--remote=${database.url}?sslmode=disable`, '--schema=public'],
      ]),
      {
        env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
        maxBuffer: 16 * 1024 * 1024,
      },
    )
    const formatted = execFileSync(
      ...programOf('biome', ['format', '--stdin-file-path=types.ts']),
      { cwd: root, input: stdout, encoding: 'utf8' },
    )
    return `// Generated from supabase/migrations by \`npm run types\`. Not edited by hand.\n\n${formatted}`
  } finally {
    await database.stop()
  }
}

if (import.meta.main) {
  await writeFile(typesFile, await generateTypes())
  console.log('src/database.types.ts written')
}
