import { Trans } from '@lingui/react/macro'
import { ChevronDown, FilePlus2, FileUp, FolderInput, Plus } from 'lucide-react'
import { useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { chooseFiles, chooseFolder } from './bring-in.ts'
import { NewFileDialog } from './new-file.tsx'

/** What can come into an artifact. */
export const AddMenu = ({
  projectId,
  artifactId,
  onMade,
}: {
  projectId: string
  artifactId: string
  onMade: (file: ArtifactFile) => void
}) => {
  const [isNaming, setNaming] = useState(false)
  const place = { projectId, artifactId }
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button>
            <Plus aria-hidden /> <Trans>Add</Trans> <ChevronDown aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<FilePlus2 />} onSelect={() => setNaming(true)}>
          <Trans>New file…</Trans>
        </MenuItem>
        <MenuItem icon={<FileUp />} onSelect={() => void chooseFiles(place)}>
          <Trans>Upload files…</Trans>
        </MenuItem>
        <MenuItem icon={<FolderInput />} onSelect={() => void chooseFolder(place)}>
          <Trans>Upload a folder…</Trans>
        </MenuItem>
      </Menu>
      {isNaming && (
        <NewFileDialog artifactId={artifactId} onMade={onMade} onClose={() => setNaming(false)} />
      )}
    </>
  )
}
