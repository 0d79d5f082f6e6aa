/**
 * Whether a module tells the compiler to look at none of its types: `@ts-nocheck` in its first comments. No option of the
 * compiler overrules it, and the compiler does not say that it looked away.
 *
 * Neighbours: `Compiler` asks it about every file of the user's that it compiled. Pure.
 *
 * @source TypeScript 7, the leading comments of a file; the last of @ts-check and @ts-nocheck counts
 * @stability experimental
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Where the comment stands.
 *
 * **Example** (After a header, and after a statement, where it means nothing)
 *
 * ```ts import.meta.vitest
 * import { placeOf } from "@surety/cli/UncheckedFile"
 *
 * placeOf("/** Payments. *\/\n// @ts-nocheck\nexport {}\n") // => { line: 2, column: 1 }
 * placeOf("export {}\n// @ts-nocheck\n") // => undefined
 * ```
 *
 * @category rules
 * @since 0.1.0
 */
export const placeOf = (text: string): Place | undefined => {
  let last: { readonly at: number; readonly word: string } | undefined
  for (const { 0: comment, index } of text.matchAll(leading)) {
    const word = /^\/\/\/?\s*@(ts-(?:no)?check)(?:[\s:]|$)/i.exec(comment)?.[1]
    if (word !== undefined) last = { at: index, word: word.toLowerCase() }
  }
  if (last?.word !== "ts-nocheck") return undefined
  const before = text.slice(0, last.at).split(/\r\n?|\n/)
  return { line: before.length, column: (before.at(-1)?.replace("\uFEFF", "") ?? "").length + 1 }
}

/** What may stand before the first statement: blanks, the line of the shell, comments. */
const leading = /(?:^\uFEFF?#!.*|[\s\uFEFF]+|\/\/.*|\/\*[^]*?\*\/)/gy
