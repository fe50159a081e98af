import { create } from 'zustand'
import { announce } from './live-region.tsx'

type Toast = { id: number; text: string; tone: 'info' | 'danger' }

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }))

/** Milliseconds. */
const shownForMs = 6_000
const maxShown = 3

let nextId = 0

/** A word in the corner; it leaves by itself, so nothing that must be read may be only here. */
export const showToast = (text: string, tone: Toast['tone'] = 'info'): void => {
  const toast = { id: nextId++, text, tone }
  announce(text, tone === 'danger')
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(1 - maxShown), toast] }))
  setTimeout(() => dropToast(toast.id), shownForMs)
}

export const dropToast = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))

export const dropToasts = (): void => useToasts.setState({ toasts: [] })
