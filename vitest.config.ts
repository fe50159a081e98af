import { defineConfig } from 'vitest/config'
import { lingui } from './scripts/lingui.ts'

/** Sources say what they say in English, catalogues or none. */
const words = { plugins: lingui() }
const setupFiles = ['tests/fixtures/speak-english.ts']

const longRuns = [
  'tests/integration/folder/{kill,disks}.test.ts',
  'tests/integration/sync/kill.test.ts',
  'tests/integration/simulation/model.test.ts',
]

export default defineConfig({
  test: {
    reporters: [
      'default',
      ['json', { outputFile: `test-output/${process.env.ATELIER_SUITE ?? 'vitest'}.json` }],
    ],
    projects: [
      {
        ...words,
        test: {
          setupFiles,
          name: 'unit',
          // Thousands of cases each; a busy computer is no failure.
          testTimeout: 60_000,
          include: [
            '{src,electron,scripts,operations,host}/**/*.test.ts',
            'renderer/**/*.test.{ts,tsx}',
          ],
        },
      },
      {
        ...words,
        test: {
          setupFiles,
          name: 'sync',
          // With what takes as long, and waits as much as it works.
          include: ['tests/simulation/**/*.test.ts', ...longRuns],
          testTimeout: 600_000,
          hookTimeout: 180_000,
          // One more than vitest takes by itself on two cores: each is one thread, and none shares anything.
          maxWorkers: 2,
        },
      },
      {
        ...words,
        test: {
          setupFiles,
          name: 'database',
          include: ['tests/database/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Each file has servers of its own, and waits for them half of its time.
          maxWorkers: 2,
        },
      },
      {
        ...words,
        test: {
          setupFiles,
          name: 'packages',
          include: ['tests/packages/**/*.test.ts'],
          // Everything is packed once, before the first test.
          globalSetup: 'tests/packages/setup.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
      {
        ...words,
        test: {
          setupFiles,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: longRuns,
          // Built once, not by two files at the same time.
          globalSetup: 'tests/integration/setup.ts',
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: 3,
        },
      },
    ],
  },
})
