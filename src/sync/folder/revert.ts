import type { Operation } from './operation.ts'
import type { RemoteFile } from './ports.ts'

/** What of a person's own an operation is to bring to the server. `fingerprint` names it as it is now: edited since, it is another. */
export type LocalChange = { kind: 'edit' | 'new' | 'deletion'; fingerprint: string }

export const localChangeOf = (operation: Operation): LocalChange | null => {
  if (operation.kind === 'remove') return { kind: 'deletion', fingerprint: operation.fileId }
  if (operation.kind !== 'put') return null
  const { fileId, local } = operation
  return {
    kind: fileId === null ? 'new' : 'edit',
    fingerprint: `${fileId ?? local.path} ${local.sha256}`,
  }
}

/**
 * The way back from own work that its person gives up: the name and the bytes of the server, and into the trash with
 * what is nowhere else. Bytes after the name: a file that has neither gets its name first.
 */
const wayBack = (operation: Operation, remote: RemoteFile | undefined): Operation => {
  if (operation.kind === 'remove' && remote) return { kind: 'download', remote, over: null }
  if (operation.kind !== 'put') return operation
  const { local, fileId } = operation
  if (fileId === null) return { kind: 'discard', local, base: null }
  if (!remote) return operation
  if (local.path !== remote.path) return { kind: 'move', local, to: remote.path, base: null }
  const bit = remote.permissions?.isExecutable
  // Nothing of it is bytes.
  if (local.sha256 === remote.sha256 && bit !== undefined)
    return {
      kind: 'set-executable',
      local,
      isExecutable: bit,
      base: { ...remote, identity: local.identity },
    }
  return { kind: 'download', remote, over: local, isLocalChange: true }
}

/** What is to be done instead, where somebody gives up what was to be sent. */
export const revertLocalChanges = (
  { operations, deletions }: { operations: readonly Operation[]; deletions: readonly Operation[] },
  remote: readonly RemoteFile[],
  isReverted: (fingerprint: string) => boolean,
): { operations: Operation[]; deletions: Operation[] } => {
  const there = new Map(remote.map((file) => [file.fileId, file]))
  const instead = (operation: Operation): Operation => {
    const own = localChangeOf(operation)
    if (!own || !isReverted(own.fingerprint) || !('fileId' in operation)) return operation
    return wayBack(operation, there.get(operation.fileId ?? ''))
  }
  const decided = deletions.map(instead)
  return {
    operations: [...operations.map(instead), ...decided.filter(({ kind }) => kind === 'download')],
    deletions: decided.filter(({ kind }) => kind !== 'download'),
  }
}
