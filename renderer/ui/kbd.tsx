import type { ReactNode } from 'react'

export const Kbd = ({ children }: { children: ReactNode }) => (
  <kbd className="rounded-sm border border-current/25 px-1 font-sans text-xs leading-4">
    {children}
  </kbd>
)
