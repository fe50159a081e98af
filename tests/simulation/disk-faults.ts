import type { During } from './computer.ts'
import type { SimulatedDisk } from './disk.ts'
import type { StateFault } from './faults.ts'
import type { Random } from './random.ts'

/** What befalls a disk for a while. */
export const injectIntoDisk = (
  disk: SimulatedDisk,
  what: StateFault,
  random: Random,
  during: During,
): unknown => {
  const set = <K extends 'isMounted' | 'isFull' | 'unread'>(
    key: K,
    value: SimulatedDisk[K],
    then: SimulatedDisk[K],
  ): void =>
    during(
      () => {
        disk[key] = value
      },
      () => {
        disk[key] = then
      },
    )
  switch (what) {
    case 'unmount':
      return set('isMounted', false, true)
    case 'fill':
      return set('isFull', true, false)
    case 'unread': {
      const folders = disk.files
        .walk()
        .flatMap(({ path }) =>
          path.includes('/') ? [path.slice(0, path.indexOf('/')).normalize('NFC')] : [],
        )
      return set('unread', [random.pick([...folders, ''])], [])
    }
    case 'hold': {
      const nodes = disk.files.walk().map(({ node }) => node)
      return during(
        () => {
          for (const node of nodes) if (random.chance(0.5)) disk.busy.add(node)
        },
        () => disk.busy.clear(),
      )
    }
  }
}
