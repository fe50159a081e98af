import { FolderSync } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { showToast } from '../../app/ui-store.ts'
import { desktop } from '../../data/desktop.ts'
import { useFolders, useSession } from '../../data/stores.ts'
import { Button } from '../../ui/button.tsx'
import { act } from './act.ts'

/** Links a project (`artifactId` null) or one artifact to a folder of this computer, or says that it is. */
export const LinkFolderButton = ({
  projectId,
  artifactId,
}: {
  projectId: string
  artifactId: string | null
}) => {
  const links = useFolders((state) => state.links)
  const online = useSession((session) => session.status === 'active')
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const link = artifactId && links?.find((each) => each.artifactId === artifactId)
  if (link)
    return (
      <Button onClick={() => void navigate('/sync')} title={link.root}>
        <FolderSync aria-hidden /> Linked
      </Button>
    )
  const choose = async () => {
    setBusy(true)
    await act(async () => {
      const root = await desktop.folders.choose({ projectId, artifactId })
      if (root) showToast(`Linked to ${root}. What changes there is synced.`)
    })
    setBusy(false)
  }
  return (
    <Button busy={busy} disabled={!online} onClick={() => void choose()}>
      <FolderSync aria-hidden /> Link to a folder…
    </Button>
  )
}
