import { visibleParts } from '../../src/domain/file-path.ts'

/** A name that somebody gave: it turns nothing around it, and what would not be seen in it is shown by its number. */
export const FileName = ({ name }: { name: string }) => (
  <bdi>
    {visibleParts(name).map(({ text, isHidden }, place) =>
      isHidden ? (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other order.
          key={place}
          title="A character that is not seen"
          className="mx-0.5 rounded-sm bg-danger-soft px-0.5 font-mono text-danger text-xs"
        >
          {text}
        </span>
      ) : (
        text
      ),
    )}
  </bdi>
)
