/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** What is asked of a page inside of it. Each function is sent there as text, so it stands alone. */

/** Everything about a page that a reader could stumble over. */
export const inspect = () => {
  const name = (element: Element): string => `${element.tagName} ${(element.textContent ?? "").trim().slice(0, 60)}`
  const rgb = (color: string): ReadonlyArray<number> => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = ([r = 0, g = 0, b = 0]: ReadonlyArray<number>): number => {
    const [x = 0, y = 0, z = 0] = [r, g, b].map((one) =>
      one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4
    )
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ground = (element: Element): ReadonlyArray<number> => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor)
      if ((color[3] ?? 1) > 0) return color
    }
    return [255, 255, 255]
  }
  const ratio = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
    const [x, y] = [luminance(a), luminance(b)]
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
  }
  const elements = [...document.querySelectorAll("body *")]
  const shown = elements.filter((one) => one.getClientRects().length > 0)
  const texts = shown.filter((one) =>
    [...one.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? "").trim() !== "")
  )
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((one) => Number(one.tagName[1]))
  const ids = new Set(elements.map((one) => one.id))
  return {
    width: document.documentElement.scrollWidth,
    wider: shown
      .filter((one) => one.closest("pre, .skip, thead") === null && one.getBoundingClientRect().right > innerWidth + 1)
      .map(name),
    cut: shown
      .filter(
        (one) => one.matches("td, th, dd") && one.closest("thead") === null && one.scrollWidth > one.clientWidth + 1
      )
      .map(name),
    pale: texts
      .filter((one) => one.closest("svg") === null && ratio(rgb(getComputedStyle(one).color), ground(one)) < 4.5)
      .concat(
        texts
          .filter((one) => one.closest("svg") !== null && one.tagName === "text")
          .filter((one) => {
            // the picture's boxes are near the page's own ground: the ground of the page is the worst of them but for tinted ones
            const box = one.getBoundingClientRect()
            const under = [...one.closest("svg")!.querySelectorAll("rect")].filter((rect) => {
              const at = rect.getBoundingClientRect()
              return at.left <= box.left && at.right >= box.right && at.top <= box.top && at.bottom >= box.bottom
            })
            const fills = under.map((rect) => getComputedStyle(rect).fill).filter((fill) => fill !== "none")
            return ratio(rgb(getComputedStyle(one).fill), fills.length === 0 ? ground(one) : rgb(fills.at(-1)!)) < 4.5
          })
      )
      .map(name),
    broken: [...document.querySelectorAll('a[href^="#"]')]
      .map((one) => one.getAttribute("href")!.slice(1))
      .filter((id) => !ids.has(id)),
    headings: levels.flatMap((level, at) =>
      at === 0 ? (level === 1 ? [] : [level]) : level > levels[at - 1]! + 1 ? [level] : []
    ),
    parts: levels.filter((level) => level === 2).length,
    strange: elements
      .filter(
        (one) =>
          /^(script|img|iframe|object|embed|form|input|link|meta|base)$/i.test(one.tagName) ||
          [...one.attributes].some(({ name }) => name.startsWith("on"))
      )
      .map(name)
  }
}

/** The pictures that are shown: the size of their smallest words, and words that stick out. */
export const pictures = () =>
  [...document.querySelectorAll("figure svg")]
    .filter((svg) => svg.getBoundingClientRect().width > 0)
    .map((svg) => {
      const scale = svg.getBoundingClientRect().width / (svg as SVGSVGElement).viewBox.baseVal.width
      const view = svg.getBoundingClientRect()
      const texts = [...svg.querySelectorAll("text")]
      return {
        smallest: Math.min(...texts.map((one) => parseFloat(getComputedStyle(one).fontSize) * scale)),
        outside: texts
          .filter((one) => {
            const box = one.getBoundingClientRect()
            return box.left < view.left - 1 || box.right > view.right + 1
          })
          .concat(
            texts.filter((one) => {
              // the smallest box that holds the middle of the words holds all of them
              const box = one.getBoundingClientRect()
              const middle = (box.left + box.right) / 2
              const around = [...svg.querySelectorAll("rect")]
                .map((rect) => rect.getBoundingClientRect())
                .filter((at) => at.left <= middle && at.right >= middle && at.top <= box.top && at.bottom >= box.bottom)
                .sort((a, b) => a.width - b.width)[0]
              return around !== undefined && (box.left < around.left + 1 || box.right > around.right - 1)
            })
          )
          .map((one) => one.textContent)
      }
    })

/** Names that go on in another line, with a hyphen where they do. */
export const brokenNames = () =>
  [...document.querySelectorAll("td code, th code, td a, th a, dd code")].flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    let [said, top] = ["", Number.NaN]
    let isBroken = false
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (let at = 0; at < (node.textContent ?? "").length; at++) {
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + 1)
        const [box] = range.getClientRects()
        if (box === undefined || box.width === 0) continue
        if (box.top > top + 4) {
          said += "-"
          isBroken = true
        }
        top = box.top
        said += node.textContent![at]
      }
    }
    return isBroken && !/\s/.test(said) ? [said] : []
  })

/** Where the keyboard is, and whether that is seen. */
export const focus = () => ({
  href: document.activeElement?.getAttribute("href"),
  outline: document.activeElement === null ? "none" : getComputedStyle(document.activeElement).outlineStyle
})

/** What matters on paper. */
export const paper = () => ({
  ground: getComputedStyle(document.body).backgroundColor,
  contents: [...document.querySelectorAll("nav")].map((nav) => getComputedStyle(nav).display),
  parts: [...document.querySelectorAll(".part")].map((part) => getComputedStyle(part).breakBefore),
  heads: [...new Set([...document.querySelectorAll("thead")].map((head) => getComputedStyle(head).display))],
  width: document.documentElement.scrollWidth,
  // a browser that does not know a rule leaves it out
  numbered: [...document.styleSheets[0]!.cssRules]
    .flatMap((rule) => (rule instanceof CSSMediaRule ? [...rule.cssRules] : []))
    .some((rule) => rule instanceof CSSPageRule && rule.cssText.includes("counter(page)"))
})

export const text = () => document.body.textContent
