/** The vendor's SDK `openai`, its own retries (two), with the attempt timeout. */
import OpenAI from "openai"
import { attemptMillis, type Open } from "./Client.ts"

export const open: Open = async (baseUrl) => {
  const openai = new OpenAI({ apiKey: "sk-bench", baseURL: `${baseUrl}/v1`, timeout: attemptMillis, maxRetries: 2 })
  return { call: () => openai.models.retrieve("ch_1") }
}
