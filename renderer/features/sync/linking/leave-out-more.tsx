import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { File, Folder } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { FolderLink } from '../../../../src/contract/folders.ts'
import { useAccountId } from '../../../data/account.ts'
import { artifactQueries } from '../../../data/artifact-queries.ts'
import { Button } from '../../../ui/button.tsx'
import { formatCount } from '../../../ui/format.ts'
import { TextField } from '../../../ui/text-field.tsx'
import { pathsOf } from './paths-of.ts'
import { Section } from './section.tsx'

/** Paths that are shown at once. */
const maxShown = 50

/** Files and folders that are synced, to be left out by a word. */
export const LeaveOutMore = ({
  link: { artifactId },
  onLeaveOut,
}: {
  link: FolderLink
  onLeaveOut: (path: string) => void
}) => {
  const [text, setText] = useState('')
  const files = useQuery(artifactQueries.files(useAccountId(), artifactId))
  const paths = useMemo(
    () =>
      pathsOf(
        (files.data ?? []).map(({ path }) => path),
        text,
      ),
    [files.data, text],
  )
  return (
    <Section
      title={t`Leave out more`}
      text={t`On this computer alone: it is neither sent nor taken from then on, and stays as it is.`}
    >
      <div className="border-b px-4 py-3">
        <TextField
          label={t`Find a file or folder`}
          hideLabel
          type="search"
          placeholder={t`Find a file or folder of the artifact`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {paths.length === 0 ? (
        <p className="px-4 py-3 text-sm text-soft">
          {text === '' ? t`The artifact has no files.` : t`No file or folder is called this.`}
        </p>
      ) : (
        <ul aria-label={t`Synced`} className="relative max-h-72 divide-y overflow-y-auto">
          {paths.slice(0, maxShown).map(({ path, isFolder }) => (
            <li
              key={path}
              className="flex items-center gap-3 px-4 py-1.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-faint"
            >
              {isFolder ? <Folder aria-hidden /> : <File aria-hidden />}
              <span className="min-w-0 flex-1 wrap-anywhere font-mono text-xs">
                {isFolder ? `${path}/` : path}
              </span>
              <Button size="sm" onClick={() => onLeaveOut(path)}>
                <Trans>
                  Leave out<span className="sr-only"> {path}</span>
                </Trans>
              </Button>
            </li>
          ))}
          {paths.length > maxShown && (
            <li className="px-4 py-1.5 text-faint text-xs">
              <Trans>and {formatCount(paths.length - maxShown)} more: find them by name</Trans>
            </li>
          )}
        </ul>
      )}
    </Section>
  )
}
