/** Secrets that stand where a file is committed. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { AlertManagerFile, Receivers, ReceiverSecret } from "@surety/ops"
import * as Tools from "./rig/Tools.ts"

type Config = Readonly<Record<string, unknown>>

const secret = "s3cretCANARY7f3a9b2c1d"
const hook = `https://hooks.slack.com/services/T0/B0/${secret}`
const url = "https://pager.example/alerts"
const http = (config: Config): readonly [string, Config] => ["webhook_configs", { url, http_config: config }]
const client = { client_id: "us", token_url: "https://login.example/token" }

/** Integration, what stands in it, the field, what to write, and that. Alertmanager 0.25 takes both. */
const known: ReadonlyArray<readonly [readonly [string, Config], string, string, Config]> = [
  [["slack_configs", { api_url: hook }], "api_url", "api_url_file", { api_url_file: "/f" }],
  [["pagerduty_configs", { routing_key: secret }], "routing_key", "routing_key_file", { routing_key_file: "/f" }],
  [["pagerduty_configs", { service_key: secret }], "service_key", "service_key_file", { service_key_file: "/f" }],
  [["opsgenie_configs", { api_key: secret }], "api_key", "api_key_file", { api_key_file: "/f" }],
  [
    ["victorops_configs", { routing_key: "team", api_key: secret }],
    "api_key",
    "api_key_file",
    { routing_key: "team", api_key_file: "/f" }
  ],
  [
    ["email_configs", { to: "a@b.example", auth_password: secret }],
    "auth_password",
    "auth_password_file",
    { to: "a@b.example", auth_password_file: "/f" }
  ],
  [http({ bearer_token: secret }), "http_config.bearer_token", "bearer_token_file", { bearer_token_file: "/f" }],
  [
    http({ authorization: { credentials: secret } }),
    "http_config.authorization.credentials",
    "credentials_file",
    { authorization: { credentials_file: "/f" } }
  ],
  [
    http({ basic_auth: { username: "us", password: secret } }),
    "http_config.basic_auth.password",
    "password_file",
    { basic_auth: { username: "us", password_file: "/f" } }
  ],
  [
    http({ oauth2: { ...client, client_secret: secret } }),
    "http_config.oauth2.client_secret",
    "client_secret_file",
    { oauth2: { ...client, client_secret_file: "/f" } }
  ],
  [
    ["webhook_configs", { url: `https://us:${secret}@pager.example/` }],
    "url",
    "http_config.basic_auth with password_file",
    { basic_auth: { username: "us", password_file: "/f" } }
  ],
  [
    ["sns_configs", { topic_arn: "arn:aws:sns:us-east-2:1:a", sigv4: { access_key: "AKIA", secret_key: secret } }],
    "sigv4.secret_key",
    "profile or role_arn",
    { topic_arn: "arn:aws:sns:us-east-2:1:a", sigv4: { profile: "pager" } }
  ],
  [
    http({ proxy_url: `http://us:${secret}@proxy.example:3128` }),
    "http_config.proxy_url",
    "a proxy that asks for no password",
    { proxy_url: "http://proxy.example:3128" }
  ]
]

/** What 0.25 takes only as text, or knows nothing of. */
const later: ReadonlyArray<readonly [string, Config, string]> = [
  ["webhook_configs", { url: hook }, "url"],
  ["webhook_configs", { url: "https://api.pager.example/in?token=abc" }, "url"],
  ["webhook_configs", { url: "https://api.pager.example/in/0b8c1f9e-7a3d-4c55-9d0e-1f2a3b4c5d6e" }, "url"],
  ["webhook_configs", { url: `https://api.pager.example/in/${secret}` }, "url"],
  ["webhook_configs", { url: "https://api.pager.example/in/9f86d081884c7d659a2feaa0c55ad015" }, "url"],
  ["webhook_configs", { url: "https://api.pager.example/in/XyZabcdefghijklmnopq7" }, "url"],
  ["telegram_configs", { chat_id: 1, bot_token: secret }, "bot_token"],
  ["discord_configs", { webhook_url: "https://discord.com/api/webhooks/1/x" }, "webhook_url"],
  ["msteams_configs", { webhook_url: "https://x.webhook.office.com/x" }, "webhook_url"],
  ["pushover_configs", { user_key: secret, token_file: "/f" }, "user_key"],
  ["pushover_configs", { user_key_file: "/f", token: 12345 }, "token"],
  ["wechat_configs", { corp_id: "a", api_secret: secret }, "api_secret"],
  ["rocketchat_configs", { token_id: "a", token_file: "/f" }, "token_id"],
  ["slack_configs", { app_token: secret }, "app_token"]
]

const read = (kind: string, config: Config) =>
  Receivers.parse(JSON.stringify({ "shop page": { [kind]: [config] } }), ["shop page"])
const refusal = (kind: string, config: Config): string =>
  Result.match(read(kind, config), { onSuccess: () => "taken", onFailure: ({ message }) => message })

const words = (field: string, instead: string): string =>
  `shop page.${field}: a secret stands in it, and would be written into a file that is committed; write ${instead} [secret]`

/** What to write, in its place. */
const mended = ([kind, config]: readonly [string, Config], instead: Config): readonly [string, Config] =>
  "url" in config ? [kind, { url, http_config: instead }] : [kind, instead]

describe("a secret in a file of receivers", () => {
  it.each(known.map(([given, field, instead, config]) => [`${given[0]}[0].${field}`, instead, given, config] as const))(
    "%s is refused, with what to write: %s",
    (field, instead, given, config) => {
      assert.strictEqual(refusal(...given), words(field, instead))
      assert.notInclude(refusal(...given), secret)
      assert.strictEqual(refusal(...mended(given, config)), "taken")
    }
  )

  it.each(later)("%s with %j is refused, with a name that Alertmanager 0.25 does not know", (kind, config, field) => {
    assert.strictEqual(
      refusal(kind, config),
      words(`${kind}[0].${field}`, `${field}_file, of an Alertmanager after 0.25`)
    )
    assert.strictEqual(refusal(kind, { ...config, [field]: undefined, [`${field}_file`]: "/f" }), "taken")
  })

  it.each([
    ["webhook_configs", { url: "http://127.0.0.1:9099/page" }],
    ["webhook_configs", { url: "https://ops.example/alertmanager-webhook-receiver-v2?team=shop" }],
    ["webhook_configs", { url: "https://ops.example/alertmanager2webhook2019/20261124000000000" }],
    ["slack_configs", { api_url: "https://slack.com/api/chat.postMessage", channel: "#pager" }],
    ["opsgenie_configs", { api_url: "https://api.eu.opsgenie.com/", api_key_file: "/f" }],
    ["victorops_configs", { routing_key: "team", api_key_file: "/f" }],
    ["pagerduty_configs", { routing_key: "{{ .CommonLabels.pager }}" }],
    [
      "pagerduty_configs",
      { routing_key: "${PAGER_KEY}", details: { token: "{{ .CommonLabels.alertname }}", key: "x" } }
    ],
    ["email_configs", { to: "a@b.example", auth_username: "us", auth_password: "" }],
    ["webhook_configs", { url, http_config: { http_headers: { "X-Team": { values: ["shop"] } } } }]
  ])("%s with %j is none", (kind, config) => {
    assert.strictEqual(refusal(kind, config), "taken")
  })

  it.each([
    ["http_headers", { "X-Api-Key": { values: [secret] } }, "X-Api-Key", "files, of an Alertmanager after 0.25"],
    ["http_headers", { "X-Any": { secrets: [secret] } }, "X-Any", "files, of an Alertmanager after 0.25"],
    [
      "proxy_connect_header",
      { "Proxy-Authorization": [secret] },
      "Proxy-Authorization",
      "a proxy that asks for no password"
    ]
  ])("in %s %j is refused", (name, headers, header, instead) => {
    const [found] = ReceiverSecret.within("webhook_configs", { http_config: { [name]: headers } }, "page")
    assert.deepStrictEqual(found, { field: `page.http_config.${name}.${header}`, instead })
  })

  it.skipIf(Tools.isSkipped)(
    `is what amtool takes, as text and in ${known.length} file forms that are written instead, read by ${Tools.title}`,
    async () => {
      const config = ([kind, integration]: readonly [string, Config]): string =>
        JSON.stringify({
          global: { smtp_smarthost: "mail.example:25", smtp_from: "us@shop.example" },
          route: { receiver: "us" },
          receivers: [{ name: "us", [kind]: [integration] }]
        })
      const check = async (given: readonly [string, Config]) =>
        (await Tools.run("amtool", ["check-config", "a.yml"], { "a.yml": config(given) })).output
      for (const [given, , , instead] of known) {
        expect(await check(given)).toContain("SUCCESS")
        expect(await check(mended(given, instead))).toContain("SUCCESS")
      }
    },
    60_000
  )
})

describe("alertmanager.yml", () => {
  it("tells of 3 secrets between its marks, by field and never by value", () => {
    const text = [
      AlertManagerFile.begin,
      "global:",
      `  smtp_auth_password: ${secret}`,
      `  slack_api_url: ${hook}`,
      "receivers:",
      "  - name: shop page",
      `    opsgenie_configs: [{ api_key: ${secret} }]`,
      "  - name: shop ticket",
      "    opsgenie_configs: [{ api_key_file: /run/secrets/ticket }]",
      AlertManagerFile.end
    ].join("\n")
    const found = AlertManagerFile.secrets(text)
    assert.deepStrictEqual(found, [
      { field: "global.smtp_auth_password", instead: "smtp_auth_password_file" },
      { field: "global.slack_api_url", instead: "slack_api_url_file" },
      { field: "shop page.opsgenie_configs[0].api_key", instead: "api_key_file" }
    ])
    assert.deepStrictEqual(AlertManagerFile.secrets("receivers: ["), [])
  })
})
