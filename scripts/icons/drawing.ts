import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { initWasm, Resvg } from '@resvg/resvg-wasm'

/** Drawn by WebAssembly, so that every system draws the same bytes. */
const ready = readFile(
  createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm'),
).then((module) => initWasm(module))

const draw = async (svg: string, width: number) => {
  await ready
  return new Resvg(svg, { fitTo: { mode: 'width', value: width } }).render()
}

export const drawPng = async (svg: string, width: number): Promise<Buffer> =>
  Buffer.from((await draw(svg, width)).asPng())

export const drawPixels = async (
  svg: string,
  width: number,
): Promise<{ width: number; height: number; pixels: Uint8Array }> => {
  const image = await draw(svg, width)
  return { width: image.width, height: image.height, pixels: image.pixels }
}
