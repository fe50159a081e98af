import type { FaultInjector, StateFault } from './faults.ts'
import type { Wire } from './network.ts'
import type { Random } from './random.ts'

/** What begins now and ends by itself later on. */
export type During = (begin: () => void, end: () => void) => void

/** What all computers have in common, whatever they do with their files. */
export type Computer = {
  readonly name: string
  readonly injector: FaultInjector
  readonly wire: Wire
  /** Milliseconds its clock is off. */
  skew: number
  readonly passes: number
  readonly crashes: number
  /** It runs, and does nothing. */
  readonly isIdle: boolean
  start(): void
  close(): void
  /** Ends the program at once, and starts it again after a while. */
  crash(isPowerCut: boolean): void
  /** Something that is its own: of its disk, of its program. */
  inject(what: StateFault, random: Random, during: During): unknown
  /** Makes nothing by itself any more, and comes to its end. */
  hold(): void
  /** One pass, after which `isStill` tells whether there is more to do. */
  round(): Promise<void>
  readonly isStill: boolean
}
