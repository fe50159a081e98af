import type { Locator } from '@playwright/test'

/** Files and folders of this computer, dragged over a place; `drop` lets them go, and answers once the page has them. */
export const dragOver = async (over: Locator, files: string[]) => {
  const page = over.page()
  const box = await over.boundingBox()
  if (!box) throw new Error('There is nothing to drop on.')
  const session = await page.context().newCDPSession(page)
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files, dragOperationsMask: 1 }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop' | 'dragCancel') =>
    session.send('Input.dispatchDragEvent', { type, ...at, data })
  await send('dragEnter')
  await send('dragOver')
  const end = async (type: 'drop' | 'dragCancel'): Promise<void> => {
    await send(type)
    await session.detach()
  }
  return { drop: () => end('drop'), leave: () => end('dragCancel') }
}
