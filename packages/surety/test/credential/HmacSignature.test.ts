import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { createHash, createHmac } from "node:crypto"
import type * as Credential from "../../src/Credential.ts"
import * as HmacSignature from "../../src/credential/HmacSignature.ts"
import { assertSilent, marker } from "./Silence.ts"

const base = { scopes: [], rotateEvery: "90 days", header: "X-Signature", encoding: "hex" } as const

const request = (given: Partial<Credential.Unsigned> = {}): Credential.Unsigned => ({
  method: "POST",
  origin: "https://api.example",
  path: "/v1/things?page=2",
  headers: { "content-type": "application/json" },
  body: undefined,
  nowMillis: 0,
  ...given
})

const sign = async (
  credential: Credential.Credential,
  secret: string | Redacted.Redacted<string>,
  unsigned: Credential.Unsigned = request()
): Promise<Readonly<Record<string, string>>> => {
  if (credential.scheme._tag !== "Signature" || credential.scheme.sign === undefined) throw new Error("no signature")
  return credential.scheme.sign(unsigned, typeof secret === "string" ? Redacted.make(secret) : secret)
}

const rejection = async (signed: Promise<unknown>): Promise<Error> => {
  const error = await signed.then(
    () => new Error("it was signed"),
    (thrown: unknown) => thrown as Error
  )
  assertSilent(error)
  return error
}

const hex = (text: string): string => Buffer.from(text).toString("hex")

describe("HmacSignature", () => {
  // RFC 4231, section 4: test case, key, data, HMAC-SHA-256, the first half of HMAC-SHA-512
  const vectors: ReadonlyArray<readonly [number, string, string, string, string]> = [
    [
      1,
      "0b".repeat(20),
      hex("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
    ],
    [
      2,
      hex("Jefe"),
      hex("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    ],
    [
      6,
      "aa".repeat(131),
      hex("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"
    ],
    [
      7,
      "aa".repeat(131),
      hex(
        "This is a test using a larger than block-size key and a larger than block-size data. " +
          "The key needs to be hashed before being used by the HMAC algorithm."
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"
    ]
  ]
  for (const [number, key, data, sha256, sha512] of vectors) {
    it(`agrees with test case ${number} of RFC 4231 for both hashes, and both encodings`, async () => {
      const signed = (algorithm: "sha256" | "sha512", encoding: HmacSignature.Encoding) =>
        sign(
          HmacSignature.make({
            ...base,
            algorithm,
            encoding,
            keyEncoding: "hex",
            canonical: () => Buffer.from(data, "hex").toString("utf8")
          }),
          key
        )
      assert.deepStrictEqual(await signed("sha256", "hex"), { "x-signature": sha256 })
      assert.deepStrictEqual(await signed("sha512", "hex"), { "x-signature": sha512 })
      assert.deepStrictEqual(await signed("sha256", "base64"), {
        "x-signature": Buffer.from(sha256, "hex").toString("base64")
      })
    })
  }

  it("agrees with Slack's documented example: v0=a2114d57…", async () => {
    const slack = HmacSignature.make({
      ...base,
      header: "X-Slack-Signature",
      timestampHeader: "X-Slack-Request-Timestamp",
      canonical: ({ text, timestamp }) => `v0:${timestamp}:${text}`,
      format: (signature) => `v0=${signature}`
    })
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V" +
      "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
      "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
      "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    assert.deepStrictEqual(
      await sign(slack, "8f742231b10e8888abcd99yyyzzz85a5", request({ body, nowMillis: 1_531_420_618_999 })),
      {
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "x-slack-request-timestamp": "1531420618"
      }
    )
    assert.deepStrictEqual(slack.scheme._tag === "Signature" && slack.scheme.headers, [
      "x-slack-signature",
      "x-slack-request-timestamp"
    ])
  })

  it("agrees with GitHub's documented example: sha256=757107ea…", async () => {
    const github = HmacSignature.make({
      ...base,
      header: "X-Hub-Signature-256",
      canonical: ({ text }) => text,
      format: (signature) => `sha256=${signature}`
    })
    assert.deepStrictEqual(
      await sign(github, "It's a Secret to Everybody", request({ body: new TextEncoder().encode("Hello, World!") })),
      { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" }
    )
  })

  it("writes 5 headers whose values are in what is signed, with the key's name before a colon", async () => {
    let seen: HmacSignature.Signing | undefined
    const credential = HmacSignature.make({
      ...base,
      encoding: "base64",
      keyEncoding: "base64",
      timestampHeader: "X-Date",
      timestampUnit: "iso",
      nonceHeader: "X-Nonce",
      digestHeader: "X-Content-SHA256",
      keyIdHeader: "X-Key",
      canonical: (signing) => {
        seen = signing
        const { digest, method, nonce, origin, path, timestamp } = signing
        return [method, origin, path, timestamp, nonce, digest].join("\n")
      }
    })
    const key = Buffer.from([0, 1, 250, 251])
    const body = '{"amount":1999}'
    const unsigned = request({ body, nowMillis: Date.UTC(2026, 10, 23) })
    const headers = await sign(credential, `key-7:${key.toString("base64")}`, unsigned)
    const digest = createHash("sha256").update(body).digest("base64")
    const { "x-nonce": nonce = "", ...rest } = headers
    assert.match(nonce, /^[0-9a-f]{32}$/)
    const canonical = [
      "POST",
      "https://api.example",
      "/v1/things?page=2",
      "2026-11-23T00:00:00.000Z",
      nonce,
      digest
    ].join("\n")
    assert.deepStrictEqual(rest, {
      "x-signature": createHmac("sha256", key).update(canonical).digest("base64"),
      "x-date": "2026-11-23T00:00:00.000Z",
      "x-content-sha256": digest,
      "x-key": "key-7"
    })
    assert.strictEqual(seen?.keyId, "key-7")
    assert.notStrictEqual((await sign(credential, `key-7:${key.toString("base64")}`, unsigned))["x-nonce"], nonce)
  })

  it("signs with the secret of each request: 2 versions, 2 signatures", async () => {
    const credential = HmacSignature.make({ ...base, canonical: ({ method }) => method })
    const of = (key: string) => createHmac("sha256", key).update("POST").digest("hex")
    const one = Redacted.make("one")
    for (const [secret, key] of [
      [one, "one"],
      [Redacted.make("two"), "two"],
      [one, "one"]
    ] as const) {
      assert.deepStrictEqual(await sign(credential, secret), { "x-signature": of(key) })
    }
  })

  it("B12: says no word of the key or the request when it cannot sign", async () => {
    const throwing = () => {
      throw new Error(marker)
    }
    const table: ReadonlyArray<readonly [Partial<HmacSignature.Options>, string, string]> = [
      [{}, `${marker}\n`, "HmacSignature: the secret ends in a line break (was it read from a mounted file?)"],
      [{ keyIdHeader: "X-Key" }, marker, "HmacSignature: the secret has no name before a colon"],
      [{ keyIdHeader: "X-Key" }, "name:", "HmacSignature: the key is empty"],
      [{ keyEncoding: "hex" }, marker, "HmacSignature: the key is not hex"],
      [{ keyEncoding: "base64" }, `${marker}*`, "HmacSignature: the key is not base64"],
      [{ canonical: throwing }, marker, "HmacSignature: canonical threw"],
      [{ format: throwing }, marker, "HmacSignature: format threw"]
    ]
    for (const [options, secret, message] of table) {
      const credential = HmacSignature.make({ ...base, canonical: ({ text }) => text, ...options })
      assert.strictEqual((await rejection(sign(credential, secret))).message, message)
    }
  })

  it("sees at load what it could not sign with", () => {
    const check = HmacSignature.defectOf({ keyIdHeader: "X-Key", keyEncoding: "hex" })
    assert.deepStrictEqual(["key-7:00ff", "00ff", ":00ff", "key-7:", "key-7:0g"].map(check), [
      undefined,
      "the secret has no name before a colon",
      "the secret has no name before a colon",
      "the key is empty",
      "the key is not hex"
    ])
  })

  it("refuses a header that is no header name", () => {
    assert.throws(
      () => HmacSignature.make({ ...base, header: "X Signature", canonical: () => "" }),
      RangeError,
      "Credential.signature: not a header name"
    )
  })
})
