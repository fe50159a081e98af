import type { Sql } from 'postgres'
import { z } from 'zod'
import { servers, startDatabase } from '../../database/server.ts'
import { median, rounded, writeSection } from '../document.ts'
import { fill, fullSizes, quickSizes } from './fill.ts'
import { queriesOf } from './queries.ts'

/** What is allowed: milliseconds more than without policies, times its buffers, milliseconds at all. */
const limits = { extraMs: 1.5, buffersRatio: 3, ms: 50 }

const explained = z.tuple([
  z.object({
    Plan: z.looseObject({ 'Shared Hit Blocks': z.number(), 'Shared Read Blocks': z.number() }),
    'Planning Time': z.number(),
    'Execution Time': z.number(),
  }),
])
type Cost = { ms: number; buffers: number }
export type Measured = {
  name: string
  list: boolean
  told: string | undefined
  asPerson: Cost
  unguarded: Cost
  timeRatio: number
  extraMs: number
  buffersRatio: number
}

const costOf = async (sql: Sql, query: string, person: string | null): Promise<Cost> => {
  const run = async (transaction: Sql): Promise<Cost> => {
    if (person !== null) {
      const claims = JSON.stringify({ role: 'authenticated', sub: person })
      await transaction`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`
    }
    const [row] = await transaction.unsafe<{ 'QUERY PLAN': unknown }[]>(
      `explain (analyze, buffers, timing off, format json) ${query}`,
    )
    const [plan] = explained.parse(row?.['QUERY PLAN'])
    return {
      ms: plan['Planning Time'] + plan['Execution Time'],
      buffers: plan.Plan['Shared Hit Blocks'] + plan.Plan['Shared Read Blocks'],
    }
  }
  return (await sql.begin((transaction) => run(transaction as unknown as Sql))) as Cost
}

const table = (measured: readonly Measured[]): string =>
  [
    '| query | without policies, ms | with, ms | times | more, ms | buffers without | with | times |',
    '|---|---:|---:|---:|---:|---:|---:|---:|',
    ...measured.map(
      ({ name, unguarded, asPerson, timeRatio, extraMs, buffersRatio }) =>
        `| ${name} | ${rounded(unguarded.ms)} | ${rounded(asPerson.ms)} | ${timeRatio} | ${extraMs} | ${unguarded.buffers} | ${asPerson.buffers} | ${buffersRatio} |`,
    ),
  ].join('\n')

/** The queries of the application with row-level security and without, over the same rows. */
export const benchmarkDatabase = async (quick: boolean) => {
  const sizes = quick ? quickSizes : fullSizes
  const [server] = servers
  const database = await startDatabase(server, 'superuser', {
    settings: { shared_buffers: '512MB', maintenance_work_mem: '256MB', jit: 'off' },
  })
  try {
    const person = await database.signUp('reader@bench.example')
    console.log(
      `Filling: ${sizes.messages} messages, ${sizes.artifacts} artifacts, ${sizes.files} files`,
    )
    await fill(database.sql, sizes, person)
    const measured: Measured[] = []
    for (const { name, list, told, asPerson, unguarded } of queriesOf(person)) {
      const costs: { on: Cost[]; off: Cost[] } = { on: [], off: [] }
      // In turns, so that whatever the machine does meanwhile meets both.
      for (let turn = 0; turn < (quick ? 9 : 21); turn += 1) {
        costs.off.push(await costOf(database.sql, unguarded, null))
        costs.on.push(await costOf(database.sql, asPerson, person))
      }
      const of = (all: Cost[]): Cost => ({
        ms: median(all.map(({ ms }) => ms)),
        buffers: median(all.map(({ buffers }) => buffers)),
      })
      const [on, off] = [of(costs.on), of(costs.off)]
      measured.push({
        name,
        list,
        told,
        asPerson: on,
        unguarded: off,
        timeRatio: rounded(on.ms / off.ms),
        extraMs: rounded(on.ms - off.ms),
        buffersRatio: rounded(on.buffers / off.buffers),
      })
    }
    const text = table(measured)
    console.log(text)
    const missed = measured.flatMap(({ name, list, told, asPerson, extraMs, buffersRatio }) => [
      ...(list && extraMs > limits.extraMs ? [`${name}: time`] : []),
      ...(list && buffersRatio > limits.buffersRatio ? [`${name}: buffers`] : []),
      ...(asPerson.ms > limits.ms && !told ? [`${name}: over ${limits.ms} ms`] : []),
    ])
    if (!quick)
      await writeSection(
        'Row-level security',
        `PostgreSQL 17, ${sizes.messages.toLocaleString('en')} messages in ${sizes.chats.toLocaleString('en')} chats, ${sizes.artifacts.toLocaleString('en')} artifacts, ${sizes.files.toLocaleString('en')} files, ${sizes.projects.toLocaleString('en')} projects in ${sizes.workspaces} workspaces; the reader is in five projects and administers one workspace. “Without policies” is the same rows asked by a superuser, with the membership condition that a backend without policies has to write itself. Planning and execution together, median of 21 turns. Lists may take ${limits.extraMs} ms more than without and ${limits.buffersRatio} times the buffers; nothing may take over ${limits.ms} ms.\n\n${text}\n\nMissed: ${missed.length === 0 ? 'nothing' : missed.join('; ')}. Only told: ${measured.flatMap(({ name, told }) => (told ? [`${name} (${told})`] : [])).join('; ')}.`,
      )
    const ratios = Object.fromEntries(
      measured.map(({ name, timeRatio, buffersRatio }) => [
        name,
        { time: timeRatio, buffers: buffersRatio },
      ]),
    )
    return { benchmark: 'db', quick, ratios, missed }
  } finally {
    await database.stop()
  }
}
