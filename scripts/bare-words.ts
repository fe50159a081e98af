import { type NodePath, parseSync, traverse, type types } from '@babel/core'

/**
 * Words in a source that are in no catalogue. Lingui's own rule is one of ESLint, which reads TypeScript with what
 * TypeScript 7 has no more; this reads as the build does (docs/decisions/0028-words.md).
 */
export type BareWords = { line: number; text: string }

/** Called so in every language. */
const names = /^(Atelier|GitHub|Google|Supabase|PostgreSQL)$/
/** What a person reads or hears, if it is words at all. */
const saidAttributes =
  /^(label|title|text|hint|description|detail|legend|alt|says|why|error|heading|what|aria-(label|description|roledescription|valuetext))$/
/** What stands in these is never read by anybody. */
const unsaidAttributes =
  /^(className|style|key|id|name|type|role|to|href|src|d|transform|viewBox|fill|tone|variant|size|htmlFor|autoComplete|aria-(keyshortcuts|labelledby|describedby|controls|live|haspopup))$/
const unsaidProperties = /^(className|look|key|id|value|kind|type|name|role|style|queryKey)$/
/** For programs: what they find, remember and throw; and what a catalogue says already. */
const unsaidCalls =
  /^(classNames|Failure|\w*Error|URL|RegExp|Worker|matchMedia|plural|select|selectOrdinal|console\.\w+|(document|window|localStorage|sessionStorage)\.\w+|(.*\.)?(startsWith|endsWith|includes|indexOf|split|join|replace|replaceAll|addEventListener|removeEventListener|closest|matches|querySelector|querySelectorAll|getAttribute|setAttribute|setProperty|getPropertyValue|getItem|setItem))$/

const hasWord = (text: string): boolean => /\p{L}{2}/u.test(text)
/** Begins as a sentence does, or is several words. Classes of styles have hyphens, names in code capitals within. */
const isSaid = (text: string): boolean =>
  hasWord(text) &&
  !names.test(text) &&
  (/^[“‘(.,:; ]*[A-Z][a-z’]*([\s.,…!?:;]|$)/.test(text) ||
    /^[\p{L}\d][\p{L}\d’“”‘]*[,.:;]? [\p{L}\d\s’“”‘,.…!?:;–—·()]+$/u.test(text))

const calleeOf = ({ callee }: types.CallExpression | types.NewExpression): string => {
  const parts: string[] = []
  let at: types.Node = callee
  while (at.type === 'MemberExpression' || at.type === 'OptionalMemberExpression') {
    parts.unshift(at.property.type === 'Identifier' ? at.property.name : '')
    at = at.object
  }
  return [at.type === 'Identifier' ? at.name : '', ...parts].join('.')
}

/** `[...keys.all(account), 'left out']`: by what a query is known. */
const isKey = ({ elements }: types.ArrayExpression): boolean =>
  elements.some(
    (each) =>
      each?.type === 'SpreadElement' &&
      each.argument.type === 'CallExpression' &&
      /\.\w+$/.test(calleeOf(each.argument)),
  )

const elementOf = (path: NodePath): string => {
  if (!path.isJSXElement()) return ''
  const { name } = path.node.openingElement
  return name.type === 'JSXIdentifier' ? name.name : ''
}

/** Whether `up`, of which `at` is a part, makes of it something that is not said; null where it does not tell. */
const saysOf = (up: NodePath, at: NodePath): boolean | null => {
  if (up.isTSType() || up.isImportDeclaration() || up.isExportAllDeclaration()) return false
  if (up.isExportNamedDeclaration()) return up.node.source !== at.node
  if (up.isImportExpression() || up.isTaggedTemplateExpression()) return false
  if (up.isBinaryExpression() && /^([!=]==?|in)$/.test(up.node.operator)) return false
  if (up.isSwitchCase() && up.node.test === at.node) return false
  if (up.isMemberExpression() && up.node.property === at.node) return false
  if (up.isArrayExpression() && isKey(up.node)) return false
  if (up.isObjectProperty()) {
    const { key } = up.node
    if (key === at.node || (key.type === 'Identifier' && unsaidProperties.test(key.name)))
      return false
  }
  if (up.isJSXAttribute()) {
    if (elementOf(up.parentPath.parentPath ?? up) === 'Plural') return false
    return !unsaidAttributes.test(String(up.node.name.name))
  }
  if (up.isCallExpression() || up.isNewExpression())
    return unsaidCalls.test(calleeOf(up.node)) ? false : null
  return up.isFunction() || up.isJSXElement() || up.isStatement() ? true : null
}

const isUnsaid = (path: NodePath): boolean => {
  for (let at = path, up = path.parentPath; up; at = up, up = up.parentPath) {
    const says = saysOf(up, at)
    if (says !== null) return !says
  }
  return false
}

export const bareWordsOf = (source: string, name: string): BareWords[] => {
  const found: BareWords[] = []
  const tree = parseSync(source, {
    filename: name,
    configFile: false,
    babelrc: false,
    parserOpts: { plugins: ['typescript', 'jsx'] },
  })
  const tell = ({ node }: NodePath, text: string): void => {
    found.push({ line: node.loc?.start.line ?? 0, text: text.replace(/\s+/g, ' ').trim() })
  }
  if (!tree) return found
  traverse(tree, {
    JSXText(path) {
      const text = path.node.value.trim()
      if (!hasWord(text) || names.test(text)) return
      if (!path.findParent((up) => elementOf(up) === 'Trans')) tell(path, text)
    },
    StringLiteral(path) {
      const { value } = path.node
      const { parentPath } = path
      const isAttribute =
        parentPath.isJSXAttribute() && saidAttributes.test(String(parentPath.node.name.name))
      const isText = isAttribute ? hasWord(value) && !names.test(value) : isSaid(value)
      if (isText && !isUnsaid(path)) tell(path, value)
    },
    TemplateLiteral(path) {
      const parts = path.node.quasis.map(({ value }) => value.cooked ?? '')
      // What is put in may be anything; a word before it alone is a key.
      const isText =
        parts.some(hasWord) && isSaid(parts.join('0')) && !/^[a-z]+\d* 0$/.test(parts.join('0'))
      if (isText && !isUnsaid(path)) tell(path, parts.join('…'))
    },
  })
  return found
}
