import { assert, describe, it } from "@effect/vitest"
import { createHmac, randomBytes } from "node:crypto"
import * as Fingerprint from "../../src/credential/Fingerprint.ts"

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"))
const hex = (of: Uint8Array) => Buffer.from(of).toString("hex")

/** RFC 4231, section 4: key, data, HMAC-SHA-256; case 5 is truncated to 128 bits there. */
const vectors: ReadonlyArray<readonly [string, string, string]> = [
  ["0b".repeat(20), hex(Buffer.from("Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    hex(Buffer.from("Jefe")),
    hex(Buffer.from("what do ya want for nothing?")),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  ],
  ["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [
    "0102030405060708090a0b0c0d0e0f10111213141516171819",
    "cd".repeat(50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
  ],
  ["0c".repeat(20), hex(Buffer.from("Test With Truncation")), "a3b6167473100ee06e0c796c2955552b"],
  [
    "aa".repeat(131),
    hex(Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First")),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  ],
  [
    "aa".repeat(131),
    hex(
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
      )
    ),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
  ]
]

describe("Fingerprint", () => {
  it("makes the 7 codes of RFC 4231", () => {
    for (const [key, data, code] of vectors) {
      assert.strictEqual(hex(Fingerprint.hmac(bytes(key))(bytes(data))).slice(0, code.length), code)
    }
  })

  it("agrees with the platform for keys and messages of 0 to 200 bytes", () => {
    for (let length = 0; length <= 200; length++) {
      const key = randomBytes(length)
      const message = randomBytes(200 - length)
      assert.strictEqual(
        hex(Fingerprint.hmac(key)(message)),
        createHmac("sha256", key).update(message).digest("hex"),
        `${length} bytes`
      )
    }
  })

  it("B7: names a secret by 16 hexadecimal characters that depend on the key, with nothing of the secret in them", () => {
    const secret = "deadbeefdeadbeef"
    const mine = Fingerprint.make(randomBytes(32))
    const other = Fingerprint.make(randomBytes(32))
    assert.match(mine(secret), /^[0-9a-f]{16}$/)
    assert.strictEqual(mine(secret), mine(secret))
    assert.notStrictEqual(mine(secret), other(secret))
    assert.notStrictEqual(mine(secret), mine(`${secret} `))
    assert.notInclude(mine(secret), "deadbeef")
  })
})
