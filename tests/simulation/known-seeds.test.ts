import { expect, it } from 'vitest'
import { readKnownSeeds } from './known-seeds.ts'
import { mutants } from './mutants.ts'
import { playSeeds } from './seeds.ts'

/*
 * Every seed that shows a mistake, without it: who makes just that mistake in the product is found by the seed that is
 * known to tell, and what a mistake's own play notices is the mistake's doing.
 */
const seeds = [
  ...new Map(
    Object.entries(readKnownSeeds().mutants).flatMap(([name, seed]) => {
      const isCrowded = mutants[name]?.isRare === true
      return [[`${seed} ${isCrowded}`, { seed, isCrowded }] as const]
    }),
  ).values(),
]

it('are as many as tell of every kind', () => {
  expect(Object.keys(readKnownSeeds().mutants).toSorted()).toEqual(Object.keys(mutants).toSorted())
  expect(seeds.filter(({ isCrowded }) => isCrowded).length).toBeGreaterThan(0)
})

it('show nothing where no mistake is made', async () => {
  const failed = []
  for (const { seed, isCrowded } of seeds)
    failed.push(...(await playSeeds(seed, 1, isCrowded)).failed)
  expect(failed).toEqual([])
})
