import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as OidcServer from "./OidcServer.ts"

describe("the rig", () => {
  let server: OidcServer.OidcServer
  beforeAll(async () => void (server = await OidcServer.start({ accessTokenSeconds: 5 })))
  afterAll(() => server.close())

  const post = (form: Readonly<Record<string, string>>) =>
    fetch(`${server.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`web:${OidcServer.secrets.web}`)}` },
      body: new URLSearchParams(form)
    })
  const refresh = (token: string) => post({ grant_type: "refresh_token", refresh_token: token })

  it("rotates a refresh token, and counts 1 refresh and 1 token used up", async () => {
    const before = { ...server.counters }
    const answer = await refresh(await server.mintRefreshToken())
    const body = (await answer.json()) as Record<string, string>
    expect(answer.status).toBe(200)
    expect(body["refresh_token"]).toBeTypeOf("string")
    expect(body["expires_in"]).toBe(5)
    expect(server.counters.refreshesConsumed - before.refreshesConsumed).toBe(1)
    expect(server.counters.refreshesGranted - before.refreshesGranted).toBe(1)
    const used = await fetch(`${server.issuer}/api/orders`, {
      headers: { authorization: `Bearer ${body["access_token"]}` }
    })
    expect(used.status).toBe(200)
  })

  it("ends the whole grant when a token is used twice, and counts 1 invalid_grant and 1 grant revoked", async () => {
    const before = { ...server.counters }
    const token = await server.mintRefreshToken()
    const first = (await (await refresh(token)).json()) as Record<string, string>
    expect(await server.isActive(first["access_token"] ?? "")).toBe(true)
    expect((await refresh(token)).status).toBe(400)
    expect(await server.isActive(first["access_token"] ?? "")).toBe(false)
    expect(server.counters.invalidGrant - before.invalidGrant).toBe(1)
    expect(server.counters.grantsRevoked - before.grantsRevoked).toBe(1)
  })

  it("loses 1 answer after the token was used up", async () => {
    const before = { ...server.counters }
    const token = await server.mintRefreshToken()
    server.faults([{ when: "after", act: { _tag: "cut" } }])
    await expect(refresh(token)).rejects.toThrow()
    expect(server.counters.refreshesConsumed - before.refreshesConsumed).toBe(1)
  })

  it("answers 500 before it looks at the token", async () => {
    const before = { ...server.counters }
    server.faults([{ when: "before", act: { _tag: "answer", status: 500 } }])
    expect((await refresh(await server.mintRefreshToken())).status).toBe(500)
    expect(server.counters.refreshRequests - before.refreshRequests).toBe(0)
  })
})
