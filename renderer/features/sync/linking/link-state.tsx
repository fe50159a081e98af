import { useState } from 'react'
import type { FolderLink, LinkDirection } from '../../../../src/contract/folders.ts'
import { desktop } from '../../../data/desktop.ts'
import { runAction } from '../../../data/run-action.ts'
import { Button } from '../../../ui/button.tsx'
import { ButtonLink } from '../../../ui/button-link.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { formatCount } from '../../../ui/format.ts'
import { announce } from '../../../ui/live-region.tsx'
import { FolderLinks } from '../folder-links.tsx'
import { AudienceOf } from './audience.tsx'
import { DirectionChoice } from './direction-choice.tsx'
import { Section } from './section.tsx'

/** One linked folder: how it is, whom it concerns, which way it goes. */
export const LinkState = ({ link }: { link: FolderLink }) => (
  <>
    <Section title="The folder">
      <FolderLinks links={[link]} label="The linked folder" />
    </Section>
    <Section title="What is left out">
      <LeftOutSummary link={link} />
    </Section>
    <Section title="Who sees it">
      <AudienceOf projectId={link.projectId} isPublic={false} />
    </Section>
    <Section title="Which way">
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
          ? 'Nothing: all of this folder is synced.'
          : total === 1
            ? 'One file or folder stays on this computer.'
            : `${formatCount(total)} files and folders stay on this computer.`}
        {undecided > 0 && (
          <span className="block text-warning">
            {undecided === 1
              ? 'One file of them was sent before, and waits for your word.'
              : `${formatCount(undecided)} files of them were sent before, and wait for your word.`}
          </span>
        )}
      </p>
      <ButtonLink to={`/links/${id}/left-out`}>What, and why</ButtonLink>
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
      announce(next === 'both' ? `${title} follows both ways` : `${title} sends nothing`)
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
        title={`Send what changes in ${title}?`}
        description={
          count === 0
            ? 'Nothing differs here now. From now on what you change in this folder goes to the server.'
            : `${count === 1 ? 'One file differs' : `${formatCount(count)} files differ`} here: what you added or changed goes to the server, and what you deleted is deleted there. From now on the folder follows both ways.`
        }
        footer={
          <>
            <Button onClick={() => setAsking(false)}>Send nothing</Button>
            <Button variant="primary" onClick={() => turn('both')}>
              Follow both ways
            </Button>
          </>
        }
      />
    </>
  )
}
