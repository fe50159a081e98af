import { readFileSync, writeFileSync } from 'node:fs'

export type Bounds = { x: number; y: number; width: number; height: number }
export type WindowState = { bounds: Bounds; isMaximized: boolean; isFullScreen: boolean }

/** The one display there is. */
export const workArea: Bounds = { x: 0, y: 0, width: 1920, height: 1080 }

/** Electron's own memory of windows that have a name: where each was, and whether it filled its display. */
export const rememberedState = (file: string, name: string): WindowState | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))[name] ?? null
  } catch {
    return null
  }
}

export const rememberState = (file: string, name: string, state: WindowState): void => {
  const before = (() => {
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      return {}
    }
  })()
  writeFileSync(file, JSON.stringify({ ...before, [name]: state }))
}
