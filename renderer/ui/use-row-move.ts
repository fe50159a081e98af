import { type DragEvent, type HTMLAttributes, useState } from 'react'

/** What is dragged between rows of one list: nobody else takes it. */
const rowType = 'application/x-atelier-row'

type RowMove = {
  /** Of the list's own rows alone. */
  keyOf: (index: number) => string | undefined
  indexOf: (key: string) => number
  move: (from: number, to: number) => void
}

/** Rows that are dragged to where others are. Answers what a row needs for it, or null while it takes no part. */
export const useRowMove = (rows: RowMove | null) => {
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const end = (): void => {
    setDragged(null)
    setOver(null)
  }
  if (rows === null) return () => null
  const { keyOf, indexOf, move } = rows
  return (
    index: number,
  ): { attributes: HTMLAttributes<HTMLElement>; mark: 'before' | 'after' | null } => {
    const key = keyOf(index)
    const from = dragged === null ? -1 : indexOf(dragged)
    const isTarget = key !== undefined && over === key && from >= 0 && from !== index
    const takes = (event: DragEvent): boolean =>
      from >= 0 && event.dataTransfer.types.includes(rowType)
    return {
      attributes: {
        draggable: true,
        onDragStart: (event) => {
          event.dataTransfer.setData(rowType, '')
          event.dataTransfer.effectAllowed = 'move'
          setDragged(key ?? null)
        },
        onDragOver: (event) => {
          if (!takes(event)) return
          event.preventDefault()
          event.dataTransfer.dropEffect = 'move'
          setOver(key ?? null)
        },
        onDragLeave: ({ currentTarget, relatedTarget }) => {
          if (!currentTarget.contains(relatedTarget as Node | null)) setOver(null)
        },
        onDrop: (event) => {
          if (!takes(event)) return
          event.preventDefault()
          end()
          if (from !== index) move(from, index)
        },
        onDragEnd: end,
      },
      mark: isTarget ? (from > index ? 'before' : 'after') : null,
    }
  }
}
