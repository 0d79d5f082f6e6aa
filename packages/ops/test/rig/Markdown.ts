/** What a reader of Markdown makes of a generated text. */
import { marked, type Token, type Tokens } from "marked"

const walk = (text: string): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  marked.walkTokens(marked.lexer(text, { gfm: true }), (token) => void found.push(token))
  return found
}

/** Raw HTML but for our own comments, pictures, and links that lead anywhere but to the web or to a place on the page. */
export const strange = (text: string): ReadonlyArray<string> =>
  walk(text)
    .filter(
      (token) =>
        (token.type === "html" && !/^<!-- surety:[a-z:]+( [0-9a-f]+)? -->\s*$/.test(token.raw)) ||
        token.type === "image" ||
        (token.type === "link" && !/^(https?:|mailto:|#)/.test((token as Tokens.Link).href))
    )
    .map((token) => token.raw)

/** The texts of all headings. */
export const headings = (text: string): ReadonlyArray<string> =>
  walk(text).flatMap((token) => (token.type === "heading" ? [(token as Tokens.Heading).text] : []))

/** The language and text of each fence. */
export const fences = (text: string): ReadonlyArray<{ readonly language: string; readonly text: string }> =>
  walk(text).flatMap((token) =>
    token.type === "code" ? [{ language: (token as Tokens.Code).lang ?? "", text: (token as Tokens.Code).text }] : []
  )

export const tables = (text: string): number => walk(text).filter((token) => token.type === "table").length

/** Rows with more or fewer cells than their head, before a reader fills or cuts them, and pipes outside of tables. */
export const torn = (text: string): ReadonlyArray<string> =>
  walk(text).flatMap((token) => {
    if (token.type === "table") {
      const cells = (row: string): number => row.match(/(?<!\\)(?:\\\\)*\|/g)?.length ?? 0
      const [head = "", , ...rows] = token.raw.trim().split("\n")
      return rows.filter((row) => cells(row) !== cells(head))
    }
    return token.type === "paragraph" && /^\|.*\|$/m.test(token.raw) ? [token.raw] : []
  })
