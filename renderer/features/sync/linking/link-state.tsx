import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useState } from 'react'
import type { FolderLink, LinkDirection } from '../../../../src/contract/folders.ts'
import { desktop } from '../../../data/desktop.ts'
import { runAction } from '../../../data/run-action.ts'
import { Button } from '../../../ui/button.tsx'
import { ButtonLink } from '../../../ui/button-link.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { announce } from '../../../ui/live-region.tsx'
import { FolderLinks } from '../folder-links.tsx'
import { AudienceOf } from './audience.tsx'
import { DirectionChoice } from './direction-choice.tsx'
import { Section } from './section.tsx'

/** One linked folder: how it is, whom it concerns, which way it goes. */
export const LinkState = ({ link }: { link: FolderLink }) => (
  <>
    <Section title={t`The folder`}>
      <FolderLinks links={[link]} label={t`The linked folder`} />
    </Section>
    <Section title={t`What is left out`}>
      <LeftOutSummary link={link} />
    </Section>
    <Section title={t`Who sees it`}>
      <AudienceOf projectId={link.projectId} isPublic={false} />
    </Section>
    <Section title={t`Which way`}>
      <Turn link={link} />
    </Section>
  </>
)

const LeftOutSummary = ({ link: { id, leftOut } }: { link: FolderLink }) => {
  const { total, undecided } = leftOut
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <p className="min-w-48 flex-1 text-sm">
        {total === 0
          ? t`Nothing: all of this folder is synced.`
          : plural(total, {
              one: 'One file or folder stays on this computer.',
              other: '# files and folders stay on this computer.',
            })}
        {undecided > 0 && (
          <span className="block text-warning">
            {plural(undecided, {
              one: 'One file of them was sent before, and waits for your word.',
              other: '# files of them were sent before, and wait for your word.',
            })}
          </span>
        )}
      </p>
      <ButtonLink to={`/links/${id}/left-out`}>
        <Trans>What, and why</Trans>
      </ButtonLink>
    </div>
  )
}

/** To send what was kept here is asked about: it leaves this computer. */
const Turn = ({ link: { id: linkId, direction, onlyHere, title } }: { link: FolderLink }) => {
  const [asking, setAsking] = useState(false)
  const turn = (next: LinkDirection): void =>
    void runAction(async () => {
      setAsking(false)
      await desktop.folders.turn({ linkId, direction: next })
      announce(next === 'both' ? t`${title} follows both ways` : t`${title} sends nothing`)
    })
  const { count } = onlyHere
  return (
    <>
      <DirectionChoice
        value={direction}
        whyOnlyDown={null}
        onChange={(next) => (next === 'both' ? setAsking(true) : turn(next))}
      />
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t`Send what changes in ${title}?`}
        description={
          count === 0
            ? t`Nothing differs here now. From now on what you change in this folder goes to the server.`
            : plural(count, {
                one: 'One file differs here: what you added or changed goes to the server, and what you deleted is deleted there. From now on the folder follows both ways.',
                other:
                  '# files differ here: what you added or changed goes to the server, and what you deleted is deleted there. From now on the folder follows both ways.',
              })
        }
        footer={
          <>
            <Button onClick={() => setAsking(false)}>
              <Trans>Send nothing</Trans>
            </Button>
            <Button variant="primary" onClick={() => turn('both')}>
              <Trans>Follow both ways</Trans>
            </Button>
          </>
        }
      />
    </>
  )
}
