// House rules a machine can see, and the rings: which folder may import what.
//
//   providers -> surety/http -> surety/engine -> surety/signals -> nouns and rules -> stable Effect
//
// `no-restricted-imports` is replaced, never merged, by a later override: the rings go from wide to narrow, and each
// lists everything that it bans.
// Exceptions stand in `EXCEPTIONS` and nowhere else. The fixtures in test/gates/fixtures/lint prove that each ban bites.
import { defineConfig, type OxlintOverride } from "oxlint"

interface Ban {
  readonly regex: string
  readonly message: string
}

/** Root modules of Effect 4.1 whose exports are tagged `@stability unstable`. Every subfolder but `testing` is too. */
const unstableModules =
  "Arbitrary|ByteSize|Bytes|ChannelSchema|ErrorReporter|ExecutionPlan|FileSystem|Glob|Graph|HashRing|LayerMap|LayerRef|" +
  "Newtype|PartitionedSemaphore|Path|PlatformError|SemVer|SemVerRange|Stdio|Terminal|TextDiff|TxChunk|TxQueue|Version"

const barrel: Ban = {
  regex: "^effect$",
  message: "Import Effect by module (effect/Effect): the barrel more than doubles a caller's bundle."
}
const unstableEffect: Ban = {
  regex: `^effect/([a-z][a-z-]*(/|$)|(${unstableModules})$)`,
  message: "Unstable Effect modules live in src/http, src/credential, src/durable, src/telemetry and src/testing only."
}
const effectTesting: Ban = { regex: "^effect/testing(/|$)", message: "Test clocks belong to tests." }
const providers: Ban = {
  regex: "^(@surety/|stripe$|octokit$|@octokit/|openai$|@anthropic-ai/|@slack/)",
  message: "Core never names a provider, and a provider never imports another."
}
const providersOfCommand: Ban = {
  regex: "^(@surety/($|[^o]|o[^p]|op[^s]|ops[^/])|stripe$|octokit$|@octokit/|openai$|@anthropic-ai/|@slack/)",
  message: "The command generates with @surety/ops, from whatever contract it is given: it names no provider."
}
const self: Ban = { regex: "^surety(/|$)", message: "Inside the package, import the file." }
const undici: Ban = { regex: "^undici(/|$)", message: "Only src/http/UndiciTransport.ts imports undici." }
const platform: Ban = {
  regex: "^(node:|@effect/platform)",
  message: "Nouns, rules and the engine run on every runtime: no Node modules."
}
const testing: Ban = {
  regex: "(^|/)testing(/|$)",
  message: "Test support is imported by tests, examples, benchmarks and other testing folders only."
}
const engine: Ban = { regex: "^\\.{1,2}/(.*/)?engine/", message: "Nouns and rules know nothing of the engine." }
const engineOfSurety: Ban = {
  regex: "^surety/(engine|internal)/",
  message: "A provider declares; it never reaches into the engine."
}
const adapters: Ban = {
  regex: "^\\.{1,2}/(.*/)?(http|credential|durable|telemetry)/",
  message:
    "Arrows run one way: http, credential, durable and telemetry import the engine and the nouns, never the reverse."
}

/** Files that stand in one ring and compose another. */
const EXCEPTIONS = {
  /**
   * The package's front door and the composition root of a provider hand the contract to the engine; an operation over
   * an effect or a stream carries its attempts with it, a signature its proof and a hedge its copy, so that only programs that have one
   * ship them.
   */
  mayImportEngine: [
    "packages/surety/src/index.ts",
    "packages/surety/src/Credential.ts",
    "packages/surety/src/Hedge.ts",
    "packages/surety/src/Operation.ts",
    "packages/surety/src/Provider.ts",
    "packages/surety/src/StreamOperation.ts"
  ],
  /** The one adapter over undici. */
  mayImportUndici: ["packages/surety/src/http/UndiciTransport.ts"]
}

const ring = (files: ReadonlyArray<string>, bans: ReadonlyArray<Ban>): OxlintOverride => ({
  files: [...files],
  rules: { "no-restricted-imports": ["error", { patterns: bans.map((ban) => ({ ...ban })) }] }
})

const core = [barrel, providers, self]

export default defineConfig({
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "vitest"],
  categories: { correctness: "error" },
  ignorePatterns: ["**/dist/**", "**/node_modules/**", ".doctest/**", "test/gates/fixtures/**", "test/illegal/**"],
  rules: {
    eqeqeq: "error",
    "no-var": "error",
    "prefer-const": "error",
    "import/no-cycle": "error",
    "import/no-self-import": "error",
    "typescript/consistent-type-imports": "error",
    "vitest/no-focused-tests": "error",
    // Generators of Effect may have nothing to wait for.
    "require-yield": "off",
    // The compiler knows.
    "import/namespace": "off",
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
    // Suites assert through Effect and through the shared suites of a port.
    "vitest/expect-expect": "off",
    "vitest/no-conditional-tests": "off",
    "vitest/no-standalone-expect": "off",
    "vitest/require-to-throw-message": "off",
    "vitest/valid-title": "off",
    "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" }]
  },
  overrides: [
    {
      files: ["packages/*/src/**/*.ts"],
      rules: {
        "typescript/no-explicit-any": "error",
        "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
        "no-console": "error"
      }
    },
    {
      // Rules are pure functions of values: now and randomness come in as arguments.
      files: ["packages/surety/src/*.ts"],
      rules: {
        "no-restricted-properties": [
          "error",
          { object: "Math", property: "random", message: "Randomness comes in as a value." },
          { object: "Date", property: "now", message: "Now comes in as a value." },
          { object: "performance", property: "now", message: "Now comes in as a value." }
        ]
      }
    },
    ring(["packages/*/src/**/*.ts"], [barrel, providers, testing, engineOfSurety, effectTesting]),
    ring(["packages/cli/src/**/*.ts"], [barrel, providersOfCommand, testing, engineOfSurety, effectTesting]),
    ring(["packages/*/src/testing/**/*.ts"], [barrel, providers, engineOfSurety]),
    ring(["packages/surety/src/**/*.ts"], [...core, undici, testing, effectTesting]),
    ring(["packages/surety/src/*.ts"], [...core, undici, testing, platform, unstableEffect, adapters, engine]),
    ring(EXCEPTIONS.mayImportEngine, [...core, undici, testing, platform, unstableEffect, adapters]),
    ring(
      ["packages/surety/src/signals/**/*.ts"],
      [...core, undici, testing, platform, unstableEffect, adapters, engine]
    ),
    ring(["packages/surety/src/engine/**/*.ts"], [...core, undici, testing, platform, unstableEffect, adapters]),
    ring(EXCEPTIONS.mayImportUndici, [...core, testing, effectTesting]),
    ring(["packages/surety/src/testing/**/*.ts"], [...core, undici])
  ]
})
