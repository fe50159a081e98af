import type { Computer, During } from './computer.ts'
import type { StateFault } from './faults.ts'
import type { SimulatedServer } from './http.ts'
import { createRandom } from './random.ts'
import type { World } from './world.ts'

/** What befalls computers and the server, and ends by itself later on, or at once when all faults stop. */
export const openStateFaults = (world: World, server: SimulatedServer, artifactId: string) => {
  const { rows } = server
  /** How often what happened. */
  const hits = new Map<string, number>()
  const ends = new Set<() => void>()
  // A token that the server takes no more is still given out once or twice.
  const stale = new Map<string, number>()
  server.holderOf = (token) => (token.endsWith(' good') ? token.slice(0, -5) : null)

  const inject = (what: StateFault, computer: Computer, seed: number, steps: number): unknown => {
    const random = createRandom(seed)
    const { wire, name } = computer
    hits.set(`state ${what}`, (hits.get(`state ${what}`) ?? 0) + 1)
    world.note(`${name} ${what}`)
    const during: During = (begin, end) => {
      begin()
      const once = (): void => {
        if (ends.delete(once)) end()
      }
      ends.add(once)
      world.at(world.step + steps, once)
    }
    switch (what) {
      case 'offline':
        during(
          () => {
            wire.isUp = false
          },
          () => {
            wire.isUp = true
          },
        )
        return computer.inject(what, random, during)
      case 'power-cut':
        return computer.crash(true)
      case 'clock':
        return during(
          () => {
            computer.skew = (random.next() - 0.5) * 48 * 3600_000
          },
          () => {
            computer.skew = 0
          },
        )
      case 'expire-token':
        return void stale.set(name, 1 + random.below(3))
      case 'revoke':
        return during(
          () => rows.members.delete(name),
          () => rows.members.set(name, 'contributor'),
        )
      case 'demote':
        return during(
          () => rows.members.set(name, 'viewer'),
          () => rows.members.set(name, 'contributor'),
        )
      case 'delete-artifact':
        return during(
          () => rows.setDeleted(artifactId, true),
          () => rows.setDeleted(artifactId, false),
        )
      case 'restore-elsewhere':
        return rows.restoreElsewhere(`7000.${Number(rows.epoch.slice(5)) + 1 + random.below(1000)}`)
      case 'long-transaction': {
        const xid = rows.begin()
        return during(
          () => {},
          () => rows.end(xid),
        )
      }
      case 'forget-uploads':
        return server.forgetUploads()
      case 'sweep':
        return server.sweep()
      default:
        return computer.inject(what, random, during)
    }
  }

  return {
    hits,
    inject,
    tokenOf: (name: string): string => {
      const left = stale.get(name) ?? 0
      if (left === 0) return `${name} good`
      stale.set(name, left - 1)
      return `${name} old`
    },
    calm: (): void => {
      for (const end of [...ends]) end()
      stale.clear()
    },
  }
}
