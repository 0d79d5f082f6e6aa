/**
 * Pictures as inline SVG: boxes, lines and words, in the colours of the page they stand on and in light ones anywhere else.
 *
 * A diagram library would lay out any graph; the two pictures of a dossier always have the same shape, so their places are
 * written down, and the same contract always gives the same bytes.
 *
 * Neighbours: `DiagramPipeline` and `DiagramBreaker` draw with it; `DocumentStyle` has the colours.
 *
 * @stability experimental
 * @since 0.1.0
 */
import { escaped } from "./DocumentHtml.ts"

/**
 * A picture for where there is room, one for a phone, and the same in words.
 *
 * @category models
 * @since 0.1.0
 */
export interface Diagram {
  readonly title: string
  readonly text: string
  readonly wide: string
  readonly narrow: string
}

/**
 * Both pictures, of which a page shows one.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toSvg = ({ narrow, wide }: Diagram): string => wide + narrow

/**
 * One picture.
 *
 * **Details**   `id`: unique on the page. `title` is what a screen reader says, and `text` what it says more.
 *
 * @category constructors
 * @since 0.1.0
 */
export const svg = (options: {
  readonly id: string
  readonly form: "wide" | "narrow"
  readonly width: number
  readonly height: number
  readonly title: string
  readonly text: string
  readonly shapes: ReadonlyArray<string>
}): string => {
  const { form, height, shapes, text, title, width } = options
  const id = escaped(`${options.id}-${form}`)
  return [
    `<svg class="${form}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-text">`,
    `<title id="${id}-title">${escaped(title)}</title><desc id="${id}-text">${escaped(text)}</desc>`,
    `<defs><marker id="${id}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 .5 7.5 4 0 7.5z" style="fill:${soft}"/></marker></defs>`,
    `<g style="font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Liberation Sans',Arial,sans-serif">`,
    ...shapes.map((shape) => shape.replaceAll("#tip", `#${id}-tip`)),
    "</g></svg>"
  ].join("")
}

/**
 * A box. `frame` stands around others, `plain` is a step, `far` is somebody else's.
 *
 * @category shapes
 * @since 0.1.0
 */
export const box = (
  kind: "frame" | "loop" | "plain" | "far" | "good" | "warn" | "bad",
  x: number,
  y: number,
  width: number,
  height: number
): string => {
  const { fill, line } = looks[kind]
  const dash = kind === "loop" ? ";stroke-dasharray:5 4" : ""
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" style="fill:${fill};stroke:${line};stroke-width:1.25${dash}"/>`
}

/**
 * A line of words. `name` is what something is called, `fact` a number about it, `tag` an error's name.
 *
 * @category shapes
 * @since 0.1.0
 */
export const words = (
  kind: "name" | "fact" | "tag",
  x: number,
  y: number,
  text: string,
  anchor: "start" | "middle" | "end" = "middle"
): string => {
  const face =
    kind === "name"
      ? `font-size:14px;font-weight:600;fill:${ink}`
      : kind === "fact"
        ? `font-size:12.5px;fill:${soft}`
        : `font-size:11.5px;font-family:ui-monospace,Menlo,Consolas,'Liberation Mono',monospace;fill:${ink}`
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" style="${face}">${escaped(text)}</text>`
}

/**
 * Lines of words, one below the other.
 *
 * @category shapes
 * @since 0.1.0
 */
export const lines = (
  x: number,
  y: number,
  texts: ReadonlyArray<string>,
  anchor: "start" | "middle" | "end" = "middle"
): string => texts.map((text, at) => words("fact", x, y + at * 16, text, anchor)).join("")

/**
 * An arrow along a path.
 *
 * @category shapes
 * @since 0.1.0
 */
export const arrow = (path: string, kind: "solid" | "dashed" = "solid"): string =>
  `<path d="${path}" marker-end="url(#tip)" style="fill:none;stroke:${soft};stroke-width:1.25${
    kind === "dashed" ? ";stroke-dasharray:4 3" : ""
  }"/>`

const ink = "var(--ink,#16191d)"
const soft = "var(--soft,#545d68)"

const looks = {
  frame: { fill: "none", line: "var(--strong,#8a94a0)" },
  loop: { fill: "none", line: "var(--strong,#8a94a0)" },
  plain: { fill: "var(--sheet,#f6f7f9)", line: "var(--strong,#8a94a0)" },
  far: { fill: "var(--calm-sheet,#e9edf1)", line: "var(--soft,#545d68)" },
  good: { fill: "var(--good-sheet,#e3f3e8)", line: "var(--good,#12602f)" },
  warn: { fill: "var(--warn-sheet,#fcefd3)", line: "var(--warn,#744600)" },
  bad: { fill: "var(--bad-sheet,#fce6e5)", line: "var(--bad,#96161a)" }
} as const
