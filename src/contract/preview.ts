import { z } from 'zod'

/** CSS pixels of the window. */
const rectangle = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number().nonnegative(),
  height: z.number().nonnegative(),
})
export type Rectangle = z.infer<typeof rectangle>

/** A page of an artifact in a view of its own, which lies over the window. */
export const previewView = z.object({ viewId: z.uuid() })
/** `ended`: its process has; `silent`: it answers nothing, which may pass. */
const goneBecause = z.enum(['ended', 'silent'])
export type GoneBecause = z.infer<typeof goneBecause>
export const previewGone = previewView.extend({ why: goneBecause })
export const previewPage = previewView.extend({
  artifactId: z.uuid(),
  path: z.string().min(1).max(1024),
})
export const previewPlace = previewView.extend({
  /** Null: something of the application lies where it would be. */
  place: rectangle.nullable(),
})
