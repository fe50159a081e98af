import { readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { judge, judgeGate, type Suite, samplePace, slownessOf, type TestFile } from './budget.ts'
import { ensureDebianPackages } from './debian.ts'
import { root, run } from './run.ts'

type Counts = { passed: number; failed: number; skipped: number }

/** Their names and the first lines of why: a long log is often cut to its end. */
type Report = Counts & { failures: string[]; files: TestFile[] }

const vitestReport = z
  .object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    testResults: z.array(
      z.object({
        name: z.string(),
        status: z.string(),
        startTime: z.number(),
        endTime: z.number(),
        message: z.string().default(''),
        assertionResults: z.array(
          z.object({
            fullName: z.string(),
            status: z.string(),
            failureMessages: z.array(z.string()).nullish(),
          }),
        ),
      }),
    ),
  })
  .transform(
    (report): Report => ({
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests,
      failures: report.testResults.flatMap(({ name, status, message, assertionResults }) => {
        const file = relative(root, name)
        const failed = assertionResults.filter((each) => each.status === 'failed')
        if (status === 'failed' && failed.length === 0) return [`${file}: ${message.slice(0, 600)}`]
        return failed.map(
          ({ fullName, failureMessages }) =>
            `${file}: ${fullName}: ${(failureMessages ?? []).join(' ').slice(0, 600)}`,
        )
      }),
      files: report.testResults.map(({ name, startTime, endTime }) => ({
        file: relative(root, name),
        seconds: (endTime - startTime) / 1000,
      })),
    }),
  )

const group = z.object({
  file: z.string(),
  specs: z.array(
    z.object({
      tests: z.array(z.object({ results: z.array(z.object({ duration: z.number() })) })),
    }),
  ),
  get suites() {
    return z.array(group).optional()
  },
})
const millisecondsOf = ({ specs, suites = [] }: z.infer<typeof group>): number =>
  [
    ...specs
      .flatMap(({ tests }) => tests.flatMap(({ results }) => results))
      .map((each) => each.duration),
    ...suites.map(millisecondsOf),
  ].reduce((sum, each) => sum + each, 0)

const playwrightReport = z
  .object({
    suites: z.array(group),
    stats: z.object({
      expected: z.number(),
      unexpected: z.number(),
      skipped: z.number(),
      flaky: z.number(),
    }),
  })
  // A flaky test is a failed test whose cause is not found yet.
  .transform(
    ({ stats, suites }): Report => ({
      passed: stats.expected,
      failed: stats.unexpected + stats.flaky,
      skipped: stats.skipped,
      failures: [],
      files: suites.map((each) => ({
        file: `tests/e2e/${each.file}`,
        seconds: millisecondsOf(each) / 1000,
      })),
    }),
  )

/** A suite that leaves no report is counted by its exit code alone, as one. */
const suites: { name: Suite; report?: z.ZodType<Report> }[] = [
  { name: 'check' },
  { name: 'unit', report: vitestReport },
  { name: 'sync', report: vitestReport },
  { name: 'db', report: vitestReport },
  { name: 'integration', report: vitestReport },
  { name: 'packages', report: vitestReport },
  { name: 'e2e', report: playwrightReport },
  { name: 'demo' },
]

const runSuite = async (suite: (typeof suites)[number]): Promise<Report & { seconds: number }> => {
  console.log(`\n════ ${suite.name}`)
  const file = join(root, `test-output/${suite.name}.json`)
  await rm(file, { force: true })
  const started = Date.now()
  const script = ['check', 'demo'].includes(suite.name) ? suite.name : `test:${suite.name}`
  const code = await run('npm', ['run', '--silent', script], { ATELIER_SUITE: suite.name })
  const seconds = Math.round((Date.now() - started) / 1000)
  const byExitCode = {
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
    failures: [],
    files: [],
  }
  if (!suite.report) return { ...byExitCode, seconds }
  const report = suite.report.safeParse(JSON.parse(await readFile(file, 'utf8').catch(() => '{}')))
  // A suite that could not run, or that failed outside a test, is a failed suite.
  if (!report.success) return { ...byExitCode, passed: 0, failed: 1, seconds }
  const failed = code !== 0 && report.data.failed === 0 ? 1 : report.data.failed
  return { ...report.data, failed, seconds }
}

ensureDebianPackages()
const wanted = process.argv.slice(2)
const total: Counts = { passed: 0, failed: 0, skipped: 0 }
const lines: string[] = []
const failures: string[] = []
const late: string[] = []
const paces: { seconds: number; slowness: number }[] = []
for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const before = await samplePace()
  const counts = await runSuite(suite)
  const slowness = slownessOf([...before, ...(await samplePace())])
  const verdict = judge(suite.name, counts.seconds, slowness, counts.files)
  late.push(...verdict.lines)
  if (verdict.fails) {
    counts.failed += 1
    failures.push(`${suite.name} took more than twice what it may.`)
  }
  paces.push({ seconds: counts.seconds, slowness })
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped += counts.skipped
  failures.push(...counts.failures)
  lines.push(
    `${suite.name.padEnd(12)} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${counts.seconds} s`,
  )
}
const gate = judgeGate(paces)
if (gate.fails) {
  total.failed += 1
  failures.push(`The gate took too long: ${gate.line}.`)
}
if (failures.length > 0) console.log(`\n════ failed\n${failures.join('\n\n')}`)
if (late.length > 0) console.log(`\n════ over the budget (scripts/budget.ts)\n${late.join('\n')}`)
console.log(`\n════ summary\n${lines.map((line) => `  ${line}`).join('\n')}\n`)
console.log(gate.line)
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
