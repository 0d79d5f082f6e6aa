/**
 * A document as one page for a browser: it asks for nothing, runs nothing, and reads well in light and dark, on paper and
 * on a phone.
 *
 * Neighbours: `Document` is what it writes; `DocumentStyle` is how it looks; `DocumentMarkdown` writes the same as text.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type { Block, Column, Document, Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import * as DocumentStyle from "./DocumentStyle.ts"

/**
 * Writes a document.
 *
 * **Details**   The policy in its head allows its own styles and nothing else: no script, no image, no font and no form
 * from anywhere, so that not even a mistake in here could load one.
 *
 * @category conversions
 * @since 0.1.0
 */
export const of = (document: Document): string => {
  const { figures, foot, lead, sections, title } = document
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${DocumentStyle.css}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Contents">
${contentsOf(sections)}
</nav>
<main id="content">
<header>
<h1>${escaped(title)}</h1>
<p class="lead">${text(lead)}</p>
${figures.length === 0 ? "" : figuresOf(figures)}
</header>
${sections.map((section, at) => partOf(section, at + 1)).join("\n")}
<footer><p>${text(foot)}</p></footer>
</main>
</body>
</html>
`
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/**
 * A text that no browser takes for anything else, between tags and in an attribute.
 *
 * **Example** (A tag and a quote)
 *
 * ```ts import.meta.vitest
 * import * as DocumentHtml from "@surety/ops/DocumentHtml"
 *
 * DocumentHtml.escaped('<script>"&') // => "&lt;script&gt;&quot;&amp;"
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const escaped = (plain: string): string => plain.replace(/[&<>"']|\p{Cc}/gu, (one) => entities[one] ?? "\ufffd")

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\t": " ",
  "\n": "\n",
  "\r": " "
}

const contentsOf = (sections: ReadonlyArray<Section>): string =>
  `<ol>\n${sections
    .map(
      ({ id, sections: inner, title }) =>
        `<li><a href="#${escaped(id)}">${escaped(title)}</a>${
          inner.length === 0
            ? ""
            : `<ol>${inner.map((one) => `<li><a href="#${escaped(one.id)}">${escaped(one.title)}</a></li>`).join("")}</ol>`
        }</li>`
    )
    .join("\n")}\n</ol>`

const figuresOf = (figures: Document["figures"]): string =>
  `<dl class="figures">${figures
    .map(
      ({ label, note, value }) =>
        `<div><dt>${escaped(label)}</dt><dd><strong>${escaped(value)}</strong> <span>${escaped(note)}</span></dd></div>`
    )
    .join("")}</dl>`

const partOf = ({ blocks, id, sections, title }: Section, number: number): string =>
  [
    `<section class="part" aria-labelledby="${escaped(id)}">`,
    `<h2 id="${escaped(id)}"><span class="number">${number}</span> ${anchored(id, title)}</h2>`,
    ...blocks.map(blockOf),
    ...sections.map((one) => sectionOf(one, 3)),
    "</section>"
  ].join("\n")

const sectionOf = ({ blocks, id, sections, title }: Section, depth: number): string =>
  [
    `<section aria-labelledby="${escaped(id)}">`,
    `<h${depth} id="${escaped(id)}">${anchored(id, title)}</h${depth}>`,
    ...blocks.map(blockOf),
    ...sections.map((one) => sectionOf(one, Math.min(6, depth + 1))),
    "</section>"
  ].join("\n")

const anchored = (id: string, title: string): string => `<a class="anchor" href="#${escaped(id)}">${escaped(title)}</a>`

const text = (of: Text): string => Doc.runsOf(of).map(inlineOf).join("")

const inlineOf = (run: Inline): string => {
  if (typeof run === "string") return escaped(kept(run))
  switch (run._tag) {
    case "Code":
      return `<code>${broken(run.text)}</code>`
    case "Strong":
      return `<strong>${escaped(run.text)}</strong>`
    case "Badge":
      return `<span class="badge ${run.tone}">${escaped(run.text)}</span>`
    case "Link":
      return `<a${run.text === run.href ? ' class="bare"' : ""} href="${escaped(run.href)}">${/\s/.test(run.text) ? escaped(run.text) : broken(run.text)}</a>`
  }
}

/** A long name may go on in the next line after its punctuation, and before a capital in it; one of the usual length on a phone. */
const broken = (plain: string): string =>
  (plain.length <= 14 ? [plain] : plain.split(/(?<=[_./:=,])(?=[^\s/])|(?<=[a-z])(?=[A-Z])/))
    .map(escaped)
    .join(plain.length <= 30 ? '<wbr class="phone">' : "<wbr>")

/** An amount stays with its unit. */
const kept = (plain: string): string => plain.replace(/(?<=\d) (?=(?:ms|s|min|h|days?|%|×)(?![A-Za-z]))/g, "\u00a0")

const blockOf = (block: Block): string => {
  switch (block._tag) {
    case "Paragraph":
      return `<p>${text(block.text)}</p>`
    case "Note":
      return `<p class="note ${block.tone}">${text(block.text)}</p>`
    case "Facts":
      return `<dl class="facts">${block.rows
        .map(([label, value]) => `<div><dt>${escaped(label)}</dt><dd>${text(value)}</dd></div>`)
        .join("")}</dl>`
    case "List": {
      const tag = block.order === "ordered" ? "ol" : "ul"
      return `<${tag}>${block.items.map((item) => `<li>${text(item)}</li>`).join("")}</${tag}>`
    }
    case "Table":
      return tableOf(block)
    case "Code":
      return `<pre tabindex="0"><code>${escaped(block.text)}</code></pre>`
    case "Figure":
      return `<figure>${block.svg}<figcaption>${escaped(block.caption)}</figcaption></figure>`
  }
}

/**
 * On a phone a row becomes a card, and each cell says which column it is of. Roles say that it is a table still: some browsers
 * forget that of one that is laid out in another way.
 */
const tableOf = ({ caption, columns, rows }: Extract<Block, { readonly _tag: "Table" }>): string => {
  const head = columns
    .map(
      (column) =>
        `<th role="columnheader" scope="col"${classOf(column, "")}${
          column.percent === undefined ? "" : ` style="width:${column.percent}%"`
        }>${escaped(column.title)}</th>`
    )
    .join("")
  const cellOf = (cell: Text, at: number): string =>
    at === 0
      ? `<th role="rowheader" scope="row"${classOf(undefined, cell)}>${text(cell)}</th>`
      : `<td role="cell"${classOf(columns[at], cell)} data-label="${escaped(columns[at]?.title ?? "")}"><span>${text(cell)}</span></td>`
  const body = rows.map((cells) => `<tr role="row">${cells.map(cellOf).join("")}</tr>`).join("\n")
  return `<table role="table">\n<caption>${escaped(caption)}</caption>\n<thead role="rowgroup"><tr role="row">${head}</tr></thead>\n<tbody role="rowgroup">\n${body}\n</tbody>\n</table>`
}

/** A word or two stay in one line; a sentence has all of a card. */
const classOf = (column: Column | undefined, cell: Text): string => {
  const length = Doc.plainOf(cell).length
  if (column?.align === "end") return ' class="amount"'
  return length > 70 ? ' class="long"' : length > 0 && length <= 10 ? ' class="brief"' : ""
}
