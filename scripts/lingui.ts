import { lingui as catalogues } from '@lingui/vite-plugin'
import babel, { defineRolldownBabelPreset } from '@rolldown/plugin-babel'

/**
 * Messages become their keys, and a catalogue what its language says for them. By Babel, over the files that say
 * something: Lingui's own transform is a binary that npm leaves out where it runs on Node 20, which may install us.
 */
export const lingui = () => [
  babel({
    presets: [
      defineRolldownBabelPreset({
        preset: { plugins: ['@lingui/babel-plugin-lingui-macro'] },
        rolldown: { filter: { code: /from ['"]@lingui\/(core|react)\/macro['"]/ } },
      }),
    ],
  }),
  catalogues({ failOnMissing: true, failOnCompileError: true }),
]
