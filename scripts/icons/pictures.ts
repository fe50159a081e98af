import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../run.ts'
import { drawPixels, drawPng } from './drawing.ts'
import { bitmap, icns, icnsSizes, ico } from './icon-files.ts'

const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 128, 256]

/** Another frame around the same drawing: macOS keeps a tenth free on each side, where it draws a shadow. */
const framed = (svg: string, margin: number): string =>
  svg.replace(
    'viewBox="0 0 1024 1024"',
    `viewBox="${-margin} ${-margin} ${1024 + 2 * margin} ${1024 + 2 * margin}"`,
  )

/** The icon as a part of a larger picture. */
const placed = (svg: string, x: number, y: number, size: number): string =>
  svg.replace('<svg ', `<svg x="${x}" y="${y}" width="${size}" height="${size}" `)

/** The disk image's window: from the application's place (left) an arrow to the folder's (right). */
const background = () => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 380">
  <rect width="540" height="380" fill="#f6f7f9"/>
  <path d="M232 190H300M280 168 304 190 280 212" fill="none" stroke="#8a94a6" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`

const sidebar = (icon: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 164 314">
  <rect width="164" height="314" fill="#e9eefb"/>
  ${placed(icon, 42, 116, 80)}
</svg>`

const header = (icon: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 57">
  <rect width="150" height="57" fill="#ffffff"/>
  ${placed(icon, 103, 10, 37)}
</svg>`

/** Everything in `resources` that is drawn, by its path there, out of the one icon. */
export const pictures = async (): Promise<Map<string, Buffer>> => {
  const icon = await readFile(join(root, 'resources/icon.svg'), 'utf8')
  const sizes = async (svg: string, wanted: number[]) =>
    Promise.all(wanted.map(async (size) => ({ size, png: await drawPng(svg, size) })))
  const linux = await sizes(icon, linuxSizes)
  return new Map([
    ...linux.map(({ size, png }): [string, Buffer] => [`icons/${size}x${size}.png`, png]),
    ['icon.ico', ico(await sizes(icon, windowsSizes))],
    ['icon.icns', icns(await sizes(framed(icon, 124), icnsSizes))],
    ['background.png', await drawPng(background(), 540)],
    ['background@2x.png', await drawPng(background(), 1080)],
    ['installerSidebar.bmp', bitmap(await drawPixels(sidebar(icon), 164))],
    ['installerHeader.bmp', bitmap(await drawPixels(header(icon), 150))],
  ])
}
