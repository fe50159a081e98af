import { type Fault, portModes } from './faults.ts'
import { createRandom } from './random.ts'
import { type Script, writeScript } from './script.ts'

/** Calls that are made seldom, most of them to end what a crash left half done. */
const seldom = [
  ...['disk.stat', 'disk.move', 'disk.setAside', 'disk.bringBack', 'disk.discard', 'disk.reset'],
  ...['disk.aside', 'store.begin'],
]

/** A script in which they go wrong too, several times. */
export const crowded = (seed: number): Script => {
  const script = writeScript(seed)
  const random = createRandom(seed ^ 0xc0ffee)
  const more = Array.from(
    { length: 10 },
    (): Fault => ({
      type: 'port',
      at: random.below(script.horizon),
      client: random.below(script.flavors.length),
      seed: random.seed(),
      method: random.pick(seldom),
      mode: random.pick(portModes),
    }),
  )
  return { ...script, faults: [...script.faults, ...more] }
}
