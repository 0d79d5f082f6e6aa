import { assert, describe, it } from "@effect/vitest"
import * as ExportProfile from "../../src/signals/ExportProfile.ts"
import * as SeriesCatalog from "../../src/signals/SeriesCatalog.ts"
import * as SignalName from "../../src/signals/SignalName.ts"
import { Booth } from "./Booth.ts"

const namesOf = (profile: ExportProfile.ExportProfile) => [
  ...new Set(SeriesCatalog.of(Booth.contract).map((one) => ExportProfile.metric(profile, one)))
]

describe("ExportProfile", () => {
  it("never makes one name of 2 metrics, and only names that Prometheus takes, in 3 profiles", () => {
    const metrics = new Set(SeriesCatalog.of(Booth.contract).map(({ name }) => name)).size
    for (const profile of ExportProfile.profiles) {
      const names = namesOf(profile)
      assert.strictEqual(names.length, metrics, profile)
      for (const name of names) assert.match(name, /^[a-z_]+$/)
    }
  })

  it("never makes one label of 2 attributes", () => {
    for (const { attributes } of SeriesCatalog.of(Booth.contract)) {
      const labels = ExportProfile.labels("effect", attributes)
      assert.strictEqual(Object.keys(labels).length, Object.keys(attributes).length)
    }
  })

  it("spells a time in seconds and a flag as OTLP does", () => {
    assert.strictEqual(
      ExportProfile.metric("otlp", SignalName.sunsetTime),
      "integration_deprecation_sunset_time_seconds"
    )
    assert.strictEqual(ExportProfile.metric("otlp", SignalName.contractInfo), "integration_contract_info")
    assert.deepStrictEqual(ExportProfile.scraped("otel-sdk", SignalName.requestDuration), [
      "http_client_request_duration_bucket",
      "http_client_request_duration_count",
      "http_client_request_duration_sum"
    ])
  })
})
