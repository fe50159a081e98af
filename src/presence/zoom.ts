import { maxZoomLevel, minZoomLevel } from '../domain/limits.ts'

export type ZoomStep = 'in' | 'out' | 'reset'

/** Half a level of Chromium's at a time, as its own menus do. */
const stepLevels = 0.5

export const zoomAfter = (level: number, change: ZoomStep): number =>
  change === 'reset'
    ? 0
    : Math.min(
        maxZoomLevel,
        Math.max(minZoomLevel, level + (change === 'in' ? stepLevels : -stepLevels)),
      )
