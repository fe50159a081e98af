import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { ArtifactFile, FileContent } from '../../../src/contract/artifacts.ts'
import { mediaTypeOf } from '../../../src/domain/media-type.ts'
import { useAccountId } from '../../data/account.ts'
import { artifactQueries } from '../../data/artifact-queries.ts'
import { failureOf } from '../../data/desktop.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { formatBytes, formatMoment, formatRelativeTime } from '../../ui/format.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { TextDiff } from '../editor/index.tsx'
import { GoBackDialog } from './go-back-dialog.tsx'
import { NoVersions, useIsUnreached } from './needs-server.tsx'
import { Preview } from './preview.tsx'
import { historyQueries } from './queries.ts'
import type { FileVersion } from './revisions.ts'
import { viewOf } from './tree.ts'

/** One file as it was, beside what it is now, and the way back to it. */
export const VersionDialog = ({
  artifactId,
  version,
  newest,
  author,
  isReadOnly,
  onGoBack,
  onClose,
}: {
  artifactId: string
  version: FileVersion
  /** Of the same file. */
  newest: FileVersion
  author: string
  isReadOnly: boolean
  /** Answers whether it went well. */
  onGoBack: () => Promise<boolean>
  onClose: () => void
}) => {
  const { file_id: fileId, file_path: path, file_size: size, sha256 } = version
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const account = useAccountId()
  const files = useQuery(artifactQueries.files(account, artifactId))
  const current = files.data?.find(({ id }) => id === fileId) ?? null
  const then = useQuery(historyQueries.content(account, { artifactId, path, sha256, size }))
  const now = useQuery({
    ...artifactQueries.content(account, { artifactId, id: fileId, sha256: current?.sha256 }),
    enabled: current !== null,
  })
  const isBitOther = version.is_executable !== newest.is_executable
  const isSame = current?.sha256 === sha256 && current.path === path && !isBitOther
  const go = async (): Promise<void> => {
    setBusy(true)
    const done = await onGoBack()
    setBusy(false)
    setAsking(false)
    if (done) onClose()
  }
  // It is at the server alone; going back to it needs nobody to look at it.
  const isUnseen = useIsUnreached(then.data, then.error)
  const failed = then.error ?? files.error ?? now.error
  const retry = (): void => {
    for (const query of [then, files, now]) if (query.error) void query.refetch()
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={path}
      description={
        <>
          <Trans>
            Version {version.artifact_revision} · {author} ·{' '}
            <time dateTime={version.created_at}>
              {formatRelativeTime(version.created_at)} ({formatMoment(version.created_at)})
            </time>
          </Trans>
          {current && current.path !== path && (
            <>
              {' '}
              <Trans>· now called {current.path}</Trans>
            </>
          )}
        </>
      }
      footer={
        <>
          {isSame && (
            <p className="mr-auto self-center text-soft text-sm">
              <Trans>This is what is there now.</Trans>
            </p>
          )}
          <Button onClick={onClose}>
            <Trans>Close</Trans>
          </Button>
          {!isReadOnly && !isSame && (
            <Button
              variant="primary"
              disabled={(!then.data && !isUnseen) || files.isPending}
              onClick={() => setAsking(true)}
            >
              <Trans>Go back to this…</Trans>
            </Button>
          )}
        </>
      }
    >
      <div className="h-[min(60vh,calc(100vh-13rem))] overflow-hidden rounded-md border">
        {failed ? (
          <NoVersions code={failureOf(failed)} onRetry={retry} />
        ) : !then.data || files.isPending || (current && !now.data) ? (
          <Skeleton rows={8} label={t`Loading both versions`} />
        ) : current?.sha256 === sha256 && isBitOther ? (
          <Bit isExecutable={version.is_executable} />
        ) : (
          <Both
            then={then.data}
            now={now.data ?? null}
            version={version}
            artifactId={artifactId}
            current={current}
          />
        )}
      </div>
      {asking && (
        <GoBackDialog
          title={t`Go back to ${path} of version ${version.artifact_revision}?`}
          what={
            current === null
              ? t`The file is there again, as it was then.`
              : current.path === path
                ? t`The file becomes as it was then.`
                : t`The file becomes as it was then, and is called ${path} again.`
          }
          busy={busy}
          onGo={() => void go()}
          onClose={() => setAsking(false)}
        >
          {isUnseen && (
            <p className="text-sm">
              <Trans>
                Its content is at the server alone, and was not looked at. It is done when the
                server is back, unless somebody changes the file before.
              </Trans>
            </p>
          )}
        </GoBackDialog>
      )}
    </Dialog>
  )
}

const Both = ({
  then,
  now,
  version,
  artifactId,
  current,
}: {
  then: FileContent
  now: FileContent | null
  version: FileVersion
  artifactId: string
  /** Null: it is not there any more. */
  current: ArtifactFile | null
}) => {
  const { file_path: path, file_size: size, sha256 } = version
  const mediaType = mediaTypeOf(path)
  if (viewOf({ mediaType }) === 'image')
    return (
      <Sides
        then={<Preview file={{ artifactId, path, sha256, mediaType }} version={sha256} />}
        now={current && <Now file={current} />}
      />
    )
  if (then.kind === 'text' && now?.kind !== 'binary')
    return (
      <div className="flex h-full flex-col">
        <Names isGone={now === null} />
        <div className="min-h-0 flex-1">
          <TextDiff
            theirs={then.text}
            mine={now?.text ?? ''}
            path={path}
            names={[t`Version ${version.artifact_revision}`, t`What is there now`]}
          />
        </div>
      </div>
    )
  return <Sides then={<Opaque size={size} />} now={current && <Opaque size={current.size} />} />
}

/** Of the same content there is nothing to compare. */
const Bit = ({ isExecutable }: { isExecutable: boolean }) => (
  <div className="flex h-full flex-col items-center justify-center gap-1 px-6 text-center">
    <p className="font-medium">
      <Trans>The content is the same as now.</Trans>
    </p>
    <p className="text-soft text-sm">
      {isExecutable
        ? t`The file was executable then, and is not any more.`
        : t`The file was not executable then, and is now.`}
    </p>
  </div>
)

const Names = ({ isGone }: { isGone: boolean }) => (
  <div className="grid grid-cols-2 border-b text-sm">
    <p className="px-4 py-2 font-medium">
      <Trans>Then</Trans>
    </p>
    <p className="border-l px-4 py-2 font-medium">
      <Trans>Now</Trans>
      {isGone && (
        <span className="font-normal text-faint">
          {' '}
          <Trans>· not there any more</Trans>
        </span>
      )}
    </p>
  </div>
)

const Sides = ({ then, now }: { then: ReactNode; now: ReactNode | null }) => (
  <div className="flex h-full flex-col">
    <Names isGone={now === null} />
    <div className="grid min-h-0 flex-1 grid-cols-2 grid-rows-1 [&>*+*]:border-l">
      <div className="min-h-0">{then}</div>
      <div className="min-h-0">{now}</div>
    </div>
  </div>
)

/** Its name of now says what it is: by that of then it may be something else. */
const Now = ({ file }: { file: ArtifactFile }) => {
  const mediaType = mediaTypeOf(file.path)
  return viewOf({ mediaType }) === 'image' ? (
    <Preview file={{ ...file, mediaType }} />
  ) : (
    <Opaque size={file.size} />
  )
}

/** What is neither text nor image is told apart by its size. */
const Opaque = ({ size }: { size: number }) => (
  <div className="flex h-full flex-col items-center justify-center gap-1 px-6 text-center">
    <p className="font-medium">{formatBytes(size)}</p>
    <p className="text-faint text-xs">
      <Trans>It can be kept and opened, not shown here.</Trans>
    </p>
  </div>
)
