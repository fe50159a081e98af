import { basename, join } from 'node:path'
import { build } from 'vite'
import { projectFile } from '../electron/backend/project-files.ts'
import { root } from '../scripts/run.ts'

const workers = {
  'cache-worker': 'electron/main/store/worker.ts',
  'store-worker': 'electron/main/sync/folder/store-worker.ts',
  'scanner-worker': 'electron/main/sync/folder/scanner-worker.ts',
}

/**
 * A program of the tests as the application is shipped: bundled, as JavaScript, with the workers beside it. Answers
 * where it lies. `inside`: more packages that are bundled with it, so that it starts sooner.
 */
export const buildProgram = async (
  entry: string,
  folder: string,
  inside: string[] = [],
): Promise<string> => {
  const name = basename(entry, '.ts')
  const outDir = join(root, 'test-output', folder)
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    // Where Electron has Chromium's network, the tests' host has Node's.
    resolve: { alias: { electron: join(root, 'host/net.ts') } },
    ssr: { noExternal: ['zod', ...inside] },
    build: {
      ssr: true,
      target: 'node24',
      outDir,
      rolldownOptions: {
        input: {
          [name]: entry,
          ...Object.fromEntries(
            Object.entries(workers).map(([worker, file]) => [worker, projectFile(file)]),
          ),
        },
        output: { entryFileNames: '[name].js' },
      },
    },
  })
  return join(outDir, `${name}.js`)
}
