import { run } from './run.ts'

/* What the gate plays a part of, whole: 2,000 seeds twice, every mutant from the first seed on, 200 kills; and a soak. */
const commands = [
  ['test:sync', ...process.argv.slice(2)],
  ['soak', '--', '--seeds', '1000'],
  ['soak', '--', '--seeds', '500', '--crowded'],
]
for (const command of commands) {
  const code = await run('npm', ['run', '--silent', ...command], { ATELIER_LONG: '1' })
  if (code !== 0) {
    process.exitCode = code
    break
  }
}
