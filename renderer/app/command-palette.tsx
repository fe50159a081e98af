import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Download, FileText, Folder, Monitor, Moon, RefreshCw, Settings, Sun } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'
import { desktop } from '../data/desktop.ts'
import { setTheme } from '../data/stores.ts'
import { useProjects, useWorkspaces } from '../data/tenancy.ts'
import { syncProject } from './sync-command.ts'
import { setPalette, useUi } from './ui-store.ts'

export const CommandPalette = ({ projectId }: { projectId: string | undefined }) => {
  const open = useUi((state) => state.palette)
  return (
    <Radix.Root open={open} onOpenChange={setPalette}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          aria-describedby={undefined}
          className="appear fixed top-[14vh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-lg bg-raised shadow-lg"
        >
          <Radix.Title className="sr-only">Search or jump to</Radix.Title>
          <Commands projectId={projectId} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const Commands = ({ projectId }: { projectId: string | undefined }) => {
  const [query, setQuery] = useState('')
  const navigate = useNavigate()
  const projects = useProjects().value ?? []
  const workspaces = useWorkspaces().value ?? []
  const wanted = query.trim()
  const hits = useQuery({
    queryKey: ['local', 'search', wanted],
    queryFn: () => desktop.artifacts.search({ query: wanted.slice(0, 200) }),
    enabled: wanted.length > 1,
    placeholderData: (before) => before,
  })
  const run = (work: () => unknown) => () => {
    setPalette(false)
    void work()
  }
  const workspaceOf = (id: string) => workspaces.find((workspace) => workspace.id === id)?.name

  return (
    <Command label="Commands" loop>
      <Command.Input
        value={query}
        onValueChange={setQuery}
        placeholder="Search artifacts, projects and commands"
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs">
        <Command.Empty className="px-4 py-8 text-center text-sm text-soft">
          Nothing on this computer matches.
        </Command.Empty>
        {wanted.length > 1 && hits.data && hits.data.length > 0 && (
          // The search in main has matched already; its hits are shown whatever cmdk would think.
          <Command.Group heading="Artifacts" forceMount>
            {hits.data.map((hit) => (
              <Entry
                key={hit.artifactId}
                value={`${wanted} ${hit.title} ${hit.artifactId}`}
                icon={<FileText />}
                hint={hit.kind}
                onSelect={run(() =>
                  navigate(`/projects/${hit.projectId}/artifacts/${hit.artifactId}`),
                )}
              >
                {hit.title}
              </Entry>
            ))}
          </Command.Group>
        )}
        <Command.Group heading="Projects">
          {projects.map((project) => (
            <Entry
              key={project.id}
              value={`${project.name} ${project.id}`}
              icon={<Folder />}
              hint={workspaceOf(project.workspace_id)}
              onSelect={run(() => navigate(`/projects/${project.id}`))}
            >
              {project.name}
            </Entry>
          ))}
        </Command.Group>
        <Command.Group heading="Commands">
          {projectId && (
            <>
              <Entry
                value="sync now"
                icon={<RefreshCw />}
                onSelect={run(() => syncProject(projectId))}
              >
                Sync this project
              </Entry>
              <Entry
                value="download all keep on this computer"
                icon={<Download />}
                onSelect={run(async () => {
                  await desktop.sync.pin({ projectId, pinned: true })
                  await syncProject(projectId)
                })}
              >
                Keep this project on this computer
              </Entry>
            </>
          )}
          <Entry
            value="settings preferences"
            icon={<Settings />}
            onSelect={run(() => navigate('/settings'))}
          >
            Open settings
          </Entry>
          <Entry value="theme light" icon={<Sun />} onSelect={run(() => setTheme('light'))}>
            Light theme
          </Entry>
          <Entry value="theme dark" icon={<Moon />} onSelect={run(() => setTheme('dark'))}>
            Dark theme
          </Entry>
          <Entry value="theme system" icon={<Monitor />} onSelect={run(() => setTheme('system'))}>
            Follow the system’s theme
          </Entry>
        </Command.Group>
      </Command.List>
    </Command>
  )
}

const Entry = ({
  value,
  icon,
  hint,
  onSelect,
  children,
}: {
  value: string
  icon: ReactNode
  hint?: string | undefined
  onSelect: () => void
  children: ReactNode
}) => (
  <Command.Item
    value={value}
    onSelect={onSelect}
    className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm data-[selected=true]:bg-selected [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint"
  >
    {icon}
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {hint && <span className="shrink-0 text-soft text-xs">{hint}</span>}
  </Command.Item>
)
