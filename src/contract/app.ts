import { z } from 'zod'
import { failureCode } from './failure.ts'

/** What a person chose behind the first-run doors. */
export const backendChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  z.object({
    kind: z.literal('hosted'),
    url: z.url({ protocol: /^https?$/ }),
    publishableKey: z.string().min(10).max(400),
  }),
])
export type BackendChoice = z.infer<typeof backendChoice>

export const backendState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unchosen') }),
  z.object({ status: z.literal('starting'), kind: z.enum(['embedded', 'hosted']) }),
  z.object({
    status: z.literal('ready'),
    kind: z.enum(['embedded', 'hosted']),
    /** Which backend this is: an embedded one may listen elsewhere tomorrow. */
    id: z.string(),
    url: z.string(),
    publishableKey: z.string(),
    oauthProviders: z.array(z.enum(['github', 'google'])),
    /** Nobody has an account there yet: the first thing to do is to make one. */
    firstRun: z.boolean(),
  }),
  z.object({
    status: z.literal('failed'),
    kind: z.enum(['embedded', 'hosted']),
    failure: failureCode,
    message: z.string(),
  }),
])
export type BackendState = z.infer<typeof backendState>

export const theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof theme>

export const appInfo = z.object({
  version: z.string(),
  platform: z.enum(['darwin', 'win32', 'linux']),
  theme,
})
export type AppInfo = z.infer<typeof appInfo>

/** Milliseconds since the process started, by the name of the mark. */
export const startupMarks = z.record(z.string(), z.number())
