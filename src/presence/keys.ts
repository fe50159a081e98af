import type { Command } from '../contract/desktop.ts'

/** A key as Electron tells of it, before the page hears it. */
export type Key = {
  type: string
  key: string
  alt: boolean
  control: boolean
  meta: boolean
  shift: boolean
  isAutoRepeat: boolean
}

/** What the window's page hears by itself, and cannot while a preview has the keys. */
export const commandByKey = (pressed: Key, platform: string): Command | null => {
  const { type, key, alt, control, meta, shift, isAutoRepeat } = pressed
  const isMain = platform === 'darwin' ? meta && !control : control && !meta
  if (type !== 'keyDown' || !isMain || alt || shift || isAutoRepeat) return null
  if (key.toLowerCase() === 'k') return { kind: 'search' }
  return key === ',' ? { kind: 'settings' } : null
}
