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
  goWithoutAWord(): void {
    this.#isDestroyed = true
  }
  goAway(): void {
    this.#isDestroyed = true
    this.emit('closed')
  }
}
const made = (isSmall = false) => {
  const windows: TestWindow[] = []
  const main = new MainWindow(() => {
    const window = new TestWindow(isSmall)
    windows.push(window)
    return window
  })
  return { main, windows }
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

test('who wants one while it has its last words is given the next, once it is gone', () => {
  const { main, windows } = made()
  main.open()
  main.closes()
  main.show()
  main.show()
  expect(windows[0]?.done).toEqual([])
  windows[0]?.goAway()
  expect(windows).toHaveLength(2)
  expect(main.current).toBe(windows[1])
  main.show()
  expect(windows[1]?.done).toContain('focus')
  // Nobody wants another.
  main.closes()
  windows[1]?.goAway()
  expect(windows).toHaveLength(2)
  expect(main.current).toBeNull()
})

test('one that is gone and has not said so is not asked for anything', () => {
  const { main, windows } = made()
  main.open()
  windows[0]?.goWithoutAWord()
  main.show()
  expect(windows).toHaveLength(2)
})
