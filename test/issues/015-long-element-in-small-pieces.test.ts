// An element of a stream costs its length to find, however small the pieces are in which it comes.
//
// Each piece searched all that was held once more: 4 MiB in pieces of 64 bytes took minutes, in which the process did
// nothing else.
import { assert, it } from "@effect/vitest"
import * as Splitter from "../../packages/surety/src/http/Splitter.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

it("finds 1 line of 4 MiB in 65,536 pieces within 5 s", { timeout: 60_000 }, () => {
  const splitter = Splitter.make("ndjson")
  const piece = bytes("x".repeat(64))
  const begun = performance.now()
  assert.deepStrictEqual(splitter.push(bytes('"')), [])
  for (let count = 0; count < 65_536; count++) splitter.push(piece)
  assert.strictEqual(splitter.held(), 4_194_305)
  assert.strictEqual(String(splitter.push(bytes('"\r\n'))[0]).length, 4_194_304)
  assert.strictEqual(splitter.held(), 0)
  assert.isBelow(performance.now() - begun, 5000)
})

it("finds 3 events wherever the bytes between them are cut", () => {
  const whole = bytes("data: é\r\n\r\ndata: 2\r\rdata: 3\n\n")
  for (let size = 1; size <= whole.length; size++) {
    const splitter = Splitter.make("sse")
    const found: Array<unknown> = []
    for (let at = 0; at < whole.length; at += size) found.push(...splitter.push(whole.slice(at, at + size)))
    found.push(...splitter.end())
    assert.deepStrictEqual(
      found.map((event) => (event as { readonly data: string }).data),
      ["é", "2", "3"],
      `pieces of ${size}`
    )
  }
})
