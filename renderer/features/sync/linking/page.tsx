import { t } from '@lingui/core/macro'
import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ScrollArea } from '../../../ui/scroll-area.tsx'

/** A page that is read from its top to its end. */
export const Page = ({
  back,
  title,
  text,
  children,
}: {
  back: string
  title: string
  text?: string
  children: ReactNode
}) => (
  <ScrollArea label={t`Link`} className="flex-1 scroll-pb-24">
    <div className="relative mx-auto flex max-w-180 flex-col gap-8 px-6 pt-8">
      <div className="flex items-start gap-3">
        <Link
          to={back}
          aria-label={t`Back`}
          className="grid size-8 shrink-0 place-items-center rounded-md text-soft hover:bg-hover hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-5" />
        </Link>
        <div className="min-w-0">
          <h1 className="break-words font-semibold text-xl">{title}</h1>
          {text && <p className="text-soft">{text}</p>}
        </div>
      </div>
      {children}
      <div className="h-8 shrink-0" />
    </div>
  </ScrollArea>
)
