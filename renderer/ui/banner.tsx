import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const tones = {
  info: { look: 'bg-info-soft text-info', icon: <Info aria-hidden />, role: 'status' },
  warning: {
    look: 'bg-warning-soft text-warning',
    icon: <TriangleAlert aria-hidden />,
    role: 'status',
  },
  danger: { look: 'bg-danger-soft text-danger', icon: <CircleAlert aria-hidden />, role: 'alert' },
} as const

/** One line across its container that says what is so, and the action that changes it. */
export const Banner = ({
  tone = 'info',
  icon,
  children,
  action,
  className,
}: {
  tone?: keyof typeof tones
  icon?: ReactNode
  children: ReactNode
  action?: ReactNode
  className?: string
}) => {
  const { look, icon: usual, role } = tones[tone]
  return (
    <div
      role={role}
      className={classNames(
        'flex min-h-9 flex-wrap items-center gap-x-2.5 gap-y-1.5 px-3 py-1.5 text-sm [&>svg]:size-4 [&>svg]:shrink-0',
        look,
        className,
      )}
    >
      {icon ?? usual}
      <div className="min-w-48 flex-1">{children}</div>
      {action}
    </div>
  )
}
