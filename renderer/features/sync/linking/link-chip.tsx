import { plural, t } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ArrowDownToLine, FolderSync } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { FolderLink, ProjectLink } from '../../../../src/contract/folders.ts'
import { useAccountId } from '../../../data/account.ts'
import { useFolders, useSession } from '../../../data/stores.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { syncQueries } from '../queries.ts'
import { chooseAndExamine, linkAddress } from './examine.ts'
import { linksWord } from './link-words.ts'

/** Projects that are linked as a whole; asked again whenever a link changes. */
export const useProjectLinks = (): ProjectLink[] | null => {
  const links = useFolders((state) => state.links)
  const hasSession = useSession((session) => 'account' in session)
  const stamp = links?.map(({ id, root }) => `${id} ${root}`).join()
  const query = useQuery({
    ...syncQueries.projectLinks(useAccountId(), stamp),
    enabled: hasSession && links !== null,
  })
  return query.data ?? null
}

/** The links of an artifact, or (null) of all of a project's. */
export const useLinksOf = (projectId: string, artifactId: string | null): FolderLink[] =>
  (useFolders((state) => state.links) ?? []).filter((link) =>
    artifactId === null ? link.projectId === projectId : link.artifactId === artifactId,
  )

/** How a link is; opens its page. Where nothing is linked yet it asks for a folder. */
export const LinkChip = ({
  projectId,
  artifactId,
}: {
  projectId: string
  artifactId: string | null
}) => {
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const own = useLinksOf(projectId, artifactId)
  const project = useProjectLinks()?.find((each) => each.projectId === projectId)
  const open = () => navigate(linkAddress(projectId, artifactId))
  if (artifactId === null ? project !== undefined : own.length > 0) {
    const { word, tone } = linksWord(own)
    const strays = artifactId === null ? (project?.folders.length ?? 0) : 0
    const isDown = own.some(({ direction }) => direction === 'down')
    const says =
      strays > 0
        ? plural(strays, { one: '# folder not synced', other: '# folders not synced' })
        : own.length === 0
          ? t`Nothing to sync yet`
          : word
    return (
      <Button onClick={() => void open()} title={project?.root ?? own[0]?.root}>
        {isDown ? <ArrowDownToLine aria-hidden /> : <FolderSync aria-hidden />}{' '}
        <Trans>Linked</Trans>
        <Badge tone={strays > 0 ? 'warning' : own.length === 0 ? 'neutral' : tone}>{says}</Badge>
      </Button>
    )
  }
  const choose = async () => {
    setBusy(true)
    const isShown = await chooseAndExamine(projectId, artifactId)
    setBusy(false)
    if (isShown) void open()
  }
  return (
    <Button busy={busy} onClick={() => void choose()}>
      <FolderSync aria-hidden /> <Trans>Link to a folder…</Trans>
    </Button>
  )
}
