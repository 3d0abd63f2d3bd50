// Turns the comments of a block into checks. Line numbers do not change, so errors keep their place.
import { Script } from 'node:vm'
import ts from 'typescript-6.0'
import type { Claim } from './compare.js'

/** A claim and the line of the block it stands on, counted from 0. */
export type Located = { readonly claim: Claim; readonly line: number }

/** A block whose claims call `__claims`, or the problems of its comments. */
export type Instrumented = {
  readonly code: string
  readonly claims: ReadonlyArray<Located>
  readonly problems: ReadonlyArray<{ readonly line: number; readonly says: string }>
}

type Edit = { readonly start: number; readonly end: number; readonly text: string }

const marker = /^\/\/\s*(=>\s*≈|=>|≈|throws\b)\s?(.*)$/
const kinds: Readonly<Record<string, Claim['kind']>> = { '=>': 'equals', '≈': 'about', throws: 'throws' }

// The comments of a block, in order. A scanner finds them, so `//` in a string is not a comment.
const commentsOf = (code: string): ReadonlyArray<{ readonly start: number; readonly text: string }> => {
  const found: Array<{ readonly start: number; readonly text: string }> = []
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true)
  const seen = new Set<number>()
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(code, node.pos) ?? []) add(range)
    for (const range of ts.getTrailingCommentRanges(code, node.end) ?? []) add(range)
    node.getChildren(source).forEach(visit)
  }
  const add = (range: ts.CommentRange): void => {
    if (range.kind !== ts.SyntaxKind.SingleLineCommentTrivia || seen.has(range.pos)) return
    seen.add(range.pos)
    found.push({ start: range.pos, text: code.slice(range.pos, range.end) })
  }
  visit(source)
  return found.sort((a, b) => a.start - b.start)
}

// A claimed text that is an expression is evaluated where the claim stands, so it may name what the block has imported.
const isExpression = (text: string): boolean => {
  if (text.trim() === '' || /;|\/\//.test(text)) return false
  try {
    return new Script(`async () => (${text}\n)`) instanceof Script
  } catch {
    return false
  }
}

// console.log(x) claims what it prints: x.
const subjectOf = (expression: ts.Expression): ts.Expression => {
  if (!ts.isCallExpression(expression) || expression.arguments.length !== 1) return expression
  const [argument] = expression.arguments
  return argument !== undefined && expression.expression.getText() === 'console.log' ? argument : expression
}

// The edits that make an expression statement check a claim; they only wrap, so that statements inside it can be edited too.
const wrap = (
  source: ts.SourceFile,
  expression: ts.Expression,
  kind: Claim['kind'],
  id: number,
  thunks: string
): ReadonlyArray<Edit> => {
  const start = expression.getStart(source)
  if (kind === 'throws') {
    return [
      { start, end: start, text: 'try { ' },
      {
        start: expression.end,
        end: expression.end,
        text: `; __claims.returned(${id}) } catch (e) { __claims.threw(${id}, e) }`
      }
    ]
  }
  const subject = subjectOf(expression)
  return [
    { start, end: subject.getStart(source), text: `__claims.check(${id}, (` },
    { start: subject.end, end: expression.end, text: `), [${thunks}])` }
  ]
}

const statementsOf = (source: ts.SourceFile): ReadonlyArray<ts.Statement> => {
  const found: Array<ts.Statement> = []
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) found.push(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Replaces each statement that a claim follows by a call that checks the claim. */
export const instrument = (code: string): Instrumented => {
  const source = ts.createSourceFile('block.ts', code, ts.ScriptTarget.ES2022, true)
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  const statements = statementsOf(source)
  const comments = commentsOf(code)
  const alone = (start: number): boolean => code.slice(code.lastIndexOf('\n', start - 1) + 1, start).trim() === ''

  const claims: Array<Located> = []
  const problems: Array<{ readonly line: number; readonly says: string }> = []
  const edits: Array<Edit> = []

  comments.forEach((comment, index) => {
    const match = marker.exec(comment.text)
    if (match === null) return
    const line = lineAt(comment.start)
    const sign = (match[1] ?? '').replace(/\s/g, '')
    const lines = [match[2] ?? '']
    for (let next = index + 1; next < comments.length; next++) {
      const follower = comments[next]
      if (follower === undefined || lineAt(follower.start) !== line + lines.length || !alone(follower.start)) break
      if (marker.test(follower.text)) break
      lines.push(follower.text.slice('//'.length))
    }
    const claim: Claim = { kind: kinds[sign.replace('=>≈', '≈')] ?? 'equals', lines }

    // The statement that ends on this line, or just before a comment that stands alone; the outermost, if several do.
    const before = statements.filter((statement) => statement.end <= comment.start)
    const last = Math.max(...before.map((statement) => statement.end))
    const statement = before.find((candidate) => candidate.end === last)
    const between = statement === undefined ? 'x' : code.slice(statement.end, comment.start)
    const gap = statement === undefined ? 2 : line - lineAt(statement.end)
    if (statement === undefined || between.trim() !== '' || gap > (alone(comment.start) ? 1 : 0)) {
      problems.push({
        line,
        says: `'${comment.text}' follows no statement: put it where an expression or a const ends`
      })
      return
    }
    const id = claims.length
    claims.push({ claim, line })
    const texts = lines.map((_, k) => lines.slice(0, lines.length - k).join(' ')).filter(isExpression)
    const thunks = claim.kind === 'equals' ? texts.map((text) => `() => (${text})`).join(', ') : ''
    if (ts.isExpressionStatement(statement)) {
      edits.push(...wrap(source, statement.expression, claim.kind, id, thunks))
      return
    }
    const [declaration, ...more] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : []
    if (declaration === undefined || more.length > 0 || !ts.isIdentifier(declaration.name) || claim.kind === 'throws') {
      problems.push({ line, says: `'${comment.text}' follows a declaration that is not of one name` })
      return
    }
    edits.push({
      start: statement.end,
      end: statement.end,
      text: `; __claims.check(${id}, ${declaration.name.text}, [${thunks}])`
    })
  })

  const edited = [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code)
  return { code: edited, claims, problems }
}
