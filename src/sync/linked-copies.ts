/** Bytes from one place to another, the end not included. */
type Read = (from: number, to: number) => AsyncIterable<Uint8Array>

/** What lies in linked folders, for whoever wants bytes on this computer. */
export type LinkedCopies = {
  /** Reads bytes of an artifact from a folder of its, hashed since they were last changed; null where none has them. */
  holding(artifactId: string, sha256: string): Promise<Read | null>
  /** Hashes of what was in the folders of artifacts when they were looked at last. No disk is asked. */
  hashes(of: { projectId: string } | { artifactId: string }): Promise<Map<string, Set<string>>>
}

export const noLinkedCopies: LinkedCopies = {
  holding: async () => null,
  hashes: async () => new Map(),
}
