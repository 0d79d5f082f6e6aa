import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import type * as Credential from "../../src/Credential.ts"
import * as SigV4 from "../../src/credential/SigV4.ts"
import { ask, assertSilent, marker, refused } from "./Silence.ts"
import { encode, secretAccessKey, sha256, verified } from "./SigV4Verifier.ts"

// The identity, time and scope of AWS's published test suite.
const accessKeyId = "AKIDEXAMPLE"
const identity = JSON.stringify({ accessKeyId, secretAccessKey })
const nowMillis = Date.UTC(2015, 7, 30, 12, 36, 0)
const suite = { service: "service", region: "us-east-1", scopes: [], rotateEvery: "90 days" } as const

const request = (given: Partial<Credential.Unsigned> = {}): Credential.Unsigned => ({
  method: "GET",
  origin: "https://example.amazonaws.com",
  path: "/",
  headers: {},
  body: undefined,
  nowMillis,
  ...given
})

const sign = (
  unsigned: Credential.Unsigned,
  options: Partial<SigV4.Options> = {},
  secret: string = identity
): Promise<Readonly<Record<string, string>>> => {
  const { scheme } = SigV4.make({ ...suite, ...options })
  if (scheme._tag !== "Signature" || scheme.sign === undefined) throw new Error("no signature")
  return scheme.sign(unsigned, Redacted.make(secret))
}

describe("SigV4", () => {
  // name, request, what AWS publishes
  const token =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
  const published: ReadonlyArray<readonly [string, Partial<Credential.Unsigned>, string]> = [
    ["get-vanilla", {}, "host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-vanilla-query-order-key-case",
      { path: "/?Param2=value2&Param1=value1" },
      "host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    ],
    [
      "get-vanilla-empty-query-key",
      { path: "/?Param1=value1" },
      "host;x-amz-date, Signature=a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"
    ],
    [
      "post-vanilla",
      { method: "POST" },
      "host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    ],
    [
      "post-x-www-form-urlencoded",
      {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "Param1=value1"
      },
      "content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    ]
  ]
  for (const [name, given, expected] of published) {
    it(`signs ${name} as AWS publishes it`, async () => {
      const unsigned = request(given)
      const added = await sign(unsigned)
      assert.deepStrictEqual(added, {
        "x-amz-date": "20150830T123600Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
          `SignedHeaders=${expected}`
      })
      assert.strictEqual(verified({ unsigned, added }), "valid")
    })
  }

  it("signs post-sts-header-before as AWS publishes it, the session token with the rest", async () => {
    const added = await sign(
      request({ method: "POST" }),
      {},
      JSON.stringify({ accessKeyId, secretAccessKey, sessionToken: token })
    )
    assert.strictEqual(added["x-amz-security-token"], token)
    assert.include(
      added["authorization"],
      "SignedHeaders=host;x-amz-date;x-amz-security-token, " +
        "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    )
  })

  it("makes a signature that a verifier of its own accepts, and refuses after 1 change, in 100 requests", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 8 })
    const sent = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      parts: fc.array(
        text.filter((part) => part !== "" && part !== "." && part !== ".."),
        { maxLength: 3 }
      ),
      query: fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), text), { maxLength: 3 }),
      type: fc.constantFrom("application/json", "text/plain;  charset=utf-8"),
      body: fc.option(fc.oneof(text, fc.uint8Array({ maxLength: 20 })), { nil: undefined }),
      port: fc.constantFrom("", ":8443"),
      pathEncoding: fc.constantFrom("once" as const, "twice" as const)
    })
    await fc.assert(
      fc.asyncProperty(sent, async ({ body, method, parts, pathEncoding, port, query, type }) => {
        const unsigned = request({
          method,
          origin: `https://example.amazonaws.com${port}`,
          path:
            `/${parts.map(encode).join("/")}` +
            (query.length === 0
              ? ""
              : `?${query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")}`),
          headers: { "content-type": type, "user-agent": "surety", "x-amz-meta-a": "b", "x-other": "c" },
          body
        })
        const added = await sign(unsigned, { pathEncoding })
        assert.strictEqual(verified({ unsigned, added, pathEncoding }), "valid")
        const changes: ReadonlyArray<Partial<Credential.Unsigned>> = [
          { method: "PATCH" },
          { path: `${unsigned.path}x` },
          { body: `${body}x` },
          { origin: "https://other.example" },
          { headers: { ...unsigned.headers, "x-amz-meta-a": "c" } }
        ]
        for (const change of changes) {
          assert.strictEqual(verified({ unsigned: { ...unsigned, ...change }, added, pathEncoding }), "invalid")
        }
        // what something on the way may change is not signed
        const later = { ...unsigned, headers: { ...unsigned.headers, "x-other": "d", "user-agent": "proxy" } }
        assert.strictEqual(verified({ unsigned: later, added, pathEncoding }), "valid")
      }),
      { numRuns: 100 }
    )
  })

  it("signs a header more when it is named, and the body's hash for S3, once encoded", async () => {
    const more = await sign(request({ headers: { "x-other": "c" } }), { signedHeaders: ["X-Other"] })
    assert.include(more["authorization"], "SignedHeaders=host;x-amz-date;x-other,")
    const unsigned = request({ method: "PUT", path: "/a%20b", body: "hello" })
    const added = await sign(unsigned, { service: "s3" })
    assert.strictEqual(added["x-amz-content-sha256"], sha256("hello"))
    assert.strictEqual(verified({ unsigned, added, pathEncoding: "once" }), "valid")
    assert.strictEqual(
      (await sign(unsigned, { service: "s3", contentHash: "none" }))["x-amz-content-sha256"],
      undefined
    )
    const headers = (options: Partial<SigV4.Options>) => {
      const { scheme } = SigV4.make({ ...suite, ...options })
      return scheme._tag === "Signature" ? scheme.headers.length : 0
    }
    assert.deepStrictEqual([headers({}), headers({ service: "s3" })], [3, 4])
  })

  it("B12: quotes neither a bad secret nor the request when it cannot sign", async () => {
    const table: ReadonlyArray<readonly [string, string]> = [
      [marker, "the secret is not JSON"],
      [`"${marker}"`, "the secret is not an object"],
      [JSON.stringify({ secretAccessKey: marker }), "accessKeyId is not a text of visible characters"],
      [
        JSON.stringify({ accessKeyId, secretAccessKey: `${marker}\n` }),
        "secretAccessKey is not a text of visible characters"
      ],
      [
        JSON.stringify({ accessKeyId, secretAccessKey, sessionToken: `${marker} ` }),
        "sessionToken is not a text of visible characters"
      ]
    ]
    for (const [secret, why] of table) {
      const error = await sign(request(), {}, secret).catch((thrown: unknown) => thrown as Error)
      assertSilent(error)
      assert.strictEqual((error as Error).message, `SigV4: ${why}`)
      assert.strictEqual(SigV4.defectOf(secret), why)
    }
    assert.strictEqual(SigV4.defectOf(identity), undefined)
    const broken = request({ headers: { "content-type": marker as never, "x-amz-x": { marker } as never } })
    const error = await sign(broken).catch((thrown: unknown) => thrown as Error)
    assertSilent(error)
    assert.strictEqual((error as Error).message, "SigV4: the request could not be signed")
  })
})

describe("SigV4.source", () => {
  it.effect("B6: gives what a provider of AWS gives, with its end", () =>
    Effect.gen(function* () {
      const expiration = new Date(3_600_000)
      const source = SigV4.source(async () => ({ accessKeyId, secretAccessKey, sessionToken: "t", expiration }), {
        scopes: ["sqs:SendMessage"]
      })
      const issued = yield* source.issue(ask())
      assert.strictEqual(issued.expiresAtMillis, 3_600_000)
      assert.deepStrictEqual(issued.scopes, ["sqs:SendMessage"])
      assert.strictEqual((yield* source.issue(ask())).version, issued.version)
      assert.deepStrictEqual(JSON.parse(Redacted.value(issued.secret)), {
        accessKeyId,
        secretAccessKey,
        sessionToken: "t"
      })
    })
  )

  it.effect("is unavailable when the provider fails, throws or says nothing for 10 s", () =>
    Effect.gen(function* () {
      const failing: ReadonlyArray<() => Promise<SigV4.Identity>> = [
        () => Promise.reject(new Error(marker)),
        () => {
          throw new Error(marker)
        }
      ]
      for (const provider of failing) {
        assert.strictEqual(yield* refused(SigV4.source(provider)), "unavailable: aws: the credential provider failed")
      }
      const bad = SigV4.source(async () => ({ accessKeyId: marker, secretAccessKey: "" }))
      assert.strictEqual(yield* refused(bad), "misconfigured: aws: secretAccessKey is not a text of visible characters")
      const fiber = yield* Effect.forkChild(refused(SigV4.source(() => new Promise(() => {}))))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "unavailable: aws: no credentials within 10000 ms")
    })
  )
})
