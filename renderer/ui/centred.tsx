import type { ReactNode } from 'react'

/** In the middle of the room there is; what is larger than it scrolls, from its top. */
export const Centred = ({ role, children }: { role?: 'alert'; children: ReactNode }) => (
  <div role={role} className="flex h-full flex-col overflow-y-auto">
    <div className="m-auto flex flex-col items-center px-8 py-6 text-center">{children}</div>
  </div>
)
