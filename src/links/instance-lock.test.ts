import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LockState, lockHolderOf, lockStateOf, startBy } from './instance-lock.ts'

const here = { host: 'desk', isSocketHere: false, isAlive: (pid: number) => pid === 7 }

describe('the lock in the data folder', () => {
  it('names its holder, whatever the host is called', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w.-]{1,60}$/),
        fc.integer({ min: 1, max: 4_000_000 }),
        (host, pid) => {
          expect(lockHolderOf(`${host}-${pid}`)).toEqual({ host, pid })
        },
      ),
    )
  })
  it.each(['', 'desk', '-7', 'desk-', 'desk-x', 'desk-99999999999'])('%s is none', (target) => {
    expect(lockStateOf(target, here)).toEqual({ kind: 'free' })
  })
  it('is somebody’s of this computer only while they are there', () => {
    expect(lockStateOf('desk-7', here)).toEqual({ kind: 'here' })
    expect(lockStateOf('desk-8', here)).toEqual({ kind: 'free' })
    expect(lockStateOf('laptop-7', here)).toEqual({ kind: 'elsewhere', host: 'laptop' })
    expect(lockStateOf(null, here)).toEqual({ kind: 'free' })
  })
  it('is this computer’s under another name where its socket is here', () => {
    const renamed = { ...here, isSocketHere: true }
    expect(lockStateOf('laptop-7', renamed)).toEqual({ kind: 'here' })
    expect(lockStateOf('laptop-8', renamed)).toEqual({ kind: 'free' })
  })
})

describe('a start', () => {
  const start = (looks: LockState[], takes: boolean[]) => {
    let asked = 0
    const begun = startBy({
      look: () => looks.shift() ?? { kind: 'free' },
      take: () => {
        asked += 1
        return takes.shift() ?? false
      },
    })
    return { begun, asked }
  }
  const free: LockState = { kind: 'free' }
  const running: LockState = { kind: 'here' }
  it('is the first, or hands over to the first', () => {
    expect(start([free], [true]).begun).toEqual({ kind: 'first' })
    expect(start([running, running], [false]).begun).toEqual({ kind: 'handedOver' })
  })
  it('takes over from who just quits', () => {
    expect(start([running, free], [false, true]).begun).toEqual({ kind: 'first' })
    expect(start([free, free, running], [false, false]).begun).toEqual({ kind: 'handedOver' })
  })
  it('does not ask for another computer’s lock: Electron would take it', () => {
    const { begun, asked } = start([{ kind: 'elsewhere', host: 'laptop' }], [true])
    expect(begun).toEqual({ kind: 'elsewhere', host: 'laptop' })
    expect(asked).toBe(0)
  })
  it('is refused where the lock cannot be had and nobody has it', () => {
    expect(start([free, free, free], [false, false])).toEqual({
      begun: { kind: 'refused' },
      asked: 2,
    })
  })
})
