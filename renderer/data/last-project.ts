import { accountOf, useSession } from './stores.ts'

/** Of one account: the next one on this computer has projects of its own. */
const key = (): string => `last-project ${accountOf(useSession.getState())?.id ?? ''}`

export const lastProject = (): string | null => localStorage.getItem(key())

export const rememberProject = (projectId: string): void => localStorage.setItem(key(), projectId)
