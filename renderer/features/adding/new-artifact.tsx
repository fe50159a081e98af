import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { Box, FileUp, FolderInput, FolderSync, Sparkles } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { v7 as newId } from 'uuid'
import { maxTitleLetters } from '../../../src/domain/limits.ts'
import { desktop } from '../../data/desktop.ts'
import { useReached } from '../../data/stores.ts'
import { useNaming } from '../../data/use-naming.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { RadioGroup } from '../../ui/radio-group.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { chooseAndExamine, linkAddress } from '../sync/index.ts'
import { chooseFiles, chooseFolder, openSample } from './bring-in.ts'

const ways = () =>
  [
    {
      value: 'empty',
      icon: <Box aria-hidden />,
      title: t`Empty`,
      text: t`Files are made or brought in afterwards.`,
    },
    {
      value: 'linked',
      icon: <FolderSync aria-hidden />,
      title: t`A folder, kept in sync`,
      text: t`You go on working in the folder. You see what would move before anything does.`,
    },
    {
      value: 'folder',
      icon: <FolderInput aria-hidden />,
      title: t`A copy of a folder`,
      text: t`The folder itself stays as it is.`,
    },
    {
      value: 'files',
      icon: <FileUp aria-hidden />,
      title: t`Copies of files`,
      text: t`Choose as many as you like, or drop them on the list.`,
    },
    {
      value: 'sample',
      icon: <Sparkles aria-hidden />,
      title: t`The sample`,
      text: t`A small site, to try things on.`,
    },
  ] as const
export type Way = ReturnType<typeof ways>[number]['value']

const submits: Record<Way, MessageDescriptor> = {
  empty: msg`Make the artifact`,
  linked: msg`Choose the folder…`,
  folder: msg`Choose the folder…`,
  files: msg`Choose the files…`,
  sample: msg`Open the sample`,
}

/** How an artifact begins. Folders and files have names already; what is in them is looked at first. */
export const NewArtifactDialog = ({
  projectId,
  first = 'empty',
  onClose,
}: {
  projectId: string
  first?: Way
  onClose: () => void
}) => {
  const navigate = useNavigate()
  const isReached = useReached()
  const [way, setWay] = useState<Way>(first)
  // The same one again, should an answer be lost.
  const [id] = useState(() => newId())
  const isNamed = way === 'empty' || way === 'linked'

  const make = async (title: string): Promise<void> => {
    await desktop.artifacts.make({ id, projectId, title })
    if (way === 'linked' && (await chooseAndExamine(projectId, id)))
      await navigate(linkAddress(projectId, id))
    else await navigate(`/projects/${projectId}/artifacts/${id}`)
    onClose()
  }
  const bringIn = async (title: string): Promise<void> => {
    onClose()
    const place = { projectId, artifactId: null }
    if (way === 'sample') await openSample(projectId, title)
    else await (way === 'folder' ? chooseFolder(place, title) : chooseFiles(place, title))
  }
  const { busy, submit, field } = useNaming(isNamed ? make : bringIn, { isNeeded: isNamed })
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t`New artifact`}
      description={t`A folder of files that your team keeps.`}
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={submit}>
        <TextField
          {...field}
          placeholder={isNamed ? undefined : t`As what you choose is called`}
          maxLength={maxTitleLetters}
        />
        <RadioGroup legend={t`What is in it`} choices={ways()} value={way} onChange={setWay} />
        {!isReached && (
          <Banner tone="info" className="rounded-md">
            <Trans>
              An artifact is made at the server, which is out of reach just now. Files can be added
              to those that are on this computer.
            </Trans>
          </Banner>
        )}
        <DialogActions>
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!isReached}>
            {i18n._(submits[way])}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
