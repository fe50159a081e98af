/** Bytes from one place to another, the end not included. */
type Read = (from: number, to: number) => AsyncIterable<Uint8Array>

/** Of which artifact some bytes lie in a linked folder by now; null where they are not there any more. */
export type CopyChange = { link: string; sha256: string; artifactId: string | null }

/** `here`: the links whose folders are there. */
export type CopyChanges = { here: string[]; changes: CopyChange[] }

/** What lies in linked folders, for whoever wants bytes on this computer. */
export type LinkedCopies = {
  /** Reads bytes of an artifact from a folder of its, hashed since they were last changed; null where none has them. */
  holding(artifactId: string, sha256: string): Promise<Read | null>
  /** Tells what came or went since, part by part; what was not heard to its end is told again. No disk is asked. */
  tell(hear: (part: CopyChanges) => Promise<void>): Promise<void>
}

export const noLinkedCopies: LinkedCopies = {
  holding: async () => null,
  tell: async () => {},
}
