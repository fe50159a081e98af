import { z } from 'zod'

const place = {
  root: z.string(),
  state: z.string(),
  url: z.string(),
  publishableKey: z.string(),
  token: z.string(),
  projectId: z.string(),
  artifactId: z.string(),
}

/** What one computer of the benchmark is to do. */
export const job = z.discriminatedUnion('kind', [
  z.object({ ...place, kind: z.literal('in-step') }),
  z.object({ ...place, kind: z.literal('no-op'), turns: z.number() }),
  z.object({ ...place, kind: z.literal('rename'), folders: z.array(z.string()) }),
  z.object({ ...place, kind: z.literal('edit'), turns: z.number() }),
])
export type Job = z.infer<typeof job>

/** Milliseconds and bytes. */
export const done = {
  'in-step': z.object({ ms: z.number(), requests: z.number() }),
  'no-op': z.object({ start: z.number(), ms: z.array(z.number()), peak: z.number() }),
  rename: z.object({ requests: z.array(z.number()) }),
  edit: z.object({ waits: z.array(z.number().nullable()) }),
}
