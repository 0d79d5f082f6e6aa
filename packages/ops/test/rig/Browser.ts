/** A browser that reads generated pages. Debian: apt-get install chromium. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Browser, chromium, type Page } from "playwright-core"

const path = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium"

const has = spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0

/** CI installs it and may not go without. */
export const isSkipped: boolean = process.env["CI"] === undefined && !has

export const title: string = isSkipped ? "a browser, which is not installed here" : "a browser"

export interface Reading {
  readonly page: Page
  /** What the page asked for besides itself. */
  readonly requests: ReadonlyArray<string>
  /** What the console said, and errors. */
  readonly said: ReadonlyArray<string>
}

/** Serves pages on loopback, reads each in a fresh profile, and leaves nothing behind. */
export const open = async (): Promise<{
  readonly read: (
    html: string,
    look: { readonly width: number; readonly scheme: "light" | "dark" },
    use: (reading: Reading) => Promise<void>
  ) => Promise<void>
  readonly close: () => Promise<void>
}> => {
  const folder = mkdtempSync(join(tmpdir(), "surety-browser-"))
  const browser: Browser = await chromium.launch({
    executablePath: path,
    timeout: 30_000,
    // the page under test is our own, and CI runs as root
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    env: { ...(process.env as Record<string, string>), HOME: folder, TMPDIR: folder }
  })
  let served = ""
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? "")
    response.setHeader("content-type", "text/html; charset=utf-8")
    response.end(request.url === "/page" ? served : "")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    read: async (html, { scheme, width }, use) => {
      served = html
      asked.length = 0
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
      try {
        const page = await context.newPage()
        page.setDefaultTimeout(20_000)
        const requests: Array<string> = []
        const said: Array<string> = []
        page.on("request", (request) => void requests.push(request.url()))
        page.on("console", (message) => void said.push(message.text()))
        page.on("pageerror", (error) => void said.push(error.message))
        await page.goto(`http://127.0.0.1:${port}/page`, { waitUntil: "load" })
        await use({
          page,
          get requests() {
            return [...requests, ...asked.map((url) => `server ${url}`)].filter(
              (url) => !url.endsWith("/page") && !url.startsWith("data:")
            )
          },
          said
        })
      } finally {
        await context.close()
      }
    },
    close: async () => {
      await browser.close()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
