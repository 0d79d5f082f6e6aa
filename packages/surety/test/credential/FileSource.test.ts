import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as FileSource from "../../src/credential/FileSource.ts"
import type { Source } from "../../src/credential/Source.ts"
import { ask, marker, refused } from "./Silence.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "surety-file-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const over = (options: FileSource.Options) => Effect.provide(FileSource.make(options), NodeFileSystem.layer)

const text = (source: Source, rejected: ReadonlyArray<string> = []) =>
  Effect.map(source.issue(ask({ rejected })), ({ secret }) => Redacted.value(secret))

/** As the kubelet writes a mounted secret: a link to a link, swapped with a rename. */
const mount = (root: string, name: string, values: Readonly<Record<string, string>>): void => {
  mkdirSync(join(root, name))
  for (const [key, value] of Object.entries(values)) writeFileSync(join(root, name, key), value)
  symlinkSync(name, join(root, "..data_tmp"))
  renameSync(join(root, "..data_tmp"), join(root, "..data"))
}

describe("FileSource", () => {
  it.live("strips 1 line break at the end, of either kind, and no more", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "key")
      const source = yield* over({ path })
      for (const end of ["", "\n", "\r\n"]) {
        writeFileSync(path, `sk_1${end}`)
        assert.strictEqual(yield* text(source), "sk_1")
      }
      writeFileSync(path, `${marker}\n\n`)
      assert.strictEqual(
        yield* refused(source),
        `misconfigured: ${path}: the secret ends in a line break (was it read from a mounted file?)`
      )
    })
  )

  it.live("B1: follows the swap of a mounted secret, and has the new version under another name", () =>
    Effect.gen(function* () {
      const root = yield* directory
      mount(root, "..1", { key: "one\n" })
      symlinkSync("..data/key", join(root, "key"))
      symlinkSync("..data/previous", join(root, "previous"))
      const source = yield* over({ path: join(root, "key"), previousPath: join(root, "previous") })
      const first = yield* source.issue(ask())
      assert.strictEqual(Redacted.value(first.secret), "one")
      assert.strictEqual(first.recheckAfterMillis, 30_000)
      mount(root, "..2", { key: "two\n", previous: "one\n" })
      const second = yield* source.issue(ask())
      assert.strictEqual(Redacted.value(second.secret), "two")
      assert.notStrictEqual(second.version, first.version)
      // B3: the provider does not know the new one yet
      const back = yield* source.issue(ask({ rejected: [second.version] }))
      assert.deepStrictEqual([back.version, Redacted.value(back.secret)], [first.version, "one"])
      mount(root, "..3", { key: "three\n" })
      assert.strictEqual(yield* text(source, [first.version, second.version]), "three")
    })
  )

  it.live("B10: is unavailable while the file is gone, and gives it again when it is back", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "key")
      writeFileSync(path, "one")
      const source = yield* over({ path })
      const { version } = yield* source.issue(ask())
      rmSync(path)
      assert.strictEqual(yield* refused(source), `unavailable: ${path}: it is not there`)
      writeFileSync(path, "one")
      assert.strictEqual((yield* source.issue(ask())).version, version)
    })
  )

  it.live("gives the refused version again when there is no file for the previous one", () =>
    Effect.gen(function* () {
      const root = yield* directory
      writeFileSync(join(root, "key"), "one")
      const source = yield* over({ path: join(root, "key"), previousPath: join(root, "previous") })
      const { version } = yield* source.issue(ask())
      assert.strictEqual(yield* text(source, [version]), "one")
      mkdirSync(join(root, "previous"))
      assert.strictEqual(
        yield* refused(source, ask({ rejected: [version] })),
        `misconfigured: ${join(root, "previous")}: it is not a file`
      )
    })
  )

  it.live("names the path and the rule for each of 11 ways to be wrong, and never quotes the file", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "key")
      const table: ReadonlyArray<readonly [FileSource.Options["format"], string, string]> = [
        ["text", "", "the secret is empty"],
        ["text", "\n", "the secret is empty"],
        ["text", `${marker}\u0007`, "the secret has characters that no header may carry"],
        ["text", marker.repeat(5000), "it has 80000 bytes, and a secret at most 65536"],
        ["json", `${marker}`, "it is not JSON"],
        ["json", `"${marker}"`, "it is not an object"],
        ["json", `{"secret":"${marker}"}`, "current is not a text"],
        ["json", `{"current":"${marker}","previous":1}`, "previous is not a text"],
        ["json", `{"current":"a","expiresAt":"${marker}"}`, "expiresAt is not a time (RFC 3339)"],
        ["json", `{"current":"${marker}","scopes":"read"}`, "scopes is not a list of texts"],
        ["json", `{"current":"${marker}\\n"}`, "the secret ends in a line break (was it read from a mounted file?)"]
      ]
      for (const [format = "text", content, rule] of table) {
        writeFileSync(path, content)
        assert.strictEqual(yield* Effect.flatMap(over({ path, format }), refused), `misconfigured: ${path}: ${rule}`)
      }
    })
  )

  it.live("reads both versions, the end and the scopes from JSON", () =>
    Effect.gen(function* () {
      const path = join(yield* directory, "key.json")
      writeFileSync(
        path,
        JSON.stringify({ current: "new", previous: "old", expiresAt: "2027-01-01T00:00:00Z", scopes: ["a", "b"] })
      )
      const source = yield* over({ path, format: "json", recheckEvery: "1 minute" })
      const current = yield* source.issue(ask())
      assert.strictEqual(Redacted.value(current.secret), "new")
      assert.strictEqual(current.expiresAtMillis, Date.UTC(2027, 0, 1))
      assert.deepStrictEqual(current.scopes, ["a", "b"])
      assert.strictEqual(current.recheckAfterMillis, 60_000)
      const previous = yield* source.issue(ask({ rejected: [current.version] }))
      assert.strictEqual(Redacted.value(previous.secret), "old")
      assert.strictEqual(previous.expiresAtMillis, undefined)
    })
  )

  it.effect("says by its own words what the file system says", () =>
    Effect.gen(function* () {
      const table = [
        ["NotFound", "unavailable: /key: it is not there"],
        ["PermissionDenied", "misconfigured: /key: it may not be read"],
        ["Busy", "unavailable: /key: it cannot be read (Busy)"],
        ["Unknown", "unavailable: /key: it cannot be read (Unknown)"]
      ] as const
      for (const [tag, expected] of table) {
        const error = PlatformError.systemError({
          _tag: tag,
          module: "FileSystem",
          method: "stat",
          description: marker,
          cause: new Error(marker)
        })
        const files = FileSystem.layerNoop({ stat: () => Effect.fail(error) })
        const source = yield* Effect.provide(FileSource.make({ path: "/key" }), files)
        assert.strictEqual(yield* refused(source), expected)
      }
    })
  )
})
