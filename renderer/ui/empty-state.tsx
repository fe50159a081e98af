import type { ReactNode } from 'react'

/** Nothing here yet, and what to do about it. */
export const EmptyState = ({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
}) => (
  <div className="flex h-full flex-col items-center justify-center px-8 py-12 text-center">
    <div
      aria-hidden
      className="mb-4 grid size-11 place-items-center rounded-lg border bg-raised text-faint shadow-sm [&_svg]:size-5"
    >
      {icon}
    </div>
    <h2 className="font-semibold text-base">{title}</h2>
    {children && <p className="mt-1 max-w-80 text-balance text-sm text-soft">{children}</p>}
    {action && <div className="mt-5 flex gap-2">{action}</div>}
  </div>
)
