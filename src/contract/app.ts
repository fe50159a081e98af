import { z } from 'zod'
import { failureCode } from '../domain/failure.ts'
import { isSecretKey, parseServerAddress } from '../domain/server-address.ts'
import { event, nothing, request } from './ipc.ts'

/** Of a project, as it is kept; why not, as a `AddressRefusal`. */
const serverAddress = z
  .string()
  .max(2048)
  .transform((text, context): string => {
    const parsed = parseServerAddress(text)
    if (parsed.kind === 'address') return parsed.url
    context.addIssue({ code: 'custom', message: parsed.reason })
    return z.NEVER
  })

/** What a person chose behind the first-run doors. */
export const backendChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  z.object({
    kind: z.literal('hosted'),
    url: serverAddress,
    publishableKey: z
      .string()
      .min(10)
      .max(2_000)
      .regex(/^[!-~]+$/)
      .refine((key) => !isSecretKey(key)),
  }),
])
export type BackendChoice = z.infer<typeof backendChoice>

/** How the folder of a former PostgreSQL is made one of this. */
export const bringingAlong = z.object({
  from: z.number().int(),
  to: z.number().int(),
  step: z.enum(['making', 'filling', 'proving']),
})
export type BringingAlong = z.infer<typeof bringingAlong>

export const backendState = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unchosen') }),
  z.object({
    status: z.literal('starting'),
    kind: z.enum(['embedded', 'hosted']),
    /** Of an embedded one, after an update that brought another PostgreSQL. */
    bringingAlong: bringingAlong.optional(),
  }),
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
    /** Of an embedded one: who works there without an address, and comes in again by their name alone. */
    localAccount: z.object({ displayName: z.string() }).nullable(),
  }),
  z.object({
    status: z.literal('failed'),
    kind: z.enum(['embedded', 'hosted']),
    failure: failureCode,
    message: z.string(),
    /** Of a hosted one: where nothing was to be had. */
    url: z.string().nullable(),
  }),
])
export type BackendState = z.infer<typeof backendState>

export const theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof theme>

/** What there are words in; of `pseudo`, which shows where a word is none, nobody but a developer knows. */
export const language = z.enum(['en', 'de', 'pseudo'])
export type Language = z.infer<typeof language>
export const languageChoice = z.enum(['system', ...language.options])
export type LanguageChoice = z.infer<typeof languageChoice>

/** Chromium's, around every page; switched off, why it most likely is. */
export const sandbox = z.enum(['on', 'offForRoot', 'offForAppImage', 'off'])
export type Sandbox = z.infer<typeof sandbox>

export const appInfo = z.object({
  version: z.string(),
  platform: z.enum(['darwin', 'win32', 'linux']),
  theme,
  languageChoice,
  /** What is spoken by that choice. */
  language,
  /** What the system calls its person; '' where that says nothing. */
  personName: z.string(),
  sandbox,
})
export type AppInfo = z.infer<typeof appInfo>

/** What the renderer tells of its start. */
export const rendererMark = z.enum(['renderer: first paint', 'list'])

/** Milliseconds since the process started, by the name of the mark. */
export const startupMarks = z.record(z.string(), z.number())

export const appRequests = {
  'app.info': request(nothing, appInfo),
  'app.setTheme': request(z.object({ theme }), nothing),
  /** Answers what is spoken from then on. */
  'app.setLanguage': request(z.object({ choice: languageChoice }), language),
  'app.openExternal': request(z.object({ url: z.string().max(4096) }), nothing),
  /** The window's page, from its beginning: the way out of a fault in it. */
  'app.reload': request(nothing, nothing),
  'app.mark': request(z.object({ name: rendererMark }), startupMarks),
  /** The answer to `app.leaving`: everything that the window had to tell is told. */
  'app.saidAll': request(nothing, nothing),
}

export const appEvents = {
  /** The embedded backend has no mail server: the code of a mail comes to whoever waits for it. */
  'app.mail': event(z.object({ code: z.string() })),
  'app.failure': event(z.object({ code: failureCode, message: z.string() })),
  /** The window is about to go. Main waits a moment for `app.saidAll`. */
  'app.leaving': event(nothing),
}
