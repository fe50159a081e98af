import type { ReactNode } from 'react'
import { Centred } from './centred.tsx'

/** Nothing here yet, and what to do about it. */
export const EmptyState = ({
  icon,
  title,
  children,
  action,
  isPage = false,
}: {
  icon: ReactNode
  title: string
  children?: ReactNode
  action?: ReactNode
  /** There is nothing else on the screen: its title is the page's. */
  isPage?: boolean
}) => {
  const Title = isPage ? 'h1' : 'h2'
  return (
    <Centred>
      <div
        aria-hidden
        className="mb-4 grid size-11 [@media(max-height:480px)]:hidden place-items-center rounded-lg border bg-raised text-faint shadow-sm [&_svg]:size-5"
      >
        {icon}
      </div>
      <Title className="font-semibold text-base">{title}</Title>
      {children && <p className="mt-1 max-w-80 text-balance text-sm text-soft">{children}</p>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </Centred>
  )
}
