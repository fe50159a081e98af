import { FileUp, Lock } from 'lucide-react'
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import type { AdditionPlace } from '../../../src/contract/adding.ts'
import { dropFiles } from './bring-in.ts'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')

/** Everything in it takes what is dropped. `why`: the reason why it does not, where it does not. */
export const DropZone = ({
  place,
  label,
  says,
  why,
  children,
}: {
  place: AdditionPlace
  label: string
  says: string
  why: string | null
  children: ReactNode
}) => {
  // Every element on the way is entered and left: the last to be left ends it.
  const depth = useRef(0)
  const [isOver, setOver] = useState(false)
  const end = (): void => {
    depth.current = 0
    setOver(false)
  }
  return (
    <section
      aria-label={label}
      className="relative flex h-full min-h-0 flex-col"
      onDragEnter={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.current += 1
        setOver(true)
      }}
      onDragOver={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = why === null ? 'copy' : 'none'
      }}
      onDragLeave={() => {
        depth.current -= 1
        if (depth.current <= 0) end()
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        end()
        if (why === null) void dropFiles(place, [...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && (
        <div
          data-layer
          className="pointer-events-none absolute inset-2 z-40 grid place-items-center rounded-lg border-2 border-accent border-dashed bg-surface/90"
        >
          <p className="flex items-center gap-3 rounded-lg bg-raised px-5 py-3 font-medium shadow-lg [&_svg]:size-5 [&_svg]:text-accent-text">
            {why === null ? <FileUp aria-hidden /> : <Lock aria-hidden />}
            {why ?? says}
          </p>
        </div>
      )}
    </section>
  )
}
