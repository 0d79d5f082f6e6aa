/**
 * A document as data: headings, paragraphs, facts, tables, code and figures. One value reads the same as Markdown and as a
 * page in a browser, and no text in it is ever taken for markup.
 *
 * mdast and hast are the trees of the unified tools; this one has only what a runbook and a dossier need, so it needs no
 * parser and no dependency.
 *
 * Neighbours: `Runbook` and `Dossier` make documents; `DocumentMarkdown` and `DocumentHtml` write them down.
 *
 * @stability experimental
 * @since 0.1.0
 */

/**
 * How much a word in a table matters: `good`, `warn` and `bad` are never told apart by colour alone.
 *
 * @category models
 * @since 0.1.0
 */
export type Tone = "good" | "warn" | "bad" | "calm"

/**
 * A run of text.
 *
 * @category models
 * @since 0.1.0
 */
export type Inline =
  | string
  | { readonly _tag: "Code"; readonly text: string }
  | { readonly _tag: "Strong"; readonly text: string }
  | { readonly _tag: "Badge"; readonly text: string; readonly tone: Tone }
  | { readonly _tag: "Link"; readonly text: string; readonly href: string }

/**
 * @category models
 * @since 0.1.0
 */
export type Text = string | ReadonlyArray<Inline>

/**
 * **Details**   `align: "end"` for amounts. `percent`: of the width, where there is room for columns.
 *
 * @category models
 * @since 0.1.0
 */
export interface Column {
  readonly title: string
  readonly align?: "start" | "end"
  readonly percent?: number
}

/**
 * **Details**   `Figure`: `svg` is written as it is, so whoever makes one escapes what it shows; `text` says the same in
 * words, where no picture can be.
 *
 * @category models
 * @since 0.1.0
 */
export type Block =
  | { readonly _tag: "Paragraph"; readonly text: Text }
  | { readonly _tag: "Note"; readonly tone: Tone; readonly text: Text }
  | { readonly _tag: "Facts"; readonly rows: ReadonlyArray<readonly [label: string, text: Text]> }
  | { readonly _tag: "List"; readonly order: "ordered" | "unordered"; readonly items: ReadonlyArray<Text> }
  | {
      readonly _tag: "Table"
      readonly caption: string
      readonly columns: ReadonlyArray<Column>
      readonly rows: ReadonlyArray<ReadonlyArray<Text>>
    }
  | { readonly _tag: "Code"; readonly language: string; readonly text: string }
  | { readonly _tag: "Figure"; readonly svg: string; readonly caption: string; readonly text: string }

/**
 * **Details**   `id`: an anchor, unique in its document.
 *
 * @category models
 * @since 0.1.0
 */
export interface Section {
  readonly id: string
  readonly title: string
  readonly blocks: ReadonlyArray<Block>
  readonly sections: ReadonlyArray<Section>
}

/**
 * **Details**   `figures`: what a reader sees first, at most six.
 *
 * @category models
 * @since 0.1.0
 */
export interface Document {
  readonly title: string
  readonly lead: Text
  readonly figures: ReadonlyArray<{ readonly label: string; readonly value: string; readonly note: string }>
  readonly sections: ReadonlyArray<Section>
  readonly foot: Text
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const code = (text: string): Inline => ({ _tag: "Code", text })

/**
 * @category constructors
 * @since 0.1.0
 */
export const strong = (text: string): Inline => ({ _tag: "Strong", text })

/**
 * @category constructors
 * @since 0.1.0
 */
export const badge = (text: string, tone: Tone): Inline => ({ _tag: "Badge", text, tone })

/**
 * A link. One that leads anywhere but to the web, to mail, to a place on the page or to a neighbouring file is written as
 * text: a contract cannot make a document run something.
 *
 * @category constructors
 * @since 0.1.0
 */
export const link = (text: string, href: string): Inline => (isSafe(href) ? { _tag: "Link", text, href } : text)

/**
 * @category constructors
 * @since 0.1.0
 */
export const paragraph = (...text: ReadonlyArray<Inline>): Block => ({ _tag: "Paragraph", text })

/**
 * @category constructors
 * @since 0.1.0
 */
export const note = (tone: Tone, ...text: ReadonlyArray<Inline>): Block => ({ _tag: "Note", tone, text })

/**
 * @category constructors
 * @since 0.1.0
 */
export const facts = (rows: ReadonlyArray<readonly [label: string, text: Text]>): Block => ({ _tag: "Facts", rows })

/**
 * @category constructors
 * @since 0.1.0
 */
export const list = (items: ReadonlyArray<Text>): Block => ({ _tag: "List", order: "unordered", items })

/**
 * @category constructors
 * @since 0.1.0
 */
export const steps = (items: ReadonlyArray<Text>): Block => ({ _tag: "List", order: "ordered", items })

/**
 * A table. A title that ends in `#` is a column of amounts; `percents` are the widths of the first columns.
 *
 * @category constructors
 * @since 0.1.0
 */
export const table = (
  caption: string,
  titles: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<Text>>,
  percents: ReadonlyArray<number> = []
): Block => ({
  _tag: "Table",
  caption,
  columns: titles.map((title, at) => ({
    ...(title.endsWith("#") ? { title: title.slice(0, -1).trim(), align: "end" as const } : { title }),
    ...(percents[at] === undefined ? {} : { percent: percents[at] })
  })),
  rows
})

/**
 * @category constructors
 * @since 0.1.0
 */
export const listing = (language: string, text: string): Block => ({ _tag: "Code", language, text })

/**
 * @category constructors
 * @since 0.1.0
 */
export const section = (
  id: string,
  title: string,
  blocks: ReadonlyArray<Block>,
  sections: ReadonlyArray<Section> = []
): Section => ({ id, title, blocks, sections })

/**
 * Runs of text with something between them.
 *
 * @category combinators
 * @since 0.1.0
 */
export const join = (runs: ReadonlyArray<Inline>, between: string): ReadonlyArray<Inline> =>
  runs.flatMap((run, at) => (at === 0 ? [run] : [between, run]))

/**
 * The runs of a text.
 *
 * @category getters
 * @since 0.1.0
 */
export const runsOf = (text: Text): ReadonlyArray<Inline> => (typeof text === "string" ? [text] : text)

/**
 * A text without its form.
 *
 * @category getters
 * @since 0.1.0
 */
export const plainOf = (text: Text): string =>
  runsOf(text)
    .map((run) => (typeof run === "string" ? run : run.text))
    .join("")

/**
 * Whether an address leads to the web, to mail, to a place on the page or to a neighbouring file.
 *
 * @category guards
 * @since 0.1.0
 */
export const isSafe = (href: string): boolean =>
  /^(https?:\/\/[^\s]+|mailto:[^\s]+|#[\w.-]+|\.{1,2}\/[\w./#-]+)$/i.test(href)
