import { Trans } from '@lingui/react/macro'
import { Outlet, useNavigate, useParams } from 'react-router'
import { useAppInfo } from '../data/stores.ts'
import { AdditionPanel } from '../features/adding/index.ts'
import { NewProjectDialog, setNewProject, useNewProject } from '../features/projects/index.ts'
import { WorkspaceRail } from '../features/workspaces/index.ts'
import { type Pane, Panes } from '../ui/panes.tsx'
import { CommandPalette } from './command-palette.tsx'
import { RailFoot } from './rail-foot.tsx'
import { SessionBanner } from './session-banner.tsx'
import { useShortcuts } from './shortcuts.ts'
import { FoldedSidebar, Sidebar, useIsWide } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'

/** Rail of workspaces | sidebar of the project | content, under one bar that is the title bar on macOS. */
export const Layout = () => {
  const { projectId } = useParams()
  const platform = useAppInfo((info) => info.platform)
  const navigate = useNavigate()
  useShortcuts(navigate, projectId)

  const isWide = useIsWide()
  const newProject = useNewProject()
  const content: Pane = {
    id: 'content',
    minimum: 360,
    content: (
      <main
        id="content"
        tabIndex={-1}
        className="flex h-full min-h-0 min-w-0 flex-col bg-surface outline-none"
      >
        <Outlet />
      </main>
    ),
  }
  const sidebar: Pane = {
    id: 'sidebar',
    size: 240,
    minimum: 180,
    maximum: 400,
    fixed: true,
    content: <Sidebar />,
  }

  return (
    <div className="flex h-full flex-col">
      <button
        type="button"
        onClick={() => document.getElementById('content')?.focus()}
        className="sr-only focus:not-sr-only focus:absolute focus:top-1 focus:left-1 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        <Trans>Skip to content</Trans>
      </button>
      <TopBar platform={platform} />
      <SessionBanner />
      <div className="flex min-h-0 flex-1">
        <div className="flex w-14 shrink-0 flex-col border-r bg-canvas">
          {!isWide && <FoldedSidebar />}
          <div className="flex min-h-0 flex-1 flex-col">
            <WorkspaceRail />
          </div>
          <RailFoot />
        </div>
        <Panes
          name={isWide ? 'layout' : 'narrow layout'}
          panes={isWide ? [sidebar, content] : [content]}
        />
      </div>
      <AdditionPanel />
      {newProject && <NewProjectDialog {...newProject} onClose={() => setNewProject(null)} />}
      <CommandPalette projectId={projectId} />
    </div>
  )
}
