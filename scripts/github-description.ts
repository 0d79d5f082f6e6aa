// Fetches GitHub's own description of its REST API, the oracle of packages/github's tests.
//
//   npm run github:description
//
// The package unpacks to 385 MB and one file of it is needed: the tarball is downloaded with npm into a folder of its
// own, checked against its pinned digest, and only that file is kept, in the git-ignored `.cache/`. Does nothing when
// the file is there.
import { createHash } from "node:crypto"
import { createReadStream, existsSync } from "node:fs"
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { exec, workspace } from "./gate.ts"

const version = "23.0.2"
const integrity = "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
const member = "package/generated/api.github.com.json"

const run = async (command: string, args: ReadonlyArray<string>, cwd: string): Promise<void> => {
  const ran = await exec(command, args, { cwd })
  if (ran.code !== 0) throw new Error(`${command} ended with ${ran.code}\n${ran.output}`)
}

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash("sha512")
  await pipeline(createReadStream(file), hash)
  return `sha512-${hash.digest("base64")}`
}

const fetchInto = async (folder: string, target: string): Promise<void> => {
  await run("npm", ["pack", `@octokit/openapi@${version}`, "--silent"], folder)
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) throw new Error("npm pack left no tarball")
  const found = await digestOf(join(folder, tarball))
  if (found !== integrity) throw new Error(`the tarball is not the pinned one: ${found}`)
  await run("tar", ["-xzf", tarball, member], folder)
  // a rename within one folder: a reader sees the whole file or none
  await copyFile(join(folder, member), `${target}.part`)
  await rename(`${target}.part`, target)
}

const cache = join(workspace, ".cache")
const target = join(cache, `github-openapi-${version}.json`)

if (!existsSync(target)) {
  await mkdir(cache, { recursive: true })
  // outside the workspace, which npm would otherwise look through for minutes
  const folder = await mkdtemp(join(tmpdir(), "surety-github-"))
  try {
    await fetchInto(folder, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

console.log(`${target}: ${((await stat(target)).size / 1e6).toFixed(1)} MB`)
