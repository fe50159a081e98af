import { defineConfig } from '@playwright/test'

// One set of specs for both: the host everywhere, Electron where its binary is.
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-output/e2e',
  // Each has a team, a keyring and data folders of its own; the windows of real Electron share a display (scripts/e2e.ts).
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-output/e2e.json' }]],
  projects: [{ name: 'host' }, { name: 'electron' }],
})
