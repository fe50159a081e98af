import { type ReactNode, useId } from 'react'

/** One question of the page, with what answers it. */
export const Section = ({
  title,
  text,
  aside,
  children,
}: {
  title: string
  text?: ReactNode
  aside?: ReactNode
  children: ReactNode
}) => {
  const id = useId()
  return (
    <section aria-labelledby={id}>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-1">
        <div className="min-w-48 flex-1">
          <h2 id={id} className="font-semibold text-base">
            {title}
          </h2>
          {text && <p className="mt-0.5 text-sm text-soft">{text}</p>}
        </div>
        {aside}
      </div>
      <div className="mt-3 overflow-hidden rounded-lg border bg-raised">{children}</div>
    </section>
  )
}
