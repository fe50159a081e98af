/** What of a file's permissions goes from one computer to another. */
export type Permissions = {
  /** Its owner may run it. */
  isExecutable: boolean
  /** Nobody but its owner may read it. */
  isOwnerOnly: boolean
}

/** A small number; null where nothing is told. */
export const packPermissions = (permissions: Permissions | undefined): number | null =>
  permissions ? Number(permissions.isExecutable) + 2 * Number(permissions.isOwnerOnly) : null
export const unpackPermissions = (packed: number | null | undefined): Permissions | undefined =>
  packed === null || packed === undefined
    ? undefined
    : { isExecutable: (packed & 1) !== 0, isOwnerOnly: (packed & 2) !== 0 }

type Told = { permissions?: Permissions | undefined }

/** Whether its person changed the executable bit since both sides were the same. */
export const isMarkedHere = (local: Told, base: Told): boolean =>
  local.permissions !== undefined &&
  base.permissions !== undefined &&
  local.permissions.isExecutable !== base.permissions.isExecutable

/**
 * Whether a file is to be executable on both sides. A disk that says nothing of it wants what the server has; where
 * nobody knows how it was, it is on both what it is on one. Undefined: the server says nothing, and nothing is to be done.
 */
export const mergedExecutable = (local: Told, base: Told, remote: Told): boolean | undefined => {
  const [here, before, there] = [local, base, remote].map(
    ({ permissions }) => permissions?.isExecutable,
  )
  if (there === undefined || here === undefined) return there
  if (before === undefined) return here || there
  return here === before ? there : here
}
