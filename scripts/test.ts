import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ensureDebianPackages } from './debian.ts'
import { root, run } from './run.ts'

type Counts = { passed: number; failed: number; skipped: number }

const vitestReport = z
  .object({ numPassedTests: z.number(), numFailedTests: z.number(), numPendingTests: z.number() })
  .transform((report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
  }))

const playwrightReport = z
  .object({
    stats: z.object({
      expected: z.number(),
      unexpected: z.number(),
      skipped: z.number(),
      flaky: z.number(),
    }),
  })
  // A flaky test is a failed test whose cause is not found yet.
  .transform(({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }))

/** A suite that leaves no report is counted by its exit code alone, as one. */
const suites: { name: string; report?: z.ZodType<Counts> }[] = [
  { name: 'check' },
  { name: 'unit', report: vitestReport },
  { name: 'sync', report: vitestReport },
  { name: 'db', report: vitestReport },
  { name: 'integration', report: vitestReport },
  { name: 'e2e', report: playwrightReport },
  { name: 'demo' },
]

const runSuite = async (suite: (typeof suites)[number]): Promise<Counts & { seconds: number }> => {
  console.log(`\n════ ${suite.name}`)
  const file = join(root, `test-output/${suite.name}.json`)
  await rm(file, { force: true })
  const started = Date.now()
  const script = ['check', 'demo'].includes(suite.name) ? suite.name : `test:${suite.name}`
  const code = await run('npm', ['run', '--silent', script], { ATELIER_SUITE: suite.name })
  const seconds = Math.round((Date.now() - started) / 1000)
  const byExitCode = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
  if (!suite.report) return { ...byExitCode, seconds }
  const report = suite.report.safeParse(JSON.parse(await readFile(file, 'utf8').catch(() => '{}')))
  // A suite that could not run, or that failed outside a test, is a failed suite.
  if (!report.success) return { passed: 0, failed: 1, skipped: 0, seconds }
  const failed = code !== 0 && report.data.failed === 0 ? 1 : report.data.failed
  return { ...report.data, failed, seconds }
}

ensureDebianPackages()
const wanted = process.argv.slice(2)
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const lines: string[] = []
for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const counts = await runSuite(suite)
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
  lines.push(
    `${suite.name.padEnd(12)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${counts.seconds} s`,
  )
}
console.log(`\n════ summary\n${lines.map((line) => `  ${line}`).join('\n')}\n`)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
