/** Raw `undici.request`, body parsed, nothing checked: the floor. */
import { Agent, request } from "undici"
import { connections, type OpenHttp } from "./Http.ts"
import { promiseLoop } from "./Loop.ts"

interface Charge {
  readonly id: string
  readonly amount: number
}

export const open: OpenHttp = async (baseUrl) => {
  const dispatcher = new Agent({ connections })
  const headers = { authorization: "Bearer sk_bench", accept: "application/json" }
  const get = async (): Promise<Charge> => {
    const { body } = await request(`${baseUrl}/v1/charges/ch_1`, { dispatcher, headers })
    return (await body.json()) as Charge
  }
  return {
    one: get,
    run: (requests, concurrency, note) =>
      promiseLoop(
        async () => {
          const began = performance.now()
          await get()
          note(performance.now() - began)
        },
        requests,
        concurrency
      )
  }
}
