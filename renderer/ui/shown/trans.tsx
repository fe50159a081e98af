import { Trans as Drawn, type TransProps } from '@lingui/react'
import { mayMislead } from '../../../src/domain/file-path.ts'

/** A name that could mislead, or pass for a tag of the message, is an element of its own. */
const safe = (value: unknown): unknown =>
  typeof value === 'string' && (value.includes('<') || mayMislead(value)) ? (
    // biome-ignore lint/complexity/noUselessFragments: it is what makes the name safe.
    <>{value}</>
  ) : (
    value
  )

/**
 * What the macro `Trans` becomes (lingui.config.ts). Lingui draws by itself, past what makes names safe here, and puts
 * them into a message before it reads its tags.
 */
export const Trans = ({ values, ...message }: TransProps) => (
  <Drawn
    {...message}
    {...(values && {
      values: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [name, safe(value)]),
      ),
    })}
  />
)
