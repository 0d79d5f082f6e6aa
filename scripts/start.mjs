// Runs a TypeScript program of this workspace with Node 24, after setting the workspace up.
//
// The host needs an old Node and npm, nothing else: pnpm comes through npx, Node 24 is a devDependency. Set-up is
// skipped when the lockfile has not changed since the last one; what it prints goes to stderr, and only if it fails.
//
// Plain JavaScript, built-in modules only: it runs on the host's Node before anything is installed.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const node24 = join(root, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node")
const stamp = join(root, "node_modules/.surety-setup")
const pnpm = ["-y", "pnpm@12.21.0"]

/** Everything that decides what gets installed. */
const wanted = () => {
  const hash = createHash("sha256")
  const manifests = ["package.json", "bench/package.json", "examples/package.json", "test/package.json"]
  for (const name of readdirSync(join(root, "packages"))) manifests.push(`packages/${name}/package.json`)
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests]) {
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)))
  }
  return hash.digest("hex")
}

const isSetUp = () => existsSync(node24) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted()

const setUp = () =>
  new Promise((resolve, reject) => {
    process.stderr.write("Setting up the workspace (once, about half a minute) …\n")
    const child = spawn("npx", [...pnpm, "install", "--config.confirmModulesPurge=false"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32"
    })
    let said = ""
    child.stdout.on("data", (chunk) => (said += chunk))
    child.stderr.on("data", (chunk) => (said += chunk))
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) {
        writeFileSync(stamp, wanted())
        return resolve(undefined)
      }
      process.stderr.write(said)
      reject(new Error(`set-up failed: pnpm install ended with ${code}`))
    })
  })

const run = (args) => {
  const child = spawn(node24, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}` }
  })
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal))
  child.on("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)))
}

try {
  if (!isSetUp()) await setUp()
  const [program, ...args] = process.argv.slice(2)
  if (program !== undefined) run([join(root, program), ...args])
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
