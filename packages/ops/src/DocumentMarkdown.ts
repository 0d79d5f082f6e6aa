/**
 * A document as GitHub-flavoured Markdown. Text is escaped, code stands in fences that are longer than anything in it, and
 * no line is longer for it: the page is read in a terminal as well as on a site.
 *
 * Neighbours: `Document` is what it writes; `DocumentHtml` writes the same for a browser.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Block, Document, Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"

/**
 * Writes a document.
 *
 * @category conversions
 * @since 0.1.0
 */
export const of = (document: Document): string => {
  const { figures, foot, lead, sections, title } = document
  return [
    `# ${escaped(title)}`,
    text(lead),
    ...(figures.length === 0
      ? []
      : [
          figures
            .map(({ label, note, value }) => `- **${escaped(label)}**: ${escaped(value)} (${escaped(note)})`)
            .join("\n")
        ]),
    ...sections.map((section) => sectionOf(section, 2)),
    ...(Doc.plainOf(foot) === "" ? [] : ["---", text(foot)])
  ]
    .join("\n\n")
    .concat("\n")
}

/**
 * Writes a section, at this depth of heading.
 *
 * @category conversions
 * @since 0.1.0
 */
export const sectionOf = ({ blocks, sections, title }: Section, depth: number): string =>
  [
    `${"#".repeat(Math.min(depth, 6))} ${escaped(title)}`,
    ...blocks.map(blockOf),
    ...sections.map((one) => sectionOf(one, depth + 1))
  ].join("\n\n")

/**
 * A text that no reader of Markdown takes for anything else.
 *
 * **Example** (A pipe, a tag and a name with an underscore)
 *
 * ```ts import.meta.vitest
 * import * as DocumentMarkdown from "@surety/ops/DocumentMarkdown"
 *
 * DocumentMarkdown.escaped("a | <b> *c*") // => "a \\| &lt;b&gt; \\*c\\*"
 * DocumentMarkdown.escaped("payment_intents") // => "payment_intents"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const escaped = (plain: string): string =>
  plain
    .replace(/\s+/g, " ")
    .replace(/[\\`*[\]|~]/g, "\\$&")
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")

type Place = "line" | "cell"

const text = (of: Text, place: Place = "line"): string => {
  const written = Doc.runsOf(of)
    .map((run) => inlineOf(run, place))
    .join("")
    .trim()
  // what begins a line like a heading, a list or a rule would be one
  return place === "cell" ? written : written.replace(/^([#+=-])/, "\\$1").replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
}

const inlineOf = (run: Inline, place: Place): string => {
  if (typeof run === "string") return escaped(run)
  switch (run._tag) {
    case "Code":
      return codeOf(run.text, place)
    case "Strong":
      return strong(run.text)
    case "Badge":
      return escaped(run.text)
    case "Link":
      return `[${escaped(run.text)}](<${run.href.replace(/[<>\\|\s]/g, encodeURIComponent)}>)`
  }
}

/** A mark that touches a space is none, so spaces stand outside. */
const strong = (plain: string): string =>
  plain.trim() === ""
    ? plain
    : plain.replace(/^(\s*)([^]*?)(\s*)$/, (_, before, word, after) => `${before}**${escaped(word)}**${after}`)

/** In a table a pipe ends the cell even within code. */
const codeOf = (plain: string, place: Place): string => {
  const flat = plain.replace(/\s+/g, " ").trim()
  const fence = "`".repeat(longest(flat) + 1)
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : ""
  return flat === "" ? "" : `${fence}${pad}${place === "cell" ? flat.replace(/\|/g, "\\|") : flat}${pad}${fence}`
}

const longest = (plain: string): number => Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length))

const blockOf = (block: Block): string => {
  switch (block._tag) {
    case "Paragraph":
      return text(block.text)
    case "Note":
      return `> ${text(block.text)}`
    case "Facts":
      return block.rows.map(([label, value]) => `- **${escaped(label)}**: ${text(value)}`).join("\n")
    case "List":
      return block.items.map((item, at) => `${block.order === "ordered" ? `${at + 1}.` : "-"} ${text(item)}`).join("\n")
    case "Table":
      return tableOf(block)
    case "Code":
      return fenced(block.language, block.text)
    case "Figure":
      return `*${escaped(block.caption)}*\n\n${fenced("text", block.text)}`
  }
}

const fenced = (language: string, plain: string): string => {
  const fence = "`".repeat(Math.max(3, longest(plain) + 1))
  return `${fence}${language}\n${plain}\n${fence}`
}

const tableOf = ({ caption, columns, rows }: Extract<Block, { readonly _tag: "Table" }>): string =>
  [
    `*${escaped(caption)}*`,
    "",
    row(columns.map(({ title }) => escaped(title))),
    row(columns.map(({ align }) => (align === "end" ? "--:" : "---"))),
    ...rows.map((cells) => row(cells.map((cell) => text(cell, "cell"))))
  ].join("\n")

const row = (cells: ReadonlyArray<string>): string =>
  `| ${cells.map((cell) => (cell === "" ? " " : cell)).join(" | ")} |`
