import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Folder, FolderPlus } from 'lucide-react'
import { useId } from 'react'
import type { LinkDirection } from '../../../../src/contract/folders.ts'
import type { Examination, ExaminedArtifact } from '../../../../src/contract/linking.ts'
import { Badge } from '../../../ui/badge.tsx'
import { formatCount } from '../../../ui/format.ts'
import { countedText } from './counts-text.ts'

/** What each folder of a project's becomes, and which get none. */
export const ArtifactRows = ({
  examination: { artifacts, artifactCount },
  direction,
  without,
  onWithout,
}: {
  examination: Examination
  direction: LinkDirection
  without: readonly string[]
  onWithout: (folders: string[]) => void
}) => (
  <ul aria-label={t`Artifacts and their folders`} className="max-h-96 divide-y overflow-y-auto">
    {artifacts.map((artifact) => (
      <Row
        key={artifact.folder}
        artifact={artifact}
        direction={direction}
        isIn={!without.includes(artifact.folder)}
        onIn={(isIn) =>
          onWithout(
            isIn
              ? without.filter((folder) => folder !== artifact.folder)
              : [...without, artifact.folder],
          )
        }
      />
    ))}
    {artifactCount > artifacts.length && (
      <li className="px-4 py-2.5 text-faint text-xs">
        <Trans>and {formatCount(artifactCount - artifacts.length)} more</Trans>
      </li>
    )}
  </ul>
)

const Row = ({
  artifact: { artifactId, title, folder, isThere, counts },
  direction,
  isIn,
  onIn,
}: {
  artifact: ExaminedArtifact
  direction: LinkDirection
  isIn: boolean
  onIn: (isIn: boolean) => void
}) => {
  const id = useId()
  const isNew = artifactId === null
  const isLeft = isNew && direction === 'down'
  const moves = [
    direction === 'both' && counts.up.files > 0 ? t`${countedText(counts.up)} to the server` : null,
    counts.down.files > 0 ? t`${countedText(counts.down)} to this computer` : null,
    counts.differ.files > 0
      ? plural(counts.differ.files, { one: 'One kept twice', other: '# kept twice' })
      : null,
  ].filter((text) => text !== null)
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <input
        id={id}
        type="checkbox"
        checked={isIn && !isLeft}
        disabled={isLeft}
        onChange={(event) => onIn(event.target.checked)}
        className="mt-1 accent-accent"
      />
      {isNew ? (
        <FolderPlus aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
      ) : (
        <Folder aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
      )}
      <label htmlFor={id} className="min-w-0 flex-1 text-sm">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 break-words font-medium">{title}</span>
          {isNew && isIn && !isLeft && (
            <Badge tone="info">
              <Trans>Becomes an artifact</Trans>
            </Badge>
          )}
          {!isNew && isThere && (
            <Badge>
              <Trans>Its folder is here</Trans>
            </Badge>
          )}
        </span>
        <span className="block text-soft text-xs">
          {isLeft
            ? t`No artifact yet, and none is made of it: this way nothing is sent. It stays as it is.`
            : !isIn
              ? isNew
                ? t`It stays on this computer, and follows nothing.`
                : t`It gets no folder here now.`
              : moves.length > 0
                ? moves.join(' · ')
                : t`Nothing moves.`}
        </span>
        {folder !== title && isIn && (
          <span className="block truncate font-mono text-faint text-xs">{folder}</span>
        )}
      </label>
    </li>
  )
}
