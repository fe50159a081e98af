import { create } from 'zustand'
import { announce } from './live-region.tsx'

type Toast = {
  id: number
  text: string
  tone: 'info' | 'danger'
  /** Of a failure: what the log calls it. */
  code: string | null
}

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }))

/** Milliseconds. */
const shownForMs = 6_000
const maxShown = 3

let nextId = 0

const show = (what: Omit<Toast, 'id'>): void => {
  const toast = { id: nextId++, ...what }
  announce(what.text, what.tone === 'danger')
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(1 - maxShown), toast] }))
  setTimeout(() => dropToast(toast.id), shownForMs)
}

/** A word in the corner; it leaves by itself, so nothing that must be read may be only here. */
export const showToast = (text: string): void => show({ text, tone: 'info', code: null })
/** The same of what went wrong. */
export const showFailure = (text: string, code: string): void =>
  show({ text, tone: 'danger', code })

export const dropToast = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))

export const dropToasts = (): void => useToasts.setState({ toasts: [] })
