import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { defaultClientConditions } from 'vite'
import { firstChunkBudget } from './scripts/first-chunk.ts'
import { lingui } from './scripts/lingui.ts'
import { listBundledPackages } from './scripts/package/bundled-packages.ts'
import { requests } from './src/contract/table.ts'

const here = (path: string) => resolve(import.meta.dirname, path)
const bundledPackages = () => listBundledPackages(here('out/bundled-packages.json'))

/** What `window.desktop` has, by area. */
const requestVerbs: Record<string, string[]> = {}
for (const channel of Object.keys(requests)) {
  const [area = '', verb = ''] = channel.split('.')
  requestVerbs[area] = [...(requestVerbs[area] ?? []), verb]
}

export default defineConfig({
  main: {
    plugins: [lingui(), bundledPackages()],
    build: {
      outDir: 'out/main',
      // Main, the backend and the workers read it: as hundreds of files a tenth of a second each, as part of them next to nothing.
      externalizeDeps: { exclude: ['zod'] },
      rolldownOptions: {
        input: {
          index: here('electron/main/index.ts'),
          // Runs beside main: the embedded backend's process and the cache's worker.
          backend: here('electron/backend/process.ts'),
          'cache-worker': here('electron/main/store/worker.ts'),
          'folder-scanner-worker': here('electron/main/sync/folder/scanner-worker.ts'),
          'folder-store-worker': here('electron/main/sync/folder/store-worker.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    plugins: [bundledPackages()],
    // The names alone: with the schemas every page's start would carry zod.
    define: { requestVerbs: JSON.stringify(requestVerbs) },
    build: {
      outDir: 'out/preload',
      // A sandboxed preload is one CommonJS file with nothing left to require but electron.
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          index: here('electron/preload/index.ts'),
          preview: here('electron/preload/preview.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    build: {
      outDir: here('out/renderer'),
      // An inlined font is a data: URL, which the content security policy refuses.
      assetsInlineLimit: 0,
      minify: true,
      // The budget of the first chunk is the measure; the languages' grammars are as large as they are.
      chunkSizeWarningLimit: 1500,
      rolldownOptions: { input: { index: here('renderer/index.html') } },
    },
    // Markdown is laid out in a worker, which has no document to ask what `&auml;` means.
    resolve: { conditions: ['worker', ...defaultClientConditions] },
    plugins: [
      lingui(),
      react({ jsxImportSource: '#shown' }),
      tailwindcss(),
      bundledPackages(),
      firstChunkBudget(),
    ],
    worker: { plugins: () => [bundledPackages()] },
  },
})
