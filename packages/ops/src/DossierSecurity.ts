/**
 * Part 3 of a dossier: what keeps secrets where they belong, and what becomes of each from its first day to its last.
 *
 * Neighbours: `Dossier` puts the parts together; `surety/credential` is what it describes.
 *
 * @stability experimental
 * @since 0.1.0
 */
import type * as Credential from "surety/Credential"
import * as CredentialAlerts from "./alerts/CredentialAlerts.ts"
import * as Horizon from "./alerts/Horizon.ts"
import * as Amount from "./Amount.ts"
import type { Block, Inline, Section, Text } from "./Document.ts"
import * as Doc from "./Document.ts"
import { type DossierSource, toldBy } from "./DossierSource.ts"

/**
 * **Details**   `rotatedOn`: when the secret in use came, as an ISO date; without it the calendar counts days.
 *
 * @category constructors
 * @since 0.1.0
 */
export const part = (source: DossierSource, rotatedOn: string | undefined): Section =>
  Doc.section(
    "security",
    "Security controls and secret lifecycle plan",
    [],
    [controls(source), credential(source), calendar(source, rotatedOn), leak(source)]
  )

const controls = ({ contract, options }: DossierSource): Section => {
  const { baseUrl, credentials, propagateTrace, redirectsTo } = contract
  const secret = credentials._tag === "Credential"
  return Doc.section("controls", "Controls", [
    Doc.table(
      "What holds on every call, whoever makes it. Numbers are those of the guarantees in Surety's SECURITY.md, each of which has its test.",
      ["Threat", "Control", "Guarantee"],
      [
        [
          "Somebody listens or answers in its place",
          baseUrl.startsWith("https:")
            ? "Only https, with certificates checked."
            : "Plain http, on the loopback address only.",
          "S6"
        ],
        [
          "A redirect leads a request elsewhere",
          redirectsTo.length === 0
            ? "No redirect to another origin is followed."
            : ["Followed for reads only, to ", ...codes(redirectsTo), secret ? ", and without the credential." : "."],
          "S2"
        ],
        ...(secret
          ? [
              [
                "A secret ends up in an error, a log or a trace",
                "The transport writes the secret while it sends; no request value, failure, span or metric holds it. One that the provider quotes back is taken out.",
                "S1, S3, S4, S15"
              ],
              ...(options.credential === "fixed" ? ofFixed : ofManaged)
            ]
          : []),
        [
          "Our trace identifiers tell others about us",
          propagateTrace === "never"
            ? "No trace header is sent."
            : "The partner joins our traces: traceparent is sent, by declaration.",
          "S5"
        ],
        [
          "A value changes the address of a request",
          "Path parameters are encoded; empty ones and dots are refused.",
          "S7"
        ],
        [
          "An answer is larger or other than agreed",
          "Answers are read up to a bound and decoded against the contract. What does not fit is reported with its path, never with its content.",
          "S9, S10"
        ],
        [
          "A key of ours does harm at the provider",
          "An idempotency key is visible ASCII of bounded length, or refused before anything is sent.",
          "S8"
        ]
      ]
    )
  ])
}

const ofManaged: ReadonlyArray<ReadonlyArray<Text>> = [
  [
    "A secret is used after its end, or where it may not",
    "It is not sent after its end, and not for an operation that needs more than was granted.",
    "S14"
  ],
  [
    "A wrong secret goes live",
    "It is checked when it is loaded and never quoted. A refused one is renewed once for a call; there is no loop.",
    "S13, S17"
  ],
  [
    "Nobody knows who used it",
    "The audit trail holds a keyed fingerprint and no part of the secret; a sink that is down is seen.",
    "S20"
  ]
]

const ofFixed: ReadonlyArray<ReadonlyArray<Text>> = [
  [
    "A wrong secret goes live",
    "It is checked before it is sent and never quoted. A refused one ends the call; no other is asked for.",
    "S13"
  ],
  [
    "A secret is used after its end, or nobody knows who used it",
    "Nothing: the key is fixed, so that no process knows its end, its scopes or who used it. A Lifecycle would.",
    "none"
  ]
]

const codes = (names: ReadonlyArray<string>): ReadonlyArray<Inline> => Doc.join(names.map(Doc.code), ", ")

const credential = ({ contract, options }: DossierSource): Section => {
  const { credentials, owner } = contract
  if (credentials._tag === "NoCredential") {
    return Doc.section("credential", "Credential", [Doc.paragraph("None is needed: ", credentials.because, ".")])
  }
  const scoped = Object.values(contract.operations).filter(({ scopes }) => scopes.length > 0)
  const blocks: ReadonlyArray<Block> = [
    Doc.facts([
      ["Name", [Doc.code(credentials.name)]],
      ["Goes into", schemeOf(credentials.scheme)],
      ["May do", credentials.scopes.length === 0 ? "not narrowed" : codes(credentials.scopes)],
      ["Owner", credentials.owner ?? owner],
      [
        "Life",
        credentials.life._tag === "Rotated"
          ? `replaced every ${Amount.time(credentials.life.everyMillis)}`
          : credentials.life.how
      ],
      [
        "Kept by",
        options.credential === "fixed"
          ? "nobody: a fixed key, given to the program when it starts"
          : "a Lifecycle, which gets it from its source, and exports and audits its life"
      ]
    ]),
    ...(scoped.length === 0
      ? []
      : [
          Doc.table(
            options.credential === "fixed"
              ? "What an operation needs of it. Whether a fixed key has that is known to the provider only."
              : "What an operation needs of it. A credential known to lack that is refused before the first request.",
            ["Operation", "Scopes"],
            scoped.map(({ name, scopes }): ReadonlyArray<Text> => [[Doc.code(name)], codes(scopes)])
          )
        ])
  ]
  return Doc.section("credential", "Credential", blocks)
}

const schemeOf = (scheme: Credential.Scheme): Text => {
  switch (scheme._tag) {
    case "Bearer":
      return [Doc.code("authorization"), " as a bearer token"]
    case "Basic":
      return [Doc.code("authorization"), " as user and password"]
    case "Header":
      return ["the header ", Doc.code(scheme.header)]
    case "Query":
      return ["the query parameter ", Doc.code(scheme.parameter), `: ${scheme.because}`]
    case "Signature":
      return ["a signature of the request, in ", ...codes(scheme.headers)]
  }
}

const day = 86_400_000

const calendar = (source: DossierSource, rotatedOn: string | undefined): Section => {
  const { contract } = source
  const { credentials } = contract
  if (credentials._tag === "NoCredential") {
    return Doc.section("rotation", "Rotation calendar", [Doc.paragraph("There is no secret to rotate.")])
  }
  const owner = credentials.owner ?? contract.owner
  if (source.options.credential === "fixed") {
    return Doc.section("rotation", "Rotation calendar", fixedCalendar(credentials, owner, rotatedOn))
  }
  if (credentials.life._tag === "Expiring") {
    return Doc.section("rotation", "Rotation calendar", [
      Doc.paragraph("It ends as declared: ", credentials.life.how, ". Its source renews it; nobody has to."),
      Doc.table(
        "The last minutes of a secret that its source renews, by the defaults of the lifecycle.",
        ["Before its end #", "What happens"],
        [
          [
            "5 min",
            "A new one is asked for in the background, once for all callers; the old one is served. In a life shorter than 25 min: the last 20 %."
          ],
          ["1 min", "Calls wait for the new one. In a life shorter than 20 min: the last 5 %."],
          ["5 s", "It is not sent any more: a call is refused rather than answered with 401."],
          [
            "Its end",
            "While its source is down, calls are NotAttempted (CredentialUnavailable); the source is asked again with growing waits."
          ]
        ]
      )
    ])
  }
  const { everyMillis } = credentials.life
  const on = (offset: number): string => dated(offset, rotatedOn)
  const warned = CredentialAlerts.horizons.filter(({ days }) => days * day < everyMillis)
  return Doc.section("rotation", "Rotation calendar", [
    Doc.table(
      rotatedOn === undefined
        ? "Days count from when the secret in use came; the process knows the day, and exports it."
        : "From the day on which the secret in use came.",
      ["When", "What happens", "Who acts"],
      [
        [on(0), "The secret comes into use.", owner],
        ...warned.map(({ days }): ReadonlyArray<Text> => [
          on(everyMillis - days * day),
          `${Amount.time(days * day)} are left: ${toldBy(source, `${CredentialAlerts.expiring} ${Horizon.partOf(days)}`)}.`,
          owner
        ]),
        [on(everyMillis), "It should have been replaced. It is still sent while the provider takes it.", owner]
      ]
    ),
    Doc.steps([
      "Make a second secret at the provider, with the same scopes and no more.",
      "Put it where the source reads it. The source picks it up by itself, or at once with renew.",
      "Watch the audit trail until no process uses the old fingerprint any more.",
      "Revoke the old secret at the provider. Calls that still hold it are answered 401 and sent once more with the new one."
    ])
  ])
}

/** What watches a key of which no process exports anything. */
const fixedCalendar = (
  { life, name }: Credential.Credential,
  owner: string,
  rotatedOn: string | undefined
): ReadonlyArray<Block> => [
  Doc.paragraph(
    "No process knows when the key in use came or when it ends: there is no signal and no alert of it before the provider refuses it. What watches it is ",
    ...(life._tag === "Rotated"
      ? [
          Doc.code(`surety check --rotated ${name}=YYYY-MM-DD`),
          " in a pipeline, with the day on which it came into use: it fails from 30 days before the next rotation on, or as ",
          Doc.code("--within"),
          " says."
        ]
      : [
          Doc.code("surety check"),
          ` in a pipeline, as far as the contract names a day: it says "${life.how}". It fails from 30 days before that day on, or as `,
          Doc.code("--within"),
          " says."
        ])
  ),
  ...(life._tag === "Rotated"
    ? [
        Doc.table(
          rotatedOn === undefined
            ? "Days count from when the key in use came."
            : "From the day on which the key in use came.",
          ["When", "What happens", "Who acts"],
          [
            [dated(0, rotatedOn), "The key comes into use, and its day is given to the pipeline.", owner],
            [
              dated(life.everyMillis, rotatedOn),
              "It should have been replaced. It is still sent while the provider takes it.",
              owner
            ]
          ]
        )
      ]
    : []),
  Doc.steps([
    "Make a second key at the provider, with the same scopes and no more.",
    "Put it where the program reads it when it starts, and start every process again.",
    "Ask the provider when the old key was last used: nothing here knows. Revoke it when every process has been started again.",
    "Give the new day to the pipeline."
  ])
]

const dated = (offsetMillis: number, from: string | undefined): string => {
  if (from === undefined) return `day ${Math.floor(offsetMillis / day)}`
  return new Date(Date.parse(`${from}T00:00:00Z`) + offsetMillis).toISOString().slice(0, 10)
}

const leak = ({ contract, options }: DossierSource): Section => {
  if (contract.credentials._tag === "NoCredential") {
    return Doc.section("leak", "When a secret leaks", [Doc.paragraph("There is none to leak.")])
  }
  if (options.credential === "fixed") {
    return Doc.section("leak", "When a secret leaks", [
      Doc.steps([
        "Revoke it at the provider. Calls end with CredentialRejected from then on.",
        [
          "Where that cannot be done at once, keep calls away in each process: ",
          Doc.code("Provider.control(service).isolate()"),
          "."
        ],
        "Put a new one in place and start every process again.",
        "Read the provider's own log of its use: no audit trail is kept here of a fixed key."
      ])
    ])
  }
  return Doc.section("leak", "When a secret leaks", [
    Doc.steps([
      [
        "Refuse every call that would use it, in each process: ",
        Doc.code("Lifecycle.control(credentials)?.revoke(by)"),
        ". It takes effect at once and tells the issuer."
      ],
      "Revoke it at the provider by hand as well, when the issuer could not be told.",
      ["Put a new one in place and take it up: ", Doc.code("Lifecycle.control(credentials)?.renew(by)"), "."],
      "Read the audit trail: which process used which fingerprint, from when until when."
    ])
  ])
}
