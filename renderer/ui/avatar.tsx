import { Avatar as Radix } from 'radix-ui'
import { classNames } from './class-names.ts'
import { inCapitals } from './format.ts'

const sizes = { sm: 'size-5 text-[0.625rem]', md: 'size-7 text-xs', lg: 'size-9 text-sm' } as const

const initials = (name: string): string =>
  inCapitals(
    name
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0] ?? '')
      .join(''),
  )

/** A person (round) or a place (`square`). The name must also stand beside it or in its control's label. */
export const Avatar = ({
  name,
  imageUrl,
  size = 'md',
  square = false,
}: {
  name: string
  imageUrl?: string | null
  size?: keyof typeof sizes
  square?: boolean
}) => (
  <Radix.Root
    aria-hidden
    className={classNames(
      'grid shrink-0 select-none place-items-center overflow-hidden bg-accent-soft font-semibold text-accent-text',
      square ? 'rounded-md' : 'rounded-full',
      sizes[size],
    )}
  >
    {imageUrl && <Radix.Image src={imageUrl} alt="" className="size-full object-cover" />}
    {/* Drawn, not text: a control that holds an avatar is named by its label alone. */}
    <Radix.Fallback
      delayMs={imageUrl ? 300 : 0}
      data-initials={initials(name)}
      className="before:content-[attr(data-initials)]"
    />
  </Radix.Root>
)
