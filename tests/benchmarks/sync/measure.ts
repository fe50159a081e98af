import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of one program with all its children: seconds, seconds of CPU, and the most memory one of them held, in bytes. */
export type Cost = { seconds: number; cpu: number; peak: number }

let runs = 0

/** Runs a program to its end under GNU time. @throws with what it said, when it fails */
export const measure = async (
  command: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Cost & { output: string }> => {
  runs += 1
  const file = join(tmpdir(), `atelier-bench-${process.pid}-${runs}.time`)
  const environment: NodeJS.ProcessEnv = { ...process.env, ...options.env }
  // Set but empty, it keeps rclone's S3 from starting.
  delete environment.AWS_CA_BUNDLE
  const child = spawn('/usr/bin/time', ['-f', '%e %U %S %M', '-o', file, ...command], {
    cwd: options.cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, complaints] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const said = await readFile(file, 'utf8')
  await rm(file, { force: true })
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${complaints || output}`)
  const [elapsed = 0, user = 0, system = 0, kibibytes = 0] = (said.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
  return { seconds: elapsed, cpu: user + system, peak: kibibytes * 1024, output }
}
