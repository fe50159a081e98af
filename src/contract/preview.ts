import { z } from 'zod'
import { filePath } from '../domain/fields.ts'
import { event, nothing, request } from './ipc.ts'

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
  path: filePath,
})
export const previewPlace = previewView.extend({
  /** Null: something of the application lies where it would be. */
  place: rectangle.nullable(),
})

export const previewRequests = {
  /** Shows a page of an artifact; answers when there is something to see. It stays hidden until it is placed. */
  'preview.open': request(previewPage, nothing),
  /** Answers what it showed, as the address of a picture, when it gives way to something of the application. */
  'preview.place': request(previewPlace, z.string().nullable()),
  /** Keys go to the page from now on; Escape brings them back, which `preview.left` tells. */
  'preview.enter': request(previewView, nothing),
  'preview.close': request(previewView, nothing),
}

export const previewEvents = {
  /** The keys are the window's again. */
  'preview.left': event(previewView),
  /** There is nothing more to see, and the view is hidden until it has a place again. */
  'preview.gone': event(previewGone),
}
