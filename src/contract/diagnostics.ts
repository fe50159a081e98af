import { z } from 'zod'
import { nothing, request } from './ipc.ts'

/** The whole of a problem report, as it is shown, copied and saved; it goes nowhere by itself. */
export const problemReport = z.object({
  text: z.string(),
  /** Whether a process died and left something of its memory on this computer. */
  hasDumps: z.boolean(),
})

/** What went wrong in the window's page, for the log. */
export const pageFault = z.object({
  what: z.enum(['drawing', 'script', 'promise']),
  message: z.string().max(2_000),
  stack: z.string().max(8_000),
})

export const developerTools = z.object({
  /** Whether they open now; who changes it has to start Atelier again. */
  isOpenable: z.boolean(),
  /** What the person chose for the next start; null where that is no choice, as they always open. */
  chosen: z.boolean().nullable(),
})
export type DeveloperTools = z.infer<typeof developerTools>

export const developerToolsChoice = z.object({ chosen: z.boolean() })

export const diagnosticsRequests = {
  /** What went wrong here, in words that can be given to somebody. Nothing of it is sent. */
  'diagnostics.report': request(nothing, problemReport),
  /** The report that was asked for last, into a file of the person's choice. False when they thought better of it. */
  'diagnostics.saveReport': request(nothing, z.boolean()),
  'diagnostics.openLogs': request(nothing, nothing),
  /** What crashes left of Atelier's memory on this computer: shown in its folder, or removed. */
  'diagnostics.openDumps': request(nothing, nothing),
  'diagnostics.removeDumps': request(nothing, nothing),
  'diagnostics.fault': request(pageFault, nothing),
  'diagnostics.developerTools': request(nothing, developerTools),
  /** For the next start. */
  'diagnostics.setDeveloperTools': request(developerToolsChoice, nothing),
}
