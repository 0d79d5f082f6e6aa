// Each sink of the canary kit has a program that leaks there, and the kit must say so.
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { Credential } from "surety"
import { Audit } from "surety/credential"
import { Canary, ExchangeLog } from "surety/testing"
import { Shop } from "./Shop.ts"

const secret = "sk_canary_7f3a91c2"

interface Row {
  readonly leak: string
  readonly sinks: ReadonlyArray<Canary.Sink>
  readonly program: Effect.Effect<unknown, unknown>
  readonly options?: Canary.Options
}

const entry: ExchangeLog.ExchangeEntry = {
  index: 0,
  atMillis: 0,
  method: "GET",
  path: "/",
  operation: undefined,
  key: undefined,
  attempt: 1,
  fault: "Ok",
  status: 200,
  applied: true,
  note: undefined,
  requestHeaders: {},
  bodyBytes: 0
}

const event: Audit.Event = {
  id: "1",
  kind: "used",
  actor: "test",
  purpose: "test",
  provider: "test",
  credential: "test",
  wallMillis: 0,
  monotonicMillis: 0
}

/** Shown to the sweep, so that nothing but the rendering in question sees it. */
const shown = (value: unknown): Effect.Effect<void> => Canary.show("a value", value)

/** An object with something under a property that neither JSON nor `inspect` shows by itself. */
const hidden = (value: unknown): object => Object.defineProperty({}, "kept", { value, enumerable: false })

/** What sees an error. */
const errors: ReadonlyArray<Canary.Sink> = [
  "log",
  "console",
  "span",
  "otlp",
  "text",
  "cause",
  "json",
  "inspect",
  "clone",
  "properties"
]

/** Effects of Node's own, and how to set them off without vitest hearing of it. */
const rejectedInTheBackground = Effect.gen(function* () {
  const listeners = process.listeners("unhandledRejection")
  // the kit's own listener came last
  for (const listener of listeners.slice(0, -1)) process.off("unhandledRejection", listener)
  void Promise.reject(new Error(secret))
  yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  for (const listener of listeners.slice(0, -1)) process.on("unhandledRejection", listener)
})

const rows: ReadonlyArray<Row> = [
  { leak: "a message at debug level", program: Effect.logDebug(secret), sinks: ["log", "console", "span", "otlp"] },
  {
    leak: "a log annotation",
    program: Effect.log("hello").pipe(Effect.annotateLogs("key", secret)),
    sinks: ["log", "console", "span", "otlp"]
  },
  {
    leak: "a log span",
    program: Effect.log("hello").pipe(Effect.withLogSpan(secret)),
    sinks: ["log", "console", "otlp"]
  },
  { leak: "the console service", program: Console.error(secret), sinks: ["console"] },
  { leak: "the global console", program: Effect.sync(() => console.info({ secret })), sinks: ["console"] },
  { leak: "the name of a span", program: Effect.withSpan(Effect.void, `GET /?key=${secret}`), sinks: ["span", "otlp"] },
  {
    leak: "the attribute of a span",
    program: Effect.annotateCurrentSpan("url.full", `https://a.example/?key=${secret}`),
    sinks: ["span", "otlp"]
  },
  {
    leak: "the event of a span",
    program: Effect.flatMap(Effect.currentSpan, (span) => Effect.sync(() => span.event("sent", 0n, { key: secret }))),
    sinks: ["span", "otlp"]
  },
  {
    leak: "the link of a span",
    program: Effect.flatMap(Effect.currentSpan, (span) =>
      Effect.sync(() =>
        span.addLinks([{ span: Tracer.externalSpan({ spanId: "1", traceId: "2" }), attributes: { key: secret } }])
      )
    ),
    sinks: ["span", "otlp"]
  },
  {
    leak: "the exit of a span, of an error that was handled",
    program: Effect.ignore(Effect.withSpan(Effect.fail(new Error(secret)), "inner")),
    sinks: ["span", "otlp"]
  },
  {
    leak: "the attribute of a metric",
    program: Metric.update(Metric.counter("calls", { attributes: { key: secret } }), 1),
    sinks: ["otlp", "metrics"]
  },
  {
    leak: "a word of a frequency",
    program: Metric.update(Metric.frequency("words"), secret),
    sinks: ["otlp", "metrics"]
  },
  {
    leak: "an audit event",
    program: Effect.map(Audit.Audit, (audit) => audit.record({ ...event, detail: secret })),
    sinks: ["audit"]
  },
  { leak: "String(value)", program: shown({ toString: () => secret }), sinks: ["text"] },
  { leak: "toJSON", program: shown({ toJSON: () => secret }), sinks: ["json"] },
  {
    leak: "a custom inspection",
    program: shown({ [Symbol.for("nodejs.util.inspect.custom")]: () => secret }),
    sinks: ["inspect"]
  },
  { leak: "a hidden property", program: shown(hidden(secret)), sinks: ["inspect", "properties"] },
  {
    leak: "the getter of a prototype",
    program: shown(Object.create(Object.defineProperty({}, "url", { get: () => secret }))),
    sinks: ["inspect", "properties"]
  },
  {
    leak: "the getter of a prototype, under a symbol",
    program: shown(Object.create(Object.defineProperty({}, Symbol("url"), { get: () => secret }))),
    sinks: ["inspect", "properties"]
  },
  {
    leak: "what an object that a getter throws holds",
    program: shown({
      get url() {
        throw { sent: { key: secret } }
      }
    }),
    sinks: ["json", "inspect", "clone", "properties"]
  },
  {
    leak: "the bytes of a buffer",
    program: shown({ body: Buffer.from(secret) }),
    sinks: ["json", "inspect", "clone", "properties"]
  },
  { leak: "the key of a map", program: shown(new Map([[secret, 1]])), sinks: ["inspect", "clone", "properties"] },
  { leak: "a symbol", program: shown({ [Symbol(secret)]: 1 }), sinks: ["inspect", "properties"] },
  {
    leak: "what cannot be cloned, quoted by the error",
    // eslint-disable-next-line no-new-func
    program: shown({ run: new Function(`return "${secret}"`) }),
    sinks: ["clone"]
  },
  {
    leak: "a web request",
    program: shown(new Request(`https://a.example/?key=${secret}`)),
    sinks: ["inspect", "properties"]
  },
  {
    leak: "an exchange log",
    program: Effect.void,
    options: { logs: [ExchangeLog.fromEntries([{ ...entry, path: `/${secret}` }])] },
    sinks: ["exchange"]
  },
  {
    leak: "a contract",
    program: Effect.void,
    options: {
      contracts: [
        {
          ...Shop.contract,
          credentials: Credential.legacyQueryKey("key", {
            scopes: [],
            because: `as in ?key=${secret}`,
            expires: "never"
          })
        }
      ]
    },
    sinks: ["dossier"]
  },
  {
    leak: "the message of an error",
    program: Effect.fail(new Error(secret)),
    sinks: errors.filter((sink) => sink !== "json")
  },
  { leak: "the field of an error", program: Effect.fail({ _tag: "Refused", sent: { key: secret } }), sinks: errors },
  {
    leak: "the cause of an error",
    program: Effect.die(new Error("refused", { cause: new Error(secret) })),
    sinks: errors.filter((sink) => sink !== "json")
  },
  {
    leak: "one of several errors",
    program: Effect.fail(new AggregateError([new Error(secret)], "refused")),
    sinks: ["log", "console", "span", "inspect", "properties"]
  },
  {
    leak: "the result",
    program: Effect.succeed({ token: secret }),
    sinks: ["log", "console", "span", "otlp", "json", "inspect", "clone", "properties"]
  },
  {
    leak: "what is hidden inside of a fiber only",
    program: shown({ toString: () => (Fiber.getCurrent() === undefined ? secret : "hidden") }),
    sinks: ["text"]
  },
  {
    leak: "a warning",
    program: Effect.sync(() => process.emitWarning(`sent ${secret}`)),
    sinks: ["stderr", "process"]
  },
  { leak: "a rejection that nobody handles", program: rejectedInTheBackground, sinks: ["process"] },
  {
    leak: "standard output",
    program: Effect.sync(() => process.stdout.write(`${secret}\n`)).pipe(Effect.asVoid),
    sinks: ["stdout"]
  },
  {
    leak: "standard error",
    program: Effect.sync(() => process.stderr.write(`${secret}\n`)).pipe(Effect.asVoid),
    sinks: ["stderr"]
  },
  {
    leak: "a renderer of one's own",
    program: shown("harmless"),
    options: { render: { snapshot: () => secret } },
    sinks: ["render"]
  }
]

describe("B12: a leak in each sink is found, and in that sink only", () => {
  for (const { leak, options, program, sinks } of rows) {
    it.effect(`finds ${leak} in ${sinks.join(", ")}`, () =>
      Effect.gen(function* () {
        const found = yield* Effect.flip(Canary.assertNoLeak(program, [secret], options))
        assert.deepStrictEqual(found.sinks, sinks)
        assert.notInclude(found.message, secret)
        assert.notInclude(JSON.stringify(found), secret)
      })
    )
  }
})

const user = "surety-user"
const password = "correct horse/battery+staple?1"
const long = "ghs_0123456789abcdefghijKLMNOPqrstuv"
const base64 = (text: string) => Buffer.from(text).toString("base64")

const writings: ReadonlyArray<readonly [form: Canary.Form, secret: string, text: string, what: string]> = [
  ["plain", password, `pass=${password};`, "as it is"],
  ["json-escaped", 'quo"ted\\secret', JSON.stringify({ key: 'quo"ted\\secret' }), "in JSON"],
  ["json-escaped", 'quo"ted\\secret', JSON.stringify(JSON.stringify({ key: 'quo"ted\\secret' })), "in JSON in JSON"],
  [
    "json-escaped",
    secret,
    [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
    "in escapes only"
  ],
  ["percent", password, `/?key=${encodeURIComponent(password)}`, "in a query"],
  [
    "percent",
    password,
    encodeURIComponent(password).replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
    "in lower case"
  ],
  ["percent", password, encodeURIComponent(encodeURIComponent(password)), "encoded twice"],
  ["percent", password, String(new URLSearchParams({ key: password })), "in a form, where a space is a plus"],
  ["base64", secret, base64(secret), "alone"],
  ["base64", secret, base64(`x:${secret}:y`), "two bytes into something longer"],
  ["base64", secret, base64(`u:${secret}`), "as the password of Basic"],
  ["base64", secret, base64(`user:${secret}, and more`), "five bytes into something longer"],
  ["base64", `${user}:${password}`, base64(`${user}:${password}`), "as Basic writes a pair"],
  ["base64", `${user}:${password}`, base64(`somebody:${password}`), "the password of a pair, after another user"],
  ["base64", password, encodeURIComponent(base64(`u:${password}`)), "in base64, percent-encoded"],
  ["base64url", "secret??>>~~secret", Buffer.from("secret??>>~~secret").toString("base64url"), "for an address"],
  ["hex", secret, Buffer.from(secret).toString("hex").toUpperCase(), "in upper case"],
  [
    "hex",
    secret,
    String(new Uint8Array(Buffer.from(secret)).reduce((all, one) => `${all} ${one.toString(16)}`, "")),
    "as a buffer is inspected"
  ],
  ["bytes", secret, JSON.stringify(Buffer.from(secret)), "as a buffer is serialised"],
  ["part", `${user}:${password}`, `user ${user} was refused`, "the user of a pair"],
  ["part", `first-line-1\nsecond-line-2`, "it begins with first-line-1", "a line of several"],
  ["fragment", long, `Unexpected token 'g', "${long.slice(0, 15)}"... is not valid JSON`, "as a parser quotes it"]
]

describe("B12: a secret is found in every form", () => {
  for (const [form, hidden, text, what] of writings) {
    it.effect(`finds ${form} (${what})`, () =>
      Effect.gen(function* () {
        const found = yield* Effect.flip(Canary.assertNoLeak(Console.log(text), ["another-secret", hidden]))
        assert.deepStrictEqual(found.leaks, [{ sink: "console", form, where: "console.log", secret: 2 }])
      })
    )
  }

  it.effect("finds nothing in texts that only look like it", () =>
    Effect.gen(function* () {
      const near = [
        secret.slice(0, -1),
        secret.toUpperCase(),
        [...secret].reverse().join(""),
        "%zz \\u00",
        "sk_canary_****91c2"
      ]
      const exit = yield* Canary.assertNoLeak(
        Effect.forEach(near, (text) => Console.log(text)),
        [secret]
      )
      assert.isTrue(Exit.isSuccess(exit))
    })
  )

  it.effect("does not repeat a secret that is the name of something: it says so in its place", () =>
    Effect.gen(function* () {
      const found = yield* Effect.flip(
        Canary.assertNoLeak(Canary.show("a value", { [secret]: { [secret]: 1 } }), [secret])
      )
      assert.notInclude(JSON.stringify([found, found.message, found.stack]), secret)
      assert.isTrue(found.leaks.some(({ where }) => where === "(a name that holds the secret)"))
    })
  )

  it.effect("refuses a secret of 7 characters and an empty list, which would be found everywhere and nowhere", () =>
    Effect.gen(function* () {
      for (const secrets of [["1234567"], []]) {
        const exit = yield* Effect.exit(Canary.assertNoLeak(Effect.void, secrets))
        assert.isTrue(Exit.hasDies(exit))
      }
    })
  )
})

describe("what a sweep does to a program", () => {
  it.effect("runs it once, gives its exit, and keeps a Redacted secret in every sink", () =>
    Effect.gen(function* () {
      let runs = 0
      const redacted = Redacted.make(secret)
      const program = Effect.gen(function* () {
        runs++
        yield* Effect.logInfo("using", redacted).pipe(Effect.annotateLogs({ redacted }))
        yield* Effect.annotateCurrentSpan({ redacted })
        yield* Canary.show("the secret", { redacted, service: { current: Effect.succeed(redacted) } })
        return yield* Effect.fail({ _tag: "Refused", redacted })
      })
      const exit = yield* Canary.assertNoLeak(program, [redacted])
      assert.strictEqual(runs, 1)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasFails(exit.cause))
    })
  )

  it.effect("hears from every sink: none of the 18 is silent", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        yield* Effect.log("hello")
        yield* Metric.update(Metric.counter("calls"), 1)
        ;(yield* Audit.Audit).record(event)
        yield* Effect.sync(() => {
          process.stdout.write("\n")
          process.stderr.write("\n")
          process.emitWarning("a warning of the test")
        })
        return yield* Effect.fail(new Error("refused"))
      })
      const { leaks, received } = yield* Canary.sweep(program, [secret], {
        contracts: [Shop],
        logs: [ExchangeLog.fromEntries([entry])],
        render: { snapshot: String }
      })
      assert.deepStrictEqual(leaks, [])
      assert.deepStrictEqual(
        Object.entries(received).filter(([, characters]) => characters === 0),
        []
      )
      assert.strictEqual(Object.keys(received).length, 18)
    })
  )

  it.effect("leaves the process as it was, also when two sweeps overlap", () =>
    Effect.gen(function* () {
      const state = () => [
        process.stdout.write,
        console.log,
        process.listenerCount("warning"),
        process.listenerCount("unhandledRejection")
      ]
      const before = state()
      const sweeps = [1, 2].map((n) =>
        Canary.sweep(Effect.yieldNow.pipe(Effect.andThen(Effect.sync(() => n))), [secret])
      )
      yield* Effect.all(sweeps, { concurrency: 2 })
      assert.deepStrictEqual(state(), before)
    })
  )

  it.effect("sends the metrics of a layer that has closed", () =>
    Effect.gen(function* () {
      const call = Effect.flatMap(Shop, (shop) => shop.send({ to: "you" }, { idempotencyKey: "k" }))
      const program = Effect.ignore(
        Effect.provide(call, Shop.layerTest({ send: () => Effect.succeed({ sent: true }) }))
      )
      const { received } = yield* Canary.sweep(program, [secret])
      assert.isAbove(received.otlp, 0)
      const found = yield* Effect.flip(
        Canary.assertNoLeak(
          Effect.scoped(
            Effect.acquireRelease(Metric.update(Metric.gauge(`left ${secret}`), 1), () =>
              Metric.remove(Metric.gauge(`left ${secret}`))
            )
          ),
          [secret]
        )
      )
      assert.deepStrictEqual(found.sinks, ["otlp", "metrics"])
    })
  )
})
