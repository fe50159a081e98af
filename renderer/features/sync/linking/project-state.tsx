import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { FolderPlus, Unlink } from 'lucide-react'
import { useState } from 'react'
import type { FolderLink, ProjectLink } from '../../../../src/contract/folders.ts'
import { desktop } from '../../../data/desktop.ts'
import { setExamined } from '../../../data/examinations.ts'
import { runAction } from '../../../data/run-action.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { formatCount } from '../../../ui/format.ts'
import { announce } from '../../../ui/live-region.tsx'
import { FolderLinks } from '../folder-links.tsx'
import { AudienceOf } from './audience.tsx'
import { linksWord } from './link-words.ts'
import { Section } from './section.tsx'

/** A project that is linked as a whole: its folder, the artifacts in it, and what in it follows nothing. */
export const ProjectState = ({
  project,
  links,
}: {
  project: ProjectLink
  links: readonly FolderLink[]
}) => {
  const { projectId, root, direction, folders, files } = project
  const [asking, setAsking] = useState(false)
  const { word, tone } = linksWord(links)
  const lookAtNew = () =>
    void runAction(async () => setExamined(await desktop.folders.examineNew({ projectId })))
  const unlink = () =>
    void runAction(async () => {
      setAsking(false)
      await desktop.folders.unlinkProject({ projectId })
      announce(t`The project is not linked any more`)
    })
  return (
    <>
      <Section
        title={t`The folder`}
        aside={
          <Button size="sm" onClick={() => setAsking(true)}>
            <Unlink aria-hidden /> <Trans>Unlink the project…</Trans>
          </Button>
        }
      >
        <div className="flex flex-wrap items-center gap-3 px-4 py-3">
          <p className="min-w-40 flex-1 wrap-anywhere font-mono text-xs">{root}</p>
          {direction === 'down' && (
            <Badge>
              <Trans>Only from the server</Trans>
            </Badge>
          )}
          {links.length > 0 && <Badge tone={tone}>{word}</Badge>}
        </div>
        {folders.length > 0 && (
          <div className="border-t bg-warning-soft px-4 py-3">
            <p className="font-medium text-sm">
              {plural(folders.length, {
                one: 'One folder in it is not an artifact, and is not synced.',
                other: '# folders in it are not artifacts, and are not synced.',
              })}
            </p>
            <Names names={folders} />
            {direction === 'both' && (
              <Button className="mt-2" size="sm" onClick={lookAtNew}>
                <FolderPlus aria-hidden />{' '}
                {plural(folders.length, { one: 'Look at it…', other: 'Look at them…' })}
              </Button>
            )}
          </div>
        )}
        {files.length > 0 && (
          <div className="border-t px-4 py-3 text-sm text-soft">
            {plural(files.length, {
              one: 'One file lies beside the folders of the artifacts, and stays on this computer alone.',
              other:
                '# files lie beside the folders of the artifacts, and stay on this computer alone.',
            })}
            <Names names={files} />
          </div>
        )}
      </Section>
      <Section title={t`Its artifacts`} text={t`Each has a folder of its own in this one.`}>
        {links.length === 0 ? (
          <p className="px-4 py-3 text-sm text-soft">
            <Trans>
              The project has no artifacts yet, so nothing is synced. A new one gets its folder here
              by itself; a folder that you make here becomes one when you say so.
            </Trans>
          </p>
        ) : (
          <FolderLinks links={links} label={t`Linked folders of the project`} />
        )}
      </Section>
      <Section title={t`Who sees it`}>
        <AudienceOf projectId={projectId} isPublic={false} />
      </Section>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t`Unlink the project?`}
        description={
          links.length === 0
            ? t`The folder stays. New artifacts get no folder in it any more.`
            : plural(links.length, {
                one: 'The folder of one artifact no longer follows. All files stay in it and at the server.',
                other:
                  'The folders of # artifacts no longer follow. All files stay in them and at the server.',
              })
        }
        footer={
          <>
            <Button onClick={() => setAsking(false)}>
              <Trans>Keep it linked</Trans>
            </Button>
            <Button variant="danger" onClick={unlink}>
              <Trans>Unlink</Trans>
            </Button>
          </>
        }
      >
        <p className="wrap-anywhere font-mono text-soft text-xs">{root}</p>
      </Dialog>
    </>
  )
}

const maxShown = 20

const Names = ({ names }: { names: readonly string[] }) => (
  <ul className="mt-1 max-h-40 overflow-y-auto font-mono text-xs">
    {names.slice(0, maxShown).map((name) => (
      <li key={name} className="wrap-anywhere">
        {name}
      </li>
    ))}
    {names.length > maxShown && (
      <li>
        <Trans>and {formatCount(names.length - maxShown)} more</Trans>
      </li>
    )}
  </ul>
)
