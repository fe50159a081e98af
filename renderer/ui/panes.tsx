import { t } from '@lingui/core/macro'
import { Fragment, type ReactNode } from 'react'
import { Group, type Layout, Panel, Separator } from 'react-resizable-panels'
import { z } from 'zod'

const layout = z.record(z.string(), z.number())

const remembered = (name: string): Layout | undefined => {
  try {
    const stored = layout.safeParse(JSON.parse(localStorage.getItem(`panes.${name}`) ?? 'null'))
    return stored.success ? stored.data : undefined
  } catch {
    return undefined
  }
}

export type Pane = {
  id: string
  content: ReactNode
  /** Pixels, or a percentage as a string ("40%"). Left out: takes what is left. */
  size?: number | string
  /** Pixels. */
  minimum?: number
  /** Pixels. */
  maximum?: number
  /** Keeps its pixels when the window is resized. Not for all panes at once. */
  fixed?: boolean
}

/** Panes side by side (or stacked) that resize by pointer and arrow keys, and remember their sizes by `name`. */
export const Panes = ({
  name,
  panes,
  orientation = 'horizontal',
}: {
  name: string
  panes: readonly Pane[]
  orientation?: 'horizontal' | 'vertical'
}) => {
  // A remembered layout counts only for the very same panes.
  const stored = remembered(name)
  const fits = stored && panes.every((pane) => pane.id in stored)
  return (
    <Group
      orientation={orientation}
      {...(fits ? { defaultLayout: stored } : {})}
      onLayoutChanged={(next) => localStorage.setItem(`panes.${name}`, JSON.stringify(next))}
      className="min-h-0 min-w-0 flex-1"
    >
      {panes.map((pane, index) => (
        <Fragment key={pane.id}>
          {index > 0 && (
            <Separator
              aria-label={t`Resize panes`}
              className={
                orientation === 'horizontal'
                  ? 'w-px bg-line transition-colors hover:bg-accent focus-visible:bg-ring'
                  : 'h-px bg-line transition-colors hover:bg-accent focus-visible:bg-ring'
              }
            />
          )}
          <Panel
            id={pane.id}
            {...(pane.size === undefined ? {} : { defaultSize: pane.size })}
            {...(pane.minimum === undefined ? {} : { minSize: pane.minimum })}
            {...(pane.maximum === undefined ? {} : { maxSize: pane.maximum })}
            {...(pane.fixed ? { groupResizeBehavior: 'preserve-pixel-size' as const } : {})}
            className="flex min-h-0 min-w-0 flex-col"
          >
            {pane.content}
          </Panel>
        </Fragment>
      ))}
    </Group>
  )
}
