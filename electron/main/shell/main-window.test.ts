import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { MainWindow } from './main-window.ts'

/** As Electron's own: gone, it answers one question and throws at every other. */
class TestWindow extends EventEmitter {
  #isDestroyed = false
  readonly done: string[] = []
  #asked(what: string): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    this.done.push(what)
  }
  readonly #isSmall: boolean
  constructor(isSmall: boolean) {
    super()
    this.#isSmall = isSmall
  }
  isMinimized(): boolean {
    this.#asked('isMinimized')
    return this.#isSmall
  }
  restore(): void {
    this.#asked('restore')
  }
  show(): void {
    this.#asked('show')
  }
  focus(): void {
    this.#asked('focus')
  }
  isDestroyed(): boolean {
    return this.#isDestroyed
  }
  /** Its name is free only once all have heard of it, and `allClosed` comes with that. */
  goAway(): void {
    this.#isDestroyed = true
    this.emit('closing')
    this.emit('closed')
    this.emit('forgotten')
  }
}
const made = (isSmall = false) => {
  const windows: TestWindow[] = []
  const named = new Set<TestWindow>()
  const opened: boolean[] = []
  const main = new MainWindow(() => {
    if (named.size > 0) throw new Error('Window name ‘main’ is already in use.')
    const window = new TestWindow(isSmall)
    windows.push(window)
    named.add(window)
    window.once('forgotten', () => {
      named.delete(window)
      opened.push(main.allClosed())
    })
    return window
  })
  return { main, windows, opened }
}

test('a link that comes when the window is closed opens one', () => {
  const { main, windows } = made()
  main.open()
  windows[0]?.goAway()
  expect(main.current).toBeNull()
  main.show()
  expect(windows).toHaveLength(2)
  expect(main.current).toBe(windows[1])
})

test('the one that is there comes to the front, from wherever it is', () => {
  const { main, windows } = made(true)
  main.open()
  main.show()
  expect(windows[0]?.done).toEqual(['isMinimized', 'restore', 'show', 'focus'])
})

test('nothing opens before the first window, or while the last one closes', () => {
  const { main, windows } = made()
  main.show()
  expect(windows).toHaveLength(0)
  main.open()
  main.leave()
  windows[0]?.goAway()
  main.show()
  expect(windows).toHaveLength(1)
})

test('who wants one while it has its last words is given the next, once its name is free', () => {
  const { main, windows, opened } = made()
  main.open()
  expect(main.isClosing).toBe(false)
  main.closes()
  expect(main.isClosing).toBe(true)
  main.show()
  main.show()
  expect(windows[0]?.done).toEqual([])
  windows[0]?.goAway()
  expect(windows).toHaveLength(2)
  expect(main.current).toBe(windows[1])
  expect(main.isClosing).toBe(false)
  main.show()
  expect(windows[1]?.done).toContain('focus')
  // Nobody wants another.
  main.closes()
  windows[1]?.goAway()
  expect(windows).toHaveLength(2)
  expect(main.current).toBeNull()
  expect(opened).toEqual([true, false])
})

test.each(['closing', 'closed'])(
  'who wants one between its end and its name’s is given the next (%s)',
  (moment) => {
    const { main, windows, opened } = made()
    main.open()
    windows[0]?.once(moment, () => main.show())
    windows[0]?.goAway()
    expect(windows[0]?.done).toEqual([])
    expect(windows).toHaveLength(2)
    expect(opened).toEqual([true])
  },
)

test('who wanted one before the application was on its way out is given none, then or later', () => {
  const { main, windows, opened } = made()
  main.open()
  main.closes()
  main.show()
  main.leave()
  windows[0]?.goAway()
  expect(windows).toHaveLength(1)
  main.allow()
  expect(main.allClosed()).toBe(false)
  expect(opened).toEqual([false])
})
