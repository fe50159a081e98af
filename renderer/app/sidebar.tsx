import { t } from '@lingui/core/macro'
import { PanelLeft } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useLocation } from 'react-router'
import { ProjectSidebar } from '../features/projects/index.ts'
import { Drawer } from '../ui/drawer.tsx'
import { IconButton } from '../ui/icon-button.tsx'

/** From here on the sidebar has room beside the content; below, it folds into the rail. */
const wide = matchMedia('(min-width: 900px)')
const follow = (told: () => void) => {
  wide.addEventListener('change', told)
  return () => wide.removeEventListener('change', told)
}
export const useIsWide = (): boolean => useSyncExternalStore(follow, () => wide.matches)

export const Sidebar = () => (
  <nav aria-label={t`Project`} className="flex h-full min-h-0 flex-col bg-sidebar">
    <ProjectSidebar />
  </nav>
)

/** The rail's button for it, where it has no room of its own. */
export const FoldedSidebar = () => {
  const [open, setOpen] = useState(false)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has chosen is led there.
  useEffect(() => setOpen(false), [pathname])
  return (
    <div className="flex justify-center pt-3">
      <Drawer
        open={open}
        onOpenChange={setOpen}
        title={t`Projects`}
        trigger={<IconButton label={t`Projects`} side="right" icon={<PanelLeft />} />}
      >
        <Sidebar />
      </Drawer>
    </div>
  )
}
