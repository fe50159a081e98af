import { type ReactNode, useId } from 'react'
import { Description } from '../../ui/description.ts'

export const Section = ({
  title,
  text,
  children,
}: {
  title: string
  text?: string
  children: ReactNode
}) => (
  <section>
    <h2 className="font-semibold text-base">{title}</h2>
    {text && <p className="mt-0.5 text-sm text-soft">{text}</p>}
    <div className="mt-3 overflow-hidden rounded-lg border bg-raised">{children}</div>
  </section>
)

export const Row = ({
  title,
  text,
  children,
}: {
  title: string
  text: string
  children: ReactNode
}) => {
  const description = useId()
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
      <div className="min-w-48 flex-1">
        <p className="font-medium text-sm">{title}</p>
        <p id={description} className="text-soft text-xs">
          {text}
        </p>
      </div>
      <Description value={description}>{children}</Description>
    </div>
  )
}
