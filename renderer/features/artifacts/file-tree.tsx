import { t } from '@lingui/core/macro'
import {
  ChevronDown,
  ChevronRight,
  Cloud,
  FileText,
  Image,
  Pencil,
  PencilLine,
  TriangleAlert,
} from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ArtifactFile } from '../../../src/contract/artifacts.ts'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { type TreeRow, treeRows, viewOf } from './tree.ts'

const marks = {
  draft: () => (
    <PencilLine role="img" aria-label={t`Not saved`} className="size-3.5 text-accent-text" />
  ),
  cached: () => null,
  remote: () => <Cloud role="img" aria-label={t`At the server`} className="size-3.5 text-faint" />,
  edited: () => (
    <Pencil role="img" aria-label={t`Edited, not sent yet`} className="size-3.5 text-accent-text" />
  ),
  blocked: () => (
    <TriangleAlert
      role="img"
      aria-label={t`Needs your attention`}
      className="size-3.5 text-danger"
    />
  ),
}

export const FileTree = ({
  files,
  selectedId,
  onSelect,
}: {
  files: readonly ArtifactFile[]
  selectedId: string | null
  onSelect: (file: ArtifactFile) => void
}) => {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => treeRows(files, closed), [files, closed])
  const toggle = (key: string, open: boolean): void => {
    const next = new Set(closed)
    if (open) next.delete(key)
    else next.add(key)
    setClosed(next)
  }
  const open = (row: TreeRow): void => {
    if (row.kind === 'folder') toggle(row.key, !row.expanded)
    else onSelect(row.file)
  }
  return (
    <VirtualList
      kind="tree"
      label={t`Files`}
      items={rows}
      getKey={(row) => row.key}
      getText={(row) => row.name}
      selectedKey={selectedId}
      onOpen={open}
      rowHeight={28}
      className="h-full"
      itemAttributes={(row) => ({
        'aria-level': row.level,
        ...(row.kind === 'folder' ? { 'aria-expanded': row.expanded } : {}),
      })}
      onItemKey={(event, row) => {
        if (row.kind !== 'folder') return false
        if (event.key === 'ArrowRight' && !row.expanded) toggle(row.key, true)
        else if (event.key === 'ArrowLeft' && row.expanded) toggle(row.key, false)
        else if (event.key === '*') setClosed(new Set())
        else return false
        return true
      }}
      renderItem={(row) => (
        <span
          className="flex w-full items-center gap-1.5 pr-2"
          style={{ paddingLeft: `${(row.level - 1) * 14 + 6}px` }}
        >
          {row.kind === 'folder' ? (
            row.expanded ? (
              <ChevronDown aria-hidden className="size-4 shrink-0 text-faint" />
            ) : (
              <ChevronRight aria-hidden className="size-4 shrink-0 text-faint" />
            )
          ) : viewOf(row.file) === 'image' ? (
            <Image aria-hidden className="size-4 shrink-0 text-faint" />
          ) : (
            <FileText aria-hidden className="size-4 shrink-0 text-faint" />
          )}
          <span className="truncate">{row.name}</span>
          <span className="ml-auto shrink-0">
            {row.kind === 'file' && (row.file.hasDraft ? marks.draft() : marks[row.file.state]())}
          </span>
        </span>
      )}
    />
  )
}
