import { z } from 'zod'

/** Which way a linked folder follows its artifact; `down` takes what the server has and sends nothing. */
export const linkDirection = z.enum(['both', 'down'])
export type LinkDirection = z.infer<typeof linkDirection>
