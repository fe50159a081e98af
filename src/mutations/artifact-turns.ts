type Kind = 'edits' | 'changes'

/**
 * Whose files are being changed at the server, by edits of them or by another change. Of one artifact one kind goes at a
 * time: the order in which both were made is on the disk, and what is under way already is not.
 */
export class ArtifactTurns {
  readonly #underWay = { edits: new Map<string, number>(), changes: new Map<string, number>() }

  /** Answers how it ends, once; null while the other kind is under way. */
  begin(kind: Kind, artifactId: string): (() => void) | null {
    const others = this.#underWay[kind === 'edits' ? 'changes' : 'edits']
    if (others.has(artifactId)) return null
    const own = this.#underWay[kind]
    own.set(artifactId, (own.get(artifactId) ?? 0) + 1)
    return () => {
      const left = (own.get(artifactId) ?? 1) - 1
      if (left === 0) own.delete(artifactId)
      else own.set(artifactId, left)
    }
  }

  underWay(kind: Kind): string[] {
    return [...this.#underWay[kind].keys()]
  }
}
