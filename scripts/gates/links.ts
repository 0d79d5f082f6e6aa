// Prose that points somewhere: every relative link in a *.md file names a file that exists, and every anchor a heading
// (or an explicit `<a id>`). Links to other hosts are not followed.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { exec, type Gate, many } from "../gate.ts"

interface Link {
  readonly line: number
  readonly target: string
}

const withoutCode = (text: string): string =>
  text
    .replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2[ \t]*$/gm, (block) => block.replace(/[^\n]/g, " "))
    .replace(/(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/g, (code) => " ".repeat(code.length))

/** The relative links of a page, inline and reference style, outside code. */
export const linksOf = (text: string): ReadonlyArray<Link> => {
  const found: Array<Link> = []
  const patterns = [/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g, /^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+"[^"]*")?\s*$/gm]
  const prose = withoutCode(text)
  for (const pattern of patterns) {
    for (const match of prose.matchAll(pattern)) {
      const target = match[1]!
      if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) continue
      found.push({ target, line: prose.slice(0, match.index).split("\n").length })
    }
  }
  return found
}

/** The anchors of a page, as GitHub makes them from its headings. */
export const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchors = new Set<string>()
  const seen = new Map<string, number>()
  const blocks = text.replace(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^ *\2[ \t]*$/gm, "")
  for (const match of blocks.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/gm)) {
    const slug = match[1]!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/<[^>]+>/g, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
      .replace(/ /g, "-")
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    anchors.add(times === 0 ? slug : `${slug}-${times}`)
  }
  for (const match of blocks.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(match[1]!)
  return anchors
}

export const links: Gate = {
  name: "links",
  run: async (root) => {
    const listed = await exec("git", ["ls-files", "-z", "-co", "--exclude-standard", "--", "*.md"], { cwd: root })
    const pages = listed.stdout
      .split("\0")
      .filter((page) => page !== "" && !page.startsWith("test/gates/fixtures/") && existsSync(join(root, page)))
    const failures: Array<string> = []
    let asked = 0
    for (const page of pages) {
      const text = readFileSync(join(root, page), "utf8")
      for (const link of linksOf(text)) {
        asked++
        const [file = "", anchor] = link.target.split("#")
        const path = file === "" ? join(root, page) : resolve(root, dirname(page), decodeURIComponent(file))
        const place = `${page}:${link.line}: ${link.target}`
        if (relative(root, path).startsWith("..")) failures.push(`${place} leaves the repository`)
        else if (!existsSync(path)) failures.push(`${place} names no file`)
        else if (anchor !== undefined && path.endsWith(".md") && !anchorsOf(readFileSync(path, "utf8")).has(anchor)) {
          failures.push(`${place} names no heading`)
        }
      }
    }
    return many(asked, failures)
  }
}
