/** What a server does with a signed request, written from the specification and without the library. */
import { createHash, createHmac } from "node:crypto"
import type * as Credential from "../../src/Credential.ts"

/** Of AWS's published test suite. */
export const secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex")
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest()

/** Percent-encodes all but the unreserved characters of RFC 3986. */
export const encode = (text: string): string =>
  [...Buffer.from(text, "utf8")]
    .map((byte) =>
      /[A-Za-z0-9_.~-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
    )
    .join("")

/**
 * What a server does, written from the specification alone: it computes the signature of the request that it received,
 * over the headers that the request says are signed.
 *
 * @source https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const verified = (received: {
  readonly unsigned: Credential.Unsigned
  readonly added: Readonly<Record<string, string>>
  readonly pathEncoding?: "once" | "twice"
}): "valid" | "invalid" => {
  const { added, unsigned } = received
  const headers: Record<string, string> = { ...unsigned.headers, ...added, host: new URL(unsigned.origin).host }
  const [, credential = "", names = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers["authorization"] ?? ""
    ) ?? []
  const [, day = "", region = "", service = ""] = credential.split("/")
  const mark = unsigned.path.indexOf("?")
  const path = mark < 0 ? unsigned.path : unsigned.path.slice(0, mark)
  const query = mark < 0 ? [] : [...new URLSearchParams(unsigned.path.slice(mark + 1))]
  const pairs = query.map(([name, value]) => [encode(name), encode(value)] as const)
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  const canonical = [
    unsigned.method,
    received.pathEncoding === "once" ? path : path.split("/").map(encode).join("/"),
    pairs
      .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
      .map(([name, value]) => `${name}=${value}`)
      .join("&"),
    ...names.split(";").map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names,
    sha256(unsigned.body ?? "")
  ].join("\n")
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n")
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), "aws4_request")
  return hmac(key, text).toString("hex") === signature && names.split(";").includes("host") ? "valid" : "invalid"
}
