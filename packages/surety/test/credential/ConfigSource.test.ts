import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ConfigSource from "../../src/credential/ConfigSource.ts"
import { ask, marker, refused } from "./Silence.ts"

const sourceOf = (env: Record<string, string>, options: Partial<ConfigSource.Options> = {}) =>
  ConfigSource.make({
    current: Config.Redacted("API_KEY"),
    previous: Config.Redacted("API_KEY_PREVIOUS"),
    ...options
  }).pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })))

describe("ConfigSource", () => {
  it.effect("reads 1 or 2 variables, and names equal texts equally", () =>
    Effect.gen(function* () {
      const source = yield* sourceOf({ API_KEY: "new", API_KEY_PREVIOUS: "old" }, { scopes: ["a"] })
      const current = yield* source.issue(ask())
      assert.strictEqual(Redacted.value(current.secret), "new")
      assert.deepStrictEqual(current.scopes, ["a"])
      assert.match(current.version, /^[0-9a-f]{16}$/)
      assert.strictEqual((yield* source.issue(ask())).version, current.version)
      const previous = yield* source.issue(ask({ rejected: [current.version] }))
      assert.strictEqual(Redacted.value(previous.secret), "old")
      assert.notStrictEqual(previous.version, current.version)
      const alone = yield* sourceOf({ API_KEY: "new" })
      const { version } = yield* alone.issue(ask())
      assert.strictEqual(Redacted.value((yield* alone.issue(ask({ rejected: [version] }))).secret), "new")
    })
  )

  it.effect("names no version alike in 2 sources, so that no name can be tested against a guess", () =>
    Effect.gen(function* () {
      const one = yield* Effect.flatMap(sourceOf({ API_KEY: "k" }), (source) => source.issue(ask()))
      const two = yield* Effect.flatMap(sourceOf({ API_KEY: "k" }), (source) => source.issue(ask()))
      assert.notStrictEqual(one.version, two.version)
    })
  )

  it.effect("is misconfigured by a missing or bad value, names its key and quotes nothing", () =>
    Effect.gen(function* () {
      const where = "misconfigured: the current secret of the configuration"
      const failing = Config.Redacted("API_KEY").pipe(
        Config.mapEffect((value) => Effect.fail(new Config.ConfigError({ message: Redacted.value(value) } as never)))
      )
      const table: ReadonlyArray<readonly [Record<string, string>, Partial<ConfigSource.Options>, string]> = [
        [{}, {}, `${where} (API_KEY) is missing, empty or not a text`],
        [
          {},
          { current: Config.nested(Config.Redacted("KEY"), "STRIPE") },
          `${where} (STRIPE.KEY) is missing, empty or not a text`
        ],
        [{ API_KEY: "" }, {}, `${where} (API_KEY) is missing, empty or not a text`],
        [
          { API_KEY: `${marker}\n` },
          {},
          `${where}: the secret ends in a line break (was it read from a mounted file?)`
        ],
        [
          { API_KEY: marker },
          { current: failing },
          "unavailable: the current secret of the configuration could not be read"
        ]
      ]
      for (const [env, options, expected] of table) {
        assert.strictEqual(yield* Effect.flatMap(sourceOf(env, options), refused), expected)
      }
    })
  )

  it.effect("is not asked again for a variable, and is every 10 s for a configuration that changes", () =>
    Effect.gen(function* () {
      const fixed = yield* Effect.flatMap(sourceOf({ API_KEY: "k" }), (source) => source.issue(ask()))
      assert.strictEqual(fixed.recheckAfterMillis, undefined)
      const changing = yield* Effect.flatMap(sourceOf({ API_KEY: "k" }, { recheckEvery: "10 seconds" }), (source) =>
        source.issue(ask())
      )
      assert.strictEqual(changing.recheckAfterMillis, 10_000)
    })
  )
})
