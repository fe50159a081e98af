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
            <Plus aria-hidden /> Add <ChevronDown aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<FilePlus2 />} onSelect={() => setNaming(true)}>
          New file…
        </MenuItem>
        <MenuItem icon={<FileUp />} onSelect={() => void chooseFiles(place)}>
          Upload files…
        </MenuItem>
        <MenuItem icon={<FolderInput />} onSelect={() => void chooseFolder(place)}>
          Upload a folder…
        </MenuItem>
      </Menu>
      {isNaming && <NewFileDialog {...{ artifactId, onMade }} onClose={() => setNaming(false)} />}
    </>
  )
}
