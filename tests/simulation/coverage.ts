import {
  appMethods,
  appStateFaults,
  bodyFaults,
  netFaults,
  portMethods,
  portModes,
  requests,
  stateFaults,
} from './faults.ts'

/**
 * Everything that can go wrong, by what it is and how far things were: each call of a port by how it failed, each
 * step of the journal by where it was cut, each trouble of the network and of the world.
 */
const kinds = ['step-aside', 'put-back', 'swap', 'commit', 'download']
const intents = kinds.flatMap((kind) =>
  ['crash before', 'crash after', 'error'].map((phase) => `intent ${kind} ${phase}`),
)
/** Each trouble of each request that it may befall. */
const wires = netFaults.flatMap((what) =>
  (bodyFaults.includes(what) ? (['download'] as const) : requests).map(
    (request) => `net ${what} of ${request}`,
  ),
)
const methods = [...portMethods, ...appMethods]
const states = [...new Set([...stateFaults, ...appStateFaults])]
const cells: readonly string[] = [
  ...intents,
  ...methods.flatMap((method) => portModes.map((mode) => `${method} ${mode}`)),
  ...wires,
  'net flip of upload',
  ...states.map((what) => `state ${what}`),
]

/** Cells that nothing has visited. */
export const unvisited = (hits: ReadonlyMap<string, number>): string[] =>
  cells.filter((cell) => !hits.get(cell))

/** How often each was visited: ports and the journal by mode, then the rest. */
export const coverageTable = (hits: ReadonlyMap<string, number>): string => {
  const count = (cell: string): string => String(hits.get(cell) ?? 0).padStart(7)
  const row = (name: string, of: readonly string[]): string =>
    `${name.padEnd(20)}${of.map((mode) => count(`${name} ${mode}`)).join('')}`
  return [
    `${''.padEnd(20)} before  after  error`,
    ...kinds.map((kind) => row(`intent ${kind}`, ['crash before', 'crash after', 'error'])),
    ...methods.map((method) => row(method, portModes)),
    `${''.padEnd(20)}${requests.map((request) => request.padStart(9)).join('')}`,
    ...netFaults.map(
      (what) =>
        `net ${what.padEnd(16)}${requests.map((request) => count(`net ${what} of ${request}`).padStart(9)).join('')}`,
    ),
    ...states.map((what) => `state ${what.padEnd(18)}${count(`state ${what}`)}`),
  ].join('\n')
}
