import { t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Download, FileText, Folder, Monitor, Moon, RefreshCw, Settings, Sun } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useNavigate } from 'react-router'
import { useAccountId } from '../data/account.ts'
import { artifactQueries } from '../data/artifact-queries.ts'
import { desktop } from '../data/desktop.ts'
import { setTheme } from '../data/stores.ts'
import { useProjects, useWorkspaces, workspaceName } from '../features/workspaces/index.ts'
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
          <Radix.Title className="sr-only">
            <Trans>Search or jump to</Trans>
          </Radix.Title>
          <Commands projectId={projectId} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

interface Entry {
  readonly value: string
  readonly title: string
  /** Other words for the same thing. */
  readonly also?: string
  readonly icon: ReactNode
  readonly hint?: string | undefined
  readonly run: () => unknown
}

const Commands = ({ projectId }: { projectId: string | undefined }) => {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState('')
  const navigate = useNavigate()
  const projects = useProjects().data ?? []
  const workspaces = useWorkspaces().data ?? []
  const wanted = query.trim()
  const hits = useQuery({
    ...artifactQueries.search(useAccountId(), wanted),
    placeholderData: (before) => before,
  })

  const matches = (entry: Entry): boolean =>
    wanted
      .toLowerCase()
      .split(/\s+/)
      .every((word) => `${entry.title} ${entry.also ?? ''}`.toLowerCase().includes(word))
  const groups: readonly { heading: string; entries: readonly Entry[] }[] = [
    {
      heading: t`Artifacts`,
      // The search in main has matched these already.
      entries: (wanted.length > 1 ? (hits.data?.hits ?? []) : []).map((hit) => ({
        value: hit.artifactId,
        title: hit.title,
        icon: <FileText />,
        hint: hit.kind,
        run: () => navigate(`/projects/${hit.projectId}/artifacts/${hit.artifactId}`),
      })),
    },
    {
      heading: t`Projects`,
      entries: projects
        .map((project) => ({
          value: project.id,
          title: project.name,
          icon: <Folder />,
          hint: workspaces.filter(({ id }) => id === project.workspace_id).map(workspaceName)[0],
          run: () => navigate(`/projects/${project.id}`),
        }))
        .filter(matches),
    },
    { heading: t`Commands`, entries: commands(projectId, navigate).filter(matches) },
  ]
  const entries = groups.flatMap((group) => group.entries)
  // Results arrive after the typing: what was chosen stays if it is still there, else the first.
  const selected = entries.some((entry) => entry.value === chosen)
    ? chosen
    : (entries[0]?.value ?? '')

  return (
    <Command
      label={t`Commands`}
      loop
      shouldFilter={false}
      value={selected}
      onValueChange={setChosen}
    >
      <Command.Input
        value={query}
        onValueChange={(text) => {
          setQuery(text)
          setChosen('')
        }}
        placeholder={t`Search artifacts, projects and commands`}
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none"
      />
      <Command.List
        label={t`Suggestions`}
        className="max-h-[50vh] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
      >
        <Command.Empty className="px-4 py-8 text-center text-sm text-soft">
          <Trans>Nothing on this computer matches.</Trans>
        </Command.Empty>
        {groups
          .filter((group) => group.entries.length > 0)
          .map((group) => (
            <Command.Group key={group.heading} heading={group.heading}>
              {group.entries.map((entry) => (
                <Item key={entry.value} entry={entry} />
              ))}
            </Command.Group>
          ))}
      </Command.List>
    </Command>
  )
}

const commands = (
  projectId: string | undefined,
  navigate: (to: string) => unknown,
): readonly Entry[] => [
  ...(projectId
    ? [
        {
          value: 'sync',
          also: t`now`,
          title: t`Sync this project`,
          icon: <RefreshCw />,
          run: () => syncProject(projectId),
        },
        {
          value: 'pin',
          also: t`download all offline`,
          title: t`Keep this project on this computer`,
          icon: <Download />,
          run: async () => {
            await desktop.sync.pin({ projectId, pinned: true })
            await syncProject(projectId)
          },
        },
      ]
    : []),
  {
    value: 'open sync',
    also: t`conflicts linked folders trash transfers`,
    title: t`Open sync`,
    icon: <RefreshCw />,
    run: () => navigate('/sync'),
  },
  {
    value: 'settings',
    also: t`preferences`,
    title: t`Open settings`,
    icon: <Settings />,
    run: () => navigate('/settings'),
  },
  {
    value: 'theme light',
    title: t`Light theme`,
    icon: <Sun />,
    run: () => setTheme('light'),
  },
  {
    value: 'theme dark',
    title: t`Dark theme`,
    icon: <Moon />,
    run: () => setTheme('dark'),
  },
  {
    value: 'theme system',
    title: t`Follow the system’s theme`,
    icon: <Monitor />,
    run: () => setTheme('system'),
  },
]

const Item = ({ entry }: { entry: Entry }) => (
  <Command.Item
    value={entry.value}
    onSelect={() => {
      setPalette(false)
      void entry.run()
    }}
    className="flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm data-[selected=true]:bg-selected [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint"
  >
    {entry.icon}
    <span className="min-w-0 flex-1 truncate">{entry.title}</span>
    {entry.hint && <span className="shrink-0 text-soft text-xs">{entry.hint}</span>}
  </Command.Item>
)
