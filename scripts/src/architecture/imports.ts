/** Reads who imports whom, and what each file calls on, from TypeScript and Vue sources, by the compiler's own parser. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

// Taken out once: they are asked of each node of every source.
const {
  forEachChild,
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isNewExpression,
  isPropertyAccessExpression,
  SyntaxKind,
} = ts

export interface Import {
  /** Path of the imported source from the checkout, such as `shared/src/kernel/event.ts`, or a package's name as written. */
  readonly to: string
  readonly line: number
  readonly typeOnly: boolean
}

export interface Source {
  /** From the checkout, with slashes. */
  readonly path: string
  readonly imports: readonly Import[]
  /** Uses of the clock, of chance, of the process or the page: `Date.now`, `Math.random`, `process`, …; names declared in the file do not count. */
  readonly impure: readonly { readonly name: string; readonly line: number }[]
}

const ROOMS = ['shared', 'server', 'web', 'scripts']
const OUTSIDE = new Set([
  'process',
  'window',
  'document',
  'console',
  'navigator',
  'localStorage',
  'sessionStorage',
  'fetch',
  'setTimeout',
  'setInterval',
  'performance',
  'crypto',
  'globalThis',
])

/** The impure member of an object that is pure otherwise. */
const IMPURE_MEMBER: Readonly<Record<string, string>> = { Date: 'now', Math: 'random' }
const textOf = (node: ts.Node): string => (isIdentifier(node) ? node.text : '')
const named = (node: ts.Node, name: string | undefined): boolean => name !== undefined && textOf(node) === name

/** Every source under `<root>/<room>/src`. */
export function readSources(root: string): Source[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(root, room, 'src'), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  ).map((file) => readSource(relative(root, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')))
}

/** Reads one source; `path` is from the checkout, of a Vue file only its scripts count. */
export function readSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, path.endsWith('.vue') ? scriptsOf(text) : text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const used: { name: string; line: number }[] = []
  const declared = new Set<string>()
  const lineOf = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart()).line + 1
  const add = (node: ts.Node, to: ts.Node | undefined, typeOnly: boolean): void => {
    if (to && ts.isStringLiteralLike(to)) imports.push({ to: resolve(path, to.text), line: lineOf(node), typeOnly })
  }
  const visit = (node: ts.Node): void => {
    // Most nodes are names.
    if (isIdentifier(node)) {
      if (!OUTSIDE.has(node.text)) return
      if (isName(node)) declared.add(node.text)
      else if (isValue(node)) used.push({ name: node.text, line: lineOf(node) })
    } else if (isImportDeclaration(node)) add(node, node.moduleSpecifier, onlyTypes(node.importClause))
    else if (isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly)
    else if (isImportTypeNode(node)) add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    else if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) add(node, node.arguments[0], false)
    else if (isNewExpression(node) && named(node.expression, 'Date') && !node.arguments?.length)
      used.push({ name: 'new Date()', line: lineOf(node) })
    else if (isPropertyAccessExpression(node) && named(node.name, IMPURE_MEMBER[textOf(node.expression)]))
      used.push({ name: `${textOf(node.expression)}.${node.name.text}`, line: lineOf(node) })
    forEachChild(node, visit)
  }
  visit(file)
  return { path, imports, impure: used.filter(({ name }) => !declared.has(name)) }
}

/** The script blocks of a Vue file, everything else blanked so that line numbers stay. */
function scriptsOf(text: string): string {
  let kept = ''
  let at = 0
  for (const match of text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const from = match.index + (match[1] as string).length
    kept += text.slice(at, from).replace(/[^\n]/g, '') + (match[2] as string)
    at = from + (match[2] as string).length
  }
  return kept
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(from), specifier).replaceAll('\\', '/')
  const own = /^@orchid\/(\w+)\/(.+)$/.exec(specifier)
  return own ? `${own[1]}/src/${own[2]}.ts` : specifier
}

const onlyTypes = (clause: ts.ImportClause | undefined): boolean =>
  clause !== undefined &&
  (clause.phaseModifier === ts.SyntaxKind.TypeKeyword ||
    (!clause.name &&
      clause.namedBindings !== undefined &&
      ts.isNamedImports(clause.namedBindings) &&
      clause.namedBindings.elements.every((element) => element.isTypeOnly)))

/** The identifier names something new: a variable, a parameter, an import. */
const isName = ({ parent, text }: ts.Identifier): boolean =>
  (ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isImportSpecifier(parent)) &&
  parent.name !== undefined &&
  ts.isIdentifier(parent.name) &&
  parent.name.text === text

/** Not the name of a property, a key or a type. */
const isValue = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return !(
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isTypeReferenceNode(parent) ||
    ts.isQualifiedName(parent)
  )
}
