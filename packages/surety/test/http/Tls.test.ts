import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { promisify } from "node:util"

const fixtures = join(import.meta.dirname, "fixtures")
const read = (file: string) => readFileSync(join(fixtures, file))

describe("the undici transport", () => {
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }]) {
    it(`A21: sends 0 requests to a certificate that nobody signed, with ${JSON.stringify(env)}`, async () => {
      let requests = 0
      const server = createServer(
        { key: read("self-signed.key.pem"), cert: read("self-signed.cert.pem") },
        (_, response) => {
          requests++
          response.end()
        }
      )
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as AddressInfo
      const run = promisify(execFile)(
        process.execPath,
        [join(fixtures, "tls-client.ts"), `https://localhost:${port}`],
        {
          env: { ...process.env, ...env },
          timeout: 20_000
        }
      )
      const { stdout } = await run
      await new Promise((resolve) => server.close(resolve))
      assert.strictEqual(stdout.trim(), "tls, sent: no")
      assert.strictEqual(requests, 0)
    })
  }
})
