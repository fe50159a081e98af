import type { ReactNode } from 'react'

/** A face without the workspace's bar: where the page has the place of the title, a window is still moved by its top. */
export const TitleStrip = ({ children }: { children: ReactNode }) => (
  <>
    <div aria-hidden className="title-strip drag-region shrink-0" />
    <div className="min-h-0 flex-1">{children}</div>
  </>
)
