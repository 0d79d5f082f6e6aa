/** got, its own retries (two), with the attempt timeout. */
import got from "got"
import { Agent } from "node:http"
import { attemptMillis, type Open } from "./Client.ts"

export const open: Open = async (baseUrl) => {
  const client = got.extend({ timeout: { request: attemptMillis }, agent: { http: new Agent({ keepAlive: true }) } })
  return { call: () => client.get(`${baseUrl}/v1/charges/ch_1`).json() }
}
